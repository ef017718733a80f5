"""Positions as tables: what is written, who is missing, what hangs on whom, and who was able to do the work."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.language import Language, msg, number_text, percent_text, problem_text, tr, trn
from itsmctl.model import Definitions
from itsmctl.reports.scorecard.sheets import Cell, Mark, Sheet, Table
from itsmctl.scorecard.competence import KEY_MINIMUM, KeyPerson
from itsmctl.scorecard.positions import ATTRIBUTES, Attribute, Organisation
from itsmctl.scorecard.positions import Cell as Written

ATTRIBUTE_HEADS: dict[Attribute, str] = {
    "exists": msg("exists"),
    "responsibilities": msg("duties"),
    "standards": msg("work norms"),
    "competences": msg("competence"),
    "assessment": msg("assessment"),
    "training": msg("training"),
}
NEAREST = 3
"""How many services are shown where none hangs on one person."""
WRITTEN: dict[Written, tuple[str, Mark]] = {"there": ("✓", "good"), "stale": ("~", "poor"), "empty": ("✕", "bad")}


def positions(found: Organisation, definitions: Definitions, language: Language) -> Sheet:
    """The heat map of positions, then what is missing or hangs together."""
    cells = [cell for state in found.states for cell in state.cells.values()]
    vacant = sum(state.vacant for state in found.states)
    leads = [tr(
        "{there} of {all} attributes are written and reviewed in time; {vacant}.", language, there=cells.count("there"),
        all=len(cells), vacant=trn("{n} position is vacant", "{n} positions are vacant", vacant, language),
    )]  # fmt: skip
    tables = [_heat(found, language), _hats(found, definitions, language), _together(found, language)]
    if found.keys is not None:
        tables.append(_keys(found.keys, definitions, language))
    if found.fitness is not None:
        tables.append(_fitness(found, definitions, language))
    else:
        leads.append(tr("With --tickets also: what hangs on one person, and who was able to do the work.", language))
    return Sheet(tr("Positions", language), tuple(leads), tuple(tables))


def _heat(found: Organisation, language: Language) -> Table:
    heads = (
        tr("position", language),
        *(tr(ATTRIBUTE_HEADS[a], language) for a in ATTRIBUTES),
        tr("holders", language),
        tr("indicators", language),
    )
    rows = []
    for state in found.states:
        marks = [Cell(WRITTEN[state.cells[a]][0], WRITTEN[state.cells[a]][1]) for a in ATTRIBUTES]
        held = Cell(tr("vacant", language), "bad") if state.vacant else Cell(str(state.holders))
        rows.append((Cell(state.position.title.in_(language)), *marks, held, Cell(str(state.indicators))))
    legend = tr("✓ written, ~ not reviewed in time, ✕ missing", language)
    return Table(
        tr("What is written about each", language), heads, tuple(rows), frozenset({7, 8}), (legend,),
        tr("No position is defined.", language), heat=True,
    )  # fmt: skip


def _hats(found: Organisation, definitions: Definitions, language: Language) -> Table:
    names = tr(", ", language)
    rows = tuple(
        (Cell(person), Cell(names.join(definitions.positions[p].title.in_(language) for p in some)))
        for person, some in found.hats
    )
    return Table(
        tr("Several hats", language), (tr("person", language), tr("positions", language)), rows,
        empty=tr("Nobody holds more than one position.", language),
    )  # fmt: skip


def _together(found: Organisation, language: Language) -> Table:
    rows = tuple((Cell(problem_text(problem, language), "bad"), Cell(str(problem.where))) for problem in found.together)
    return Table(
        tr("Separated duties in one hand", language), (tr("what", language), tr("where", language)), rows,
        empty=tr("None.", language),
    )  # fmt: skip


def _keys(keys: Sequence[KeyPerson], definitions: Definitions, language: Language) -> Table:
    risky = [one for one in keys if one.risky]
    shown = risky or [one for one in keys if one.records >= KEY_MINIMUM][:NEAREST]
    rows = tuple(
        (
            Cell(_service(one.service, definitions, language)),
            Cell(f"{one.share:.0f}%", "poor" if one.risky else "", one.share / 100),
            Cell(str(one.people)),
            Cell(number_text(one.records)),
        )
        for one in shown
    )
    heads = (tr("service", language), tr("by one person", language), tr("people", language), tr("tickets", language))
    note = tr(
        "Services with 20 tickets or more of which one person resolved over 60%; those that name nobody may be that person's too. A risk, no fault.",
        language,
    )
    nearest = (tr("No service hangs on one person; these come nearest.", language),) if shown and not risky else ()
    return Table(
        tr("What hangs on one person", language), heads, rows, frozenset({1, 2, 3}), (*nearest, note),
        tr("No service hangs on one person.", language),
    )  # fmt: skip


def _fitness(found: Organisation, definitions: Definitions, language: Language) -> Table:
    heads = (
        tr("role or position", language),
        tr("competence", language),
        tr("had on the day", language),
        tr("tickets", language),
    )
    rows = []
    for one in found.fitness or ():
        owner = definitions.roles.get(one.role) or definitions.positions[one.role]
        title = next(c.title for c in owner.competences if c.id == one.competence)
        share = one.able / one.records
        mark: Mark = "good" if share == 1 else "bad"
        rows.append(
            (
                Cell(owner.title.in_(language)),
                Cell(title.in_(language)),
                Cell(percent_text(one.able, one.records), mark, share),
                Cell(number_text(one.records)),
            )
        )
    return Table(
        tr("Competence on the day of the work", language), heads, tuple(rows), frozenset({2, 3}), tuple(_unproved(found, language)),
        tr("No ticket was resolved by a known holder of whom a competence is asked.", language),
    )  # fmt: skip


def _unproved(found: Organisation, language: Language) -> list[str]:
    """How many tickets somebody able resolved, and of how many nobody can say."""
    notes = []
    if found.competent and found.competent.n:
        notes.append(tr(
            "Of {n} tickets that people resolved, {able} ({share}) were resolved by somebody who held a responsible role on that day, with every competence that it asks for.",
            language, n=number_text(found.competent.n), able=number_text(found.competent.hits),
            share=f"{100 * found.competent.share:.0f}%",
        ))  # fmt: skip
    if found.unknown_people:
        notes.append(trn(
            "{n} ticket was resolved by somebody whom no assignment knows.",
            "{n} tickets were resolved by people whom no assignment knows.", found.unknown_people, language,
        ))  # fmt: skip
    if found.unknown_in_group:
        notes.append(tr(
            "{n} of these lay with a group of a responsible role: name its members in assignments, and their competence counts.",
            language, n=number_text(found.unknown_in_group),
        ))  # fmt: skip
    return notes


def _service(service: str, definitions: Definitions, language: Language) -> str:
    known = definitions.services.get(service)
    return known.title.in_(language) if known else service or tr("(none)", language)
