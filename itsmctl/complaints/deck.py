"""What customers and managers complain about when IT is not managed as a service, and by what each of it can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from itsmctl.model import Text
from itsmctl.model.indicators import DefinitionFigure

Own = Literal["key-person", "processes-with-figures"]
"""Figures that no rule and no indicator of the definitions tells."""


@dataclass(frozen=True)
class Complaint:
    """One complaint, in the words of those who have it, and the signs of it: each a share that would be whole without it."""

    id: str
    title: Text
    rules: tuple[str, ...] = ()
    definitions: tuple[DefinitionFigure, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    """(survey, question)"""
    own: tuple[Own, ...] = ()


COMPLAINTS: tuple[Complaint, ...] = (
    Complaint("kicked-around", Text("They love to pass the ball", "爱踢球：推来推去"), ("INC-14", "INC-23")),
    Complaint(
        "not-seen-through",
        Text("Begun with noise, never seen through", "办事虎头蛇尾"),
        ("INC-07", "INC-16", "PRB-07", "MI-06", "RPT-02", "IMP-05"),
    ),
    Complaint(
        "no-promise",
        Text("“As soon as I can, as well as I can”: nothing is promised", "“我尽快、我尽力”：没有明确承诺"),
        ("SLM-12", "REQ-04"),
        ("services-with-agreement",),
    ),
    Complaint(
        "treats-symptoms",
        Text("They treat the head when the head aches", "头痛医头，脚痛医脚"),
        ("PRB-02", "PRB-03", "PRB-04", "PRB-05", "PRB-06", "MI-07"),
    ),
    Complaint(
        "fire-fighting",
        Text("Always busy putting out fires", "忙于救火"),
        ("CHG-11", "CHG-34", "CHG-33", "INC-12", "CAP-03"),
    ),
    Complaint(
        "same-again",
        Text("The same simple faults again and again", "简单重复性问题比例较高"),
        ("KNW-03", "INC-18", "INC-13", "DQ-10"),
    ),
    Complaint(
        "attitude",
        Text("They are unfriendly", "态度生硬"),
        ("BRM-01", "BRM-03", "BRM-04"),
        questions=(("customer-experience", "attitude"), ("customer-satisfaction", "overall")),
    ),
    Complaint(
        "no-frame-for-suppliers",
        Text("Many suppliers, and no frame to manage them", "面对多个供应商，缺乏管理框架"),
        ("SUP-07", "SUP-08"),
        ("contracts-fitting",),
    ),
    Complaint(
        "no-figures",
        Text("Nobody can say how well the work is done", "业绩无法考核"),
        ("RPT-01", "SLM-05"),
        ("reviews-in-time",),
        own=("processes-with-figures",),
    ),
    Complaint(
        "key-persons",
        Text("Everything hangs on a few engineers", "过份依赖核心技术人员"),
        definitions=("roles-filled",),
        own=("key-person",),
    ),
)  # fmt: skip
"""In the order of the deck. Its cure, sound processes and an audit of whether they are kept, is what the rest of itsmctl is for."""
