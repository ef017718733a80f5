"""The site of the documentation, as readers of either language meet it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    mkdocs = pytest.importorskip("mkdocs.commands.build", reason="mkdocs is not installed, so the site cannot be built")
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("documentation")
    with (ROOT / "mkdocs.yml").open("rb") as file:
        mkdocs.build(load_config(file, site_dir=str(folder), strict=True))
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served: the search of it asks a worker, which a browser starts from no file."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


def test_a_page_has_the_menu_of_its_language_and_the_way_to_the_other(address: str, page: Page) -> None:
    page.goto(f"{address}/how-to/keep-a-calendar/")
    english = page.locator(".navbar-nav").first.inner_text()
    assert "How to" in english and not HAN.search(english)
    page.get_by_role("link", name="中文", exact=True).click()
    expect(page).to_have_url(f"{address}/how-to/keep-a-calendar.zh/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    menu = page.locator(".navbar-nav").first
    assert [link.inner_text() for link in menu.locator("> li > a").all()] == [
        "首页",
        "教程",
        "操作指南",
        "参考",
        "说明",
        "项目",
    ]
    expect(menu.locator("a.dropdown-item.active")).to_have_text("维护日历")
    page.get_by_role("link", name="下一章").click()
    expect(page).to_have_url(f"{address}/how-to/keep-a-register.zh/")
    page.get_by_role("link", name="English", exact=True).click()
    expect(page).to_have_url(f"{address}/how-to/keep-a-register/")


def test_a_page_without_a_chinese_one_leads_to_the_chinese_home(address: str, page: Page) -> None:
    page.goto(f"{address}/decisions/0001-duckdb/")
    page.get_by_role("link", name="中文", exact=True).click()
    expect(page).to_have_url(f"{address}/index.zh/")
    titles = (
        page.locator(".navbar-nav .dropdown-menu").first.locator("..").locator("..").locator("a").all_text_contents()
    )
    assert "决策记录（英文）" in titles and "Decisions" not in titles


def test_the_search_finds_chinese_words(address: str, page: Page) -> None:
    page.goto(f"{address}/index.zh/")
    page.get_by_role("link", name="搜索").click()
    box = page.locator("#mkdocs-search-query")
    for words, found in (
        ("日历", "维护日历：节假日与调休"),
        ("责任分配矩阵", "process-without-raci"),
        ("baseli", "baseline"),
    ):
        box.fill(words)
        expect(page.locator("#mkdocs-search-results h3").get_by_text(found, exact=True).first).to_be_visible(
            timeout=20_000
        )
    box.fill("INC-06")
    expect(page.locator("#mkdocs-search-results h3").first).to_be_visible()
    paths = [str(link.get_attribute("href")) for link in page.locator("#mkdocs-search-results a").all()]
    assert len(paths) > 3 and not [path for path in paths if ".zh/" not in path and "decisions/" not in path]
    box.fill("瀑布里的鲸鱼")
    expect(page.locator("#mkdocs-search-results h3")).to_have_count(0)


def test_the_search_of_an_english_page_finds_no_chinese_one(address: str, page: Page) -> None:
    page.goto(f"{address}/index.html")
    page.get_by_role("link", name="Search").click()
    page.locator("#mkdocs-search-query").fill("INC-06")
    expect(page.locator("#mkdocs-search-results h3").first).to_be_visible(timeout=20_000)
    paths = [str(link.get_attribute("href")) for link in page.locator("#mkdocs-search-results a").all()]
    assert len(paths) > 3 and not [path for path in paths if ".zh/" in path]


def test_no_page_is_wider_than_a_telephone(site: Path, browser: Browser) -> None:
    phone = browser.new_page(viewport={"width": 375, "height": 800}, java_script_enabled=False)
    pages = [
        path for path in sorted(site.rglob("index.html")) if "decisions" not in path.parts and "lint" not in path.parts
    ]
    wide = []
    for path in pages:
        phone.goto(path.as_uri())
        if phone.evaluate("document.documentElement.scrollWidth") > 375:
            wide.append(path.parent.name)
    phone.close()
    assert len(pages) > 80 and wide == []


def test_chinese_lines_close_up_and_blocks_in_lists_stay_blocks(site: Path) -> None:
    text = (site / "how-to" / "keep-a-register.zh" / "index.html").read_text("utf-8")
    paragraphs = re.findall(r"<p>.*?</p>", text, re.DOTALL)
    assert len(paragraphs) > 5 and not [part for part in paragraphs if re.search(r"[，。：；、]\s+\S", part)]
    assert "<pre><code>kind: register\nid: supplier-reviews\n" in text
    assert 'id="只有人才能说明的事"' in text


def test_no_page_opens_a_fence_within_a_list() -> None:
    """The site shows it as words in a row; GitHub and the site both show a block that is set in deeper."""
    fences = [
        path.name
        for path in (ROOT / "docs").rglob("*.md")
        if re.search(r"^ +```", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert fences == []
