"""The gate of a pull request: everything that is to be known of a change of the definitions, and one verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from itsmctl.audit.waivers import refusal, waivers_of
from itsmctl.change import Change
from itsmctl.change.replay import Replay, WaiverCover
from itsmctl.definitions import shown_files, validate
from itsmctl.definitions.lint.suppression import Suppression, read_suppressions
from itsmctl.editor import lost_schema_lines
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.model import Definitions, Waiver
from itsmctl.reports.problems.fingerprints import fingerprints

_TOLD_BY_EFFECT = ("loosened", "review")
VERSION = "rule-version-not-raised"


@dataclass(frozen=True)
class Gate:
    """What the gate found: only what the change brings with it; `known` problems were there before.

    Where the definitions have errors, nothing else was looked at. `approvals` is None where nobody could look, as sides are
    no git revisions; `replay` where no tickets were named.
    """

    problems: tuple[Problem, ...]
    known: int
    changes: tuple[Change, ...]
    approvals: tuple[Problem, ...] | None
    waivers: tuple[Problem, ...]
    replay: Replay | None
    as_of: date | None = None

    @property
    def compared(self) -> bool:
        """Whether the two sides could be held against each other: definitions with errors mean nothing yet."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def told_changes(self) -> tuple[Change, ...]:
        """The changes that a reviewer must see: what was loosened, what people must judge."""
        return tuple(change for change in self.changes if change.effect in _TOLD_BY_EFFECT)

    @property
    def errors(self) -> int:
        """How many findings must not be merged."""
        found = [*self.problems, *(self.approvals or ()), *self.waivers]
        return sum(p.severity == "error" for p in found) + sum(c.code == VERSION for c in self.changes)

    def fails(self, fail_on: str) -> bool:
        """Whether the verdict is a failure at a level of `--fail-on`; `warning` counts everything that is told."""
        if fail_on == "never":
            return False
        told = len(self.problems) + len(self.approvals or ()) + len(self.waivers) + len(self.told_changes)
        differs = self.replay is not None and self.replay.differs
        return bool(self.errors or (fail_on == "warning" and (told or differs)))


Place = tuple[Path, Path | None]
"""A folder of definitions, and under which name what is read of it is kept, where that is not its own."""


def new_problems(before: Place, after: Place, as_of: date | None) -> tuple[tuple[Problem, ...], int]:
    """The problems of a folder of definitions that another does not have, and how many both have.

    Among them are the lines that name a schema, where a file had one before, and the laws that are set aside now.
    """
    found = validate(after[0], as_of=as_of, kept_as=after[1])
    old = frozenset(fingerprints(validate(before[0], as_of=as_of, kept_as=before[1]))) if found else frozenset()
    new = tuple(p for p, name in zip(found, fingerprints(found), strict=True) if name not in old)
    return (*new, *_lost_lines(before[0], after[0]), *_set_aside(before[0], after[0])), len(found) - len(new)


def _lost_lines(before: Path, after: Path) -> Iterator[Problem]:
    """Files in which editors help no more: that is no mistake in them, and yet mistakes come of it."""
    for file, line in lost_schema_lines(before, after, _own(after)).items():
        template = "no editor completes or checks anything here any more: the line is gone that said {line}"
        yield Problem("schema-line-lost", template, Where(file, 1, 1), {"line": line}, "warning")


def _set_aside(before: Path, after: Path) -> Iterator[Problem]:
    """Suppressions that the change brings, or lets last for longer: a comment, which is no change of meaning, and takes problems away."""
    known = Counter(_told(one) for one in _suppressions(before))
    for one in _suppressions(after):
        if known[_told(one)]:
            known[_told(one)] -= 1
            continue
        template = "this change sets aside {codes} here until {until}: {reason}"
        values = {"codes": ", ".join(one.codes), "until": one.until, "reason": one.reason}
        subject = f"suppression of {','.join(one.codes)} in {one.where.file}"
        yield Problem("law-set-aside", template, one.where, values, "warning", subject=subject)


def _told(one: Suppression) -> tuple[object, ...]:
    return one.codes, one.reason, one.until


def _suppressions(folder: Path) -> Iterator[Suppression]:
    for file in _own(folder):
        try:
            found = read_suppressions((folder / file).read_bytes(), file)
        except ItsmctlError:  # what is not YAML has been told, and nothing is set aside in it
            continue
        yield from (one for one in found if one.works)


def _own(folder: Path) -> list[str]:
    """The definition files that lie within a folder."""
    return [file for file in shown_files(folder) if not Path(file).is_absolute()]


def waiver_problems(head: Definitions, changes: Sequence[Change], replay: Replay | None) -> tuple[Problem, ...]:
    """What is wrong with the waivers that the change brings or touches: approved by nobody who may, unused, too broad."""
    touched = {change.id for change in changes if change.kind == "waiver"}
    waivers = [waiver for some in waivers_of(head).values() for waiver in some if waiver.id in touched]
    return tuple(problem for waiver in waivers for problem in _of_waiver(head, waiver, replay))


def _of_waiver(head: Definitions, waiver: Waiver, replay: Replay | None) -> Iterator[Problem]:
    refused = refusal(head, waiver)
    if refused:
        yield refused
        return
    for cover in _covers(replay, waiver):
        values = {"waiver": waiver.id, "rule": waiver.rule, "n": cover.in_scope}
        if not cover.excused:
            template = "waiver {waiver} of {rule} excuses none of the failures among these tickets"
            yield Problem("waiver-unused", template, waiver.where, values, "warning")
        elif not waiver.records and cover.scope == cover.in_scope > 1:
            template = "waiver {waiver} covers every one of the {n} records that {rule} judges: that changes the rule"
            yield Problem("waiver-too-broad", template, waiver.where, values, "error")


def _covers(replay: Replay | None, waiver: Waiver) -> Iterable[WaiverCover]:
    return (cover for cover in replay.covers if cover.waiver == waiver.id) if replay else ()
