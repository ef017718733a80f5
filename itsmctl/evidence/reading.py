"""What an audit's `result.json` says, as typed values, or one clear problem."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar, get_args

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.history.asking import is_hash
from itsmctl.model import SEVERITIES, Outcome, Severity, Text

RESULT_FORMAT = "itsmctl/result/v1"

_T = TypeVar("_T")

_OUTCOMES: Mapping[str, Outcome] = {name: name for name in get_args(Outcome)}
_SEVERITIES: Mapping[str, Severity] = {name: name for name in SEVERITIES}


@dataclass(frozen=True)
class JudgedRule:
    """A rule of the result, with what became of the records in its scope."""

    id: str
    version: int
    severity: Severity
    clauses: tuple[str, ...]
    outcome: Outcome
    counts: Mapping[str, int]
    reasons: tuple[tuple[str, int], ...] = ()
    """Why records were not testable, as codes, most frequent first."""
    untested_because: str = ""
    """Why the whole rule was not testable, as a code."""
    allowed_failures: int = 0
    """How many failures its tolerance lets through on this population."""
    services: tuple[str, ...] = ()
    """Services with records that failed."""
    meaning: str = ""
    """What it demanded of whom, as a digest."""
    too_small: int = 0
    """Groups that were not judged, as they have too few records."""

    @property
    def found(self) -> int:
        """How many verdicts say that a record breaks it, be they excused by a waiver or not."""
        return self.counts["failed"] + self.counts["waived"]

    @property
    def why(self) -> str:
        """Why it could not be tested, as a code; empty where it could."""
        reasons = self.reasons if self.outcome == "not_testable" else ()
        return self.untested_because or next((reason for reason, _ in reasons), "")


@dataclass(frozen=True)
class JudgedWaiver:
    """A waiver that the audit looked at: how it stood, and how many failures it excused."""

    id: str
    standing: str
    excused: int
    since: str
    until: str
    problems: tuple[str, ...]
    """What is wrong with it, as codes."""


@dataclass(frozen=True)
class JudgedClock:
    """A clock of one service in one month: how many were judged, how many of them were in time, and of how many more nobody can tell."""

    clock: str
    service: str
    month: str
    judged: int
    met: int
    agreed: float | None = None
    """The per cent promised."""
    not_testable: int = 0


COUNTS = ("in_scope", "passed", "failed", "not_testable", "waived", "not_applicable")


@dataclass(frozen=True)
class Judged:
    """The part of `result.json` that a pack rests on."""

    title: Text
    as_of: datetime
    period_from: str
    period_to: str
    commit: str
    definitions_digest: str
    dirty: bool
    dataset_digest: str
    records: int
    rules: tuple[JudgedRule, ...]
    enquiries: tuple[JudgedRule, ...]
    waivers: tuple[JudgedWaiver, ...]
    people: str
    """`pseudonyms`, or `names` where the result shows people as they are called."""
    files: Mapping[str, str]
    """SHA-256 of each file that the audit wrote beside `result.json`, by name."""
    clocks: tuple[JudgedClock, ...] = ()
    commit_unknown: str = ""
    """Why the commit is unknown, where the definitions lay in a repository about which git could not be asked."""


def read_result(path: Path) -> Judged:
    """Read `result.json`."""
    top = _Object(_load(path), path.name)
    definitions, dataset, period = top.object("definitions"), top.object("dataset"), top.object("period", optional=True)
    return Judged(
        title=_title(top),
        as_of=_moment(top.get("as_of", str), path.name),
        period_from=period.text("from"),
        period_to=period.text("to"),
        commit=_commit(definitions.text("commit"), path.name),
        definitions_digest=definitions.get("digest", str),
        dirty=definitions.get("dirty", bool, False),
        commit_unknown=definitions.get("commit_unknown", str, ""),
        dataset_digest=dataset.get("digest", str),
        records=dataset.get("records", int),
        rules=tuple(_rule(rule) for rule in top.objects("rules")),
        enquiries=tuple(_rule(rule) for rule in top.objects("enquiries", optional=True)),
        waivers=tuple(_waiver(waiver) for waiver in top.objects("waivers", optional=True)),
        people=top.get("people", str, "names"),
        files={file.get("name", str): file.get("sha256", str) for file in top.objects("files", optional=True)},
        clocks=tuple(_clock(one) for one in top.objects("attainment", optional=True)),
    )


def _title(top: _Object) -> Text:
    """What the audit is called, in each language; a result of before says it in one."""
    titles = top.object("titles", optional=True)
    return (
        Text(titles.get("en", str, ""), titles.get("zh", str, ""))
        if titles.members
        else Text(top.get("title", str, ""))
    )


def _clock(found: _Object) -> JudgedClock:
    agreed = found.members.get("agreed")
    return JudgedClock(
        found.get("clock", str),
        found.get("service", str),
        found.get("month", str),
        found.get("judged", int),
        found.get("met", int),
        float(agreed) if isinstance(agreed, int | float) else None,
        found.get("not_testable", int, 0),
    )


def _rule(found: _Object) -> JudgedRule:
    clauses = found.get("clauses", list)
    counts = {name: found.get(name, int) for name in COUNTS}
    return JudgedRule(
        found.get("id", str),
        found.get("version", int),
        found.one_of("severity", _SEVERITIES),
        tuple(str(clause) for clause in clauses),
        found.one_of("outcome", _OUTCOMES),
        counts,
        tuple((one.get("reason", str), one.get("records", int)) for one in found.objects("reasons", optional=True)),
        found.text("untested_because"),
        found.object("tolerance", optional=True).get("failures", int, 0),
        tuple(
            share.get("value", str)
            for share in found.objects("breakdown", optional=True)
            if share.get("column", str) == "service" and share.get("failed", int)
        ),
        found.text("meaning"),
        found.get("too_small", int, 0),
    )


def _waiver(found: _Object) -> JudgedWaiver:
    problems = tuple(problem.get("code", str) for problem in found.objects("problems", optional=True))
    return JudgedWaiver(
        found.get("id", str),
        found.get("standing", str),
        found.get("excused", int),
        found.text("from"),
        found.text("until"),
        problems,
    )


def _commit(text: str, name: str) -> str:
    """It goes to git as an argument, so it must be nothing but a hash."""
    if text and not is_hash(text):
        raise _unreadable(name, f"not a commit: {text!r}")
    return text


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(name, f"as_of is not a moment: {text!r}") from error
    if moment.tzinfo is None:
        raise _unreadable(name, f"as_of has no zone: {text!r}")
    return moment.astimezone(UTC)


@dataclass(frozen=True)
class _Object:
    """A JSON object whose members are asked for by name and type."""

    members: Mapping[str, object]
    place: str

    def get(self, name: str, kind: type[_T], default: _T | None = None) -> _T:
        value = self.members.get(name, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise _unreadable(self.place, f"{name!r} is missing or of another type")
        return value

    def one_of(self, name: str, known: Mapping[str, _T]) -> _T:
        value = self.get(name, str)
        if value not in known:
            raise _unreadable(self.place, f"{name!r} is none of {', '.join(known)}")
        return known[value]

    def text(self, name: str) -> str:
        """A text that may be null or missing."""
        return "" if self.members.get(name) is None else self.get(name, str)

    def object(self, name: str, *, optional: bool = False) -> _Object:
        found = self.members.get(name)
        if found is None and optional:
            return _Object({}, self.place)
        return _Object(self.get(name, dict), f"{self.place}: {name}")

    def objects(self, name: str, *, optional: bool = False) -> list[_Object]:
        found = self.get(name, list, [] if optional else None)
        if not all(isinstance(value, dict) for value in found):
            raise _unreadable(self.place, f"{name!r} holds something that is not an object")
        return [_Object(value, f"{self.place}: {name}[{index}]") for index, value in enumerate(found)]


def _load(path: Path) -> dict[str, object]:
    try:
        found: object = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        message = "this is not the result folder of an audit: there is no {name}"
        raise ItsmctlError(Problem("no-result", message, Where(str(path.parent)), {"name": path.name})) from error
    except OSError as error:
        raise _unreadable(path.name, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(path.name, f"it is not JSON ({error})") from error
    if not isinstance(found, dict) or found.get("format") != RESULT_FORMAT:
        raise _unreadable(path.name, f"its format is not {RESULT_FORMAT}")
    return found


def _unreadable(name: str, why: str) -> ItsmctlError:
    return ItsmctlError(Problem("unreadable-result", "cannot use this file: {why}", Where(name), {"why": why}))
