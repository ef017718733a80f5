"""Objects within a record become cells of it, named by their path with dots: those of JSON, and those that a script has written into
the cells of a table, as `{'display_value': 'Network', 'link': '…'}`.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from itsmctl.importers.json_text import Value

Cells = dict[str, str]
Below = list[tuple[str, dict[str, Value]]]
"""Objects in arrays, with their paths: rows of a table of their own."""

HEAD = 200
"""So many rows tell whether a column holds objects."""
_LONGEST = 20_000
_MOST_NAMES = 64
_NAME = re.compile(r"[A-Za-z_@$][\w@$.-]*")
_TELLING = frozenset({"display_value", "value", "name", "displayName", "display_name", "link", "self", "id", "sys_id"})
"""What an object has that stands for a person, a group or an entry of a list; a text that happens to be JSON has others."""


def flatten(value: Mapping[str, Value], path: str, cells: Cells, below: Below) -> None:
    """Put what a record holds into `cells`, and the objects in its arrays into `below`.

    Of a value and what is displayed for it, the latter is called as in the tool's wide CSV export.
    """
    for key, inner in value.items():
        name = f"{path}.{key}" if path else key
        match inner:
            case dict() if "value" in inner and inner.keys() <= {"value", "display_value", "link"}:
                _keep(cells, name, inner["value"])
                if "display_value" in inner:
                    _keep(cells, _display(name), inner["display_value"])
            case dict() if inner.keys() == {"display_value", "link"}:
                _keep(cells, name, inner["display_value"])
            case dict():
                flatten(inner, name, cells, below)
            case list():
                words = [text for one in inner if (text := _text(one))]
                if words:
                    cells[name] = ", ".join(words)
                below += [(name, one) for one in inner if isinstance(one, dict)]
            case _:
                _keep(cells, name, inner)


def object_columns(names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> frozenset[str]:
    """The columns of which at least half of the filled cells of some rows are objects, in JSON or as Python shows a dictionary."""
    objects: Counter[str] = Counter()
    for row in rows:
        for name, cell in zip(names, row, strict=False):
            if name and cell and cell.strip():
                objects[name] += 1 if object_in(cell) else -1
    return frozenset(name for name in names if objects.get(name, -1) >= 0)


def spread(cells: Mapping[str, str | None], columns: frozenset[str]) -> dict[str, str | None]:
    """The cells of a row, those that hold an object replaced by what is in it; of an array only its words stay."""
    found: dict[str, str | None] = {}
    for name, cell in cells.items():
        inner = object_in(cell) if name in columns and cell else None
        if inner is None:
            found[name] = cell
        else:
            inside: Cells = {}
            flatten({name: inner}, "", inside, [])
            found |= inside
    return found


def object_in(text: str) -> dict[str, Value] | None:
    """The object that a cell holds; None where it is any other text."""
    text = text.strip()
    if not text.startswith("{") or not text.endswith("}") or len(text) > _LONGEST:
        return None
    value = _read(text)
    if not isinstance(value, dict) or not value.keys() & _TELLING or len(value) > _MOST_NAMES:
        return None
    return value if all(_NAME.fullmatch(name) for name in value) else None


def _read(text: str) -> Value:
    try:
        return _checked(json.loads(text, parse_int=str, parse_float=str))
    except (ValueError, RecursionError):
        pass  # and perhaps Python
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a single backslash, as in `C:\dir`
            return _checked(ast.literal_eval(text))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _checked(value: object) -> Value:
    """A value as JSON could hold it, its numbers as text."""
    match value:
        case None | bool() | str():
            return value
        case int() | float():
            return str(value)
        case list() | tuple():
            return [_checked(one) for one in value]
        case dict():
            return {str(name): _checked(inner) for name, inner in value.items()}
        case _:
            raise ValueError


def _keep(cells: Cells, name: str, value: Value) -> None:
    cells[name] = _text(value)


def _text(value: Value) -> str:
    match value:
        case None | dict():
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(filter(None, map(_text, value)))
        case _:
            return value


def _display(name: str) -> str:
    """The column in which the tool's wide CSV export shows the same display value."""
    before, dot, last = name.rpartition(".")
    return f"{before}{dot}dv_{last}"
