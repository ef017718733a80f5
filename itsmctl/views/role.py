"""A role and a person: what a role answers for and who holds it; what a person holds, and so may and must do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from itsmctl.language import Language, msg, tr
from itsmctl.model import Definitions, Role
from itsmctl.model.holding import Tenure
from itsmctl.views.held import brought_by, held_on, source_of, tenure_data
from itsmctl.views.page import Grid, Page, Points, Section, Words
from itsmctl.views.wording import called, period_text

LETTERS = {"A": msg("Accountable"), "R": msg("Responsible"), "C": msg("Consulted"), "I": msg("Informed")}


@dataclass(frozen=True)
class Part:
    """What a role does in one activity of a process."""

    letter: str
    process: str
    activity: str
    role: str


def parts_of(definitions: Definitions, roles: Iterable[str]) -> tuple[Part, ...]:
    """The part of some roles in every activity, the weightiest letter first."""
    wanted = set(roles)
    found = [
        Part(letter, raci.process, activity, role)
        for raci in definitions.racis.values()
        for activity, cells in raci.activities.items()
        for letter, holders in cells.items()
        for role in holders
        if role in wanted
    ]
    order = "".join(LETTERS)
    return tuple(sorted(found, key=lambda part: (order.index(part.letter), part.process, part.activity, part.role)))


def role_page(definitions: Definitions, role: Role, language: Language, day: date | None) -> Page:
    """The page of a role."""
    held = [tenure for tenure in held_on(definitions, day) if tenure.role == role.id]
    groups = tr("Members of the groups: {names}", language, names=tr(", ", language).join(role.groups))
    vacant = "" if held or role.groups else tr("Nobody holds this role.", language)
    owned = [service.id for service in definitions.services.values() if service.owner == role.id]
    return Page(
        title=f"{role.title.in_(language)} · {role.id}",
        subtitle=tr("role", language) + _of_process(definitions, role, language),
        blocks=(Points(tuple(text.in_(language) for text in role.responsibilities)),),
        sections=(
            Section(
                tr("Held by", language),
                (Words(vacant or (groups if role.groups else "")), _holders(definitions, held, language)),
            ),
            Section(
                tr("Answers for the services", language),
                (Points(tuple(called(definitions.services, s, language) for s in owned)),),
            ),
            Section(tr("Its part", language), (_parts(definitions, parts_of(definitions, [role.id]), language),)),
        ),
        source=str(role.where),
    )


def _of_process(definitions: Definitions, role: Role, language: Language) -> str:
    return " · " + called(definitions.processes, role.process, language) if role.process else ""


def _holders(definitions: Definitions, held: Iterable[Tenure], language: Language) -> Grid:
    columns = (tr("person", language), tr("through", language), tr("when", language))
    rows = tuple(
        (
            tenure.person,
            brought_by(definitions, tenure, language),
            period_text(tenure.period, language),
        )
        for tenure in held
    )
    return Grid(columns, rows)


def _parts(definitions: Definitions, parts: Iterable[Part], language: Language, *, roles: bool = False) -> Grid:
    columns = [tr("part", language), tr("process", language), tr("activity", language)]
    columns += [tr("as", language)] if roles else []
    rows = []
    for part in parts:
        activity = _activity_title(definitions, part, language)
        row = [
            f"{part.letter} {tr(LETTERS[part.letter], language)}",
            part.process,
            f"{part.activity} {activity}".rstrip(),
        ]
        rows.append(tuple(row + ([part.role] if roles else [])))
    return Grid(tuple(columns), tuple(rows))


def _activity_title(definitions: Definitions, part: Part, language: Language) -> str:
    process = definitions.processes.get(part.process)
    activities = process.activities if process else ()
    return next((a.title.in_(language) for a in activities if a.id == part.activity), "")


def person_page(definitions: Definitions, person: str, language: Language, day: date | None) -> Page:
    """The page of a person: who may do what."""
    held = [tenure for tenure in held_on(definitions, day) if tenure.person == person]
    columns = (tr("role", language), tr("through", language), tr("when", language))
    rows = tuple(
        (
            called(definitions.roles, tenure.role, language),
            brought_by(definitions, tenure, language),
            period_text(tenure.period, language),
        )
        for tenure in held
    )
    parts = parts_of(definitions, {tenure.role for tenure in held})
    sources = sorted({source_of(tenure) for tenure in held})
    idle = "" if held else tr("This person holds no role on that day.", language)
    return Page(
        title=person,
        subtitle=tr("person", language) + (f" · {day}" if day else ""),
        blocks=(Words(idle),),
        sections=(
            Section(tr("Holds", language), (Grid(columns, rows),)),
            Section(tr("May and must", language), (_parts(definitions, parts, language, roles=True),)),
        ),
        source=tr(", ", language).join(sources),
    )


def role_data(definitions: Definitions, role: Role, day: date | None) -> Mapping[str, object]:
    """The role for a program."""
    held = [tenure for tenure in held_on(definitions, day) if tenure.role == role.id]
    return {
        "id": role.id,
        "title": {"en": role.title.en, "zh": role.title.zh},
        "process": role.process,
        "holders": [tenure_data(tenure) for tenure in held],
        "parts": [vars(part) for part in parts_of(definitions, [role.id])],
        "source": str(role.where),
    }


def person_data(definitions: Definitions, person: str, day: date | None) -> Mapping[str, object]:
    """The person for a program."""
    held = [tenure for tenure in held_on(definitions, day) if tenure.person == person]
    return {
        "person": person,
        "holds": [{"role": tenure.role, **tenure_data(tenure)} for tenure in held],
        "parts": [vars(part) for part in parts_of(definitions, {tenure.role for tenure in held})],
    }
