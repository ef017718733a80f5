"""What is counted in the definitions alone, a second time in plain Python from their files: principles, positions, hats, processes with figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from plain_definitions import documents, holders
from scorecard_case import reference

from itsmctl.complaints.own import own_told
from itsmctl.definitions import system_of
from itsmctl.model import ComplaintSign
from itsmctl.scorecard.measuring import Sources
from itsmctl.scorecard.periods import parse_span
from itsmctl.scorecard.positions import ATTRIBUTES, Organisation, organisation
from itsmctl.scorecard.principles import principle_scores

DAY = date(2026, 6, 30)
PRINCIPLES = ("general", "responsibility", "assignment", "closure", "notification", "escalation")


@pytest.fixture(scope="module")
def found() -> Sources:
    system = system_of(None, DAY)
    return Sources(reference(), DAY, system=lambda: system)


def processes() -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in documents("policies/processes", "process")}


def both(text: object) -> bool:
    return isinstance(text, dict) and bool(text.get("en")) and bool(text.get("zh"))


def definable(p: dict[str, Any]) -> list[bool]:
    told = [
        "purpose" in p, "scope" in p, bool(p.get("owner") and p.get("manager")), bool(p.get("inputs") and p.get("outputs")),
        p["id"] in {one["process"] for one in documents("roles/raci", "raci")}, bool(p.get("kpis")), bool(p.get("interfaces")),
        all(p.get("principles", {}).get(name) for name in PRINCIPLES),
    ]  # fmt: skip
    return told + ([bool(p.get("codes")), bool(p.get("form"))] if p.get("states") else [])


def repeatable(p: dict[str, Any]) -> list[bool]:
    under = {a for one in documents("policies", "procedure") if one["process"] == p["id"] for a in one.get("activities", ())}  # fmt: skip
    return [bool(a.get("procedures")) or a["id"] in under for a in p["activities"]]


def measurable(p: dict[str, Any]) -> list[bool]:
    told = {one["id"]: "attested" not in one["measure"] for one in documents("policies/kpis", "kpi")}
    return [told[name] for name in p.get("kpis", ())] or [False]


def improvable(p: dict[str, Any]) -> list[bool]:
    serves = {one["id"] for one in documents("policies/kpis", "kpi") if one.get("supports")}
    own = p["id"] == "improvement"
    gives = own or any("improvement" in one["to"] for one in p["outputs"])
    takes = own or any("improvement" in one["from"] for one in p["inputs"])
    return ["review" in p, gives, takes, bool(serves & set(p.get("kpis", ())))]


def visualisable(p: dict[str, Any]) -> list[bool]:
    forks = [flow for a in p["activities"] if len(a.get("next", ())) > 1 for flow in a["next"]]
    return [both(a["title"]) for a in p["activities"]] + [bool(flow.get("when")) for flow in forks]


def executable(p: dict[str, Any]) -> list[bool]:
    held = {role for _, role, _, start, end in holders() if start <= DAY.isoformat() <= end}
    (matrix,) = (one["activities"] for one in documents("roles/raci", "raci") if one["process"] == p["id"])
    told = []
    for activity in p["activities"]:
        cells = matrix.get(activity["id"], {})
        roles = [*cells.get("R", ()), *cells.get("A", ())]
        told.append(bool(roles) and set(roles) <= held)
    return told


def traceable(p: dict[str, Any]) -> list[bool]:
    every = processes()
    told = []
    for mine, way, theirs, back in (("outputs", "to", "inputs", "from"), ("inputs", "from", "outputs", "to")):
        for artefact in p[mine]:
            for name in artefact[way]:
                other = every.get(name, {})
                same = [one for one in other.get(theirs, ()) if one["id"] == artefact["id"] and p["id"] in one[back]]
                told.append(name == "outside" or bool(same))
    return [*told, bool(p.get("version")), bool(p.get("clauses"))]


def auditable(p: dict[str, Any]) -> list[bool]:
    sentences = [bool(s.get("rules")) for some in p.get("principles", {}).values() for s in some] if p.get("states") else []  # fmt: skip
    audited = {name for one in documents("audits/plans", "audit") for name in one.get("processes", ())}
    return [*sentences, p["id"] in audited, bool(p.get("clauses"))]


WAYS = (definable, repeatable, measurable, improvable, visualisable, executable, traceable, auditable)


def test_the_definitions_part_of_every_principle(found: Sources) -> None:
    told = {p.id: {s.principle: (s.inputs[0].there, s.inputs[0].wanted) for s in some} for p, some in principle_scores(found, (), None)}  # fmt: skip
    wanted = {name: {way.__name__: way(p) for way in WAYS} for name, p in processes().items()}
    assert told == {name: {way: (sum(one), len(one)) for way, one in some.items()} for name, some in wanted.items()}
    assert any(not all(one) for some in wanted.values() for one in some.values()), "not everything is whole"


def test_what_an_audit_adds_to_principles(found: Sources) -> None:
    """Every second rule could be tested."""
    rules = {name: place % 2 == 0 for place, name in enumerate(sorted(reference().rules))}
    told = {(p.id, i.part): (i.there, i.wanted) for p, some in principle_scores(found, (), rules) for s in some for i in s.inputs[1:]}  # fmt: skip
    tested: dict[str, list[bool]] = defaultdict(list)
    for one in documents("policies/rules", "rule"):
        tested[one["process"]].append(rules[one["id"]])
    assert told == {(name, "tested"): (sum(some), len(some)) for name, some in tested.items() if name in processes()}


# --- Positions --------------------------------------------------------------------------------------------------------


def test_the_heat_map_of_positions(found: Sources) -> None:
    for day in (DAY, date(2027, 6, 30)):
        told = {one.position.id: one for one in organisation(replace(found, day=day)).states}
        written = {one["id"]: one for one in documents("roles", "position")}
        assert set(told) == set(written) and len(written) == 10
        measured = documents("policies/kpis", "kpi")
        for name, one in written.items():
            last, months = one["review"]["last"], int(one["review"]["every"].removesuffix("mo"))
            year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
            state = "there" if (year, month + 1, last.day) >= (day.year, day.month, day.day) else "stale"
            sections = {
                "exists": "there" if one.get("exists", True) else "empty",
                **{part: state if one.get(part) else "empty" for part in ATTRIBUTES[1:4]},
                "assessment": state if one.get("assessment") or one.get("kpis") else "empty",
                "training": state if one.get("training") else "empty",
            }
            assert told[name].cells == sections, name
            own = {kpi["id"] for kpi in measured if kpi.get("position") == name} | set(one.get("kpis", ()))
            assert (told[name].holders, told[name].indicators) == (len(people(name, day)), len(own))
            assert told[name].vacant is not bool(people(name, day))


def people(position: str, day: date) -> set[str]:
    """Who holds a position on a day, delegates not counted."""
    told = set()
    for one in documents("roles", "assignment"):
        days = one.get("effective", {})
        if one.get("position") == position and str(days.get("from", "0")) <= day.isoformat() <= str(days.get("to", "9")):  # fmt: skip
            told.add(one["person"])
    return told


def test_several_hats_again(found: Sources) -> None:
    """In the company as it is, and with a second position for everybody who holds the first in the alphabet."""
    first, second = sorted(one["id"] for one in documents("roles", "position"))[:2]
    more = {f"{name}-too": replace(one, id=f"{name}-too", position=second) for name, one in reference().assignments.items() if one.position == first}  # fmt: skip
    doubled = replace(reference(), assignments={**reference().assignments, **more})
    assert organisation(found).hats == hats({})
    told: Organisation = organisation(replace(found, definitions=doubled))
    assert told.hats == hats({second: people(first, DAY)}) != ()


def hats(more: dict[str, set[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    positions = sorted(one["id"] for one in documents("roles", "position"))
    held = {name: people(name, DAY) | more.get(name, set()) for name in positions}
    many = Counter(person for some in held.values() for person in some)
    return tuple((p, tuple(name for name in positions if p in held[name])) for p, n in sorted(many.items()) if n > 1)


def test_processes_with_an_indicator_that_is_computed(found: Sources) -> None:
    told = own_told(ComplaintSign(figure="processes-with-figures"), found, [parse_span("2026-06")])
    assert not isinstance(told, str)
    ((_, tally),) = told.items()
    computed_ = {one["process"] for one in documents("policies/kpis", "kpi") if "attested" not in one["measure"]}
    assert (tally.n, tally.hits) == (len(processes()), len(computed_ & processes().keys()))
