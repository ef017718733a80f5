"""What definitions of every kind have."""

from __future__ import annotations

from datetime import date

from itsmctl.change.parts import REVIEW, STRUCTURE, STRUCTURE_SET, WORDS, Table, day, months
from itsmctl.language import msg

COMMON: Table = {
    "title": WORDS,
    "clauses": STRUCTURE_SET,
    "effective": STRUCTURE,
    "review/every": months("loosened", absent="loosened").called(msg("time between reviews")),
    "review/last": STRUCTURE,
}

ASKED_ABOUT = REVIEW
"""What decides whether rules ask about it: of each service, customer, supplier or process that runs, whether its registers are kept."""

DEMANDED: Table = {
    "effective/from": day("loosened", absent=date.min).called(msg("first day in force")),
    "effective/to": day("tightened").called(msg("last day in force")),
}
"""In force for longer, a definition that demands something demands more."""

ALLOWED: Table = {
    "effective/from": day("tightened", absent=date.min).called(msg("first day in force")),
    "effective/to": day("loosened").called(msg("last day in force")),
}
"""In force for longer, a definition that allows something allows more."""


def demanding(parts: Table) -> Table:
    """The parts of a kind that demands something."""
    common = {pattern: part for pattern, part in COMMON.items() if pattern != "effective"}
    return {**common, **DEMANDED, **parts}


def describing(parts: Table) -> Table:
    """The parts of a kind that describes something."""
    return {**COMMON, **parts}
