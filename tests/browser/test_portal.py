"""The portal in a browser: on any screen, offline, for everybody; its search and its keys in English and Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from browser import looking
from itsmctl.definitions import load
from itsmctl.language import LANGUAGES
from itsmctl.site import build, gather

pytestmark = pytest.mark.browser

LISTS = ("index", "services", "technicians", "search", "all", "asking", "rules", "people", "handbook")
"""Pages with a template of their own; what a script adds to them is there without it."""
KINDS = (
    "process", "service", "calendar", "technicians", "rule", "raci", "framework", "register", "person", "assessment",
    "policy", "crosswalk", "survey", "kpi", "questionnaire", "nonconformity", "programme", "sla",
)  # fmt: skip
"""Definitions whose pages hold something that no other has: a drawing, a matrix, a calendar, a register."""
SCANNED = ("index", "technicians", "services", "process", "calendar", "rule", "raci", "register", "assessment")
"""Pages that axe-core looks at, which takes longer than all else."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal of the reference set, which has a page of every kind."""
    folder = tmp_path_factory.mktemp("portal")
    build(gather(load(), LANGUAGES), folder / "site")
    return folder / "site"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sort_of_page_opens_offline_on_any_screen_for_everybody(
    language: str, site: Path, axe: str, browser: Browser, desk: BrowserContext
) -> None:
    wrong = {}
    for place, name in enumerate((*LISTS, *KINDS)):  # the languages share their templates, and have their own words
        file = site / language / f"{name}.html" if name in LISTS else min((site / language / name).glob("*.html"))
        if LANGUAGES[place % 2] == language:
            wrong[name] = looking.visit(browser, desk, file, language, axe if name in SCANNED else "", name in LISTS)
        else:
            wrong[name] = looking.glance(desk, file, language)
    assert {name: told for name, told in wrong.items() if told} == {}


@pytest.mark.parametrize(("language", "asked"), [("en", "incidents management"), ("zh", "事件管理")])
def test_the_search_is_used_with_keys_alone(language: str, asked: str, site: Path, desk: BrowserContext) -> None:
    page, wrong = looking.open_page(desk, site / language / "index.html")
    page.keyboard.press("/")
    page.keyboard.type(asked)
    page.keyboard.press("Enter")
    page.wait_for_selector("#hits a")
    page.locator(".find input").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/process/incident.html")
    assert wrong == []


def test_a_long_list_is_filtered_and_hostile_words_are_only_looked_for(site: Path, desk: BrowserContext) -> None:
    page, wrong = looking.open_page(desk, site / "en" / "rules.html")
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
    page.wait_for_selector("#hits a")
    page.locator(".find input").press("Enter")
    expect(page.locator("#hits a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".find input")).to_be_focused()
    assert wrong == []
