"""A bar on standard error, only where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from itsmctl.language import tr
from itsmctl.model import Language

Progress = Callable[[str, float], None]

STEPS = {
    "reading": "reading the export",
    "writing": "writing the dataset",
    "load": "loading the dataset",
    "clocks": "running the clocks",
    "rules": "judging by the rules",
    "done": "writing the result",
}
WIDTH = 24


@contextmanager
def bar(quiet: bool, language: Language) -> Iterator[Progress | None]:
    """Give a function to call with a step and the share done; None where there is no terminal to draw on."""
    if quiet or not sys.stderr.isatty():
        yield None
        return

    def show(step: str, share: float) -> None:
        filled = round(WIDTH * min(max(share, 0.0), 1.0))
        sys.stderr.write(f"\r\033[K{'━' * filled}{'╌' * (WIDTH - filled)} {tr(STEPS.get(step, step), language)}")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()
