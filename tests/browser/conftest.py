"""One browser and one set of pages for all tests here; without Chromium they are skipped, and say so."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from browser.chromium import found, options
from browser.pages import make

PACKAGE = Path(__file__).with_name("package.json")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium: Playwright's own would be a download of hundreds of megabytes."""
    if found() is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium), so no page can be opened")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**options())
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """Windows as wide as a desk's, for the tests of a file."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where all pages lie, the same folder for every process of this run."""
    base = tmp_path_factory.getbasetemp()
    return make((base if worker_id == "master" else base.parent) / "pages")


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, in the version that package.json pins."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so axe-core cannot be")
    place = tmp_path_factory.mktemp("axe")
    shutil.copy(PACKAGE, place)
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    installed = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    if installed.returncode:
        pytest.skip(f"axe-core could not be installed: {installed.stderr[-200:]}")
    return (place / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
