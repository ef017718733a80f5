"""What a definition file holds, and where: the types of plain data and of the marks beside it."""

from __future__ import annotations

import marshal
from functools import lru_cache
from typing import Any

Scalar = str | int | float | bool | None
Value = Scalar | list["Value"] | dict[str, "Value"]
Mark = tuple[int, int, Any]
"""Line and column of a value, from 1, and those of what it holds: nothing, a list of marks,
{key: (line, column, mark of the value)}, for a text that is quoted or folded how many columns further it begins, or any of these as marshalled bytes. Plain values, so that they can be kept on
disk, and left packed where nobody asks for a place."""

Path_ = tuple[str | int, ...]
"""How to get to a value: the keys and positions from the top of the document."""


def pack(inside: Any) -> bytes:
    """The marks of what a document holds as bytes."""
    return marshal.dumps(inside)


@lru_cache(maxsize=64)
def _unpacked(packed: bytes) -> Any:
    return marshal.loads(packed)


def inside_of(mark: Mark) -> Any:
    """The marks of what a value holds, unpacked if need be."""
    return _unpacked(mark[2]) if isinstance(mark[2], bytes) else mark[2]
