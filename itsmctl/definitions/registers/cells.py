"""One cell of a register: the text as written, read as the type of its column."""

from __future__ import annotations

import math
import re
from datetime import date, datetime

from itsmctl.model import Cell, RegisterColumn
from itsmctl.worktime import YEARS, parse_moment

Written = str | int | float | bool
"""A cell before it is read: always text in a CSV file, any scalar in YAML."""

_NUMBER = re.compile(r"[+-]?(\d+)(\.\d+)?")
_TRUTH = {"true": True, "false": False}


def value_of(column: RegisterColumn, written: Written) -> Cell | None:
    """The value of a cell that is not empty; None where it is not what the column holds."""
    match column.type:
        case "date":
            return _day(written)
        case "moment":
            return _moment(written)
        case "number":
            return _number(written)
        case "boolean":
            return written if isinstance(written, bool) else _TRUTH.get(str(written))
        case _:
            return written if isinstance(written, str) else None


def _day(written: Written) -> date | None:
    try:
        day = date.fromisoformat(str(written))
    except ValueError:
        return None
    return day if day.year in YEARS and str(written) == day.isoformat() else None


def _moment(written: Written) -> int | None:
    """A moment counts only with its zone: nobody can say later which clock was meant."""
    try:
        parsed = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    fits = parsed.tzinfo is not None and not parsed.microsecond and parsed.year in YEARS
    return parse_moment(str(written), "UTC") if fits else None


def _number(written: Written) -> int | float | None:
    if isinstance(written, bool):
        return None
    if isinstance(written, str):
        found = _NUMBER.fullmatch(written)
        if not found:
            return None
        written = float(written) if found[2] else int(written)
    return written if math.isfinite(written) else None
