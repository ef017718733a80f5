"""Every page as a browser shows it: narrow and wide, light and dark, with scripts and without, read aloud, and offline."""

from __future__ import annotations

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


@pytest.mark.parametrize("made", PAGES, ids=lambda made: f"{made.name}-{made.language}")
def test_a_page_opens_offline_on_any_screen_for_everybody(
    made: Made, folder: Path, axe: str, browser: Browser, desk: BrowserContext
) -> None:
    if made.visited:
        wrong = looking.visit(browser, desk, made.file(folder), made.language, axe if made.scanned else "")
    else:
        wrong = looking.glance(desk, made.file(folder), made.language)
    assert wrong == []


def test_what_is_wrong_with_a_page_is_found(tmp_path: Path, axe: str, browser: Browser, desk: BrowserContext) -> None:
    file = tmp_path / "wrong.html"
    file.write_text(WRONG, encoding="utf-8")
    page, wrong = looking.open_page(desk, file)
    wrong += looking.identity(page, "zh") + looking.pictures(page) + looking.links(page, file)
    wrong += looking.without_scripts(browser, page, file) + looking.widths(page) + looking.schemes(page)
    told = "\n".join(wrong + looking.barriers(page, axe))
    for sign in (
        "request: https://example.invalid", "console: oops", "error: Cannot read", "lang is 'fr'", "no title", "alternative: <svg",
        "alternative: <img", "link #nowhere", "link gone.html", "link to javascript:", "without scripts: Seen", "at 375px 9",
        "at 768px 9", "as bright as", "light: color-contrast", "dark: color-contrast", "image-alt",
    ):  # fmt: skip
        assert sign in told, told
    assert "at 1440px" not in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_table_of_a_service_report_is_pushed_aside_on_a_telephone(
    folder: Path, browser: Browser, language: str
) -> None:
    phone = browser.new_context(viewport={"width": 375, "height": 800})
    try:
        page = phone.new_page()
        page.goto((folder / f"service.{language}.html").as_uri())
        boxes = page.locator(".scroll")
        assert boxes.count() > 2
        assert [
            box for box in boxes.evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)") if box > 0
        ] == []
        assert (
            page.locator("td[data-head]").first.evaluate("one => getComputedStyle(one, '::before').content") != "none"
        )
    finally:
        phone.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_word_of_a_service_report_is_broken_on_paper(folder: Path, browser: Browser, language: str) -> None:
    sheet = browser.new_context(viewport={"width": 690, "height": 1000})
    try:
        page = sheet.new_page()
        page.goto((folder / f"service.{language}.html").as_uri())
        page.emulate_media(media="print")
        lines = """all => all.map(one => { const range = document.createRange(); range.selectNodeContents(one);
            return new Set([...range.getClientRects()].map(rect => Math.round(rect.top))).size; })"""
        words = page.locator("td.short, td .whole")
        assert words.count() > 5
        assert set(words.evaluate_all(lines)) == {1}
    finally:
        sheet.close()
