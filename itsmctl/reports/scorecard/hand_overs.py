"""The gaps between the processes as tables: what passes in tickets, and what is open in the definitions."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.language import Language, duration_text, problem_text, tr
from itsmctl.model import Definitions
from itsmctl.reports.scorecard.sheets import Cell, Sheet, Table
from itsmctl.scorecard.handovers import Gaps, HandOver


def sheet(found: Gaps, definitions: Definitions, language: Language) -> Sheet:
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
            Cell(between(one.start, one.end)), Cell(f"{100 * share:.1f}%", "", share), Cell(str(one.linked)), _lost(one, language),
            Cell(time), Cell(str(one.left)), Cell(tr(", ", language).join(passed(one)) or tr("not defined", language), "" if one.artefacts else "bad"),
        ))  # fmt: skip
    heads = (
        tr("from → to", language), tr("of all", language), tr("handed over", language), tr("lost", language),
        tr("median time", language), tr("left running", language), tr("by definition", language),
    )  # fmt: skip
    notes = [
        tr(
            "Lost: the other record is not in the export; for the median time it never arrived. Left running: the first was closed before the other had ended.",
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


def _lost(one: HandOver, language: Language) -> Cell:
    if one.lost is None:
        return Cell(tr("not exported", language), "soft")
    return Cell(str(one.lost), "bad" if one.lost else "")


def _time(seconds: float, language: Language) -> str:
    """Days where it is more than two, else hours and minutes."""
    if seconds >= 2 * 86_400:
        return tr("{n} d", language, n=f"{seconds / 86_400:.1f}")
    return duration_text(60 * round(seconds / 60), language)
