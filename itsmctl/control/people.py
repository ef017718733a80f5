"""Which person of the management system somebody in git is, by mail address or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from itsmctl.history.acts import Identity
from itsmctl.letters import composed
from itsmctl.model import Definitions
from itsmctl.model.holding import Tenure, held, tenures


class People:
    """The people whom assignments know, and what roles they hold when."""

    def __init__(self, definitions: Definitions) -> None:
        self._names: Mapping[str, str] = {
            _key(word): one.person
            for one in definitions.assignments.values()
            if one.account == "person"
            for word in (*one.also_called, one.person)
        }
        self._tenures: tuple[Tenure, ...] = tuple(tenures(definitions.assignments.values(), definitions.positions))

    def person(self, identity: Identity) -> str:
        """The person, or '' where nobody is called so; a mail address tells more than a name, which several may have."""
        by_mail = self._names.get(_key(identity.mail), "") if identity.mail else ""
        return by_mail or self._names.get(_key(identity.name), "")

    def holds(self, person: str, roles: Iterable[str], at: int) -> bool:
        """Whether somebody held one of some roles on the day of a moment (UTC)."""
        return any(held(self._tenures, person, role, day_of(at)) for role in roles)

    def holders(self, role: str, at: int) -> list[str]:
        """Who held a role on the day of a moment, sorted."""
        people = {tenure.person for tenure in self._tenures if tenure.role == role}
        return sorted(person for person in people if self.holds(person, (role,), at))


def _key(name: str) -> str:
    return composed(name).casefold()


def day_of(at: int) -> date:
    """The day of a moment in UTC."""
    return datetime.fromtimestamp(at, UTC).date()
