"""The eight "-able" scores of every process: a table for a terminal, and the same for a program."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.definitions.lint.able import PRINCIPLES, Score
from itsmctl.language import Language, tr
from itsmctl.model import Process
from itsmctl.reports.plain import cells, fit, right

Scored = Sequence[tuple[Process, Sequence[Score]]]


def render(scored: Scored, language: Language) -> str:
    """What is counted for each principle, then a line for each process."""
    lines = [tr("What is counted", language), ""]
    titles = [one.title.in_(language) for one in PRINCIPLES]
    width = max(cells(title) for title in titles)
    lines += [f"  {fit(t, width)}  {p.counts.in_(language)}" for t, p in zip(titles, PRINCIPLES, strict=True)]
    lines += ["", tr("Scores of these definitions, 0 to 100", language), ""]
    first = max((cells(process.id) for process, _ in scored), default=0)
    lines.append("  " + " " * first + "".join("  " + right(title, max(cells(title), 3)) for title in titles))
    for process, found in scored:
        points = (right(str(s.points), max(cells(t), 3)) for s, t in zip(found, titles, strict=True))
        lines.append("  " + fit(process.id, first) + "".join("  " + text for text in points))
    return "\n".join(lines)


def as_json(scored: Scored) -> list[dict[str, object]]:
    """A row for each process and principle."""
    return [
        {"process": p.id, "principle": s.principle, "points": s.points, "there": s.there, "wanted": s.wanted}
        for p, found in scored
        for s in found
    ]
