"""A change that is missing in a history: of the field that it was of, nothing is concluded, and of the others everything is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dataset import at, write_dataset

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.engine.results import Verdict, read_verdicts
from itsmctl.model import Assignment, Definitions
from itsmctl.reference import reference_root

OPENED = at("2026-01-05T09:00:00+00:00")
HOUR = 3600
AS_OF = "2026-01-30"
NOT_TESTABLE = (None, "history-gap:priority")


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load(reference_root())


def changes(record: str, field: str, *values: str | None, every: int = HOUR) -> Iterator[Sequence[Any]]:
    """One after the other, an hour apart; a missing one is None."""
    steps = [(n, old, new) for n, (old, new) in enumerate(zip((None, *values), values, strict=False))]
    yield from ((record, OPENED + n * every, field, old, new) for n, old, new in steps)


def without(place: int, told: Iterator[Sequence[Any]]) -> list[Sequence[Any]]:
    """All changes but one."""
    every = list(told)
    return every[:place] + every[place + 1 :]


def judged(
    folder: Path, definitions: Definitions, records: list[dict[str, Any]], events: Sequence[Sequence[Any]], *rules: str, as_of: str = AS_OF
) -> dict[tuple[str, str], Verdict]:  # fmt: skip
    row = {"process": "incident", "opened_at": OPENED, "service": "order-management"}
    order = sorted(events, key=lambda event: (event[0], event[1]))
    write_dataset(
        folder / "dataset",
        [{**row, **one} for one in records],
        order,
        history=("state", "group", "priority", "assignee"),
    )
    options = AuditOptions(rules=rules, as_of=as_of, all_verdicts=True)
    audit(definitions, folder / "dataset", options, verdicts=folder / "verdicts.parquet")
    return {(one.rule, one.record_id): one for one in read_verdicts(folder / "verdicts.parquet")}


def said(found: dict[tuple[str, str], Verdict], rule: str, record: str) -> tuple[bool | None, str]:
    return found[rule, record].passed, found[rule, record].reason


def resolved(record: str, priority: str, after: int) -> dict[str, Any]:
    """A ticket that was resolved so many hours after it was opened, and its states."""
    done = OPENED + after * HOUR
    return {
        "record_id": record,
        "priority": priority,
        "group": "Desk",
        "state": "resolved",
        "responded_at": OPENED,
        "resolved_at": done,
    }


def lived(record: str, after: int) -> list[Sequence[Any]]:
    return [
        (record, OPENED, "state", None, "new"),
        (record, OPENED, "group", None, "Desk"),
        (record, OPENED, "state", "new", "in-progress"),
        (record, OPENED + after * HOUR, "state", "in-progress", "resolved"),
    ]


def test_hand_overs_of_which_one_is_missing_are_not_few(tmp_path: Path, definitions: Definitions) -> None:
    hands = ("Desk", "Network", "Servers", "Databases", "Desk")
    rows = [{"record_id": f"INC{n}", "priority": "P3", "group": "Desk", "state": "new"} for n in (1, 2, 3)]
    events = [
        *changes("INC1", "group", *hands),
        *without(2, changes("INC2", "group", *hands)),
        *changes("INC3", "group", *hands[:2], "Desk"),
        *(event for n in (1, 2, 3) for event in changes(f"INC{n}", "state", "new")),
    ]
    found = judged(tmp_path, definitions, rows, events, "INC-14", "INC-25")
    assert [said(found, "INC-14", f"INC{n}") for n in (1, 2, 3)] == [
        (False, ""),
        (None, "history-gap:group"),
        (True, ""),
    ]
    assert {found["INC-25", f"INC{n}"].passed for n in (1, 2, 3)} == {True}  # of the states nothing is missing


def test_more_reassignments_than_the_history_tells_are_not_few(tmp_path: Path, definitions: Definitions) -> None:
    counts = {"INC1": 3, "INC2": 4, "INC3": None}
    rows = [
        {"record_id": n, "priority": "P3", "group": "Network", "state": "new", "reassignment_count": count}
        for n, count in counts.items()
    ]
    events = [event for n in counts for event in (*changes(n, "group", "Desk", "Network"), *changes(n, "state", "new"))]
    found = judged(tmp_path, definitions, rows, events, "INC-14")
    assert [said(found, "INC-14", n) for n in counts] == [(True, ""), (None, "history-gap:group"), (True, "")]


def test_a_priority_that_the_last_change_does_not_lead_to_was_not_raised_in_vain(
    tmp_path: Path, definitions: Definitions
) -> None:
    rows = [
        {"record_id": f"INC{n}", "priority": priority, "group": "Desk", "state": "new"}
        for n, priority in ((1, "P4"), (2, "P4"), (3, "P2"))
    ]
    events = [
        *changes("INC1", "priority", "P4", "P2", "P4", every=60),
        *without(2, changes("INC2", "priority", "P4", "P2", "P4", every=60)),
        *changes("INC3", "priority", "P4", "P2", every=60),
        *(event for n in (1, 2, 3) for event in changes(f"INC{n}", "state", "new")),
    ]
    found = judged(tmp_path, definitions, rows, events, "INT-10")
    assert [said(found, "INT-10", f"INC{n}") for n in (1, 2, 3)] == [(False, ""), NOT_TESTABLE, (True, "")]


def test_a_history_that_names_keys_leaves_the_value_exported_alone(tmp_path: Path, definitions: Definitions) -> None:
    """Group `9f1c` may well be the Desk: only one that some ticket has was another."""
    rows = [{"record_id": "INC1", "priority": "P3", "group": "Desk", "state": "new"}]
    events = [*changes("INC1", "group", "77aa", "9f1c"), *changes("INC1", "state", "new")]
    found = judged(tmp_path, definitions, rows, events, "INC-14")
    assert said(found, "INC-14", "INC1") == (True, "")


def called_otherwise(definitions: Definitions, **names: str) -> Definitions:
    """The same where each of some people is known by another name, too, and INC-14 asks about people."""
    some = next(iter(definitions.assignments.values()))
    people: dict[str, Assignment] = {
        login: replace(some, id=login, person=person, also_called=(login,)) for login, person in names.items()
    }
    rule = replace(definitions.rules["INC-14"], parameters={"column": "assignee", "most": 1})
    return replace(
        definitions,
        assignments={**definitions.assignments, **people},
        rules={**definitions.rules, "INC-14": rule},
    )


def test_a_history_that_calls_people_by_another_of_their_names_is_understood(
    tmp_path: Path, definitions: Definitions
) -> None:
    """The last change leads to Li Si, but Wang Wu has the ticket; of whom nobody knows the login nobody can say."""
    known = called_otherwise(definitions, zs="Zhang San", ls="Li Si", ww="Wang Wu")
    assigned = {
        "INC1": ("Li Si", "ls"),
        "INC2": ("Wang Wu", "ls"),
        "INC3": ("Zhao Liu", "zl"),
        "INC4": ("Zhao Liu", "ww"),
    }
    rows = [
        {"record_id": n, "priority": "P3", "group": "Desk", "state": "new", "assignee": name}
        for n, (name, _) in assigned.items()
    ]
    events = [
        event
        for n, (_, login) in assigned.items()
        for event in (*changes(n, "assignee", "zs", login), *changes(n, "state", "new"))
    ]
    found = judged(tmp_path, known, rows, events, "INC-14")
    torn = (None, "history-gap:assignee")
    assert [said(found, "INC-14", n) for n in assigned] == [(True, ""), torn, (True, ""), torn]


def test_what_was_emptied_was_filled_again_by_a_change_that_is_missing(
    tmp_path: Path, definitions: Definitions
) -> None:
    """Also where nothing else of the history is called as in the export; where nothing was told before, nothing is emptied."""
    rows = [
        {"record_id": f"INC{n}", "priority": "P3", "group": group, "state": "new"}
        for n, group in ((1, "Desk"), (2, "Desk"), (3, None), (4, "Desk"))
    ]
    events = [
        *changes("INC1", "group", "77aa", "9f1c", None),
        *without(2, changes("INC2", "group", "77aa", None, "9f1c", "9f1d")),
        *changes("INC3", "group", "77aa", "9f1c", None),
        *changes("INC4", "group", "77aa"),
        ("INC4", OPENED + HOUR, "group", None, None),
        *(event for n in (1, 2, 3, 4) for event in changes(f"INC{n}", "state", "new")),
    ]
    found = judged(tmp_path, definitions, rows, events, "INC-14")
    torn = (None, "history-gap:group")
    assert [said(found, "INC-14", f"INC{n}")[1] for n in (1, 2)] == [torn[1]] * 2
    assert said(found, "INC-14", "INC4") == (True, "")
    assert "history-gap" not in said(found, "INC-14", "INC3")[1]


def test_a_breach_does_not_vanish_with_the_change_that_lowered_the_priority(
    tmp_path: Path, definitions: Definitions
) -> None:
    """P1 has four hours and P4 72. Raised to P1, resolved after six hours, then lowered to P4: a breach, unless nobody knows."""
    tickets = {"WHOLE": 6, "UNLIKE": 6, "APART": 6, "SHORT": 3, "UNLIKE-LONG": 100}
    rows = [resolved(n, "P4", after) for n, after in tickets.items()]
    raised = [(0, None, "P3"), (1, "P3", "P1"), (200, "P1", "P4")]

    def told(record: str, *left_out: int) -> list[Sequence[Any]]:
        return [
            (record, OPENED + hour * HOUR, "priority", old, new)
            for n, (hour, old, new) in enumerate(raised)
            if n not in left_out
        ]

    events = [event for n, after in tickets.items() for event in lived(n, after)]
    events += [*told("WHOLE"), *told("UNLIKE", 2), *told("APART", 1), *told("SHORT", 2), *told("UNLIKE-LONG", 2)]
    found = judged(tmp_path, definitions, rows, events, "INC-06", "INC-14")
    assert said(found, "INC-06", "WHOLE") == (False, "")
    assert {said(found, "INC-06", n) for n in ("UNLIKE", "APART", "UNLIKE-LONG")} == {NOT_TESTABLE}
    assert said(found, "INC-06", "SHORT") == (True, "")  # in time whichever it was
    assert {found["INC-14", n].passed for n in tickets} == {True}  # of the groups nothing is missing


def test_while_a_clock_runs_the_priority_exported_counts(tmp_path: Path, definitions: Definitions) -> None:
    rows = [
        {"record_id": n, "priority": priority, "group": "Desk", "state": "in-progress", "responded_at": OPENED}
        for n, priority in (("INC1", "P4"), ("INC2", "P2"))
    ]
    events = [
        *(
            event
            for n in ("INC1", "INC2")
            for event in (*changes(n, "state", "new", "in-progress"), *changes(n, "group", "Desk"))
        ),
        *changes("INC1", "priority", "P4", "P2"),
        *changes("INC2", "priority", "P4", "P2"),
    ]
    found = judged(tmp_path, definitions, rows, events, "INC-06", as_of="2026-01-07")
    assert [said(found, "INC-06", n) for n in ("INC1", "INC2")] == [(True, ""), (False, "")]


def test_what_the_export_says_last_was_not_so_yet(tmp_path: Path, definitions: Definitions) -> None:
    """As of a moment before the export, that a later change is missing hides nothing; that an earlier one is does."""
    rows = [{"record_id": n, "priority": "P4", "group": "Desk", "state": "new"} for n in ("INC1", "INC2")]
    events = [
        *changes("INC1", "priority", "P4", "P2"),
        *without(1, changes("INC2", "priority", "P4", "P3", "P2")),
        *(event for n in ("INC1", "INC2") for event in changes(n, "state", "new")),
        ("INC1", at("2026-02-10T00:00:00+00:00"), "group", "Desk", "Network"),
    ]
    found = judged(tmp_path, definitions, rows, events, "INT-10", as_of="2026-01-06")
    assert [said(found, "INT-10", n) for n in ("INC1", "INC2")] == [(True, ""), NOT_TESTABLE]
