"""What people wrote into a working paper, matched with what was drawn: every row once, every word understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.language import LANGUAGES, msg, tr
from itsmctl.sampling.drawing import Drawn

Result = Literal["pass", "deviation", "not examined", "replaced"]
Part = Literal["units", "reserves", "targeted"]
PARTS: tuple[Part, ...] = get_args(Part)
RESULTS: tuple[Result, ...] = get_args(Result)
RESULT_WORDS: Mapping[Result, str] = {
    "pass": msg("pass"),
    "deviation": msg("deviation"),
    "not examined": msg("not examined"),
    "replaced": msg("replaced"),
}
PART_NAMES: Mapping[Part, str] = {"units": msg("Sample"), "reserves": msg("Reserves"), "targeted": msg("Targeted")}
COLUMN_NAMES: Mapping[str, str] = {
    "unit": msg("Record"),
    "stratum": msg("Stratum"),
    "rank": msg("Rank"),
    "result": msg("Result"),
    "examiner": msg("Examiner"),
    "date": msg("Date"),
    "evidence": msg("Evidence"),
    "remark": msg("Remark"),
}
"""Headings of the columns in the order of the paper; what is read may carry any of them in any language."""


@dataclass(frozen=True)
class Row:
    """A row of a working paper as it was read: texts by column, and where each stands."""

    part: Part
    cells: Mapping[str, str]
    places: Mapping[str, Where]

    def where(self, column: str) -> Where:
        """The place of a cell, or of the row."""
        return self.places.get(column) or self.places["unit"]


@dataclass(frozen=True)
class Paper:
    """All rows of a working paper, and where each part of it stands."""

    rows: tuple[Row, ...]
    places: Mapping[Part, Where]


@dataclass(frozen=True)
class Answer:
    """What was found about a unit; `result` is None where nothing was written."""

    unit: str
    stratum: int
    rank: int
    result: Result | None
    examiner: str
    evidence: str
    remark: str
    where: Where


def answers(paper: Paper, wanted: Mapping[Part, Sequence[Drawn]]) -> Mapping[Part, tuple[Answer, ...]]:
    """The answers for exactly what was drawn, in the order of the draw; raises ItsmctlError with all that is wrong."""
    problems: list[Problem] = []
    found: dict[Part, tuple[Answer, ...]] = {}
    for part in PARTS:
        mine = [row for row in paper.rows if row.part == part]
        problems += _mismatches(mine, wanted, part, paper.places[part])
        by_unit = {row.cells["unit"]: row for row in mine}
        read = [(drawn, by_unit[drawn.unit]) for drawn in wanted[part] if drawn.unit in by_unit]
        problems += [problem for _, row in read for problem in _complaints(row)]
        found[part] = tuple(_answer(drawn, row) for drawn, row in read)
    if problems:
        raise ItsmctlError(problems)
    return found


def _mismatches(
    rows: Sequence[Row], wanted: Mapping[Part, Sequence[Drawn]], part: Part, place: Where
) -> Iterator[Problem]:
    """Rows that are not of this part, stand there twice, or are missing."""
    drawn = {one.unit: other for other in PARTS for one in wanted[other]}
    here = [one.unit for one in wanted[part]]
    counts = Counter(row.cells["unit"] for row in rows)
    for row in rows:
        unit = row.cells["unit"]
        if drawn.get(unit) != part:
            template = "{unit!r} was not drawn into this part of the paper; rows may be neither added nor renamed"
            near = did_you_mean(unit, [one for one in here if one not in counts])
            yield Problem("not-drawn", template, row.where("unit"), {"unit": unit}, suggestion=near)
        elif counts[unit] > 1:
            yield Problem(
                "row-twice", "{unit!r} stands here {n} times", row.where("unit"), {"unit": unit, "n": counts[unit]}
            )
    missing = [unit for unit in here if unit not in counts]
    for unit in missing:
        template = "{unit!r} was drawn, and its row is missing here"
        yield Problem("row-missing", template, place, {"unit": unit})


def _complaints(row: Row) -> Iterator[Problem]:
    """What is wrong with the words of a row."""
    written = row.cells.get("result", "")
    result = result_of(written)
    if written and result is None:
        allowed = [tr(word, language) for language in LANGUAGES for word in RESULT_WORDS.values()]
        values = {"what": "result", "word": written, "allowed": ", ".join(allowed)}
        template = "unknown {what} {word!r}; known: {allowed}"
        near = did_you_mean(written, allowed)
        yield Problem("unknown-result", template, row.where("result"), values, suggestion=near)
    day = row.cells.get("date", "")
    if day and not _is_day(day):
        template = "{text!r} is not a day, such as 2026-03-10"
        yield Problem("bad-day", template, row.where("date"), {"text": day})
    if result == "replaced" and row.part == "targeted":
        template = "only a record that was drawn can be replaced"
        yield Problem("replaced-elsewhere", template, row.where("result"))
    elif result == "replaced" and not row.cells.get("remark"):
        template = "say under remark why {unit!r} is no part of the population after all, or it counts as drawn"
        yield Problem("no-reason", template, row.where("remark"), {"unit": row.cells["unit"]})


def result_of(written: str) -> Result | None:
    """The result that a word means, in any language and letter case."""
    word = " ".join(written.split()).casefold()
    for result, name in RESULT_WORDS.items():
        if word in {result, *(tr(name, language).casefold() for language in LANGUAGES)}:
            return result
    return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _answer(drawn: Drawn, row: Row) -> Answer:
    cells = row.cells
    return Answer(
        drawn.unit,
        drawn.stratum,
        drawn.rank,
        result_of(cells.get("result", "")),
        cells.get("examiner", ""),
        cells.get("evidence", ""),
        cells.get("remark", ""),
        row.where("result"),
    )
