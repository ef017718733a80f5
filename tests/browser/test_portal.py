"""The portal in a browser: on any screen, offline, for everybody; its search and its keys in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from browser import looking
from itsmctl import cli
from itsmctl.definitions import load
from itsmctl.language import LANGUAGES
from itsmctl.site import build, gather

pytestmark = pytest.mark.browser

PAGES = {
    "en": ("index.html", "services.html", "search.html", "all.html", "process/incident.html", "framework/fitsm-1.html"),
    "zh": ("technicians.html", "rules.html", "handbook.html", "calendar/office.html", "rule/INC-06.html"),
}
"""Of each sort one in either language; a system that has only begun has them all."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal of a system that has only begun."""
    folder = tmp_path_factory.mktemp("portal")
    assert cli.run(["init", str(folder / "ours"), "--yes", "-q"]) == 0
    build(gather(load(folder / "ours"), LANGUAGES), folder / "site")
    return folder / "site"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window of its own, as wide as a desk's."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sort_of_page_opens_offline_on_any_screen(
    language: str, site: Path, browser: Browser, context: BrowserContext
) -> None:
    for path in PAGES[language]:
        file = site / language / path
        page, wrong = looking.open_page(context, file)
        wrong += looking.identity(page, language) + looking.pictures(page) + looking.links(page, file)
        wrong += looking.without_scripts(browser, page, file) + looking.widths(page)
        page.close()
        assert wrong == [], path


@pytest.mark.parametrize(
    "path", ["index.html", "technicians.html", "process/incident.html", "handbook.html", "rule/INC-06.html"]
)
def test_a_page_can_be_read_by_everybody(path: str, site: Path, axe: str, context: BrowserContext) -> None:
    page, wrong = looking.open_page(context, site / "zh" / path)
    assert wrong + looking.barriers(page, axe) == []


@pytest.mark.parametrize(("language", "asked"), [("en", "incidents management"), ("zh", "事件管理")])
def test_the_search_is_used_with_keys_alone(language: str, asked: str, site: Path, context: BrowserContext) -> None:
    page, wrong = looking.open_page(context, site / language / "index.html")
    page.keyboard.press("/")
    page.keyboard.type(asked)
    page.keyboard.press("Enter")
    page.wait_for_selector("#hits a")
    page.locator(".find input").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/process/incident.html")
    assert wrong == []


def test_a_long_list_is_filtered_and_hostile_words_are_only_looked_for(site: Path, context: BrowserContext) -> None:
    page, wrong = looking.open_page(context, site / "en" / "rules.html")
    shown = "document.querySelectorAll('#rule li:not([hidden])').length"
    every = page.evaluate(shown)
    page.locator("#rule .filter").fill("inc-06")
    assert page.evaluate(shown) == 1 < every
    page.goto((site / "en" / "search.html").as_uri() + "?q=<img src=x onerror=alert(1)>")
    expect(page.locator("#told")).to_contain_text("No page holds all of these words")
    assert page.locator("#hits img, #told img").count() == 0
    page.locator(".find input").fill("qqqq")
    expect(page.locator("#told")).to_contain_text("Nothing was found")
    page.locator(".find input").fill("incdent")
    page.locator("#told a", has_text="incident").click()
    page.locator(".find input").press("Enter")
    expect(page.locator("#hits a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".find input")).to_be_focused()
    assert wrong == []
