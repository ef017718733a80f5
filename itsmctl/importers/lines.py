"""Lines of files that may have none: each is cut, so that one without an end does not fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, AnyStr


def cut_lines(stream: IO[AnyStr], most: int) -> Iterator[AnyStr]:
    """The lines of a stream, each cut after so many bytes or characters; the rest of a longer one is left out."""
    while line := stream.readline(most):
        yield line
        while len(line) == most and not _ends(line):
            line = stream.readline(most)


def _ends(line: str | bytes) -> bool:
    return line.endswith(("\n", "\r")) if isinstance(line, str) else line.endswith(b"\n")
