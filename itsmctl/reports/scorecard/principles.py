"""The eight "-able" principles as tables: the scores, what tickets lowered, and what is counted."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.definitions.lint.able import PRINCIPLES
from itsmctl.language import Language, msg, number_text, tr
from itsmctl.model import Process
from itsmctl.reports.scorecard.sheets import Cell, Mark, Sheet, Table
from itsmctl.scorecard.principles import Part, PrincipleScore

PARTS: dict[Part, str] = {
    "definitions": msg("of what the definitions should have"),
    "path": msg("tickets that kept to the states of the process"),
    "computed": msg("indicators with a value"),
    "able": msg("tickets resolved by holders of a responsible role"),
    "linked": msg("links that lead to a record"),
    "tested": msg("rules that the audit could test"),
}


Scored = Sequence[tuple[Process, Sequence[PrincipleScore]]]


def sheet(found: Scored, language: Language, with_tickets: bool) -> Sheet:
    """The eight scores of each process, and below what those were counted from that tickets lowered."""
    text = tr(
        "Each score is the lowest of its parts, 0 to 100: tickets lower what is written, and never raise it.", language
    )
    lead = [text]
    if not with_tickets:
        lead.append(tr("No tickets were looked at: the scores are those of the definitions.", language))
    tables = (_scores(found, language), _lowered(found, language), _counted(language))
    return Sheet(tr("The eight principles", language), tuple(lead), tables)


def _scores(found: Scored, language: Language) -> Table:
    heads = (tr("process", language), *(one.title.in_(language) for one in PRINCIPLES))
    rows = tuple(
        (Cell(process.title.in_(language)), *(Cell(str(s.points), _grade(s.points), s.points / 100) for s in scores))
        for process, scores in found
    )
    return Table(tr("Scores", language), heads, rows, frozenset(range(1, 9)), heat=True)


def _lowered(found: Scored, language: Language) -> Table:
    """The scores below what is written, each with the part that is lowest."""
    titles = {one.id: one.title.in_(language) for one in PRINCIPLES}
    rows = tuple(
        (
            Cell(process.title.in_(language)),
            Cell(titles[one.principle]),
            Cell(str(one.points), _grade(one.points)),
            Cell(_why(one, language)),
        )
        for process, scores in found
        for one in scores
        if len(one.inputs) > 1 and one.points < one.inputs[0].points
    )
    heads = (tr("process", language), tr("principle", language), tr("points", language), tr("counted from", language))
    return Table(tr("Lowered by tickets", language), heads, rows, frozenset({2}), empty=tr("None.", language))


def _why(one: PrincipleScore, language: Language) -> str:
    lowest = [part for part in one.inputs if part.points == one.points]
    told = (
        tr(
            "{there} of {wanted} {what}",
            language,
            there=number_text(part.there),
            wanted=number_text(part.wanted),
            what=tr(PARTS[part.part], language),
        )
        for part in lowest
    )
    return tr("; ", language).join(told)


def _counted(language: Language) -> Table:
    rows = tuple(
        (
            Cell(one.title.in_(language)),
            Cell(one.counts.in_(language)),
            Cell(tr(PARTS[_SHOWN[one.id]], language) if one.id in _SHOWN else "–"),
        )
        for one in PRINCIPLES
    )
    heads = (tr("principle", language), tr("in the definitions", language), tr("in tickets", language))
    return Table(tr("What is counted", language), heads, rows)


_SHOWN: dict[str, Part] = {
    "repeatable": "path", "measurable": "computed", "executable": "able", "traceable": "linked", "auditable": "tested",
}  # fmt: skip


def _grade(points: int) -> Mark:
    return "good" if points >= 80 else "poor" if points >= 50 else "bad"
