"""What a definition file holds, and where: the types of plain data and of the marks beside it."""

from __future__ import annotations

from typing import Any

Scalar = str | int | float | bool | None
Value = Scalar | list["Value"] | dict[str, "Value"]
Mark = tuple[int, int, Any]
"""Line and column of a value, from 1, and those of what it holds: nothing, a list of marks, or
{key: (line, column, mark of the value)}. Plain tuples, lists and dicts, so that they can be kept on disk."""

Path_ = tuple[str | int, ...]
"""How to get to a value: the keys and positions from the top of the document."""
