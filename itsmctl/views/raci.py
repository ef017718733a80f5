"""A RACI matrix as a heat map: roles down, activities across, one letter where they meet."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.language import Language, tr
from itsmctl.model import Definitions, Raci
from itsmctl.reports.markup import element, text_width, words
from itsmctl.reports.plain import cut
from itsmctl.views.page import Grid, Page, Points, Section
from itsmctl.views.picture import picture
from itsmctl.views.role import LETTERS
from itsmctl.views.wording import called

CELL, HEAD, LEGEND = 46, 74, 44


def roles_of(raci: Raci) -> tuple[str, ...]:
    """The roles of a matrix, who answers for most first."""
    weight = {"A": 1000, "R": 100, "C": 10, "I": 1}
    found: dict[str, int] = {}
    for parts in raci.activities.values():
        for letter, roles in parts.items():
            for role in roles:
                found[role] = found.get(role, 0) + weight[letter]
    return tuple(sorted(found, key=lambda role: (-found[role], role)))


def letters(raci: Raci, role: str, activity: str) -> str:
    """The letters of a role in an activity, the weightiest first: '', 'R' or 'AR'."""
    return "".join(letter for letter in LETTERS if role in raci.activities[activity].get(letter, ()))


def page(definitions: Definitions, raci: Raci, language: Language) -> Page:
    """The page of a matrix."""
    activities = tuple(raci.activities)
    rows = tuple(
        (_role(definitions, role, language), *(letters(raci, role, activity) or "·" for activity in activities))
        for role in roles_of(raci)
    )
    process = definitions.processes[raci.process]
    titles = tuple(f"{a.id}  {a.title.in_(language)}" for a in process.activities if a.id in activities)
    meaning = tuple(f"{letter} {tr(word, language)}" for letter, word in LETTERS.items())
    return Page(
        title=f"{raci.title.in_(language)} · {raci.id}",
        subtitle=called(definitions.processes, raci.process, language) + " · " + tr(", ", language).join(meaning),
        blocks=(Grid((tr("role", language), *activities), rows),),
        sections=(Section(tr("Activities", language), (Points(titles),)),),
        source=str(raci.where),
    )


def _role(definitions: Definitions, role: str, language: Language) -> str:
    return (definitions.roles[role].title.in_(language) if role in definitions.roles else "") or role


def svg(definitions: Definitions, raci: Raci, language: Language) -> str:
    """The heat map."""
    roles, activities = roles_of(raci), tuple(raci.activities)
    names = {role: cut(_role(definitions, role, language), 34) for role in roles}
    left = max((text_width(name, 12.5) for name in names.values()), default=0) + 24
    process = definitions.processes[raci.process]
    titles = {activity.id: activity.title.in_(language) for activity in process.activities}
    parts = [element("text", words(raci.title.in_(language)), x=12, y=26, class_="heading")]
    for column, activity in enumerate(activities):
        middle = left + CELL * column + CELL / 2
        head = [element("title", words(titles.get(activity, activity))), words(activity)]
        parts.append(element("text", *head, x=middle, y=HEAD - 8, class_="column-label middle"))
    for number, role in enumerate(roles):
        y = HEAD + CELL * 0.72 * number
        parts.append(element("text", words(names[role]), x=left - 12, y=y + 21, class_="row-label"))
        for column, activity in enumerate(activities):
            parts.append(_cell(letters(raci, role, activity), left + CELL * column, y))
    bottom = HEAD + CELL * 0.72 * len(roles)
    parts += _legend(left, bottom + 14, language)
    width = max(left + CELL * len(activities), left + 4 * 130, text_width(raci.title.in_(language), 19)) + 24
    told = "; ".join(
        f"{activity}: " + ", ".join(f"{letter} {role}" for letter in LETTERS for role in cells.get(letter, ()))
        for activity, cells in raci.activities.items()
    )
    return picture(raci.title.in_(language), told, element("g", *parts), width, bottom + LEGEND, language)


def _cell(text: str, x: float, y: float) -> str:
    height = CELL * 0.72
    kind = text[:1] or "none"
    rect = element("rect", x=x, y=y, width=CELL, height=height, rx=5, class_=f"cell cell-{kind}")
    if not text:
        return rect
    return rect + element("text", text, x=x + CELL / 2, y=y + height / 2 + 4.5, class_=f"letter letter-{kind}")


def _legend(x: float, y: float, language: Language) -> list[str]:
    parts = []
    for number, (letter, word) in enumerate(LETTERS.items()):
        left = x + 130 * number
        parts.append(element("rect", x=left, y=y, width=14, height=14, rx=3, class_=f"cell-{letter}"))
        parts.append(element("text", words(f"{letter} {tr(word, language)}"), x=left + 20, y=y + 12, class_="note"))
    return parts


def data(raci: Raci) -> Mapping[str, object]:
    """The matrix for a program."""
    return {
        "id": raci.id,
        "process": raci.process,
        "activities": {
            activity: {letter: list(roles) for letter, roles in sorted(cells.items())}
            for activity, cells in raci.activities.items()
        },
        "source": str(raci.where),
    }
