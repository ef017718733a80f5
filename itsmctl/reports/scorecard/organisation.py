"""Positions, principles and the gaps between processes as tables."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.definitions.lint.able import PRINCIPLES
from itsmctl.language import Language, duration_text, msg, problem_text, tr, trn
from itsmctl.model import Definitions, Process
from itsmctl.reports.scorecard.sheets import Cell, Mark, Sheet, Table
from itsmctl.scorecard.handovers import Gaps, HandOver
from itsmctl.scorecard.positions import ATTRIBUTES, Attribute, KeyPerson, Organisation
from itsmctl.scorecard.positions import Cell as Written
from itsmctl.scorecard.principles import Part, PrincipleScore

ATTRIBUTE_HEADS: dict[Attribute, str] = {
    "exists": msg("exists"),
    "responsibilities": msg("duties"),
    "standards": msg("work norms"),
    "competences": msg("competence"),
    "assessment": msg("assessment"),
    "training": msg("training"),
}
WRITTEN: dict[Written, tuple[str, Mark]] = {"there": ("✓", "good"), "stale": ("~", "poor"), "empty": ("✕", "bad")}
PARTS: dict[Part, str] = {
    "definitions": msg("of what the definitions should have"),
    "path": msg("tickets that kept to the states of the process"),
    "computed": msg("indicators with a value"),
    "able": msg("tickets resolved by holders of a responsible role"),
    "linked": msg("links that lead to a record"),
    "tested": msg("rules that the audit could test"),
}


def positions(found: Organisation, definitions: Definitions, language: Language) -> Sheet:
    """The heat map of positions, then what is missing or hangs together."""
    cells = [cell for state in found.states for cell in state.cells.values()]
    lead = tr(
        "{there} of {all} attributes are written and reviewed in time; {vacant} positions are vacant.",
        language, there=cells.count("there"), all=len(cells), vacant=sum(state.vacant for state in found.states),
    )  # fmt: skip
    tables = [_heat(found, language), _hats(found, definitions, language), _together(found, language)]
    if found.keys is not None:
        tables.append(_keys(found.keys, definitions, language))
    if found.fitness is not None:
        tables.append(_fitness(found, definitions, language))
    else:
        lead += " " + tr("With --tickets also: what hangs on one person, and who was able to do the work.", language)
    return Sheet(tr("Positions", language), (lead,), tuple(tables))


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
    rows = tuple(
        (
            Cell(_service(one.service, definitions, language)),
            Cell(f"{one.share:.0f}%", "poor", one.share / 100),
            Cell(str(one.people)),
            Cell(str(one.records)),
        )
        for one in risky
    )
    heads = (tr("service", language), tr("by one person", language), tr("people", language), tr("tickets", language))
    note = tr("Services with 20 tickets or more of which one person resolved over 60%. A risk, no fault.", language)
    return Table(
        tr("What hangs on one person", language), heads, rows, frozenset({1, 2, 3}), (note,),
        tr("No service hangs on one person.", language),
    )  # fmt: skip


def _fitness(found: Organisation, definitions: Definitions, language: Language) -> Table:
    heads = (
        tr("role or position", language),
        tr("competence", language),
        tr("in force", language),
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
                Cell(f"{100 * share:.0f}%", mark, share),
                Cell(str(one.records)),
            )
        )
    notes = []
    if found.unknown_people:
        notes.append(trn(
            "{n} ticket was resolved by somebody whom no assignment knows.",
            "{n} tickets were resolved by people whom no assignment knows.", found.unknown_people, language,
        ))  # fmt: skip
    return Table(
        tr("Competence on the day of the work", language), heads, tuple(rows), frozenset({2, 3}), tuple(notes),
        tr("No ticket was resolved by a known holder of whom a competence is asked.", language),
    )  # fmt: skip


def principles(
    found: Sequence[tuple[Process, Sequence[PrincipleScore]]], language: Language, with_tickets: bool
) -> Sheet:
    """The eight scores of each process, and below what those were counted from that tickets lowered."""
    heads = (tr("process", language), *(one.title.in_(language) for one in PRINCIPLES))
    rows = tuple(
        (Cell(process.title.in_(language)), *(Cell(str(s.points), _grade(s.points), s.points / 100) for s in scores))
        for process, scores in found
    )
    titles = {one.id: one.title for one in PRINCIPLES}
    lowered = tuple(
        (
            Cell(process.title.in_(language)), Cell(titles[score.principle].in_(language)), Cell(str(score.points), _grade(score.points)),
            Cell(tr("; ", language).join(tr("{there} of {wanted} {what}", language, there=i.there, wanted=i.wanted, what=tr(PARTS[i.part], language)) for i in score.inputs if i.points == score.points)),
        )
        for process, scores in found
        for score in scores
        if len(score.inputs) > 1 and score.points < score.inputs[0].points
    )  # fmt: skip
    counted = tuple(
        (
            Cell(one.title.in_(language)),
            Cell(one.counts.in_(language)),
            Cell(tr(PARTS[_SHOWN[one.id]], language) if one.id in _SHOWN else "–"),
        )
        for one in PRINCIPLES
    )
    lead = [
        tr(
            "Each score is the lowest of its parts, 0 to 100: tickets lower what is written, and never raise it.",
            language,
        )
    ]
    if not with_tickets:
        lead.append(tr("No tickets were looked at: the scores are those of the definitions.", language))
    return Sheet(
        tr("The eight principles", language),
        tuple(lead),
        (
            Table(tr("Scores", language), heads, rows, frozenset(range(1, 9)), heat=True),
            Table(
                tr("Lowered by tickets", language),
                (tr("process", language), tr("principle", language), tr("points", language), tr("counted", language)),
                lowered, frozenset({2}), empty=tr("None.", language),
            ),
            Table(
                tr("What is counted", language),
                (tr("principle", language), tr("in the definitions", language), tr("in tickets", language)), counted,
            ),
        ),
    )  # fmt: skip


_SHOWN: dict[str, Part] = {
    "repeatable": "path", "measurable": "computed", "executable": "able", "traceable": "linked", "auditable": "tested",
}  # fmt: skip


def _grade(points: int) -> Mark:
    return "good" if points >= 80 else "poor" if points >= 50 else "bad"


def hand_overs(found: Gaps, definitions: Definitions, language: Language) -> Sheet:
    """What passes between processes in tickets, and what is open in the definitions."""
    tables = []
    if found.hand_overs is not None:
        tables.append(_in_tickets(found.hand_overs, found.unseen, definitions, language))
    rows = tuple((Cell(problem_text(problem, language), "bad"), Cell(str(problem.where))) for problem in found.problems)
    tables.append(
        Table(
            tr("Gaps in the definitions", language), (tr("what", language), tr("where", language)), rows,
            empty=tr("Every output is taken, every input made, every hand-over has an owner.", language),
        )
    )  # fmt: skip
    lead = tr(
        "A barrel leaks between its staves: what one process hands to the next, and what gets lost on the way.",
        language,
    )
    more = () if found.hand_overs is not None else (tr("Needs tickets: give --tickets", language),)
    return Sheet(tr("Between the processes", language), (lead, *more), tuple(tables))


def _in_tickets(
    found: Sequence[HandOver], unseen: Sequence[tuple[str, str]], definitions: Definitions, language: Language
) -> Table:
    def between(start: str, end: str) -> str:
        titles = (definitions.processes[name].title.in_(language) for name in (start, end))
        return " → ".join(titles)

    def passed(one: HandOver) -> list[str]:
        outputs = definitions.processes[one.start].outputs
        return [artefact.title.in_(language) for artefact in outputs if artefact.id in one.artefacts]

    rows = []
    for one in found:
        time = "–" if one.median_seconds is None else _time(one.median_seconds, language)
        share = one.linked / one.records if one.records else 0.0
        rows.append((
            Cell(between(one.start, one.end)), Cell(f"{100 * share:.1f}%", "", share), Cell(str(one.linked)), Cell(str(one.lost), "bad" if one.lost else ""),
            Cell(time), Cell(str(one.left)), Cell(tr(", ", language).join(passed(one)) or tr("not defined", language), "" if one.artefacts else "bad"),
        ))  # fmt: skip
    heads = (
        tr("from → to", language), tr("of all", language), tr("handed over", language), tr("lost", language),
        tr("median time", language), tr("left running", language), tr("by definition", language),
    )  # fmt: skip
    notes = [
        tr(
            "Lost: the other record is not in the export. Left running: the first was closed before the other had ended.",
            language,
        )
    ]
    if unseen:
        pairs = tr("; ", language).join(between(*pair) for pair in unseen)
        notes.append(tr("Defined, and never seen in tickets: {pairs}", language, pairs=pairs))
    return Table(
        tr("In tickets", language), heads, tuple(rows), frozenset({1, 2, 3, 4, 5}), tuple(notes),
        tr("No ticket names another one.", language),
    )  # fmt: skip


def _time(seconds: float, language: Language) -> str:
    """Days where it is more than two, else hours and minutes."""
    if seconds >= 2 * 86_400:
        return tr("{n} d", language, n=f"{seconds / 86_400:.1f}")
    return duration_text(60 * round(seconds / 60), language)


def _service(service: str, definitions: Definitions, language: Language) -> str:
    known = definitions.services.get(service)
    return known.title.in_(language) if known else service or tr("(none)", language)
