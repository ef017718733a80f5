"""What all tests share: golden files, which `pytest --update-golden` rewrites for review as prose."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import slowness

os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="itsmctl-tests-")
"""No test sees, or leaves anything in, the cache of whoever runs it."""
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Some machines set it, and then every process that a test starts compiles the program again."""
gc.set_threshold(100_000)
"""As the program has it: looking for garbage at every 700 objects takes a tenth of the time of all tests."""

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what is made now as the golden files")
    parser.addoption("--note-slow", action="store_true", help="measure every test and write tests/slow.txt")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(slowness.Watch(write=config.getoption("--note-slow")))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slowness.mark_slow(items)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with tests/golden/NAME, byte for byte."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"{name} is missing; run pytest --update-golden and review it"
        assert text == path.read_bytes().decode("utf-8")

    return compare
