"""Approvals of which something is not known: no verdict stands that another reading of them would turn.

A moment may be any, a name anybody's, a word any decision. Where all readings agree a verdict may be given, and where they do not
it must not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import Any

import pytest
from test_checks import build_rule, judge
from test_declare import DAY, DEFINED, START, UNARY

from itsmctl.checks.declare import TEMPLATES
from itsmctl.model import Rule

TRACES = ["".join(trace) for length in range(4) for trace in product("abc", repeat=length)]
WORDS = {"a": "a", "b": "b", "c": "rejected", "u": "Genehmigt"}
"""`c` is something else that was decided, and `u` a word that nobody knows."""
APPROVALS = {"both": {*"abcu"}, "first": {*"acu"}, "then": {*"bcu"}}
"""Which letters are approvals; the others are changes of the group."""


def rules_over(approvals: set[str]) -> dict[str, Rule]:
    a, b = ({"approval": x} if x in approvals else {"field": "group", "new": x} for x in "ab")
    base = build_rule({"check": {"readable": {}}}, 1)
    pairs = {
        check: {"activity": a if "a" in approvals else b} if check in UNARY else {"first": a, "then": b}
        for check in TEMPLATES
    }
    return {f"T-{check}": replace(base, id=f"T-{check}", check=check, parameters=pairs[check]) for check in TEMPLATES}


def verdicts_on(
    traces: Mapping[str, tuple[str, str]], approvals: set[str], folder: Path
) -> Mapping[tuple[str, str], object]:
    """By template and record what is said of traces of dated letters, and of letters without a moment beside them."""
    events, given = [], []
    for record, (dated, undated) in traces.items():
        for place, x in enumerate(dated):
            at = START + 10 * place
            if x in approvals:
                given.append([record, at, "Li", WORDS[x]])
            else:
                events.append([record, at, "group", None, WORDS[x]])
        given += [[record, None, "Li", WORDS[x]] for x in undated]
    records = [{"record_id": record, "opened_at": START, "closed_at": START + DAY} for record in traces]
    _, found = judge(rules_over(approvals), {"records": records, "events": events, "approvals": given}, folder)
    return {(verdict.rule.removeprefix("T-"), verdict.record_id): verdict.passed for verdict in found}


def turned(told: Mapping[tuple[str, str], object], readings: Mapping[str, set[str]], unary: str) -> list[object]:
    """The verdicts that do not hold in every reading of their record."""
    swapped = str.maketrans("ab", "ba") if unary == "b" else {}
    return [
        (check, record, told[check, record])
        for check, holds in DEFINED.items()
        for record, traces in readings.items()
        if told[check, record] is not None
        and {holds(t.translate(swapped) if check in UNARY else t) for t in traces} != {told[check, record]}
    ]


@pytest.mark.parametrize("approved", sorted(APPROVALS))
def test_no_verdict_of_declare_rests_on_when_an_approval_was_given(approved: str, tmp_path: Path) -> None:
    approvals = APPROVALS[approved]
    traces = {f"{t}-{x}": (t, x) for t in TRACES for x in sorted(approvals - {"u"})}
    told = verdicts_on(traces, approvals, tmp_path)
    readings = {record: {t[:i] + x + t[i:] for i in range(len(t) + 1)} for record, (t, x) in traces.items()}
    assert turned(told, readings, "a" if "a" in approvals else "b") == []
    assert {None, True, False} <= set(told.values())


@pytest.mark.parametrize("approved", sorted(APPROVALS))
def test_no_verdict_of_declare_rests_on_a_decision_that_nobody_understands(approved: str, tmp_path: Path) -> None:
    approvals = APPROVALS[approved]
    traces = {t[:i] + "u" + t[i:]: (t[:i] + "u" + t[i:], "") for t in TRACES for i in range(len(t) + 1)}
    told = verdicts_on(traces, approvals, tmp_path)
    readings = {record: {record.replace("u", x) for x in approvals - {"u"}} for record in traces}
    assert turned(told, readings, "a" if "a" in approvals else "b") == []
    assert {None, True, False} <= set(told.values())


# Who approved before the work began

BEGUN = 30
Given = tuple[str | None, str, int | None]
GIVEN: Sequence[Given] = [
    given
    for given in product(("Li", "Wang", None), ("approved", "rejected", "Genehmigt"), (10, 20, 40, None))
    if given[:2] != (None, "Genehmigt")  # by nobody, and nothing that anybody understands, is taken for nothing
]


def enough(decisions: Sequence[tuple[str, bool, float]], least: int) -> bool:
    """Whether so many people's last decision before the beginning was in favour; of two at once the one against counts."""
    last: dict[str, tuple[float, bool]] = {}
    for who, favour, at in decisions:
        if at <= BEGUN:
            last[who] = max(last.get(who, (at, favour)), (at, favour), key=lambda one: (one[0], not one[1]))
    return sum(favour for _, favour in last.values()) >= least


def readings_of(given: Sequence[Given]) -> Iterator[Sequence[tuple[str, bool, float]]]:
    each = [
        list(
            product(
                [who] if who else ["Li", "Wang", f"nobody {place}"],
                {"approved": [True], "rejected": [False]}.get(word, [True, False]),
                [at] if at else [moment + place / 10 for moment in (5, 15, 25, 35)],
            )
        )
        for place, (who, word, at) in enumerate(given)
    ]
    yield from product(*each)


