"""Which tests are slow: `tests/slow.txt` names them, and `pytest --note-slow` writes it.

A test stands there where all of its cases together take more than SECONDS, and a file where something made for all of its
tests does. They are marked `slow`, so that `make check` can leave them to `make test`. Every run says at its end what took
much longer and is not on the list.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("slow.txt")
SECONDS = 2.0
BUSY = 2.5
"""How many times longer a test takes at most where several run at once."""
Took = tuple[str, str, float]
"""A case, the phase of it, and the seconds that it took."""


def listed() -> frozenset[str]:
    """The tests and files on the list."""
    return frozenset(LIST.read_text("utf-8").split())


def names_of(case: str) -> tuple[str, str]:
    """The names under which a case may be listed: its test, and its file."""
    test = case.partition("[")[0]
    return test, test.partition("::")[0]


def slow_among(took: Iterable[Took], limit: float = SECONDS) -> set[str]:
    """The tests and files that belong on the list, or that take longer than another limit."""
    calls: dict[str, float] = defaultdict(float)
    files: dict[str, float] = defaultdict(float)
    for case, phase, seconds in took:
        test, file = names_of(case)
        if phase == "setup":
            files[file] = max(files[file], seconds)
        else:
            calls[test] += seconds
    whole = {file for file, seconds in files.items() if seconds > limit}
    return whole | {test for test, seconds in calls.items() if seconds > limit and whole.isdisjoint(names_of(test))}


def missing(took: Iterable[Took]) -> list[str]:
    """What took so long that no other work of the machine explains why it is not on the list."""
    known = listed()
    return sorted(name for name in slow_among(took, BUSY * SECONDS) if known.isdisjoint(names_of(name)))


def mark_slow(items: Iterable[pytest.Item]) -> None:
    """Mark the tests that are listed, by themselves or with their whole file."""
    slow = listed()
    for item in items:
        if not slow.isdisjoint(names_of(item.nodeid)):
            item.add_marker(pytest.mark.slow)


class Watch:
    """Measures every test, on whichever worker it runs, and says at the end what the list lacks.

    Told to `write`, it writes the list instead; what did not run stays as it was.
    """

    def __init__(self, write: bool) -> None:
        self._write = write
        self._took: list[Took] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        with _noted(item, "setup"):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        with _noted(item, "call"):
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._took += [(report.nodeid, phase, float(str(seconds))) for phase, seconds in report.user_properties]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not self._write or hasattr(session.config, "workerinput"):
            return
        ran = {name for case, _, _ in self._took for name in names_of(case)}
        names = {name for name in listed() if name not in ran} | slow_among(self._took)
        LIST.write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8", newline="\n")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name in [] if self._write else missing(self._took):
            terminalreporter.write_line(f"slow and not in tests/slow.txt: {name} (make slow writes it)")


@contextmanager
def _noted(item: pytest.Item, phase: str) -> Iterator[None]:
    before = time.perf_counter()
    try:
        yield
    finally:
        item.user_properties.append((phase, time.perf_counter() - before))
