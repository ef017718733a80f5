"""Every page as a browser shows it: narrow and wide, light and dark, with scripts and without, read aloud, and offline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from browser import looking
from browser.pages import PAGES, Made

pytestmark = pytest.mark.browser

WRONG = """<!doctype html><html lang="fr"><head><title> </title></head><body><h1>Wrong</h1>
<h2 id="later" hidden>Seen by script</h2><svg width="9" height="9"></svg><img src="https://example.invalid/a.png">
<p style="width:900px">wide</p><a href="#nowhere">a</a><a href="gone.html">b</a><a href="javascript:void(0)">c</a>
<p style="color:#bbb;background:#ccc">pale</p>
<script>document.getElementById('later').hidden = false; console.error('oops'); undefined.x</script></body></html>"""
"""A page in which everything is wrong that is looked for."""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window of its own, as wide as a desk's."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


@pytest.mark.parametrize("made", PAGES, ids=lambda made: f"{made.name}-{made.language}")
def test_a_page_opens_offline_on_any_screen(
    made: Made, folder: Path, browser: Browser, context: BrowserContext
) -> None:
    file = made.file(folder)
    page, wrong = looking.open_page(context, file)
    wrong += looking.identity(page, made.language)
    wrong += looking.pictures(page)
    wrong += looking.links(page, file)
    wrong += looking.without_scripts(browser, page, file)
    wrong += looking.widths(page)
    assert wrong == []


@pytest.mark.parametrize(
    "made", [made for made in PAGES if made.small], ids=lambda made: f"{made.name}-{made.language}"
)
def test_a_page_can_be_read_by_everybody(made: Made, folder: Path, axe: str, context: BrowserContext) -> None:
    page, wrong = looking.open_page(context, made.file(folder))
    assert wrong + looking.barriers(page, axe) == []


def test_what_is_wrong_with_a_page_is_found(
    tmp_path: Path, axe: str, browser: Browser, context: BrowserContext
) -> None:
    file = tmp_path / "wrong.html"
    file.write_text(WRONG, encoding="utf-8")
    page, wrong = looking.open_page(context, file)
    wrong += looking.identity(page, "zh") + looking.pictures(page) + looking.links(page, file)
    wrong += looking.without_scripts(browser, page, file) + looking.widths(page)
    told = "\n".join(wrong + looking.barriers(page, axe))
    for sign in (
        "request: https://example.invalid", "console: oops", "error: Cannot read", "lang is 'fr'", "no title", "alternative: <svg",
        "alternative: <img", "link #nowhere", "link gone.html", "link to javascript:", "without scripts: Seen", "at 375px 9",
        "at 768px 9", "light: color-contrast", "dark: color-contrast", "image-alt",
    ):  # fmt: skip
        assert sign in told, told
    assert "at 1440px" not in told
