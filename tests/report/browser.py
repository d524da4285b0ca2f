"""A headless Chromium without a network, for tests of pages; skipped, and said so, where there is none."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page, Request

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass
class Seen:
    """A page, and all that it said or asked for beyond its own file."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def chromium() -> Iterator[Browser]:
    """Give a browser for as long as a fixture lives."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1440, **context: Any) -> Iterator[Seen]:
    """Open a file from disk, the network off; everything that the page logs or requests is kept."""
    settings: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "offline": True}
    made = browser.new_context(**(settings | {"reduced_motion": "reduce"} | context))
    page = made.new_page()
    seen = Seen(page)
    url = path.as_uri()

    def asked(request: Request) -> None:
        if request.url.partition("#")[0] != url:
            seen.asked.append(request.url)

    def spoke(dialog: Dialog) -> None:
        seen.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", lambda message: seen.said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.said.append(f"error: {error}"))
    page.on("dialog", spoke)
    page.on("request", asked)
    page.goto(url)
    yield seen
    made.close()
