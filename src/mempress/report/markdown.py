"""The report as Markdown, for a pull request or a wiki."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from mempress.report.blocks import Literal, Picture, Points, Table
from mempress.report.content import document
from mempress.report.names import picture_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.model import Result
    from mempress.report.blocks import Block, Document

_MARKUP = re.compile(r"([\\`*\[\]<>|#&@$]|(?<!\w)_|_(?!\w)|~(?=~)|(?<=~)~|:(?=//)|(?<=www)\.)")
_LIST_MARK = re.compile(r"^(\d*)([-+=.)])")


def markdown(result: Result) -> str:
    """Give the text of ``memory_pressure_report.md``."""
    return markdown_document(document(result), picture_names(result.systems))


def markdown_document(shown: Document, pictures: Mapping[str, str] = MappingProxyType({})) -> str:
    """Give the text of a document; ``pictures`` names the file of each picture that stands in it."""
    lines = [f"# {escape(shown.title)}", "", _paragraph(shown.subtitle), ""]
    for section in shown.sections:
        lines += [f"## {escape(section.title)}", ""]
        for block in section.blocks:
            lines += [*_block(block, pictures), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def escape(text: str) -> str:
    """Make a plain text mean itself in Markdown, in a paragraph and in a cell alike."""
    return _MARKUP.sub(r"\\\1", text)


def _paragraph(text: str) -> str:
    """Escape a text that stands alone, where the mark of a list or a heading counts too."""
    return _LIST_MARK.sub(r"\1\\\2", escape(text))


def _block(block: Block, pictures: Mapping[str, str]) -> Iterator[str]:
    match block:
        case Points(texts):
            yield from (f"- {_paragraph(text)}" for text in texts)
        case Table():
            yield from _table(block)
        case Picture(key, words):
            yield f"![{escape(words)}]({pictures[key]})"
        case Literal(lines, title):
            yield from _literal(lines, title)


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield from (f"### {escape(table.title)}", "")
    if table.rows:
        yield _row(table.columns)
        yield _row(tuple("---:" if at in table.numeric else "---" for at in range(len(table.columns))), markup=True)
        yield from (_row(row) for row in table.rows)
        if table.note:
            yield ""
    if table.note:
        yield _paragraph(table.note)


def _row(cells: tuple[str, ...], *, markup: bool = False) -> str:
    return f"| {' | '.join(cell if markup else escape(cell) for cell in cells)} |"


def _literal(lines: tuple[str, ...], title: str) -> Iterator[str]:
    if title:
        yield from (f"### {escape(title)}", "")
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}text", *lines, fence)