def test_no_verdict_on_approvals_rests_on_what_is_not_known_of_them(tmp_path: Path) -> None:
    cases = {f"{n:04}": given for n, given in enumerate(
        [*combinations_with_replacement(GIVEN, 1), *combinations_with_replacement(GIVEN, 2), *product(GIVEN[::3], GIVEN[1::4], GIVEN[::5])]
    )}  # fmt: skip
    base = build_rule({"check": {"readable": {}}}, 1)
    rules = {
        f"T-{n}": replace(base, id=f"T-{n}", check="approved", parameters={"before": "actual_start", "least": n})
        for n in (1, 2)
    }
    records = [
        {"record_id": r, "opened_at": START, "actual_start": START + BEGUN, "closed_at": START + DAY} for r in cases
    ]
    approvals = [[r, START + at if at else None, who, word] for r, given in cases.items() for who, word, at in given]
    _, found = judge(rules, {"records": records, "approvals": approvals}, tmp_path)
    turned_by = [
        (verdict.rule, cases[verdict.record_id], verdict.passed)
        for verdict in found
        if verdict.passed is not None
        and {enough(one, int(verdict.rule[-1])) for one in readings_of(cases[verdict.record_id])} != {verdict.passed}
    ]
    assert turned_by == []
    assert {None, True, False} == {verdict.passed for verdict in found}


# When the first was given, or the last

Decided = tuple[str, int | None]
DECIDED: Sequence[Decided] = list(product(("approved", "rejected", "Genehmigt"), (10, 30, 50, None)))
EDITS: Sequence[tuple[int, ...]] = [(), (5,), (20,), (40,), (60,), (20, 40)]
MIDDLE = 32


def given_at(given: Sequence[Decided]) -> Iterator[list[int]]:
    """When approvals in favour were given, by each reading of decisions."""
    each = [
        [[at] if favour else [] for at in ([at] if at else [5, 15, 25, 35, 45, 55]) for favour in
         {"approved": [True], "rejected": [False]}.get(word, [True, False])]
        for word, at in given
    ]  # fmt: skip
    for one in product(*each):
        yield sorted(sum(one, []))


def unchanged(given: list[int], edits: tuple[int, ...]) -> object:
    return not any(given and edit > given[0] for edit in edits)


def unchanged_but_approved_again(given: list[int], edits: tuple[int, ...]) -> object:
    return not any(given and given[0] < edit and given[-1] < edit for edit in edits)


def not_sooner(given: list[int], _: tuple[int, ...]) -> object:
    return given[0] >= 25 if given else "not judged"


def given_before(given: list[int], _: tuple[int, ...]) -> object:
    return bool(given) and given[0] <= MIDDLE


def given_after(given: list[int], _: tuple[int, ...]) -> object:
    return bool(given) and given[0] >= MIDDLE


@pytest.mark.parametrize(
    ("check", "parameters", "holds"),
    [
        ("unchanged", {"columns": ("plan",), "after": "approval"}, unchanged),
        (
            "unchanged",
            {"columns": ("plan",), "after": "approval", "approved-again": True},
            unchanged_but_approved_again,
        ),
        ("not-sooner", {"from": "opened_at", "to": "approval", "least": "25s"}, not_sooner),
        ("linked", {"before": {"theirs": "approval", "mine": "resolved_at"}}, given_before),
        ("linked", {"after": {"theirs": "approval", "mine": "resolved_at"}}, given_after),
    ],
)
def test_no_verdict_rests_on_when_somebody_approved_or_whether(
    check: str, parameters: dict[str, Any], holds: Callable[[list[int], tuple[int, ...]], object], tmp_path: Path
) -> None:
    decided = [(), *combinations_with_replacement(DECIDED, 1), *combinations_with_replacement(DECIDED, 2)]
    cases = {f"{n:04}": case for n, case in enumerate(product(decided, EDITS if check == "unchanged" else EDITS[:1]))}
    of = "C" if check == "linked" else ""
    if check == "linked":
        parameters = {"types": ("change",), "process": "change", "every": True, **parameters}
    base = {"opened_at": START, "resolved_at": START + MIDDLE, "closed_at": START + DAY}
    records = [{"record_id": r, "process": "incident", **base} for r in cases]
    records += [{"record_id": of + r, "process": "change", **base} for r in cases if of]
    data = {
        "records": records,
        "events": [[r, START + at, "plan", "x", f"{at}"] for r, (_, edits) in cases.items() for at in edits],
        "approvals": [[of + r, START + at if at else None, "Li", word] for r, (given, _) in cases.items() for word, at in given],
        "links": [[r, "change", of + r] for r in cases if of],
        "history": ["plan"],
    }  # fmt: skip
    rule = replace(build_rule({"check": {"readable": {}}}, 1), id="T-1", check=check, parameters=parameters)
    told = {verdict.record_id: verdict.passed for verdict in judge({"T-1": rule}, data, tmp_path)[1]}
    readings = {r: {holds(reading, edits) for reading in given_at(given)} for r, (given, edits) in cases.items()}
    turned_by = {r: told.get(r, "not judged") for r in cases if told.get(r, "not judged") not in (None, *readings[r])}
    turned_by |= {
        r: told.get(r, "not judged") for r in cases if len(readings[r]) > 1 and told.get(r, "not judged") is not None
    }
    assert {cases[r]: passed for r, passed in turned_by.items()} == {}
    assert {None, True, False} <= set(told.values())
