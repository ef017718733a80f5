"""What makes verdicts flip: each group of changes is applied to the base alone, and what it does then is its own doing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from itsmctl.change.replay.basis import Bases
from itsmctl.change.replay.groups import Group, with_group
from itsmctl.change.replay.side import Judging, Names, Tickets
from itsmctl.change.replay.types import Cause
from itsmctl.engine.flips import blame, blame_together, counted_by_cause, flipping
from itsmctl.engine.session import Session
from itsmctl.model import Rule

Pair = tuple[Rule | None, Rule | None]
"""A rule as it is on both sides; None where it is not."""


def attribute(judge: Judging, base: Bases, touched: Sequence[Pair], groups: Sequence[Group]) -> tuple[Cause, ...]:
    """Say of every flip in the session which groups cause it.

    One group that touches a rule causes all its flips. Of several, each is tried alone; what none of them does alone, all of
    them do together.
    """
    session = judge.session
    by_rule = _touching(base, judge.head, judge.tickets, touched, groups, flipping(session))
    several: dict[int, list[str]] = defaultdict(list)
    for rule, numbers in by_rule.items():
        if len(numbers) == 1:
            blame(session, [rule], numbers[0])
        for number in numbers if len(numbers) > 1 else ():
            several[number].append(rule)
    for number, rules in sorted(several.items()):
        hybrid = judge.tickets.bases(with_group(base.definitions, judge.head.definitions, groups[number]))
        here = {id_: _named(hybrid, id_, judge.names) for id_ in rules}
        some = [rule for rule in here.values() if rule]
        # Where the group takes a rule away, nothing is in its scope, as on the later side.
        if gone := [id_ for id_, rule in here.items() if not rule and id_ not in judge.head.definitions.rules]:
            blame(session, gone, number)
        if some and _stands(hybrid, some):
            blame(session, rules, number, judge(hybrid, some, f"only-{number}").files)
    blame_together(session, {rule: numbers for rule, numbers in by_rule.items() if len(numbers) != 1})
    return _causes(session, groups)


def _touching(
    base: Bases, head: Bases, tickets: Tickets, touched: Sequence[Pair], groups: Sequence[Group], flips: Sequence[str]
) -> Mapping[str, tuple[int, ...]]:
    """Which groups each rule that flips is touched by: added to the base, or taken away from the head."""
    found: dict[str, set[int]] = {rule: set() for rule in flips}
    for number, group in enumerate(groups):
        for side, other in ((base, head), (head, base)):
            hybrid = tickets.bases(with_group(side.definitions, other.definitions, group))
            for id_, pair in _by_id(touched).items():
                if id_ in found and number not in found[id_] and _touches(side, hybrid, id_, pair[side is head], group):
                    found[id_].add(number)
    return {rule: tuple(sorted(numbers)) for rule, numbers in found.items()}


def _by_id(touched: Sequence[Pair]) -> Mapping[str, Pair]:
    """The pairs by the id that the comparison uses."""
    return {one.id: (before, after) for before, after in touched if (one := after or before)}


def _touches(side: Bases, hybrid: Bases, id_: str, rule: Rule | None, group: Group) -> bool:
    """Whether a group changes anything for a rule of a side; of a rule that is not there, whether it brings it."""
    if rule is None:
        return group.kind == "rule" and group.id == id_
    if group.kind == "rule" and rule.id in (group.before, group.after):
        return True
    return not _stands(hybrid, [rule]) or side.of(rule) != hybrid.of(rule)


def _stands(hybrid: Bases, rules: Sequence[Rule]) -> bool:
    """Whether rules can be judged by definitions of which some are from the other side: one may name what only that has."""
    try:
        for rule in rules:
            hybrid.of(rule)
    except KeyError:
        return False
    return True


def _named(hybrid: Bases, id_: str, names: Names) -> Rule | None:
    """The rule that the comparison calls so, under the id that it has here."""
    rules = hybrid.definitions.rules
    return next((rules[mine] for mine, told in names.rules.items() if told == id_ and mine in rules), None)


def _causes(session: Session, groups: Sequence[Group]) -> tuple[Cause, ...]:
    found: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for cause, rule, flips in counted_by_cause(session):
        number = int(str(cause))
        place = (number, 0) if number >= 0 else (-1 - number, 1)
        found[place[0], str(rule)][place[1]] += int(str(flips))
    return tuple(Cause(groups[number], rule, *counts) for (number, rule), counts in sorted(found.items()))
