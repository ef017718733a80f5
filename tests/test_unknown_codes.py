"""Words that nobody translates: what a rule would say if they were known, be it about one record or about many, is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from dataset import at, write_dataset

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.engine.results import Verdict, read_verdicts
from itsmctl.model import Condition, Definitions
from itsmctl.reference import reference_root


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load(reference_root())


def judged(folder: Path, definitions: Definitions, *priorities: str) -> dict[tuple[str, str], tuple[bool | None, str]]:
    """Incidents of the highest impact and urgency that nobody touched for weeks, each with a priority after which it is called."""
    rows = [
        {
            "record_id": word,
            "process": "incident",
            "opened_at": at("2026-01-05T09:00:00+00:00"),
            "priority": word,
            "impact": "1",
            "urgency": "1",
            "state": "new",
        }
        for word in priorities
    ]
    begun = [(word, at("2026-01-05T09:00:00+00:00"), "state", None, "new") for word in priorities]
    write_dataset(folder / "dataset", rows, begun)
    options = AuditOptions(rules=("INC-03", "INC-07", "DQ-15"), as_of="2026-01-30", all_verdicts=True)
    audit(definitions, folder / "dataset", options, verdicts=folder / "verdicts.parquet")
    return {(one.rule, one.record_id): (one.passed, one.reason) for one in read_verdicts(folder / "verdicts.parquet")}


def test_a_blank_is_no_wrong_priority(tmp_path: Path, definitions: Definitions) -> None:
    found = judged(tmp_path, definitions, "P1", "P1 ", "P4")
    assert [found["INC-03", word] for word in ("P1", "P1 ", "P4")] == [
        (True, ""),
        (None, "unknown-code:priority"),
        (False, ""),
    ]
    assert found["DQ-15", "P1 "] == (False, ""), "the word itself is a finding"


def test_a_priority_that_nobody_translates_is_accused_by_no_matrix(tmp_path: Path, definitions: Definitions) -> None:
    found = judged(tmp_path, definitions, "Sev 1", "Sev 2")
    assert {found["INC-03", word] for word in ("Sev 1", "Sev 2")} == {(None, "unknown-code:priority")}


def test_a_rule_for_urgent_tickets_may_be_about_one_whose_priority_nobody_translates(
    tmp_path: Path, definitions: Definitions
) -> None:
    found = judged(tmp_path, definitions, "P1", "P1 ", "P4")
    assert found["INC-07", "P1"] == (False, "")
    assert found["INC-07", "P1 "] == (None, "unknown-code:priority")
    assert ("INC-07", "P4") not in found


GROUPS = ("SLM-04", "INC-27")


def desk(folder: Path, definitions: Definitions, resolved: str, late: int = 0) -> dict[str, tuple[bool | None, str]]:
    """Forty incidents of a month, resolved in an hour and closed: a quarter of them after a state of that name; so many of the others are never resolved."""
    rows, events = [], []
    for n in range(40):
        opened = at("2026-01-05T03:00:00+00:00") + 600 * n
        last = "closed" if n % 4 else resolved.replace("resolved", "closed")
        states = ["new", "in-progress", "resolved" if n % 4 else resolved, last]
        if n % 4 == 1 and late > n // 4:
            states = states[:2]
        moments = [opened, opened + 60, opened + 3600, opened + 7200]
        name = f"INC{n:03}"
        rows.append(
            {
                "record_id": name,
                "number": name,
                "process": "incident",
                "opened_at": opened,
                "priority": "P3",
                "service": "email-collaboration",
                "state": states[-1],
            }
        )
        events += [
            (name, moment, "state", old, new)
            for old, new, moment in zip([None, *states], states, moments, strict=False)
            if new != old
        ]
    write_dataset(folder / "dataset", rows, events)
    options = AuditOptions(rules=GROUPS, as_of="2026-01-31", all_verdicts=True)
    audit(definitions, folder / "dataset", options, verdicts=folder / "verdicts.parquet")
    return {one.rule: (one.passed, one.reason) for one in read_verdicts(folder / "verdicts.parquet")}


def test_groups_are_not_accused_for_a_state_that_nobody_translates(tmp_path: Path, definitions: Definitions) -> None:
    assert desk(tmp_path / "known", definitions, "resolved") == {"SLM-04": (True, ""), "INC-27": (True, "")}
    assert desk(tmp_path / "word", definitions, "Erledigt") == {
        "SLM-04": (None, "undecided"),
        "INC-27": (None, "undecided"),
    }


def test_groups_that_miss_their_share_without_it_are_accused(tmp_path: Path, definitions: Definitions) -> None:
    assert desk(tmp_path, definitions, "Erledigt", late=10)["SLM-04"] == (False, "")


def test_a_priority_that_nobody_translates_makes_no_third_among_urgent_faults(
    tmp_path: Path, definitions: Definitions
) -> None:
    """Two urgent faults of one item do not recur thrice because a third may have been urgent."""
    rows = [
        {
            "record_id": f"INC{n}",
            "process": "incident",
            "opened_at": at(f"2026-01-0{n}T09:00:00+00:00"),
            "priority": priority,
            "service": "email-collaboration",
            "category": "mail",
            "ci": "lq-mail-01",
            "title": "Mailbox full of bounces",
            "problem": None,
            "state": "closed",
        }
        for n, priority in enumerate(("P1", "P2", "5 - Planning"), start=5)
    ]
    rows += [{**rows[0], "record_id": f"INC{n}", "ci": "lq-mail-02"} for n in (1, 2, 3)]
    write_dataset(tmp_path / "dataset", rows, [])
    options = AuditOptions(rules=("INC-19",), as_of="2026-01-30", all_verdicts=True)
    audit(definitions, tmp_path / "dataset", options, verdicts=tmp_path / "verdicts.parquet")
    failed = {one.record_id for one in read_verdicts(tmp_path / "verdicts.parquet") if one.passed is False}
    assert not failed & {"INC5", "INC6", "INC7"}
    assert failed, "three that are surely urgent do"


def filed(folder: Path, definitions: Definitions, *odd: Mapping[str, str]) -> tuple[Verdict, list[str]]:
    """The verdict of DQ-10 over twenty incidents, of which one is filed under "other", and as many more as are named; and what is warned of."""
    base = {
        "process": "incident",
        "opened_at": at("2026-01-05T09:00:00+00:00"),
        "category": "network",
        "state": "closed",
    }
    rows = [
        {**base, "record_id": f"INC{n:03}", **one} for n, one in enumerate([{"category": "other"}, *odd, *[{}] * 20])
    ]
    write_dataset(folder / "dataset", rows)
    options = AuditOptions(rules=("DQ-10",), as_of="2026-01-30", all_verdicts=True)
    result = audit(definitions, folder / "dataset", options, verdicts=folder / "verdicts.parquet")
    (verdict,) = read_verdicts(folder / "verdicts.parquet")
    return verdict, [message for code, message in result.dataset.warnings if code == "untranslated-in-groups"]


def test_a_share_does_not_pass_by_a_code_that_nobody_translates(tmp_path: Path, definitions: Definitions) -> None:
    """One in twenty-two may be filed under "other", but two may not, and `Sonstiges` may be that."""
    one, _ = filed(tmp_path / "one", definitions, {"category": "hardware"})
    two, _ = filed(tmp_path / "two", definitions, {"category": "Sonstiges"})
    assert (one.passed, one.observed) == (True, "4.5% (1 of 22)")
    assert (two.passed, two.reason) == (None, "undecided")


def test_it_is_told_of_which_records_nobody_knows_whether_they_belong_to_a_group(
    tmp_path: Path, definitions: Definitions
) -> None:
    closed = replace(definitions.rules["DQ-10"], scope=(Condition("state", "in", ("closed",)),))
    asking = replace(definitions, rules={closed.id: closed})
    odd = {"category": "other", "state": "Erledigt"}
    verdict, warned = filed(tmp_path, asking, odd, odd)
    assert (verdict.passed, verdict.observed) == (True, "4.8% (1 of 21)")
    assert warned == [
        "records of incident with a state that nobody translates, of which nobody knows whether they belong to the groups of rules: 2 (DQ-10)"
    ]
    assert filed(tmp_path / "known", asking)[1] == []
