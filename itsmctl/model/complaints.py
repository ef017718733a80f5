"""What people complain about, and the signs by which it can be seen."""

from __future__ import annotations

from typing import Literal

from itsmctl.model.definition import Definition, Text
from itsmctl.model.indicators import DefinitionFigure
from itsmctl.values import value

OwnFigure = Literal["key-person", "processes-with-figures"]
"""Figures that no rule and no indicator tells."""


@value
class ComplaintSign:
    """A share that would be whole without the complaint: exactly one of the first five says which; the others are empty."""

    rule: str = ""
    kpi: str = ""
    definitions: DefinitionFigure | None = None
    question: tuple[str, str] | None = None
    """(survey, question)"""
    figure: OwnFigure | None = None
    title: Text = Text()
    minimum: int | None = None
    loud_from: float | None = None
    """Per cent amiss from which it speaks for the complaint."""
    most_by_one: float = 60
    """Resolves one person more than this per cent of a category, it hangs on them."""
    least_resolved: int = 5
    """A category with fewer resolved incidents tells nothing."""


@value
class Complaint(Definition):
    """One complaint, in the words of those who have it."""

    signs: tuple[ComplaintSign, ...]
