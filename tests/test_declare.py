"""The templates of Declare against their definitions: every trace over three activities up to a length of six."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations, product
from pathlib import Path
from random import Random

import pytest
from test_checks import ALL, build_rule, judge, system
from test_import_xes import INCIDENTS, exported_events

from itsmctl.audit import AuditOptions, audit
from itsmctl.checks.declare import TEMPLATES
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.importers.importing import import_files
from itsmctl.model import Rule
from itsmctl.reports.phrases import phrase_text
from itsmctl.worktime import open_seconds

TRACES = ["".join(trace) for length in range(7) for trace in product("abc", repeat=length)]
DAY = 86_400
START = 1_770_000_000


def _response(t: str) -> bool:
    return all("b" in t[i + 1 :] for i, x in enumerate(t) if x == "a")


def _precedence(t: str) -> bool:
    return all("a" in t[:i] for i, x in enumerate(t) if x == "b")


def _alternate_response(t: str) -> bool:
    return all("b" in t[i + 1 :].partition("a")[0] for i, x in enumerate(t) if x == "a")


def _alternate_precedence(t: str) -> bool:
    return all("a" in t[:i].rpartition("b")[2] for i, x in enumerate(t) if x == "b")


def _chain_response(t: str) -> bool:
    return all(t[i + 1 : i + 2] == "b" for i, x in enumerate(t) if x == "a")


def _chain_precedence(t: str) -> bool:
    return all(i > 0 and t[i - 1] == "a" for i, x in enumerate(t) if x == "b")


DEFINED: Mapping[str, Callable[[str], bool]] = {
    "existence": lambda t: "a" in t,
    "absence": lambda t: "a" not in t,
    "exactly": lambda t: t.count("a") == 1,
    "init": lambda t: t[:1] == "a",
    "end": lambda t: t[-1:] == "a",
    "responded-existence": lambda t: "a" not in t or "b" in t,
    "co-existence": lambda t: ("a" in t) == ("b" in t),
    "not-co-existence": lambda t: not ("a" in t and "b" in t),
    "choice": lambda t: "a" in t or "b" in t,
    "exclusive-choice": lambda t: ("a" in t) != ("b" in t),
    "response": _response,
    "precedence": _precedence,
    "succession": lambda t: _response(t) and _precedence(t),
    "alternate-response": _alternate_response,
    "alternate-precedence": _alternate_precedence,
    "alternate-succession": lambda t: _alternate_response(t) and _alternate_precedence(t),
    "chain-response": _chain_response,
    "chain-precedence": _chain_precedence,
    "chain-succession": lambda t: _chain_response(t) and _chain_precedence(t),
    "not-succession": lambda t: all("b" not in t[i + 1 :] for i, x in enumerate(t) if x == "a"),
    "not-chain-succession": lambda t: "ab" not in t,
}
UNARY = ("existence", "absence", "exactly", "init", "end")


def test_every_template_has_a_definition() -> None:
    assert set(DEFINED) == set(TEMPLATES)


STATES = {"a": "assigned", "b": "in-progress", "c": "awaiting-user"}
"""States of the process for the three activities: of one that it does not know nobody could say that it is none of them."""


def _rules(source: str, **bound: str) -> dict[str, Rule]:
    """One rule per template over the activities a and b, which are values of a field."""
    base = build_rule({"check": {"readable": {}}}, 1)
    a, b = ({source: STATES[x]} if source == "state" else {"field": source, "new": x} for x in "ab")
    rules = {}
    for number, check in enumerate(TEMPLATES, start=1):
        pair = {"activity": a} if check in UNARY else {"first": a, "then": b}
        more = bound if "within" in TEMPLATES[check].PARAMETERS["properties"] else {}  # type: ignore[operator]
        rules[check] = replace(base, id=f"T-{number:02}", check=check, parameters={**pair, **more})
    return {rule.id: rule for rule in rules.values()}


@pytest.mark.parametrize("source", ["state", "group"])
@pytest.mark.parametrize("bound", [{}, {"within": "9999h"}], ids=["without a bound", "within a bound that all keep"])
def test_verdicts_are_those_of_the_definition(source: str, bound: Mapping[str, str], tmp_path: Path) -> None:
    records = [{"record_id": f"t{t}", "opened_at": START, "closed_at": START + DAY} for t in TRACES]
    named = STATES if source == "state" else {}
    events = [[f"t{t}", START + i, source, None, named.get(x, x)] for t in TRACES for i, x in enumerate(t)]
    rules = _rules(source, **bound)
    _, verdicts = judge(rules, {"records": records, "events": events}, tmp_path)
    told = {(rules[v.rule].check, v.record_id): v.passed for v in verdicts}
    wanted = {(check, f"t{t}"): holds(t) for check, holds in DEFINED.items() for t in TRACES}
    if source == "state":  # a record is always in some state: without any, the history is missing
        wanted |= {(check, "t"): None for check in DEFINED}
    assert {key: told.get(key, "nothing") for key in wanted if told.get(key, "nothing") != wanted[key]} == {}
    assert len(told) == len(TRACES) * len(TEMPLATES)


# Bounds, by the wall clock and by a calendar, over records that are over or still open

Event = tuple[int, str]
Gap = Callable[[int, int], int]
NOW = START + 14 * DAY
NOW_TEXT = datetime.fromtimestamp(NOW, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _later(trace: list[Event], i: int, mode: str) -> tuple[list[int], bool]:
    """The moments of every b that may answer the a at `i`, and whether one may still come."""
    rest = trace[i + 1 :]
    if mode == "chain":
        return [t for t, x in rest[:1] if x == "b"], not rest
    if mode == "alternate":
        rest = rest[: next((k for k, (_, x) in enumerate(rest) if x == "a"), len(rest))]
    answers = [t for t, x in rest if x == "b"]
    return answers, mode == "any" or all(x != "a" for _, x in trace[i + 1 :])


def _answered(trace: list[Event], mode: str, limit: int, gap: Gap, closed_at: int | None) -> bool:
    """Every a has its b within the limit, or may yet get it."""
    for i, (t, x) in enumerate(trace):
        answers, may_come = _later(trace, i, mode)
        waits = may_come and gap(t, NOW) <= limit and (closed_at is None or t >= closed_at)
        if x == "a" and not any(gap(t, other) <= limit for other in answers) and not (waits and not answers):
            return False
    return True


def _preceded(trace: list[Event], mode: str, limit: int, gap: Gap) -> bool:
    """Every b has its a before it, within the limit."""
    for i, (t, x) in enumerate(trace):
        before = trace[:i]
        if mode == "chain":
            before = before[-1:]
        if mode == "alternate":
            before = before[max((k for k, (_, y) in enumerate(before) if y == "b"), default=-1) + 1 :]
        if x == "b" and not any(gap(other, t) <= limit for other, y in before if y == "a"):
            return False
    return True


def _bounded(check: str, trace: list[Event], limit: int, gap: Gap, closed_at: int | None) -> bool:
    mode = "chain" if "chain" in check else "alternate" if "alternate" in check else "any"
    if check.startswith("not-"):
        return not any(
            gap(t, other) <= limit for i, (t, x) in enumerate(trace) for other in _later(trace, i, mode)[0] if x == "a"
        )
    answered = "precedence" in check or _answered(trace, mode, limit, gap, closed_at)
    return answered and ("response" in check or _preceded(trace, mode, limit, gap))


@pytest.mark.parametrize("calendar", [{}, {"calendar": "office"}], ids=["wall clock", "working hours"])
def test_bounds_are_kept_as_plain_arithmetic_has_it(calendar: Mapping[str, str], tmp_path: Path) -> None:
    random = Random(7)
    limit, office = 8 * 3600, system().calendars["office"]
    gap: Gap = (lambda a, b: open_seconds(office, a, b)) if calendar else (lambda a, b: b - a)
    traces: dict[str, tuple[list[Event], int | None]] = {}
    for n in range(400):
        moments = sorted(random.sample(range(START, NOW, 1800), random.randint(1, 6)))
        over = moments[-1] + random.choice([0, -1800, 7200]) if n % 2 else None
        traces[f"r{n:03}"] = ([(t, random.choice("aabbc")) for t in moments], over)
    records = [{"record_id": r, "opened_at": START, "closed_at": over} for r, (_, over) in traces.items()]
    events = [[r, t, "group", None, x] for r, (trace, _) in traces.items() for t, x in trace]
    rules = {k: rule for k, rule in _rules("group", within="8h", **calendar).items() if "within" in rule.parameters}
    _, verdicts = judge(rules, {"records": records, "events": events, "as-of": NOW_TEXT}, tmp_path)
    told = {(rules[v.rule].check, v.record_id): v.passed for v in verdicts}
    wanted = {
        (rule.check, r): _bounded(rule.check, trace, limit, gap, over)
        for rule in rules.values()
        for r, (trace, over) in traces.items()
    }
    assert {key: told.get(key, "nothing") for key in wanted if told.get(key, "nothing") != wanted[key]} == {}
    for check in {check for check, _ in wanted}:
        assert {wanted[check, r] for r in traces} == {True, False}, check


def test_where_the_order_is_unknown_nothing_is_judged_that_another_order_would_turn(tmp_path: Path) -> None:
    """An a is a change of the group, a b one of the category, a c an approval: within one second nobody knows."""
    random = Random(11)
    traces = {
        f"r{n:03}": sorted((random.randint(0, 2), random.choice("aabbc")) for _ in range(random.randint(1, 5)))
        for n in range(250)
    }
    records = [{"record_id": r, "opened_at": START, "closed_at": START + DAY} for r in traces]
    field = {"a": "group", "b": "category"}
    events = [[r, START + t, field[x], None, x] for r, trace in traces.items() for t, x in trace if x in field]
    approvals = [
        {"record_id": r, "at": START + t, "approver": f"p{i}", "decision": "c"}
        for r, trace in traces.items()
        for i, (t, x) in enumerate(trace)
        if x == "c"
    ]
    base = build_rule({"check": {"readable": {}}}, 1)
    rules = {}
    for first, then in (("a", "b"), ("a", "c")):
        of = {"a": {"field": "group"}, "b": {"field": "category"}, "c": {"approval": "c"}}
        for check in TEMPLATES:
            if check not in UNARY:
                pair = {"first": of[first], "then": of[then]}
                rules[check, then] = replace(base, id=f"T-{len(rules):02}", check=check, parameters=pair)
    data = {"records": records, "events": events, "approvals": approvals, "history": ["group", "category"]}
    _, verdicts = judge({rule.id: rule for rule in rules.values()}, data, tmp_path)
    told = {(v.rule, v.record_id): v.passed for v in verdicts}
    unknown = 0
    for (check, then), rule in rules.items():
        for r, trace in traces.items():
            seen = [(t, x) for t, x in trace if x in ("a", then)]
            possible = {DEFINED[check](word.replace(then, "b")) for word in _orders(seen)}
            verdict = told[rule.id, r]
            unknown += verdict is None
            assert verdict is None or possible == {verdict}, (check, then, trace)
            assert verdict is not None or len(seen) > len({t for t, _ in seen}), (check, then, trace)
    assert unknown > 100


def _orders(trace: list[tuple[int, str]]) -> set[str]:
    """Every order that the times allow."""
    seconds = [[x for t, x in trace if t == second] for second in sorted({t for t, _ in trace})]
    return {"".join(x for part in parts for x in part) for parts in product(*map(permutations, seconds))}


LASTING = ("conforms", "dwell-within", "returns", "untouched", "variants")
"""The other checks on the history, whose sentences are read here too."""
ENGLISH = re.compile(
    r"\b(?:again|alone|after|at once|before|both|either|followed|in turn|neither|never|not|nothing|occurrences|or|last|longest|most|returns|so far|stretch|within|without)\b"
)


def test_every_sentence_is_read_in_chinese() -> None:
    verdicts = [v for case in ALL if case.file in (*TEMPLATES, *LASTING) for v in case.data.get("verdicts", [])]
    told = {text for _, _, observed, expected, _ in verdicts for text in (observed, expected) if text}
    assert len(told) > 100
    assert [text for text in sorted(told) if ENGLISH.search(phrase_text(text, "zh"))] == []
    assert phrase_text("resolved followed by closed, within 4h", "zh") == "已解决之后有已关闭，4 小时内"
    assert (
        phrase_text("group = desk, no approval = approved for 5h", "zh")
        == "处理组 = desk之后 5 小时仍无审批 = approved"
    )


# A real log, against a plain loop over the same file

BOUND = 7 * DAY
REAL = {
    "response": {"first": "resolved", "then": "closed", "within": "168h"},
    "alternate-response": {"first": "awaiting-user", "then": "in-progress"},
    "precedence": {"first": "new", "then": "awaiting-user"},
    "chain-response": {"first": "new", "then": "in-progress"},
    "not-succession": {"first": "closed", "then": "in-progress"},
}


def test_verdicts_on_a_real_log_are_those_of_a_plain_loop(tmp_path: Path) -> None:
    if not INCIDENTS.exists():
        pytest.skip("the BPIC13 incident log is not here")
    definitions = load()
    base = next(iter(definitions.rules.values()))
    rules = {
        f"T-{n:02}": replace(
            base, id=f"T-{n:02}", check=check, parameters=parameters, process="incident", scope=(), rests_on=()
        )
        for n, (check, parameters) in enumerate(REAL.items())
    }
    import_files([INCIDENTS], None, definitions.mappings, "", tmp_path / "dataset")
    audit(
        replace(definitions, rules=rules),
        tmp_path / "dataset",
        AuditOptions(all_verdicts=True),
        verdicts=tmp_path / "v",
    )
    told = {(rules[v.rule].check, v.record_id): v.passed for v in read_verdicts(tmp_path / "v")}
    codes = definitions.mappings["xes-vinst"].codes["state"]
    traces: dict[str, list[Event]] = defaultdict(list)
    for record, state, _, moment in exported_events():
        traces[record].append((moment, codes.get(state, state)))
    now = max(moment for trace in traces.values() for moment, _ in trace)
    wanted = {
        (check, r): _on_log(check, trace, str(p["first"]), str(p["then"]), now)
        for check, p in REAL.items()
        for r, trace in traces.items()
    }
    unreadable = {r for r, trace in traces.items() if any(state not in codes.values() for _, state in trace)}
    assert len(unreadable) <= 5  # their history is known to have a gap
    assert {key: told[key] for key in wanted if told[key] != wanted[key] and key[1] not in unreadable} == {}
    for check in REAL:
        assert {verdict for (of, _), verdict in wanted.items() if of == check} == {True, False}, check


def _on_log(check: str, trace: list[Event], first: str, then: str, now: int) -> bool:
    """The definition in a loop; a record whose last state is neither closed nor cancelled may still get what it lacks."""
    moments = [max(t for t, _ in trace[: i + 1]) for i in range(len(trace))]
    word = "".join("a" if x == first else "b" if x == then else "c" for _, x in trace)
    is_open = trace[-1][1] not in ("closed", "cancelled")
    if check == "response":
        return all(
            any(word[j] == "b" and moments[j] - t <= BOUND for j in range(i + 1, len(word)))
            or (is_open and "b" not in word[i + 1 :] and now - t <= BOUND)
            for i, t in enumerate(moments)
            if word[i] == "a"
        )
    if is_open and check.endswith("response"):
        word += "b" if word[-1] == "a" or check.startswith("alternate") else ""
    return DEFINED[check](word)


def test_four_eyes_on_a_real_log_are_those_of_a_plain_loop(tmp_path: Path) -> None:
    """Nobody both takes an incident up and resolves it: many do, and the loop over the file knows each of them."""
    if not INCIDENTS.exists():
        pytest.skip("the BPIC13 incident log is not here")
    definitions = load()
    parameters = {"sides": (({"state": ("new",)},), ({"state": ("resolved", "closed")},))}
    base = next(iter(definitions.rules.values()))
    rule = replace(
        base, id="T-01", check="different-people", parameters=parameters, process="incident", scope=(), rests_on=()
    )
    import_files([INCIDENTS], None, definitions.mappings, "", tmp_path / "dataset")
    options = AuditOptions(all_verdicts=True)
    audit(replace(definitions, rules={"T-01": rule}), tmp_path / "dataset", options, verdicts=tmp_path / "v")
    told = {v.record_id: v.passed for v in read_verdicts(tmp_path / "v") if v.passed is not None}
    wanted = _four_eyes(definitions.mappings["xes-vinst"].codes["state"])
    assert set(wanted.values()) == {True, False}
    assert {record for record in {*told, *wanted} if told.get(record) != wanted.get(record)} <= _unmatched()


def _four_eyes(codes: Mapping[str, str]) -> dict[str, bool]:
    """Who logged an event of which state, read from the file; no verdict where one side never acted."""
    sides: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for record, exported, person, _ in exported_events():
        for side, states in zip(sides[record], (("new",), ("resolved", "closed")), strict=True):
            side.update({person.strip().lower()} if codes.get(exported, exported) in states else ())
    return {record: not one & other for record, (one, other) in sides.items() if one and other}


def _unmatched() -> set[str]:
    """Records with a state that the log itself calls unmatched: their history is known to have a gap."""
    return {record for record, state, _, _ in exported_events() if state.startswith("Unmatched")}
