"""Times as exported become epoch seconds in UTC: formats as SQL, and a zone as spans of constant offset.

Nothing here asks the machine or the database for a zone. Fractions of a second are cut off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from itsmctl.engine.session import quote
from itsmctl.engine.sql import staircase
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.months import halves_in_english, in_english
from itsmctl.model import DateOrder
from itsmctl.worktime import offset_spans

ISO = "iso"
EPOCHS = {"epoch-s": 1_000_000, "epoch-ms": 1_000}
"""Seconds or milliseconds since 1970, which are in UTC, and the microseconds in each."""
EXCEL_DAYS = "excel-days"
"""Days as Excel counts them, the time of day behind the point."""
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""A moment outside these years is a typing error or a marker for 'never', as the first of 1900 or of 1970 is, and is treated as unreadable."""

_NAMED = frozenset({ISO, *EPOCHS, EXCEL_DAYS})
"""Formats with a name of their own, of which no letter stands for a part of a moment."""

LETTERS = {
    "yyyy": "%Y",
    "yy": "%y",
    "MMM": "%b",
    "MM": "%m",
    "M": "%m",
    "dd": "%d",
    "d": "%d",
    "HH": "%H",
    "H": "%H",
    "hh": "%I",
    "h": "%I",
    "mm": "%M",
    "m": "%M",
    "ss": "%S",
    "s": "%S",
    "SSS": "%g",
    "SSSSSS": "%f",
    "a": "%p",
}
"""The pattern letters understood in `time-formats`; numbers may lack leading zeros; text stands in 'quotes'."""

SPREADSHEETS = tuple(
    f"{day} {time}"
    for time in ("H:mm", "H:mm:ss", "h:mm a", "h:mm:ss a")
    for day in ("M/d/yyyy", "d/M/yyyy", "M/d/yy", "d/M/yy", "yyyy/M/d", "d.M.yyyy", "d.M.yy", "d-M-yyyy", "yyyy-M-d")
)
"""How spreadsheets write moments into a CSV file that was opened and saved in one, whatever the tool wrote."""

_FACE = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?)?"
_OFFSET = r"(Z|[+-][01]\d(:?[0-5]\d)?)"
_ISO = rf"\d{{4}}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)? ?{_OFFSET}?)?"
_SINCE_1970 = r"^([+-]?\d{1,15})(?:\.\d+)?$"
"""Not in powers of ten: where a spreadsheet has written 1.77E+09, the hour is lost."""
_IN_JSON = r"^\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/$"
"""How .NET writes milliseconds since 1970; what it says of an offset does not move the moment."""
_EXCEL_MOMENT = r"[2-6]\d{4}[.,]\d{5,17}"
"""From 1954 to 2091; five decimals tell the second, and fewer not even the minute."""
_EXCEL_DAY = r"[2-6]\d{4}([.,]0+)?"
_EXCEL_1970 = 25569
_TOKEN = re.compile(r"'[^']*'|([A-Za-z])\1*|.")


def strptime_format(pattern: str, where: Where) -> str:
    """Translate `d/M/yyyy HH:mm` to `%d/%m/%Y %H:%M`; raises ItsmctlError for letters that are not in LETTERS."""
    parts: list[str] = []
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        if text in LETTERS:
            parts.append(LETTERS[text])
        elif token[1]:
            values = {"pattern": pattern, "letters": text, "allowed": ", ".join(sorted(LETTERS))}
            template = (
                "time format {pattern!r}: {letters!r} is not understood; known are {allowed}, iso, and text in 'quotes'"
            )
            raise ItsmctlError(Problem("bad-time-format", template, where, values))
        else:
            parts.append((text[1:-1] if len(text) > 1 else text).replace("%", "%%"))
    return "".join(parts)


def rivals(pattern: str, patterns: Sequence[str]) -> list[str]:
    """The formats that can read the same text as `pattern` and mean another day: the same but for the order of its parts."""
    shape = _shape(pattern)
    return [
        other for other in patterns if other != pattern and not _NAMED & {other, pattern} and _shape(other) == shape
    ]


