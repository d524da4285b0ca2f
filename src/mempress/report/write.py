"""Writes a result's files: results.json, the report as Markdown and as a page, and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.report.names import COMPARISON, HTML, MARKDOWN, as_svg, picture_names
from mempress.runfiles import RESULTS, write_json, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.figure import Figure

    from mempress.model import Result


def write_reports(result: Result, out: Path) -> list[Path]:
    """Write all files of a result into a directory, each whole or not at all; gives their paths."""
    return [*write_texts(result, out), *write_pictures(result, out)]


def write_pictures(result: Result, out: Path) -> list[Path]:
    """Write a picture of each system, and one of all where there are several, as PNG and as SVG; gives their paths."""
    # Loaded here, not above: the plotting and template libraries take longer than a command's help may.
    from mempress.report.canvas import encoded  # noqa: PLC0415 - heavy

    written: list[Path] = []
    for name, drawing in _drawings(result):
        for path, kind in ((out / name, "png"), (out / as_svg(name), "svg")):
            write_whole(path, encoded(drawing, kind))
            written.append(path)
    return written


def _drawings(result: Result) -> Iterator[tuple[str, Figure]]:
    from mempress.report.figures import draw  # noqa: PLC0415 - heavy
    from mempress.report.palette import looks  # noqa: PLC0415 - as the others
    from mempress.report.sidebyside import draw_all  # noqa: PLC0415 - heavy

    names, look = picture_names(result.systems), looks(result.systems)
    for key, summary in result.systems.items():
        yield names[key], draw(summary, look[key])
    if len(result.systems) > 1:
        yield COMPARISON, draw_all(result)


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
