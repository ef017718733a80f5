"""CODEOWNERS from roles: for each file of definitions, whoever holds a role that must approve a change of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from itsmctl.change.approving import approvers
from itsmctl.change.types import Change
from itsmctl.control.people import People
from itsmctl.model import Definitions
from itsmctl.zones import midnight

HEAD = "# Written by `itsmctl show codeowners` from the roles and who holds them. Change those, then run it again."


def codeowners(definitions: Definitions, day: date, prefix: str = "") -> str:
    """The file: one line for each file of definitions; `prefix` is where the definitions lie in the repository.

    A person is named as the forge knows them: an account `@name` or a mail address under `also-called`. Whoever has
    neither is named in a comment, as a forge refuses names that it does not know.
    """
    lines, people, at = [HEAD], People(definitions), midnight(day, "UTC")
    for file, roles in sorted(_roles_by_file(definitions).items()):
        lines += _lines(definitions, people, prefix + file, roles, at)
    return "\n".join(lines) + "\n"


def _roles_by_file(definitions: Definitions) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in definitions.every():
        whole = Change(f"{one.kind}-changed", "review", one.kind, one.id, "", None, None, one.where, one.where, ())
        found.setdefault(one.where.file, set()).update(approvers(whole, definitions, definitions))
    return found


def _lines(definitions: Definitions, people: People, path: str, roles: set[str], at: int) -> Iterator[str]:
    holders = sorted({person for role in roles for person in people.holders(role, at)})
    handles = {person: _handle(definitions, person) for person in holders}
    yield f"# {', '.join(sorted(roles)) or '-'}"
    unknown = [person for person, handle in handles.items() if not handle]
    if unknown:
        yield f"# no account known: {', '.join(unknown)}"
    owners = sorted({handle for handle in handles.values() if handle})
    yield " ".join(["/" + path.replace(" ", "\\ "), *owners])


def _handle(definitions: Definitions, person: str) -> str:
    """How a forge knows a person: an account before a mail address."""
    names = [name for one in definitions.assignments.values() if one.person == person for name in one.also_called]
    return next((name for name in names if name.startswith("@")), "") or next((n for n in names if "@" in n), "")