def mirrored(pattern: str) -> str:
    """The format with day and month in each other's place; '' where it has not both as numbers."""
    tokens = [token[0] for token in _TOKEN.finditer(pattern)]
    days = [i for i, text in enumerate(tokens) if text in ("d", "dd")]
    months = [i for i, text in enumerate(tokens) if text in ("M", "MM")]
    if pattern in _NAMED or len(days) != 1 or len(months) != 1:
        return ""
    tokens[days[0]], tokens[months[0]] = tokens[months[0]], tokens[days[0]]
    return "".join(tokens)


def in_order(patterns: Sequence[str], order: DateOrder) -> tuple[str, ...]:
    """The formats left when it is known which of day and month comes first."""
    if not order:
        return tuple(patterns)
    return tuple(one for one in patterns if mirrored(one) not in patterns or order_of(one) == order)


def order_of(pattern: str) -> DateOrder:
    """Which of day and month comes first in a format; '' where they are not both numbers."""
    if not mirrored(pattern):
        return ""
    letters = [token[1] for token in _TOKEN.finditer(pattern)]
    return "day-first" if letters.index("d") < letters.index("M") else "month-first"


def _shape(pattern: str) -> str:
    return "".join("0" if token[1] else token[0] for token in _TOKEN.finditer(pattern))


def stamp_sql(column: str, pattern: str, where: Where) -> str:
    """SQL for the TIMESTAMP that a text says on its own clock face; NULL where it does not parse."""
    if pattern == ISO:
        face = f"replace(regexp_extract(trim({column}), {quote(_FACE)}), ',', '.')"
        return f"CASE WHEN regexp_full_match(trim({column}), {quote(_ISO)}) THEN try_cast({face} AS TIMESTAMP) END"
    if pattern in EPOCHS:
        forms = (_SINCE_1970, _IN_JSON) if pattern == "epoch-ms" else (_SINCE_1970,)
        found = ", ".join(f"nullif(regexp_extract(trim({column}), {quote(form)}, 1), '')" for form in forms)
        number = f"try_cast(coalesce({found}) AS BIGINT)"
        return f"CASE WHEN abs({number}) < {10**17 // EPOCHS[pattern]} THEN make_timestamp({number} * {EPOCHS[pattern]}) END"
    if pattern == EXCEL_DAYS:
        days = f"CAST(replace(trim({column}), ',', '.') AS DOUBLE)"
        counted = f"regexp_full_match(trim({column}), {quote(f'{_EXCEL_MOMENT}|{_EXCEL_DAY}')})"
        return f"CASE WHEN {counted} THEN make_timestamp((round({days} * 86400)::BIGINT - {_EXCEL_1970 * 86400}) * 1000000) END"
    form = quote(strptime_format(pattern, where))
    # Cells hardly ever have blanks around them, and to take off what is not there costs as much as to read a time.
    read = f"coalesce(try_strptime({column}, {form}), try_strptime(trim({column}), {form}))"
    if "MMM" in pattern:
        return f"coalesce({read}, try_strptime({in_english(column)}, {form}))"
    return f"coalesce({read}, try_strptime({halves_in_english(column)}, {form}))" if _has_half(pattern) else read


def _has_half(pattern: str) -> bool:
    """Whether a format tells morning from afternoon."""
    return any(token[1] == "a" for token in _TOKEN.finditer(pattern))


def is_day_sql(column: str, pattern: str) -> str:
    """SQL that tells whether a text that can be read names a day and no time of day."""
    if pattern == ISO:
        return f"length(trim({column})) = {len('2026-03-05')}"
    if pattern == EXCEL_DAYS:
        return f"regexp_full_match(trim({column}), {quote(_EXCEL_DAY)})"
    hours = {"H", "h"} & {token[1] for token in _TOKEN.finditer(pattern)}
    return "false" if hours or pattern in EPOCHS else "true"


def seconds_sql(stamp: str) -> str:
    """SQL for a TIMESTAMP as whole seconds since 1970; NULL outside the years that are believed."""
    low, high = (f"TIMESTAMP {quote(limit.strftime('%Y-%m-%d'))}" for limit in (EARLIEST, LATEST))
    return f"CASE WHEN {stamp} BETWEEN {low} AND {high} THEN epoch_us(date_trunc('second', {stamp})) // 1000000 END"


