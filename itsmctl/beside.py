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

    `result` waits for it, and raises what it raised. Where the block is left by an exception, such as an interruption, or
    the wait at its end is interrupted, the work is asked to stop, again and again until it does.
    """

    def __init__(self, work: Callable[[], Result], stop: Callable[[], None] = _nothing) -> None:
        self._stop = stop
        self._results: list[Result] = []
        self._error: BaseException | None = None
        self._ended = threading.Event()  # a thread whose `join` was interrupted is taken for one that has ended
        self._thread = threading.Thread(target=self._do, args=(work,), daemon=True)
        try:
            self._thread.start()
        except KeyboardInterrupt:  # it has begun, or is about to
            self._end()
            raise

    def _do(self, work: Callable[[], Result]) -> None:
        try:
            self._results.append(work())
        except BaseException as error:  # noqa: BLE001 - whatever it is, `result` raises it where somebody waits
            self._error = error
        finally:
            self._ended.set()

    def result(self) -> Result:
        """What the work returned."""
        self._ended.wait()
        if self._error is not None:
            raise self._error
        return self._results[0]

    def __enter__(self) -> Beside[Result]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._ended.wait()
        finally:
            self._end()
        if kind is None:
            self.result()

    def _end(self) -> None:
        while not self._ended.is_set():
            self._stop()
            self._ended.wait(_PATIENCE)
        self._thread.join()  # what the work held is let go of there, by a database that does not bear the end of Python
