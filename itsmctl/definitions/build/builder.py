"""What turns a document that passed its schema into values; what the schema cannot see is collected as problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from itsmctl import model
from itsmctl.blanks import plainly_named
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.model import Effective, ReviewCycle, Text
from itsmctl.source import Document, Path_
from itsmctl.worktime import YEARS, Duration, parse_duration, parse_moment
from itsmctl.zones import unknown_zone, zone_names


@dataclass
class Builder:
    """Reads one document; `problems` holds what the schema cannot see."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        assert isinstance(self.document.data, dict)
        return self.document.data

    def common(self) -> dict[str, Any]:
        """The fields that every kind has."""
        return {
            "kind": self.data["kind"],
            "id": self.data["id"],
            "title": text(self.data.get("title")),
            "effective": self.effective(self.data.get("effective"), ("effective",)),
            "where": self.document.where(),
            "aliases": tuple(self.data.get("aliases", ())),
            "review": self.review(),
            # The clauses of a framework are its own; those of every other kind name them.
            "clauses": tuple(clause for clause in self.data.get("clauses", ()) if isinstance(clause, str)),
        }

    def review(self) -> ReviewCycle | None:
        """The review cycle of the document, where it has one; its form is the schema's."""
        written = self.data.get("review")
        if written is None:
            return None
        months = int(written["every"].removesuffix("mo"))
        return ReviewCycle(months, self.day(written.get("last"), ("review", "last")), self.document.where(("review",)))

    def effective(self, value: Mapping[str, Any] | None, path: Path_) -> Effective:
        value = value or {}
        start, end = self.day(value.get("from"), (*path, "from")), self.day(value.get("to"), (*path, "to"))
        if start and end and end < start:
            self.report(
                "ends-before-start",
                "the last day {end} comes before the first day {start}",
                (*path, "to"),
                start=start,
                end=end,
            )
        return Effective(start, end)

    def day(self, value: object, path: Path_) -> date | None:
        if value is None:
            return None
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            self.report("no-such-day", "{value!r} is not a day of the calendar; write YYYY-MM-DD", path, value=value)
            return None
        if day.year not in YEARS:
            template = "{value!r} lies outside the years {first} to {last}"
            self.report("no-such-day", template, path, value=value, first=YEARS[0], last=YEARS[-1])
            return None
        return day

    def moment(self, value: object, path: Path_) -> int:
        """A moment that carries its zone, in epoch seconds; 0 where it does not exist."""
        try:
            return parse_moment(str(value), "UTC", self.document.where(path))
        except ItsmctlError as error:
            self.problems += error.problems
            return 0

    def duration(self, value: object, path: Path_) -> Duration:
        try:
            return parse_duration(str(value), self.document.where(path))
        except ItsmctlError as error:
            self.problems += error.problems
            return Duration(0)

    def zone(self, value: str, path: Path_) -> str:
        if value and value not in zone_names():
            self.problems.append(unknown_zone(value, self.document.where(path)))
        return value

    def report(self, code: str, template: str, path: Path_, **values: object) -> None:
        self.problems.append(Problem(code, template, self.document.where(path), values))


def text(value: Any) -> Text:
    """A text from YAML: a string is English and Chinese at once."""
    if value is None:
        return Text()
    if isinstance(value, str):
        return Text(value, value)
    return Text(str(value.get("en", "")), str(value.get("zh", "")))


def texts(values: Any) -> tuple[Text, ...]:
    """A list of texts."""
    return tuple(text(value) for value in values or ())


def conditions(where: Mapping[str, Any] | None) -> model.Conditions:
    """A condition map as conditions, in the order of the columns' names."""
    found: list[model.Condition] = []
    for column, wanted in sorted((where or {}).items()):
        if not isinstance(wanted, dict):
            found.append(model.Condition(column, "in", _words(column, wanted)))
            continue
        if "not" in wanted:
            found.append(model.Condition(column, "not-in", _words(column, wanted["not"])))
        if "present" in wanted:
            found.append(model.Condition(column, "present" if wanted["present"] else "absent"))
        if "at-least" in wanted:
            found.append(model.Condition(column, "at-least", (wanted["at-least"],)))
        if "at-most" in wanted:
            found.append(model.Condition(column, "at-most", (wanted["at-most"],)))
    return tuple(found)


def _words(column: str, wanted: Any) -> tuple[Any, ...]:
    """The values that a condition names, as the records that it is tested on have them."""
    if column not in model.NAMING_COLUMNS:
        return listed(wanted)
    return tuple(plainly_named(one) if isinstance(one, str) else one for one in listed(wanted))


def groups(written: Any) -> tuple[str, ...]:
    """The names of groups of an export, as records have them."""
    return tuple(map(plainly_named, written or ()))


def listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def limit(value: Mapping[str, Any] | None) -> model.Limit:
    value = value or {}
    return model.Limit(int(value.get("count", 0)), float(value.get("percent", 0)))


def frozen(value: Any) -> model.Parameter:
    """A YAML value as an immutable parameter: lists become tuples, what stands under `where` conditions."""
    if isinstance(value, list):
        return tuple(frozen(child) for child in value)
    if isinstance(value, dict):
        return {key: conditions(child) if key == "where" else frozen(child) for key, child in value.items()}
    checked: model.Parameter = value
    return checked


def evidence(values: Any) -> tuple[model.Evidence, ...]:
    """What a statement rests on: one kind of thing and its id in each entry, or a document in words."""
    pairs = [next(iter(entry.items())) for entry in values or ()]
    return tuple(
        model.Evidence(kind, "", text(named)) if kind == "document" else model.Evidence(kind, str(named), Text())
        for kind, named in pairs
    )


def scale(steps: list[Mapping[str, Any]]) -> tuple[model.ScaleStep, ...]:
    """A scale of answers, from the lowest; its points are those written, or count from 1."""
    return tuple(
        model.ScaleStep(
            id=x["id"],
            title=text(x["title"]),
            points=float(x.get("points", number)),
            start=x.get("from"),
            end=x.get("to"),
            satisfied=x.get("satisfied", False),
        )
        for number, x in enumerate(steps, 1)
    )


def unique_ids(b: Builder, key: str) -> None:
    seen: set[str] = set()
    for position, entry in enumerate(b.data.get(key, ())):
        if entry["id"] in seen:
            b.report("id-twice", "{id!r} stands twice under {key!r}", (key, position, "id"), id=entry["id"], key=key)
        seen.add(entry["id"])