def readings_sql(column: str, patterns: Sequence[str], where: Where) -> str:
    """SQL for the list of what a text means to each of the formats and of those of spreadsheets, in seconds since 1970: in UTC if
    it says how far it is ahead, else on its own clock face; NULL for a format that cannot read it.

    A format takes longest with what it cannot read: those of spreadsheets are left out where a text is not of their shape.
    """
    own = [pattern for pattern in dict.fromkeys(patterns) if pattern not in SPREADSHEETS]
    shapes: dict[str, list[str]] = {}
    for pattern in SPREADSHEETS:
        shapes.setdefault(_shape_sql(column, pattern), []).append(pattern)
    lists = {
        shape: ", ".join(_reading_sql(column, one, where) for one in [*own, *alike]) for shape, alike in shapes.items()
    }
    whens = "".join(f" WHEN {shape} THEN [{read}]" for shape, read in lists.items())
    return f"CASE{whens} ELSE [{', '.join(_reading_sql(column, one, where) for one in own)}]::BIGINT[] END"


def _shape_sql(column: str, pattern: str) -> str:
    """SQL for whether a text may be one that a format of spreadsheets reads: the same signs between as many digits, and a word if the format tells
    morning from afternoon.
    """
    day, _, time = pattern.partition(" ")
    digits = {"y": r"\d{4}" if "yyyy" in day else r"\d\d?", "M": r"\d\d?", "d": r"\d\d?"}
    parts = "".join(digits[token[1]] if token[1] else rf"\{token[0]}" for token in _TOKEN.finditer(day))
    rest = r".*[^\d\s:]" if _has_half(pattern) else r"\s[\d\s]+" + r":[\d\s]+" * time.count(":") + "$"
    shape = rf"^\s*{parts}{rest}"
    return f"regexp_matches({column}, {quote(shape)})"


def _reading_sql(column: str, pattern: str, where: Where) -> str:
    return f"{seconds_sql(stamp_sql(column, pattern, where))} - coalesce({offset_sql(column, pattern)}, 0)"


def offset_sql(column: str, pattern: str) -> str:
    """SQL for the seconds that a time itself says it is ahead of UTC; NULL where it says nothing."""
    if pattern in EPOCHS:
        return f"CASE WHEN {column} IS NOT NULL THEN 0::BIGINT END"
    if pattern != ISO:
        return "CAST(NULL AS BIGINT)"
    said = f"regexp_extract(trim({column}), {quote('[T ].*?' + _OFFSET + '$')}, 1)"
    hours, minutes = f"CAST(substr({said}, 2, 2) AS BIGINT)", f"coalesce(try_cast(right({said}[4:], 2) AS BIGINT), 0)"
    ahead = f"({hours} * 3600 + {minutes} * 60)"
    return f"CASE left({said}, 1) WHEN 'Z' THEN 0 WHEN '+' THEN {ahead} WHEN '-' THEN -{ahead} END"


@dataclass(frozen=True)
class Piece:
    """Local seconds from `start` up to the next piece: subtract `offset`; None inside a gap of the clock."""

    start: int
    offset: int | None
    twice: bool = False


def local_pieces(zone: str, low: int, high: int) -> list[Piece]:
    """How local time becomes UTC between two local moments; in a repeated hour the first of the two counts."""
    margin = 3 * 86400
    spans = offset_spans(zone, low - margin, high + margin)
    pieces = [Piece(-(2**62), spans[0][2])]
    for (_, moment, before), (_, _, after) in zip(spans, spans[1:], strict=False):
        first, last = sorted((moment + before, moment + after))
        gap = after > before
        pieces += [Piece(first, None if gap else before, twice=not gap), Piece(last, after)]
    return pieces


def utc_sql(local: str, pieces: Sequence[Piece]) -> str:
    """SQL that turns local seconds into UTC seconds; NULL inside a gap."""
    steps = [(piece.start, "NULL" if piece.offset is None else f"{local} - {piece.offset}") for piece in pieces]
    return staircase(local, steps)


def twice_sql(local: str, pieces: Sequence[Piece]) -> str:
    """SQL that tells whether a local time happened twice."""
    if not any(piece.twice for piece in pieces):
        return "false"
    return staircase(local, [(piece.start, "true" if piece.twice else "false") for piece in pieces])
