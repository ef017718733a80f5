"""A bar on standard error, only where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from itsmctl.language import msg, tr
from itsmctl.model import Language

Progress = Callable[[str, float], None]

STEPS = {
    "reading": msg("reading the export"),
    "writing": msg("writing the dataset"),
    "spark": msg("starting Spark"),
    "load": msg("loading the dataset"),
    "clocks": msg("running the clocks"),
    "rules": msg("judging by the rules"),
    "done": msg("writing the result"),
    "before": msg("judging by the definitions before"),
    "after": msg("judging by the definitions after"),
    "compare": msg("comparing the verdicts"),
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
        sys.stderr.write(f"\r\033[K{'━' * filled}{'╌' * (WIDTH - filled)} {tr(STEPS[step], language)}")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()
