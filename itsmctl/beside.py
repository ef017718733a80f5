"""Work done on another thread while this one goes on: the database and the system release Python while they are busy."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

Result = TypeVar("Result")
_PATIENCE = 0.05
"""Seconds between two attempts to stop work that nobody waits for any more."""


def _nothing() -> None:
    return


_SHARE = 0.0005
"""Seconds for which one thread may keep Python from another; the usual ten times as long would make the main thread wait
that much after each of its many short statements."""
sys.setswitchinterval(_SHARE)


class Beside(Generic[Result]):
    """One piece of work, begun at once; a context manager that is left only when the work has ended.

    `result` waits for it, and raises what it raised. Where the block is left by an exception, such as an interruption,
    the work is asked to stop, again and again until it does.
    """

    def __init__(self, work: Callable[[], Result], stop: Callable[[], None] = _nothing) -> None:
        self._stop = stop
        self._results: list[Result] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._do, args=(work,), daemon=True)
        self._thread.start()

    def _do(self, work: Callable[[], Result]) -> None:
        try:
            self._results.append(work())
        except BaseException as error:  # noqa: BLE001 - whatever it is, `result` raises it where somebody waits
            self._error = error

    def result(self) -> Result:
        """What the work returned."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._results[0]

    def __enter__(self) -> Beside[Result]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.result()
            return
        while self._thread.is_alive():
            self._stop()
            self._thread.join(_PATIENCE)
