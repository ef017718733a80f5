"""Edits of definitions whose direction people know: one function each, which edits a document or says that it cannot."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from itsmctl.worktime import parse_duration

Edit = Callable[[Any, random.Random], bool]
EDITS: list[tuple[str, str, Edit]] = []
"""Kind, effect, edit."""


def _edit(kinds: str, effect: str) -> Callable[[Edit], Edit]:
    def note(edit: Edit) -> Edit:
        EDITS.extend((kind, effect, edit) for kind in kinds.split())
        return edit

    return note


def _number(kinds: str, path: str, more: str, step: float = 1) -> None:
    """A number that goes up, and one that goes down."""
    for effect, sign in ((more, 1), ({"loosened": "tightened", "tightened": "loosened"}[more], -1)):

        def edit(data: Any, dice: random.Random, sign: int = sign) -> bool:
            *way, last = path.split("/")
            for key in way:
                if isinstance(data, dict) and key == "*" and data:
                    data = data[dice.choice(sorted(data))]
                else:
                    data = data.get(key) if isinstance(data, dict) else None
            if not isinstance(data, dict):
                return False
            last = dice.choice(sorted(data)) if last == "*" and data else last
            if not isinstance(data.get(last), int | float) or isinstance(data.get(last), bool):
                return False
            new = data[last] + sign * step
            if new < 1 or new > 100 and "percent" in path + more and step < 5:
                return False
            data[last] = new
            return True

        EDITS.extend((kind, effect, edit) for kind in kinds.split())


def _set(kinds: str, path: str, more: str) -> None:
    """A member less: the other way round than `more`."""

    def edit(data: Any, dice: random.Random) -> bool:
        *way, last = path.split("/")
        for key in way:
            data = data.get(key) if isinstance(data, dict) else None
        if not isinstance(data, dict) or len(data.get(last) or ()) < 2:
            return False
        data[last].pop(dice.randrange(len(data[last])))
        return True

    effect = {"loosened": "tightened", "tightened": "loosened"}.get(more, more)
    EDITS.extend((kind, effect, edit) for kind in kinds.split())


def _value(kinds: str, path: str, effect: str, value: Any, *, anyway: bool = False) -> None:
    """Another value, with `anyway` also where there was none."""

    def edit(data: Any, dice: random.Random) -> bool:
        *way, last = path.split("/")
        for key in way:
            data = data.get(key) if isinstance(data, dict) else None
        if not isinstance(data, dict) or not (anyway or last in data) or data.get(last) == value:
            return False
        data[last] = value
        return True

    EDITS.extend((kind, effect, edit) for kind in kinds.split())


def _longer(text: str, factor: int = 3) -> str:
    found = parse_duration(text)
    return f"{found.business_days * factor}bd" if found.business_days else f"{max(found.seconds * factor // 60, 1)}m"


def _target(data: Any, dice: random.Random) -> Any:
    clocks = data["clocks"]
    return dice.choice(clocks[dice.choice(sorted(clocks))]["targets"])


@_edit("sla ola contract", "loosened")
def longer_target(data: Any, dice: random.Random) -> bool:
    target = _target(data, dice)
    target["within"] = _longer(target["within"])
    return True


@_edit("sla ola contract", "tightened")
def shorter_target(data: Any, dice: random.Random) -> bool:
    target = _target(data, dice)
    target["within"] = "1m"
    return True


@_edit("sla ola contract", "loosened")
def target_gone(data: Any, dice: random.Random) -> bool:
    clock = data["clocks"][dice.choice(sorted(data["clocks"]))]
    if len(clock["targets"]) < 2 or "where" not in clock["targets"][-1]:
        return False  # a general target would take its place
    clock["targets"].pop()
    return True


@_edit("sla", "loosened")
def pause_more(data: Any, dice: random.Random) -> bool:
    clock = data["clocks"][dice.choice(sorted(data["clocks"]))]
    return not clock.setdefault("pause", []).append("awaiting-change") if clock.get("pause") else False


@_edit("sla", "tightened")
def pause_less(data: Any, dice: random.Random) -> bool:
    clock = data["clocks"][dice.choice(sorted(data["clocks"]))]
    return bool(clock.get("pause") and clock["pause"].pop())


@_edit("sla", "loosened")
def exception_more(data: Any, dice: random.Random) -> bool:
    data.setdefault("exceptions", []).append({"en": f"Whenever it rains {dice.random()}", "zh": "下雨时"})
    return True


@_edit("sla rule ola contract separation", "loosened")
def ends_sooner(data: Any, dice: random.Random) -> bool:
    if "to" in data.get("effective", {}):
        return False
    data["effective"] = {**data.get("effective", {}), "to": "2099-12-31"}
    return True


_number("sla", "attainment/*", "tightened")
_number("sla contract ola", "availability", "tightened", 0.1)
_number("sla", "minimum-tickets", "loosened")
_number("sla ola contract", "workload-limit/per-month", "tightened", 5)
_value("sla", "reporting", "review", "Nobody is told.")
_value("sla", "agreed", "structural", {"on": "2026-01-01", "customer": "X", "provider": "service-level-manager"})
_set("ola", "commitments", "tightened")
_set("contract", "theirs", "tightened")
_value("contract", "remedies", "review", "None.")


@_edit("calendar", "loosened")
def closed_on_a_weekday(data: Any, dice: random.Random) -> bool:
    return bool(data["week"].pop(dice.choice(["mon", "tue", "wed", "thu", "fri"]), None))


@_edit("calendar", "loosened")
def another_holiday(data: Any, dice: random.Random) -> bool:
    data.setdefault("days", []).append({"date": "2031-06-03", "title": "Holiday"})  # a Tuesday
    return bool(data["week"].get("tue"))


@_edit("calendar", "tightened")
def a_holiday_less(data: Any, dice: random.Random) -> bool:
    from datetime import date

    closed = [
        day for day in data.get("days", ()) if not day.get("hours") and date.fromisoformat(day["date"]).weekday() < 5
    ]
    if not closed or "changes" in data or len(data["week"]) < 5:
        return False
    data["days"].remove(dice.choice(closed))
    return True


@_edit("calendar", "review")
def another_zone(data: Any, dice: random.Random) -> bool:
    data["zone"] = "America/Lima"
    return True


@_edit("service", "loosened")
def slower_recovery(data: Any, dice: random.Random) -> bool:
    if "continuity" not in data:
        return False
    data["continuity"]["recovery-time"] = _longer(data["continuity"]["recovery-time"])
    return True


@_edit("service", "loosened")
def slower_request(data: Any, dice: random.Random) -> bool:
    requests = [one for one in data.get("requests", ()) if "within" in one]
    if not requests:
        return False
    one = dice.choice(requests)
    one["within"] = _longer(one["within"])
    return True


_value("service supplier", "criticality", "loosened", "low")
_value("service", "owner", "structural", "finance-service-owner")
_value("service", "description", "neutral", "Something else.")
_value("service", "offering", "review", "support")
_value("customer", "contact", "structural", "The front desk")
_value("customer", "escalation", "review", "Nowhere")
_value("supplier", "status", "review", "watched")
_value("supplier", "manager", "structural", "service-level-manager")
_set("supplier", "subcontractors", "structural")

_value("rule", "severity", "loosened", "observation")


@_edit("rule", "tightened")
def graver(data: Any, dice: random.Random) -> bool:
    if data["severity"] == "major":
        return False
    data["severity"] = "major"
    return True


@_edit("rule", "loosened")
def more_tolerance(data: Any, dice: random.Random) -> bool:
    data["tolerance"] = {"percent": data.get("tolerance", {}).get("percent", 0) + dice.randint(1, 9)}
    return True


@_edit("rule", "loosened")
def more_allowance(data: Any, dice: random.Random) -> bool:
    data["allowance"] = {"percent": data.get("allowance", {}).get("percent", 0) + dice.randint(1, 9)}
    return True


@_edit("rule", "loosened")
def rests_on_more(data: Any, dice: random.Random) -> bool:
    data["rests-on"] = [*data.get("rests-on", ()), "DQ-99"]
    return True


@_edit("rule", "loosened")
def only_an_enquiry(data: Any, dice: random.Random) -> bool:
    if data.get("enquiry"):
        return False
    data["enquiry"] = True
    return True


PER_RECORD = {
    "required",
    "clock-within",
    "linked",
    "ordered-times",
    "precedence",
    "response",
    "meaningful",
    "approved",
    "allowed",
}


@_edit("rule", "loosened")
def narrower(data: Any, dice: random.Random) -> bool:
    if not PER_RECORD & set(data["check"]) or "urgency" in data.get("scope", {}):
        return False
    data["scope"] = {**data.get("scope", {}), "urgency": ["1"]}
    return True


@_edit("rule", "tightened")
def wider(data: Any, dice: random.Random) -> bool:
    if not PER_RECORD & set(data["check"]) or not data.get("scope"):
        return False
    data["scope"].pop(dice.choice(sorted(data["scope"])))
    if not data["scope"]:
        del data["scope"]
    return True


@_edit("rule", "review")
def wider_groups(data: Any, dice: random.Random) -> bool:
    if not {"share", "percentile", "trend", "attainment"} & set(data["check"]):
        return False
    data["scope"] = {**data.get("scope", {}), "urgency": {"present": True}}
    return True


_number("rule", "check/at-most/most", "loosened")
_number("rule", "check/handovers/most", "loosened")
_number("rule", "check/returns/most", "loosened")
_number("rule", "check/share/least", "tightened")
_number("rule", "check/share/most", "loosened")
_number("rule", "check/trend/months", "loosened")
_number("rule", "check/batch/count", "loosened")
_number("rule", "check/percentile/percentile", "tightened")
_number("rule", "check/meaningful/shortest", "tightened")
_set("rule", "check/required/columns", "tightened")
_set("rule", "check/authorised/roles", "loosened")
_set("rule", "check/unchanged/columns", "tightened")
_set("rule", "check/similar/unless", "loosened")
_value("rule", "check/expression/that", "review", "priority = 'P1'")
_value("rule", "rationale", "neutral", "Because.")
_value("rule", "remedy", "neutral", "Try.")
_set("rule", "clauses", "structural")


@_edit("rule", "loosened")
def longer_dwell(data: Any, dice: random.Random) -> bool:
    for check in ("dwell-within", "elapsed-within", "untouched", "percentile"):
        if check in data["check"]:
            data["check"][check]["most"] = _longer(data["check"][check]["most"])
            return True
    return False


_value("waiver", "expires", "loosened", "2040-01-01T00:00:00Z")
_value("waiver baseline", "expires", "tightened", "2020-01-01T00:00:00Z")
_value("waiver baseline", "reason", "review", "No reason.")
_value("waiver baseline", "approver", "structural", "somebody")


@_edit("waiver", "tightened")
def narrower_waiver(data: Any, dice: random.Random) -> bool:
    if "scope" not in data or "urgency" in data["scope"]:
        return False
    data["scope"]["urgency"] = ["1"]
    return True


@_edit("baseline", "loosened")
def more_known(data: Any, dice: random.Random) -> bool:
    dice.choice(data["findings"]).setdefault("records", []).append("INC999999")
    return True


@_edit("baseline", "tightened")
def fewer_known(data: Any, dice: random.Random) -> bool:
    known = dice.choice(data["findings"]).get("records", ())
    return len(known) > 1 and bool(known.pop())


_set("policy", "statements", "tightened")
_value("policy", "approver", "review", "management-representative")
_value("policy", "scope", "review", "Nobody.")
_value("policy", "version", "structural", "99")


@_edit("policy", "loosened")
def fewer_rules_test_it(data: Any, dice: random.Random) -> bool:
    tested = [one for one in data.get("statements", ()) if one.get("rules")]
    return bool(tested and dice.choice(tested)["rules"].pop())


@_edit("process", "loosened")
def may_follow(data: Any, dice: random.Random) -> bool:
    if not data.get("transitions"):
        return False
    state = dice.choice(sorted(data["transitions"]))
    rest = [one["id"] for one in data["states"] if one["id"] not in data["transitions"][state]]
    return bool(rest) and not data["transitions"][state].append(dice.choice(rest))


@_edit("process", "tightened")
def may_not_follow(data: Any, dice: random.Random) -> bool:
    left = [state for state, following in sorted(data.get("transitions", {}).items()) if following]
    return bool(left) and bool(data["transitions"][dice.choice(left)].pop())


_value("process", "owner", "review", "change-process-owner")
_value("process", "manager", "structural", "change-manager")
_set("process", "kpis", "tightened")


@_edit("process procedure", "neutral")
def purpose_words(data: Any, dice: random.Random) -> bool:
    if data["kind"] == "process":
        dice.choice(data["activities"])["description"] = "Do it."
    else:
        data["purpose"] = "Do it."
    return True


@_edit("code-list", "loosened")
def code_more(data: Any, dice: random.Random) -> bool:
    data["codes"].append({"id": "whatever", "title": "Whatever"})
    return True


_set("code-list", "codes", "loosened")


@_edit("priority-matrix", "review")
def another_cell(data: Any, dice: random.Random) -> bool:
    cell = dice.choice(data["cells"])
    cell["priority"] = "P4" if cell["priority"] != "P4" else "P1"
    return True


@_edit("procedure", "review")
def steps_turned(data: Any, dice: random.Random) -> bool:
    data["steps"].reverse()
    return len(data["steps"]) > 1


@_edit("kpi", "loosened")
def easier(data: Any, dice: random.Random) -> bool:
    if data["direction"] == "between":
        return False
    data["target"] += -0.5 if data["direction"] == "higher" else 0.5
    return True


@_edit("kpi", "tightened")
def harder(data: Any, dice: random.Random) -> bool:
    if data["direction"] == "between":
        return False
    data["target"] += 0.5 if data["direction"] == "higher" else -0.5
    return True


_value("kpi", "definition", "review", "Something.")
_value("framework", "version", "structural", "1999")
_set("crosswalk", "subjects", "structural")
_value("role position", "holders", "loosened", "many", anyway=True)
_set("role position", "competences", "tightened")
_set("role position", "responsibilities", "review")
_set("position", "kpis", "tightened")
_set("position", "roles", "review")
_value("position", "exists", "structural", False, anyway=True)
_value("assignment", "role", "structural", "change-manager")
_value("assignment", "account", "review", "shared", anyway=True)


@_edit("raci", "structural")
def informed_less(data: Any, dice: random.Random) -> bool:
    lists = [one["I"] for one in data["activities"].values() if one.get("I")]
    return bool(lists) and bool(dice.choice(lists).pop())


@_edit("raci", "review")
def accountable_other(data: Any, dice: random.Random) -> bool:
    data["activities"][dice.choice(sorted(data["activities"]))]["A"] = ["top-management"]
    return True


_set("separation", "duties", "tightened")
_value("audit", "fail-on", "loosened", "never")
_set("audit", "frameworks", "tightened")
_number("audit", "sampling/confidence", "tightened")
_number("audit", "sampling/tolerable", "loosened")
_value("audit", "period", "review", {"from": "2020-01-01", "to": "2020-12-31"})
_value("audit", "conclusion", "structural", "Fine.")
_set("programme", "frameworks", "tightened")
_value("programme", "approver", "review", "internal-audit-manager")
_value("mapping", "zone", "review", "America/Lima")
_set("mapping", "recognise", "review")
_value("questionnaire", "version", "structural", "77")
_set("questionnaire", "criteria", "review")
_number("assessment", "targets/*", "tightened")
_value("assessment", "current-state", "structural", "Fine.")
_number("complaint", "loud-from", "loosened")
_set("complaint", "signs", "review")
_value("survey", "method", "review", "Ask friends.")
_value("nonconformity", "severity", "loosened", "observation")
_value("nonconformity", "cause", "structural", "Bad luck.")
_value("review", "conclusion", "structural", "Fine.")
_value("register", "fresh-for", "loosened", "48mo")
_value("register", "fresh-for", "tightened", "1mo")
_set("register", "columns", "review")


@_edit("register", "review")
def columns_turned(data: Any, dice: random.Random) -> bool:
    data["columns"].reverse()
    return len(data["columns"]) > 1


@_edit("register", "tightened")
def column_required(data: Any, dice: random.Random) -> bool:
    free = [column for column in data["columns"] if not column.get("required")]
    if not free:
        return False
    dice.choice(free)["required"] = True
    return True
