"""Who holds which role when, as the assignments of the definitions say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from itsmctl.generate.dice import Dice
from itsmctl.generate.people import Staff
from itsmctl.generate.rhythm import day_of
from itsmctl.model import Definitions, Effective
from itsmctl.model.holding import Tenure, tenures


class Roster:
    """The holders of roles; where the definitions name nobody, somebody is made up, always the same for a role."""

    def __init__(self, definitions: Definitions, staff: Staff) -> None:
        self._by_role: dict[str, list[Tenure]] = defaultdict(list)
        self._periods: dict[str, list[Effective]] = defaultdict(list)
        for tenure in tenures(definitions.assignments.values(), definitions.positions):
            self._by_role[tenure.role].append(tenure)
            self._periods[tenure.person.strip().lower()].append(tenure.period)
        self._others = [name for crews in staff.engineers.values() for crew in crews.values() for name in crew]
        self._made_up: dict[str, str] = {}
        appointed = [a.person for a in definitions.assignments.values()]
        appointed += [d.person for a in definitions.assignments.values() for d in a.delegations]
        self._appointed = {person.strip().lower() for person in appointed}

    def holders(self, role: str, moment: int) -> list[str]:
        """Everybody who holds a role at a moment, in the order of the definitions."""
        found = [tenure.person for tenure in self._by_role[role] if _covers(tenure.period, moment)]
        return list(dict.fromkeys(found)) or [self._substitute(role)]

    def anyone(self, role: str, moment: int, dice: Dice, *, but: frozenset[str] = frozenset()) -> str:
        """One of the holders, rather none of `but`."""
        holders = self.holders(role, moment)
        return dice.pick([person for person in holders if person not in but] or holders)

    def holds(self, person: str, roles: Sequence[str], moment: int) -> bool:
        """Whether the definitions let a person hold one of the roles at a moment."""
        tenures_ = (tenure for role in roles for tenure in self._by_role[role])
        return any(same_person(t.person, person) and _covers(t.period, moment) for t in tenures_)

    def knows(self, person: str) -> bool:
        """Whether the definitions appoint a person at all."""
        return person.strip().lower() in self._appointed

    def is_gone(self, person: str, moment: int) -> bool:
        """Whether somebody whom the definitions appoint has no appointment at a moment: not yet, not any more, or on leave."""
        periods = self._periods.get(person.strip().lower(), ())
        return self.knows(person) and not any(_covers(period, moment) for period in periods)

    def leaver(self, moment: int) -> str:
        """Somebody whose last appointment had ended by then; '' if nobody has left."""
        ended = (t for tenures_ in self._by_role.values() for t in tenures_ if self._has_left(t.person, moment))
        return min((tenure.person for tenure in ended), default="")

    def _has_left(self, person: str, moment: int) -> bool:
        ends = [period.end for period in self._periods[person.strip().lower()]]
        return all(end is not None and end < day_of(moment) for end in ends)

    def _substitute(self, role: str) -> str:
        if role not in self._made_up:
            self._made_up[role] = self._others[len(self._made_up) % len(self._others)]
        return self._made_up[role]


def _covers(period: Effective, moment: int) -> bool:
    day = day_of(moment)
    return (period.start is None or period.start <= day) and (period.end is None or day <= period.end)


def same_person(one: str, other: str) -> bool:
    """Whether two names are those of one person, however capitals and blanks are written."""
    return one.strip().lower() == other.strip().lower()
