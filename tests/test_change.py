"""Changes of definitions: what they mean, where they stand, who must approve them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from change_case import compared, copy_to, edited, reference, told

from itsmctl.change import Change
from itsmctl.change.approving import approvers
from itsmctl.model import FIELD_OF_KIND, Definitions
from itsmctl.reports.changes.words import from_to
from itsmctl.source import read_documents

__all__ = ["reference"]

SLA = "catalog/sla/finance-erp.yaml"
P1_ANSWER = "      - {where: {priority: [P1]}, within: 30m}\n"


@pytest.fixture(scope="module")
def _copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_to(tmp_path_factory.mktemp("change"))


@pytest.fixture
def root(_copy: Path) -> Path:
    """A copy of the reference set; what a test edits is put back."""
    return _copy


@pytest.fixture(autouse=True)
def _put_back(_copy: Path) -> object:
    before = {path: path.read_bytes() for path in _copy.rglob("*.*") if path.is_file()}
    yield
    for path in _copy.rglob("*.*"):
        if path.is_file() and path not in before:
            path.unlink()
    for path, raw in before.items():
        if not path.exists() or path.read_bytes() != raw:
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_bytes(raw)


def test_a_longer_target_is_told_with_its_place_and_its_approvers(reference: Definitions, root: Path) -> None:
    edited(root, SLA, ("{where: {priority: [P1]}, within: 4h}", "{where: {priority: [P1]}, within: 8h}"))
    (change,) = compared(reference, root)
    assert (change.code, change.effect, change.kind, change.id) == (
        "sla-target-changed", "loosened", "sla", "sla-finance-erp",
    )  # fmt: skip
    assert (change.path, change.old, change.new) == ("clocks/resolution/targets/P1/within", "4h", "8h")
    assert str(change.base_location) == str(change.head_location) == f"{SLA}:28:43"
    assert change.approvers == ("finance-service-owner", "service-level-manager")
    assert len(change.fingerprint) == 12


def test_the_fingerprint_survives_moves_and_other_edits(reference: Definitions, root: Path) -> None:
    edited(root, SLA, ("{where: {priority: [P1]}, within: 4h}", "{where: {priority: [P1]}, within: 8h}"))
    (first,) = compared(reference, root)
    text = (root / SLA).read_text("utf-8")
    (root / SLA).unlink()
    (root / "catalog/sla/agreements-more.yaml").write_text("# a comment\n\n" + text.replace("8h", "480m"), "utf-8")
    (second,) = compared(reference, root)
    assert second.fingerprint == first.fingerprint
    assert second.head_location != first.head_location


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param([("{where: {priority: [P2]}, within: 1bd}", "{where: {priority: [P2]}, within: 24h}")],
                     [("sla-target-changed", "loosened", "clocks/resolution/targets/P2/within")], id="a business day is at most 24 hours"),
        pytest.param([("{where: {priority: [P2]}, within: 1bd}", "{where: {priority: [P2]}, within: 9h}")],
                     [("sla-target-changed", "loosened", "clocks/resolution/targets/P2/within")], id="the calendar knows how long a business day is"),
        pytest.param([("      - {where: {priority: [P1]}, within: 30m}\n      - {where: {priority: [P2]}, within: 1h}\n",
                       "      - {where: {priority: [P2]}, within: 1h}\n      - {where: {priority: [P1]}, within: 30m}\n")], [], id="an order that does not matter"),
        pytest.param([(P1_ANSWER, "      - {where: {service: [finance-erp]}, within: 4h}\n" + P1_ANSWER)],
                     [("sla-target-changed", "review", "clocks/response/targets")], id="first match wins: P1 longer, P4 shorter"),
        pytest.param([(P1_ANSWER, "      - {where: {service: [finance-erp]}, within: 5m}\n" + P1_ANSWER)],
                     [("sla-target-changed", "tightened", "clocks/response/targets")], id="shorter for all"),
        pytest.param([(P1_ANSWER, P1_ANSWER + "      - {where: {priority: [P1], channel: [phone]}, within: 4h}\n")], [], id="a target that nothing reaches"),
        pytest.param([(P1_ANSWER, "")], [("sla-target-changed", "loosened", "clocks/response/targets")], id="a promise less"),
        pytest.param([("pause: [awaiting-user]", "pause: [awaiting-user, awaiting-change]")],
                     [("sla-pause-changed", "loosened", "clocks/resolution/pause")], id="a wider list of pauses"),
        pytest.param([("pause: [awaiting-user]", "pause: [{state: awaiting-user, at-most: 8h}]")],
                     [("sla-pause-changed", "tightened", "clocks/resolution/pause")], id="a pause with an end"),
        pytest.param([("resolution: 90}", "resolution: 85}")], [("sla-attainment-changed", "loosened", "attainment/resolution")], id="less attainment"),
        pytest.param([("minimum-tickets: 10", "minimum-tickets: 5")], [("sla-minimum-tickets-changed", "tightened", "minimum-tickets")], id="fewer tickets are enough"),
        pytest.param([("calendar: cn-office", "calendar: around-the-clock")], [("sla-calendar-changed", "review", "calendar")], id="another length of the day"),
        pytest.param([("effective: {from: 2025-01-01}", "effective: {from: 2025-01-01, to: 2027-12-31}")],
                     [("sla-effective-to-added", "loosened", "effective/to")], id="it ends"),
        pytest.param([("title: {en: Time to respond, zh: 响应时间}", "title: {en: Time to answer, zh: 响应时间}")],
                     [("sla-clocks-title-changed", "neutral", "clocks/response/title")], id="words"),
    ],
)  # fmt: skip
def test_agreements(
    reference: Definitions, root: Path, edits: list[tuple[str, str]], expected: list[tuple[str, str, str]]
) -> None:
    edited(root, SLA, *edits)
    assert [(code, effect, path) for code, effect, _, path in told(compared(reference, root))] == expected


def test_a_loosened_rule_whose_version_stays_is_told(reference: Definitions, root: Path) -> None:
    edited(root, "policies/rules/incident.yaml", ("title: {en: Nothing is closed that was not resolved first, zh: 未经解决不得关闭}\nprocess: incident\nclauses: [\"iso-20000-1:8.6.1\", \"fitsm-1:PR9.5\"]\nseverity: minor", "title: {en: Nothing is closed that was not resolved first, zh: 未经解决不得关闭}\nprocess: incident\nclauses: [\"iso-20000-1:8.6.1\", \"fitsm-1:PR9.5\"]\nseverity: observation"))  # fmt: skip
    assert told(compared(reference, root)) == [
        ("rule-severity-changed", "loosened", "INC-02", "severity"),
        ("rule-version-not-raised", "review", "INC-02", "version"),
    ]


def test_a_renamed_definition_with_an_alias_is_no_change(reference: Definitions, root: Path) -> None:
    edited(root, SLA, ("id: sla-finance-erp\n", "id: erp-agreement\naliases: [sla-finance-erp]\n"))
    assert compared(reference, root) == ()


def test_the_order_of_codes_is_their_rank(reference: Definitions, root: Path) -> None:
    file = root / "policies/codes/incident.yaml"
    documents: list[Any] = [document.data for document in read_documents(file)]
    chosen = documents[0]
    chosen["codes"].reverse()
    file.write_text(yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False), "utf-8")
    (change,) = compared(reference, root)
    assert (change.code, change.effect, change.id) == ("code-list-code-changed", "review", chosen["id"])
    assert change.old == [code["id"] for code in reversed(chosen["codes"])]


APPROVERS = {
    ("rule", "INC-02"): ("incident-process-owner", "top-management"),
    ("process", "incident"): ("incident-process-owner", "top-management"),
    ("raci", "raci-incident"): ("incident-process-owner",),
    ("sla", "sla-finance-erp"): ("finance-service-owner", "service-level-manager"),
    ("service", "finance-erp"): ("finance-service-owner",),
    ("policy", "incident-policy"): ("top-management",),
    ("framework", "iso-20000-1"): ("top-management",),
}
"""Who must approve, by hand from the definitions."""


def test_approvers_of_each_kind_are_known_roles(reference: Definitions) -> None:
    for kind in FIELD_OF_KIND:
        for id_ in reference.of_kind(kind):
            change = Change(f"{kind}-removed", "review", kind, id_, "", "", None, None, None, ())
            found = approvers(change, reference, reference)
            assert found, (kind, id_)
            assert set(found) <= set(reference.roles), (kind, id_)
            assert APPROVERS.get((kind, id_), found) == found, (kind, id_)
    assert all(id_ in reference.of_kind(kind) for kind, id_ in APPROVERS)


def test_nobody_becomes_the_approver_of_their_own_change(reference: Definitions, root: Path) -> None:
    file = root / "policies/statements/incident-policy.yaml"
    documents: list[Any] = [document.data for document in read_documents(file)]
    policy = next(one for one in documents if one["kind"] == "policy")
    before, policy["approver"] = policy["approver"], "incident-manager"
    file.write_text(yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False), "utf-8")
    (change,) = compared(reference, root)
    assert (change.code, change.effect, change.approvers) == ("policy-approver-changed", "review", (before,))


HOLIDAY = "  # 2026\n  - {date: 2026-03-11, title: {en: Company day, zh: 公司日}}\n"


@pytest.mark.parametrize(
    ("calendar", "edit", "code", "effect"),
    [
        # INC-10 lets nobody close sooner than five business days of cn-office: a holiday makes it wait longer.
        ("cn-office", ("  # 2026\n", HOLIDAY), "calendar-day-added", "review"),
        ("cn-office", ("day-length: 7h30m", "day-length: 8h"), "calendar-day-length-changed", "review"),
        ("cn-office", ("  mon: [\"09:00-12:00\", \"13:30-18:00\"]", "  mon: [\"09:00-12:00\"]"), "calendar-week-mon-changed", "review"),
        # By these only agreements count.
        ("eu-office", ("  # 2026\n", HOLIDAY), "calendar-day-added", "loosened"),
        ("eu-office", ("day-length: 8h", "day-length: 9h"), "calendar-day-length-changed", "loosened"),
        ("eu-office", ("  mon: [\"09:00-17:00\"]", "  mon: [\"09:00-18:00\"]"), "calendar-week-mon-changed", "tightened"),
    ],
)  # fmt: skip
def test_less_open_time_is_for_people_to_judge_where_a_rule_demands_at_least_so_much(
    reference: Definitions, root: Path, calendar: str, edit: tuple[str, str], code: str, effect: str
) -> None:
    edited(root, f"catalog/calendars/{calendar}.yaml", edit)
    assert [(c.code, c.effect) for c in compared(reference, root)] == [(code, effect)]


def test_of_a_change_in_many_codes_only_those_that_differ_are_told(reference: Definitions, root: Path) -> None:
    edited(root, "audits/mappings.yaml", ("    Canceled: cancelled\n", "    Canceled: closed\n"))
    (change,) = compared(reference, root)
    assert from_to(change, "en") == "state Canceled cancelled → state Canceled closed"


LONG = "coalesce(closure_code, 'none') <> 'none' and coalesce(resolution, '') <> '' and opened_at < closed_at"
GROUPS = [f"a group with quite a long name {number}" for number in range(9)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (LONG, f"{LONG} and reopen_count = 0", "…pened_at < closed_at → …pened_at < closed_at and reopen_count = 0"),
        (
            {"en": LONG, "zh": "甲"},
            {"en": f"{LONG}!", "zh": "甲"},
            "“…pened_at < closed_at” → “…pened_at < closed_at!”",
        ),
        ({"any": GROUPS}, {"any": [*GROUPS, "one more"]}, "any – → any one more"),
        # Short ones, and long ones that differ in front, as they are.
        ("4h", "8h", "4h → 8h"),
        ({"en": LONG, "zh": "甲"}, {"en": LONG, "zh": "乙"}, "“甲” → “乙”"),
    ],
)
def test_what_differs_is_told_also_where_both_values_are_too_long(old: Any, new: Any, told: str) -> None:
    change = Change("rule-remedy-changed", "review", "rule", "INC-01", "remedy", old, new, None, None, ())
    assert from_to(change, "en") == told
