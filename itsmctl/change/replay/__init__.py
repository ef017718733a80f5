"""Which past tickets a change would judge differently: both sides by the same engine, over the same tickets.

Only rules whose basis differs are judged. The states of every record go into files, one side is held against the other
within the database, and only the flips come out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from itsmctl.audit.choices import chosen_rules, moment_of_judgement, zone_of_audit
from itsmctl.audit.judging import Judged as JudgedRules
from itsmctl.audit.judging import outcome
from itsmctl.change.replay.attribution import Pair, attribute
from itsmctl.change.replay.basis import Bases
from itsmctl.change.replay.groups import Group, groups_of, renamed, renamed_anywhere
from itsmctl.change.replay.reach import services_reached
from itsmctl.change.replay.side import Judging, Names, Side, Tickets, judge_foundations, loaded
from itsmctl.change.replay.types import (
    FLIP_KINDS,
    Cause,
    Flip,
    FlipKind,
    Judged,
    Replay,
    State,
    Tally,
    WaiverCover,
    state_of,
)
from itsmctl.change.types import Change
from itsmctl.engine.flips import compare, counted, listed
from itsmctl.engine.tables.loading import WHOLE, Part
from itsmctl.importers.receipt import Receipt, unchanged
from itsmctl.model import GROUPED, Definitions, Rule
from itsmctl.scratch import scratch

__all__ = [
    "FLIP_KINDS",
    "Cause",
    "Flip",
    "FlipKind",
    "Group",
    "Judged",
    "Replay",
    "ReplayOptions",
    "State",
    "Tally",
    "WaiverCover",
    "replay",
]

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class ReplayOptions:
    """What may be said beyond the two sides; empty means not said."""

    as_of: str = ""
    rules: tuple[str, ...] = ()
    each: int = 0
    """How many flips of each sort are listed; 0 lists all."""
    every_rule: bool = False
    """Judge by every rule on all records, also where nothing can have changed."""
    memory_limit: str = ""
    enquiries: bool = False
    """Judge by enquiries, too, and not only by those that `rules` name: they find nothing, but ask people, often about all
    records at once."""


def replay(
    base: Definitions,
    head: Definitions,
    dataset: Path,
    changes: Sequence[Change] = (),
    options: ReplayOptions = ReplayOptions(),  # noqa: B008 - frozen
    *,
    progress: Progress | None = None,
) -> Replay:
    """Judge the tickets of a dataset folder by both sets of definitions, and say which verdicts flip, and why.

    `changes` give the causes their fingerprints. Raises ItsmctlError for an unknown rule, a moment that cannot be read, or
    a folder that is no dataset. Equal definitions give no flips.
    """
    with unchanged(dataset) as receipt:
        return _replay(base, head, dataset, receipt, changes, options, progress or (lambda what, share: None))


def _replay(
    base: Definitions,
    head: Definitions,
    dataset: Path,
    receipt: Receipt,
    changes: Sequence[Change],
    options: ReplayOptions,
    report: Progress,
) -> Replay:
    as_of, zone = moment_of_judgement(receipt, None, options.as_of), zone_of_audit(receipt, None)
    tickets = Tickets(dataset, receipt, as_of, zone, options.memory_limit)
    sides = _Sides(tickets.bases(base), tickets.bases(head))
    every = sides.asked(options.rules)
    asked = tuple(pair for pair in every if not _only_asks(pair) or options.enquiries or _named(pair, options.rules))
    touched = asked if options.every_rule else tuple(pair for pair in asked if sides.differ(*pair))
    left_out = tuple(pair for pair in every if pair not in asked and sides.differ(*pair))
    nothing = Replay(
        as_of, zone, receipt.digest, receipt.records, 0, (), len(asked) - len(touched), (), (), (),
        enquiries=tuple(rule.id for before, after in left_out if (rule := after or before)),
    )  # fmt: skip
    if not touched:
        return nothing
    with scratch() as folder:
        found = _Run(sides, tickets, touched, groups_of(base, head, changes), options, folder, report)
        return found.play(nothing)


@dataclass(frozen=True)
class _Sides:
    base: Bases
    head: Bases

    def asked(self, names: Sequence[str]) -> tuple[Pair, ...]:
        """The rules asked for on both sides, each with what it was before, by the id that it has now or had last."""
        before, after = self.base.definitions.rules, self.head.definitions.rules
        new = renamed(before, after)
        old = {after_id: before_id for before_id, after_id in new.items()}
        pairs: dict[str, Pair] = {id_: (before.get(old.get(id_, id_)), rule) for id_, rule in after.items()}
        pairs |= {id_: (rule, None) for id_, rule in before.items() if id_ not in after and id_ not in new}
        if names:
            named = {id_: rule for id_, pair in pairs.items() if (rule := pair[1] or pair[0])}
            every = Definitions(Path(), False, (), "", rules=named)
            wanted = {rule.id for rule in chosen_rules(every, None, names)}
            pairs = {id_: pair for id_, pair in pairs.items() if id_ in wanted}
        return tuple(pair for _, pair in sorted(pairs.items()))

    def differ(self, before: Rule | None, after: Rule | None) -> bool:
        """Whether any verdict of a rule can flip."""
        return before is None or after is None or self.base.of(before) != self.head.of(after)


@dataclass(frozen=True)
class _Run:
    """A replay on the way: everything that its steps share."""

    sides: _Sides
    tickets: Tickets
    touched: tuple[Pair, ...]
    groups: tuple[Group, ...]
    options: ReplayOptions
    scratch: Path
    report: Progress

    def play(self, nothing: Replay) -> Replay:
        """Judge the base, judge the head, compare, attribute."""
        part, known = self._reached()
        names, (base, head) = self._names(), (self.sides.base, self.sides.head)
        before, after = ([pair[side] for pair in self.touched] for side in (0, 1))
        self.report("before", 0.1)
        with loaded(head.definitions, self.tickets, part) as session:
            judge = Judging(session, head, self.tickets, names, part, known, self.scratch)
            first = judge(base, [rule for rule in before if rule], "before")
            self.report("after", 0.5)
            second = judge(head, [rule for rule in after if rule], "after")
            self.report("compare", 0.8)
            compare(session, first.files, second.files, _places(self.touched))
            (reached,) = session.one("SELECT count(*) FROM record")
            causes = attribute(judge, base, self.touched, self.groups)
            return replace(
                nothing,
                reached=int(str(reached)),
                rules=tuple(self._judged(pair, first, second, part) for pair in self.touched),
                tallies=tuple(_tally(row) for row in counted(session)),
                flips=tuple(_flip(row, self.groups) for row in listed(session, self.options.each)),
                causes=causes,
                covers=_covers(second) if part == WHOLE else (),
            )

    def _reached(self) -> tuple[Part, JudgedRules]:
        """The part of the dataset that the change can reach, with what is known of the rules below; all of it where that is not told."""
        after = [rule for _, rule in self.touched if rule]
        whole = self.options.every_rule or len(after) < len(self.touched)
        services = frozenset() if whole else services_reached(self.sides.base, self.sides.head, after)
        known = judge_foundations(self.sides.head, self.tickets, after) if services else None
        return (Part(services), known) if known is not None else (WHOLE, {})

    def _names(self) -> Names:
        base, head = self.sides.base.definitions, self.sides.head.definitions
        rules = {one.id: (after or one).id for before, after in self.touched for one in (before, after) if one}
        return Names(rules, renamed_anywhere(base, head))

    def _judged(self, pair: Pair, first: Side, second: Side, part: Part) -> Judged:
        before, after = pair
        rule = after or before
        assert rule is not None
        if part != WHOLE:
            return Judged(rule, None, None)
        return Judged(
            rule,
            outcome(*first.judged[before.id]) if before else None,
            outcome(*second.judged[after.id]) if after else None,
        )


def _only_asks(pair: Pair) -> bool:
    return all(rule is None or rule.enquiry for rule in pair)


def _named(pair: Pair, names: Sequence[str]) -> bool:
    """Whether somebody asked for the very rule, and not for all of a sort."""
    return any(rule is not None and {rule.id, *rule.aliases} & set(names) for rule in pair)


def _covers(side: Side) -> tuple[WaiverCover, ...]:
    return tuple(
        WaiverCover(name, cover.excused, cover.scope, counts.in_scope)
        for _, (_, counts) in sorted(side.judged.items())
        for name, cover in sorted(counts.covers.items())
    )


def _places(touched: Sequence[Pair]) -> Mapping[str, tuple[int, int]]:
    """Where the keys of groups name the service and the month."""
    places = {}
    for before, after in touched:
        rule = after or before
        if rule and rule.check in GROUPED:
            per = rule.parameters.get("per", ())
            parts = [str(part) for part in per] if isinstance(per, tuple) else []
            places[rule.id] = (_place("service", parts), _place("month", parts))
    return places


def _place(column: str, parts: Sequence[str]) -> int:
    return parts.index(column) + 1 if column in parts else 0


def _tally(row: Sequence[object]) -> Tally:
    rule, before, after, service, month, flips = map(str, row)
    return Tally(rule, state_of(before), state_of(after), service, month, int(flips))


def _flip(row: Sequence[object], told: Sequence[Group]) -> Flip:
    rule, record, before, after, reason, service, month, causes = map(str, row)
    numbers = [int(number) for number in causes.split(",") if number]
    together = any(number < 0 for number in numbers)
    because = [f for n in numbers for f in told[-1 - n if n < 0 else n].fingerprints]
    return Flip(rule, record, state_of(before), state_of(after), service, month, reason if after == "not_testable" else "", tuple(dict.fromkeys(because)), together)  # fmt: skip
