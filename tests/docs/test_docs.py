"""The documentation is true: its links lead somewhere, it names every metric, and the command reference is current."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from mempress.cli.main import group
from mempress.health import WEIGHTS
from mempress.model import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\((?!https?://|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_every_metric_and_health_component_is_defined() -> None:
    text = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    for name in (*Metrics.__struct_fields__, *WEIGHTS):
        assert f"`{name}`" in text or f"| {name} |" in text, f"docs/metrics.md does not define {name}"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, queue = set(), [ROOT / "README.md"]
    while queue:
        page = queue.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        queue += [(page.parent / target).resolve() for target in LINK.findall(page.read_text("utf-8"))]
    assert set(PAGES) - {ROOT / "CHANGELOG.md"} <= reached


def reference() -> str:
    """Give the help of every command as one page."""
    parts = ["# Commands", "Made from the commands' own help; `make docs` writes it anew."]
    return "\n\n".join([*parts, *help_of(click.Context(group, info_name="mempress", max_content_width=100))]) + "\n"


def help_of(context: click.Context) -> Iterator[str]:
    """Give the help of a command, and of those below it."""
    yield f"## {context.command_path}"
    yield f"```text\n{context.command.get_help(context)}\n```"
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            below = context.command.get_command(context, name)
            assert below is not None
            yield from help_of(click.Context(below, info_name=name, parent=context, max_content_width=100))


def test_the_command_reference_is_current(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "cli.md"
    if request.config.getoption("--update-golden"):
        page.write_text(reference(), encoding="utf-8")
    assert page.read_text("utf-8") == reference(), "run `make docs` and commit docs/cli.md"
