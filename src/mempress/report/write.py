"""Writes a result's files: results.json, the report as Markdown and as a page, and a picture of each system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.report.names import HTML, MARKDOWN, picture_names
from mempress.runfiles import RESULTS, write_json, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.model import Result


def write_reports(result: Result, out: Path) -> list[Path]:
    """Write all files of a result into a directory, each whole or not at all; gives their paths."""
    return [*write_texts(result, out), *write_pictures(result, out)]


def write_pictures(result: Result, out: Path) -> list[Path]:
    """Write a picture of each system; gives their paths."""
    # Loaded here, not above: the plotting and template libraries take longer than a command's help may.
    from mempress.report.figures import figure  # noqa: PLC0415 - heavy

    pictures = picture_names(result.systems)
    for key, summary in result.systems.items():
        write_whole(out / pictures[key], figure(summary))
    return [out / name for name in pictures.values()]


def write_texts(result: Result, out: Path) -> list[Path]:
    """Write ``results.json`` and the report in both forms; gives their paths. The figures come first."""
    from mempress.report.html import html  # noqa: PLC0415 - heavy
    from mempress.report.markdown import markdown  # noqa: PLC0415 - as the others

    write_json(out / RESULTS, result)
    texts = {MARKDOWN: markdown(result), HTML: html(result)}
    for name, text in texts.items():
        write_whole(out / name, text.encode())
    return [out / name for name in (RESULTS, *texts)]


def write_roster(result: Result, path: Path) -> Path:
    """Write the overview of all systems as Markdown; gives its path."""
    from mempress.report.markdown import markdown_document  # noqa: PLC0415 - as the others
    from mempress.report.roster import roster  # noqa: PLC0415 - as the others

    write_whole(path, markdown_document(roster(result)).encode())
    return path
