"""Audit sampling told: the plan, the draw and the evaluation, for a terminal and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from itsmctl.reports.plain import cells, fit, wrap


def pairs(rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    """Labels and what they stand for, in two columns; a row without words is left out."""
    told = [(label, words) for label, words in rows if words]
    size = max((cells(label) for label, _ in told), default=0) + 2
    for label, words in told:
        for number, line in enumerate(wrap(words, width - size - 2)):
            yield f"  {fit('' if number else label, size)}{line}".rstrip()
