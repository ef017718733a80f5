"""The eight "-able" scores of every process: a table for a terminal, and the same for a program."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.definitions.lint.able import PRINCIPLES, Score
from itsmctl.language import Language, tr
from itsmctl.model import Process
from itsmctl.reports.plain import cells, fit, right, wrap

Scored = Sequence[tuple[Process, Sequence[Score]]]

LEAST = 3
"""Columns that a score takes: the best is 100."""


def render(scored: Scored, language: Language, width: int) -> str:
    """What is counted for each principle, then a line for each process; heads that do not fit are numbers instead."""
    titles = [one.title.in_(language) for one in PRINCIPLES]
    first = max((cells(process.id) for process, _ in scored), default=0)
    if 2 + first + sum(2 + max(cells(title), LEAST) for title in titles) <= width:
        heads = titles
    else:
        heads = [str(number) for number in range(1, len(titles) + 1)]
        titles = [f"{number} {title}" for number, title in zip(heads, titles, strict=True)]
    lines = [tr("What is counted", language), "", *_counted(titles, language, width)]
    lines += ["", tr("Scores of these definitions, 0 to 100", language), ""]
    lines.append("  " + " " * first + _row(heads, heads))
    lines += [
        "  " + fit(process.id, first) + _row([str(score.points) for score in found], heads) for process, found in scored
    ]
    return "\n".join(lines)


def _counted(titles: Sequence[str], language: Language, width: int) -> list[str]:
    """Each principle with what is counted for it, wrapped beside its title."""
    column = max(cells(title) for title in titles)
    lines = []
    for title, principle in zip(titles, PRINCIPLES, strict=True):
        told = wrap(principle.counts.in_(language), width - column - 4)
        lines += [
            f"  {fit(head, column)}  {text}" for head, text in zip([title] + [""] * (len(told) - 1), told, strict=True)
        ]
    return lines


def _row(texts: Sequence[str], heads: Sequence[str]) -> str:
    return "".join("  " + right(text, max(cells(head), LEAST)) for text, head in zip(texts, heads, strict=True))


def as_json(scored: Scored) -> list[dict[str, object]]:
    """A row for each process and principle."""
    return [
        {"process": p.id, "principle": s.principle, "points": s.points, "there": s.there, "wanted": s.wanted}
        for p, found in scored
        for s in found
    ]
