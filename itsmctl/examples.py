"""A passing and a failing record for each rule of the reference set: taken from the cases that test the rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itsmctl.language import COLUMNS, STATES, Language, column_text, msg, state_text, tr
from itsmctl.reference import example_folder
from itsmctl.source import parse_documents

_PARTS = {"events": msg("Changes"), "approvals": msg("Approvals"), "links": msg("Links")}
"""What belongs to a record and is no column of it, and what it is called."""
_APART = {"is", "times", *_PARTS}
_MOST = 6
"""So many records of a group, or rows of a register, are shown."""


@dataclass(frozen=True)
class Example:
    """A record, or a group of them, in the words of its columns: one line for each record."""

    name: str
    """The group that is judged; empty where it is the record itself."""
    lines: tuple[str, ...]


def examples_of(rule: str, language: Language = "en") -> tuple[Example, Example] | None:
    """What passes and what fails a rule; None where no cases are known, as of a rule of one's own.

    English tells columns and codes as definitions write them; other languages call them what reports call them.
    """
    path = example_folder() / f"{rule}.yaml"
    if not path.is_file():
        return None
    documents = [document.data for document in parse_documents(path.read_text(encoding="utf-8"), path.name)]
    passing, failing = (next(_examples(documents, outcome, language), None) for outcome in ("pass", "fail"))
    return (passing, failing) if passing and failing else None


def _examples(documents: Sequence[Any], outcome: str, language: Language) -> Iterator[Example]:
    for data in documents:
        base, records = data.get("base", {}), data.get("records", {})
        for group in (name for name, told in data.get("groups", {}).items() if _is(told, outcome)):
            rows = data.get("rows") or [
                {**base, **row} for row in records.values() if not _is(row.get("is", ""), "out")
            ]
            rows = [row for row in rows if _is_about(row, str(group))] or rows
            more = ("…",) if len(rows) > _MOST else ()
            yield Example(str(group), (*(_line(row, language) for row in rows[:_MOST]), *more))
        for row in records.values() if "groups" not in data else ():
            if _is(row.get("is", ""), outcome):
                yield Example("", (_line({**base, **row}, language),))


def _is_about(row: Mapping[str, Any], group: str) -> bool:
    """Whether a row has one of the values that name a group."""
    return not {str(value) for value in row.values()}.isdisjoint(group.split(" / "))


def _is(told: str, outcome: str) -> bool:
    return str(told).replace(",", " ").split()[:1] == [outcome]


def _line(row: Mapping[str, Any], language: Language) -> str:
    """A record in one line: its columns, then what was changed, decided and linked."""
    times = f"{row['times']} × " if "times" in row else ""
    comma, semicolon, colon = (
        (", ", "; ", ": ") if language == "en" else (tr(mark, language) for mark in (", ", "; ", ": "))
    )
    cells = ((c, _value(value)) for c, value in row.items() if c not in _APART)
    parts = [comma.join(_cell(column, value, language) for column, value in cells)]
    for key, called in _PARTS.items():
        if row.get(key):
            told = (" ".join(_word(_value(cell), language) for cell in one) for one in row[key])
            parts.append(f"{tr(called, language).lower()}{colon}" + semicolon.join(told))
    return times + " | ".join(part for part in parts if part)


def _cell(column: str, value: str, language: Language) -> str:
    if language == "en":
        return f"{column} {value}"
    # A category may be called as a column is: `major`.
    told = value if value in COLUMNS and column != "process" else _word(value, language)
    return f"{column_text(column, language)}{tr(': ', language)}{told}"


def _word(value: str, language: Language) -> str:
    """A column, a state, or yes and no, as the reader calls them; anything else as it is."""
    if language == "en":
        return value
    if value in ("true", "false"):
        return tr("yes" if value == "true" else "no", language)
    return (
        state_text(value, language) if value in STATES else column_text(value, language) if value in COLUMNS else value
    )


def _value(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    return (
        str(value).replace("T", " ").removesuffix("Z") if str(value)[:2].isdigit() and "T" in str(value) else str(value)
    )
