"""The pages inside the report: addresses, search, filters, sorting and keys, and what is printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser import looking

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(folder: Path, browser: Browser) -> Iterator[Page]:
    """The report of generated tickets in a window that stays open for all tests of this file."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, wrong = looking.open_page(context, folder / "report.en.html")
    yield page
    context.close()
    assert wrong == []


def views(page: Page) -> list[str]:
    """The pages that are shown."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('.view:not([hidden])')].map(one => one.dataset.view)"
    )
    return found


def at(page: Page, address: str) -> None:
    """Follow a link to an address inside the report, to the one that is open already too."""
    page.evaluate(
        """address => new Promise(shown => {
            const before = location.hash, link = document.createElement("a");
            const drawn = () => requestAnimationFrame(() => requestAnimationFrame(shown));
            link.href = address;
            document.body.append(link);
            if (before !== link.hash) addEventListener("hashchange", drawn, {once: true});
            link.click();
            link.remove();
            if (before === link.hash) drawn();
        })""",
        address,
    )


@pytest.mark.parametrize(
    ("address", "view"),
    [("#process/change", "processes"), ("#rule/INC-01", "failing"), ("#service/finance-erp", "levels"), ("#export", "export"), ("#summary", "summary")],
)  # fmt: skip
def test_an_address_opens_its_page_and_shows_its_place(report: Page, address: str, view: str) -> None:
    at(report, address)
    assert views(report) == [view]
    place = report.locator(f"[id='{address[1:]}']")
    assert place.is_visible() and place.evaluate("one => one.getBoundingClientRect().top") < 900
    assert place.evaluate("one => one.tagName !== 'DETAILS' || one.open")
    assert report.locator(".bar a[aria-current=page]").get_attribute("href") == f"#{view}"


def test_an_address_that_leads_nowhere_changes_nothing(report: Page) -> None:
    at(report, "#export")
    report.evaluate("location.hash = '#%E0%A4%A'")
    report.wait_for_timeout(60)
    assert views(report) == ["export"]


def test_a_record_opens_with_its_clocks(report: Page) -> None:
    record = report.locator("[data-item=record]").first.get_attribute("id")
    at(report, f"#{record}")
    assert views(report) == ["records"]
    assert report.locator(f"[id='{record}'] > details.more").evaluate("one => one.open")


def test_search_looks_everywhere_and_escape_shows_all_again(report: Page) -> None:
    at(report, "#summary")
    report.keyboard.press("/")
    assert report.evaluate("document.activeElement.id") == "find"
    report.keyboard.type("INC-06")
    shown = report.locator("[data-item=rule]:visible")
    assert shown.count() >= 1 and "INC-06" in shown.first.inner_text()
    assert not report.locator("[id='rule/CHG-01']").is_visible()
    assert report.locator("#found").inner_text().startswith("Rules: ")
    report.keyboard.press("ArrowDown")
    assert report.evaluate("document.activeElement.closest('[data-item]') !== null")
    report.keyboard.press("Escape")
    assert views(report) == ["summary"] and report.locator("#found").inner_text() == ""
    report.fill("#find", "no such words anywhere")
    assert report.locator("#found").inner_text() == "Nothing in this report fits."
    report.click("#clear")
    assert views(report) == ["summary"]


@pytest.mark.parametrize("opened", ["#summary", "#rule/INC-01"])
def test_filters_leave_what_was_chosen(report: Page, opened: str) -> None:
    at(report, opened)
    report.select_option("#by-outcome", "pass")
    report.select_option("#by-process-only", "change")
    found = report.locator("[data-item=rule]:visible")
    assert found.count() > 0
    told = {(one.get_attribute("data-outcome"), one.get_attribute("data-process")) for one in found.all()}
    assert told == {("pass", "change")}
    at(report, "#rule/INC-01")
    assert report.locator("[id='rule/INC-01']").is_visible(), "an address is stronger than a filter"
    assert report.locator("#by-outcome").input_value() == ""


def test_a_table_sorts_by_any_of_its_columns(report: Page) -> None:
    at(report, "#summary")
    head = report.locator("#by-process th", has_text="pass")
    cells = report.locator("#by-process tbody tr td:last-child")
    number = lambda: [int(text) if text != "–" else -1 for text in cells.all_inner_texts()]  # noqa: E731
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    counts = [n for n in number() if n >= 0]
    assert counts == sorted(counts, reverse=True) and len(set(counts)) > 1
    head.locator("button").click()
    counts = [n for n in number() if n >= 0]
    assert head.get_attribute("aria-sort") == "ascending" and counts == sorted(counts)


def test_arrows_go_from_page_to_page(report: Page) -> None:
    at(report, "#summary")
    report.locator(".bar nav a").first.focus()
    report.keyboard.press("ArrowRight")
    assert views(report) == ["levels"]


@pytest.mark.parametrize("width", looking.WIDTHS)
def test_no_page_is_wider_than_the_window(report: Page, width: int) -> None:
    report.set_viewport_size({"width": width, "height": 900})
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for link in report.locator(".bar nav a").all():
        at(report, str(link.get_attribute("href")))
        assert report.evaluate(wide) <= 0, link.get_attribute("href")
    report.set_viewport_size({"width": 1280, "height": 900})


def test_a_name_without_a_blank_makes_no_page_wider(report: Page) -> None:
    report.set_viewport_size({"width": 375, "height": 900})
    at(report, "#summary")
    name = report.locator(".outcomes-table tbody th a").first
    before = name.inner_text()
    name.evaluate("one => { one.textContent = 'Donaudampfschifffahrtsgesellschaft'.repeat(4); }")
    assert report.evaluate("document.documentElement.scrollWidth") <= 375
    name.evaluate("(one, before) => { one.textContent = before; }", before)
    report.set_viewport_size({"width": 1280, "height": 900})


def test_print_shows_every_page(report: Page) -> None:
    at(report, "#summary")
    report.emulate_media(media="print")
    for view in report.locator(".view").all():
        assert view.bounding_box()["height"] > 100  # type: ignore[index]
    assert not report.locator("#tools").is_visible()
    report.emulate_media(media="screen")


def test_without_scripts_everything_is_there(folder: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page, wrong = looking.open_page(context, folder / "report.zh.html")
    assert all(view.is_visible() for view in page.locator(".view").all())
    assert not page.locator("#tools").is_visible()
    assert page.locator("[id='rule/INC-06']").is_visible()
    context.close()
    assert wrong == []
