"""Changes of definitions: what they mean, where they stand, who must approve them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from change_case import compared, copy_to, edited, read_again, reference, told

from itsmctl.change import Change, difference
from itsmctl.change.approving import approvers
from itsmctl.change.judging import At
from itsmctl.change.kinds import KINDS
from itsmctl.model import FIELD_OF_KIND, Definitions
from itsmctl.reports.changes.words import from_to
from itsmctl.source import read_documents

__all__ = ["reference"]

SLA = "catalog/sla/finance-erp.yaml"
ERP, CUSTOMERS = "catalog/services/finance-erp.yaml", "catalog/customers.yaml"
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
        pytest.param([("pause: [awaiting-user]", "pause: [{state: awaiting-user, at-most: 8h}, awaiting-change]")],
                     [("sla-pause-changed", "review", "clocks/resolution/pause")], id="a pause more, and one with an end"),
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


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "effect"),
    [
        # Rules ask each service, customer and supplier that runs; of one that does not, they ask nothing.
        (ERP, "stage: live\n", "stage: retired\n", "service-stage-changed", "review"),
        (ERP, "stage: live\n", "stage: live\neffective: {to: 2026-01-31}\n", "service-effective-added", "review"),
        ("policies/processes/incident.yaml", "id: incident\n", "id: incident\neffective: {to: 2026-01-31}\n", "process-effective-added", "review"),
        # The same standard once more, before the one that was there.
        ("catalog/suppliers.yaml", "  - standard: ISO/IEC 20000-1:2018\n", "  - {standard: ISO/IEC 27001:2022, scope: {en: Desk, zh: 台}, valid-until: 2020-12-31}\n  - standard: ISO/IEC 20000-1:2018\n", "supplier-certifications-added", "structural"),
    ],
)  # fmt: skip
def test_what_no_rule_asks_about_any_more(
    reference: Definitions, root: Path, file: str, old: str, new: str, code: str, effect: str
) -> None:
    edited(root, file, (old, new))
    assert (code, effect) in [(change.code, change.effect) for change in compared(reference, root)]


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [("8h", "9h", "loosened"), ("9h", "8h", "tightened"), ("8h", "480m", "neutral"), ("", "8h", "tightened"), ("8h", "", "loosened"),
     # A day of cn-office has seven hours and a half: a clock that may stand still for 24 hours stands still for longer.
     ("1bd", "24h", "loosened"), ("24h", "1bd", "tightened"), ("7h", "1bd", "loosened"), ("1bd", "450m", "neutral")],
)  # fmt: skip
def test_how_long_a_pause_may_be(reference: Definitions, old: str, new: str, effect: str) -> None:
    def pauses(most: str) -> Any:
        return [{"state": "awaiting-user", **({"at-most": most} if most else {})}]

    part = KINDS["sla"].parts["clocks/*/pause"]
    whole = {"calendar": "cn-office"}
    at = At(reference, reference, "", "", (), whole, whole)
    assert part.judge(pauses(old), pauses(new), at) == effect


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [("12mo", "13mo", "loosened"), ("12mo", "11mo", "tightened"), ("90d", "91d", "loosened"), ("90d", "89d", "tightened"),
     # Twelve months are 365 or 366 days, and no three of them are 89 days or fewer, or 93.
     ("362d", "12mo", "loosened"), ("12mo", "362d", "tightened"), ("12mo", "369d", "loosened"), ("369d", "12mo", "tightened"),
     ("365d", "12mo", "review"), ("12mo", "366d", "review"), ("3mo", "88d", "tightened"), ("94d", "3mo", "tightened"), ("3mo", "91d", "review")],
)  # fmt: skip
def test_months_and_days(reference: Definitions, old: str, new: str, effect: str) -> None:
    part = KINDS["rule"].parts["check/register/fresh-for"]
    assert part.judge(old, new, At(reference, reference, "", "")) == effect


def test_a_loosened_rule_whose_version_stays_is_told(reference: Definitions, root: Path) -> None:
    edited(root, "policies/rules/incident.yaml", ("title: {en: Nothing is closed that was not resolved first, zh: 未经解决不得关闭}\nprocess: incident\nclauses: [\"iso-20000-1:8.6.1\", \"fitsm-1:PR9.5\"]\nseverity: minor", "title: {en: Nothing is closed that was not resolved first, zh: 未经解决不得关闭}\nprocess: incident\nclauses: [\"iso-20000-1:8.6.1\", \"fitsm-1:PR9.5\"]\nseverity: observation"))  # fmt: skip
    assert told(compared(reference, root)) == [
        ("rule-severity-changed", "loosened", "INC-02", "severity"),
        ("rule-version-not-raised", "review", "INC-02", "version"),
    ]


def test_a_renamed_definition_with_an_alias_is_no_change(reference: Definitions, root: Path) -> None:
    edited(root, SLA, ("id: sla-finance-erp\n", "id: erp-agreement\naliases: [sla-finance-erp]\n"))
    assert compared(reference, root) == ()


def without_rule(text: str, id_: str) -> str:
    """The rules of a file but for one."""
    kept = [document for document in text.split("\n---\n") if f"\nid: {id_}\n" not in f"\n{document}"]
    assert len(kept) == text.count("\n---\n")
    return "\n---\n".join(kept)


def test_what_another_definition_takes_the_id_of_is_gone(reference: Definitions, root: Path) -> None:
    """Else a rule could be dropped unseen: under its id everybody would find one that demands something else."""
    file = root / "policies/rules/incident.yaml"
    text = without_rule(file.read_text("utf-8"), "INC-06")
    file.write_text(text.replace("id: INC-11\n", "id: INC-11\naliases: [INC-06]\n"), "utf-8")
    changes = compared(reference, root)
    assert told(changes) == [
        ("rule-removed", "loosened", "INC-06", ""),
        ("rule-alias-added", "review", "INC-11", "aliases"),
    ]
    assert changes[0].approvers == ("incident-process-owner", "top-management")
    # The other way round it is the one rule that bears the id of its own again.
    back = difference(read_again(reference, root), reference)
    assert told(back) == [
        ("rule-added", "tightened", "INC-06", ""),
        ("rule-alias-removed", "structural", "INC-11", "aliases"),
    ]


def test_a_new_definition_with_the_ids_of_two_was_one_of_them(reference: Definitions, root: Path) -> None:
    file = root / "policies/rules/incident.yaml"
    text = without_rule(file.read_text("utf-8"), "INC-06")
    file.write_text(text.replace("id: INC-11\n", "id: INC-99\naliases: [INC-11, INC-06]\n"), "utf-8")
    assert told(compared(reference, root)) == [
        ("rule-removed", "loosened", "INC-06", ""),
        ("rule-alias-added", "review", "INC-99", "aliases"),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "approver"),
    [
        (ERP, "id: finance-erp\n", "id: finance-erp\naliases: [erp]\n", "service-alias-added", "finance-service-owner"),
        (ERP, "en: Finance ERP,", "en: Ledger,", "service-title-changed", "finance-service-owner"),
        (CUSTOMERS, "id: corporate-functions\n", "id: corporate-functions\naliases: [head-office]\n", "customer-alias-added", "business-relationship-manager"),
        (CUSTOMERS, "en: Corporate functions", "en: Head office", "customer-title-changed", "business-relationship-manager"),
    ],
)  # fmt: skip
def test_another_word_by_which_exports_name_it_is_for_people_to_judge(
    reference: Definitions, root: Path, file: str, old: str, new: str, code: str, approver: str
) -> None:
    """By these words tickets are counted for a service or a customer: without them nothing is promised to them."""
    edited(root, file, (old, new))
    (change,) = compared(reference, root)
    assert (change.code, change.effect, change.approvers) == (code, "review", (approver,))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("of: [Assigned to - Technician, Assigned To - Technician, ", "of: [Category, Assigned To - Technician, "),
        ("of: [Assigned to - Technician, Assigned To - Technician, ", "of: [Assigned To - Technician, Assigned to - Technician, "),
        ("of: [Assigned to - Technician, Assigned To - Technician, ", "of: [Assigned To - Technician, "),
    ],
)  # fmt: skip
def test_of_which_columns_an_export_is_read_is_for_people_to_judge(
    reference: Definitions, root: Path, old: str, new: str
) -> None:
    """Else tickets could be read of another column, and whoever did the work be somebody else."""
    edited(root, "audits/mappings/glpi.yaml", (old, new))
    assert told(compared(reference, root)) == [("mapping-columns-changed", "review", "glpi-ticket", "columns")]


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
    ("rule", "AVL-01"): ("availability-process-owner",),
    ("process", "incident"): ("incident-process-owner", "top-management"),
    ("process", "asset"): ("asset-process-owner",),
    ("raci", "raci-incident"): ("incident-process-owner",),
    ("sla", "sla-finance-erp"): ("finance-service-owner", "service-level-manager"),
    ("sla", "sla-incident-standard"): ("top-management",),
    ("ola", "ola-service-desk"): ("incident-process-manager", "workplace-service-owner"),
    ("contract", "contract-rheinwerk-devices"): ("order-service-owner", "supplier-manager", "workplace-service-owner"),
    ("service", "finance-erp"): ("finance-service-owner",),
    ("customer", "corporate-functions"): ("business-relationship-manager",),
    ("supplier", "haiyuan-cable"): ("supplier-manager",),
    ("calendar", "eu-office"): ("network-service-owner", "service-level-manager", "workplace-service-owner"),
    ("calendar", "supplier-rheinwerk"): ("supplier-manager",),
    ("policy", "incident-policy"): ("top-management",),
    ("programme", "internal-audit-2026"): ("top-management",),
    ("audit", "internal-2026-design"): ("top-management",),
    ("waiver", "berlin-move-may-2026"): ("incident-process-owner",),
    ("baseline", "helpdesk-carry-over-2025"): ("top-management",),
    ("survey", "customer-satisfaction"): ("business-relationship-manager",),
    ("register", "accounts"): ("budget-manager", "budgeting-process-owner"),
    ("assignment", "asset-keeper-berlin"): ("asset-process-owner",),
    ("code-list", "asset-category"): ("asset-process-owner",),
    ("separation", "separated-duties"): ("top-management",),
    ("procedure", "access-review"): ("security-process-owner",),
    ("role", "asset-keeper"): ("asset-process-owner",),
    ("kpi", "articles-reviewed"): ("knowledge-process-owner",),
    ("mapping", "glpi-ticket"): ("incident-process-owner",),
    ("priority-matrix", "problem-priority"): ("problem-process-owner",),
    ("nonconformity", "nc-2026-02"): ("knowledge-process-owner",),
    ("position", "service-engineer"): ("top-management",),
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


def needed(base: Definitions, head: Definitions, kind: str, id_: str, path: str = "") -> tuple[str, ...]:
    """Whose approval a change of one definition needs."""
    return approvers(Change(f"{kind}-changed", "review", kind, id_, path, "", "", None, None, ()), base, head)


def with_one(definitions: Definitions, kind: str, one: Any) -> Definitions:
    """The definitions with one more, or another."""
    changed: dict[str, Any] = {FIELD_OF_KIND[kind]: {**definitions.of_kind(kind), one.id: one}}
    return replace(definitions, **changed)


def test_who_answers_for_what_counts_in_a_calendar_approves_it(reference: Definitions) -> None:
    d = replace(reference, services={}, suppliers={}, agreements={}, operational_agreements={}, contracts={}, rules={})
    ola = reference.operational_agreements["ola-network-team"]
    contract, rule = reference.contracts["contract-hengtong-erp"], reference.rules["CHG-02"]
    agreement = replace(reference.agreements["sla-finance-erp"], calendar="eu-office")
    readers: list[tuple[str, Any, tuple[str, ...]]] = [
        ("service", reference.services["network-vpn"], ("network-service-owner",)),
        ("supplier", replace(reference.suppliers["haiyuan-cable"], hours="eu-office"), ("supplier-manager",)),
        ("sla", agreement, ("service-level-manager",)),
        ("ola", replace(ola, terms=replace(ola.terms, calendar="eu-office")), ("network-service-owner",)),
        ("contract", replace(contract, terms=replace(contract.terms, calendar="eu-office")), ("supplier-manager",)),
        ("rule", replace(rule, parameters={**rule.parameters, "calendar": "eu-office"}), ("change-process-owner",)),
    ]
    assert needed(d, d, "calendar", "eu-office") == ("top-management",)
    for kind, one, roles in readers:
        some = with_one(d, kind, one)
        assert (kind, needed(some, some, "calendar", "eu-office")) == (kind, roles)
        assert (kind, needed(some, some, "calendar", "cn-office")) == (kind, ("top-management",))
    erp = with_one(with_one(d, "sla", agreement), "service", reference.services["finance-erp"])
    assert needed(erp, erp, "calendar", "eu-office") == ("finance-service-owner", "service-level-manager")


def test_who_is_accountable_for_an_activity_approves_a_change_of_it(reference: Definitions) -> None:
    raci = reference.racis["raci-incident"]
    cells = {**raci.activities, "IM1": {**raci.activities["IM1"], "A": ("service-desk-agent",)}}
    d = with_one(reference, "raci", replace(raci, activities=cells))
    for kind, id_ in (("process", "incident"), ("raci", "raci-incident")):
        assert "service-desk-agent" in needed(d, d, kind, id_, "activities/IM1/title")
        for path in ("activities", "activities/IM2/title", "lanes/IM1/title", "IM1"):
            assert "service-desk-agent" not in needed(d, d, kind, id_, path), path
    assert "service-desk-agent" not in needed(d, d, "process", "change", "activities/IM1/title")


def test_nobody_excuses_from_rules_of_others_by_an_authority_of_their_own(reference: Definitions) -> None:
    """A new waiver names its authority itself: it counts where that role answers for the rule, or for the whole system."""
    mine = replace(reference.waivers["berlin-move-may-2026"], id="mine")

    def wanted(**changes: Any) -> tuple[str, ...]:
        return needed(reference, with_one(reference, "waiver", replace(mine, **changes)), "waiver", "mine")

    assert wanted() == ("incident-process-owner",)
    assert wanted(rule="CHG-02") == ("change-process-owner", "incident-process-owner")
    assert wanted(rule="CHG-02", authority="top-management") == ("top-management",)
    assert wanted(rule="INC-02", authority="asset-process-owner") == (
        "asset-process-owner",
        "incident-process-owner",
        "top-management",
    )
    old = replace(reference.rules["CHG-02"], aliases=("CHG-OLD",))
    d = with_one(reference, "rule", old)
    by_alias = with_one(d, "waiver", replace(mine, rule="CHG-OLD"))
    assert needed(d, by_alias, "waiver", "mine") == wanted(rule="CHG-02")
    baseline = reference.baselines["helpdesk-carry-over-2025"]
    known = replace(baseline, id="known", authority="asset-process-owner", findings=(
        replace(baseline.findings[0], rule="AVL-01"), replace(baseline.findings[0], rule="CHG-02")))  # fmt: skip
    assert needed(reference, with_one(reference, "baseline", known), "baseline", "known") == (
        "asset-process-owner",
        "availability-process-owner",
        "change-process-owner",
    )


def test_no_authority_comes_from_the_change_that_excuses(reference: Definitions) -> None:
    """Neither by a policy that the same change brings, or words otherwise, nor by turning a known waiver to another rule."""
    known = reference.waivers["berlin-move-may-2026"]
    mine = with_one(reference, "waiver", replace(known, id="mine", rule="CHG-02", authority="asset-process-owner"))
    wanted = needed(reference, mine, "waiver", "mine")
    assert wanted == ("asset-process-owner", "change-process-owner")
    policy = next(iter(reference.policies.values()))
    about = (replace(policy.statements[0], rules=("CHG-02",)),)
    for type_, statements in (("policy", ()), ("information-security", about)):
        own = replace(policy, id="own", aliases=(), type=type_, approver="asset-process-owner", statements=statements)
        assert set(needed(reference, with_one(mine, "policy", own), "waiver", "mine")) == set(wanted), type_
    turned = with_one(reference, "waiver", replace(known, rule="CHG-02"))
    assert needed(reference, turned, "waiver", known.id, "rule") == ("change-process-owner", "incident-process-owner")
    baseline = replace(reference.baselines["helpdesk-carry-over-2025"], authority="asset-process-owner")
    base = with_one(reference, "baseline", baseline)
    more = replace(baseline, findings=(*baseline.findings, replace(baseline.findings[0], rule="CHG-02")))
    assert "change-process-owner" in needed(base, with_one(base, "baseline", more), "baseline", baseline.id)
    assert "change-process-owner" not in needed(base, base, "baseline", baseline.id)


def test_who_answers_for_what_is_new_is_not_chosen_by_the_change_that_brings_it(reference: Definitions) -> None:
    process = replace(reference.processes["change"], owner="service-desk-agent")
    rule = replace(reference.rules["CHG-02"], id="CHG-99", aliases=())
    head = with_one(with_one(reference, "process", process), "rule", rule)
    assert needed(reference, head, "rule", "CHG-99") == ("change-process-owner",)
    assert "change-process-owner" in needed(reference, head, "process", "change")
    renamed = {id_: one for id_, one in head.processes.items() if id_ != "change"}
    new = replace(process, id="changes", aliases=("change",))
    moved = replace(head, processes={**renamed, "changes": new}, rules={"CHG-99": replace(rule, process="changes")})
    assert needed(reference, moved, "rule", "CHG-99") == ("change-process-owner",)
    # A process that nobody knew before has the owner that it names.
    fresh = replace(head, processes={**reference.processes, "fresh": replace(process, id="fresh", aliases=())})
    assert needed(reference, with_one(fresh, "rule", replace(rule, process="fresh")), "rule", "CHG-99") == (
        "service-desk-agent",
    )
    assert needed(reference, reference, "rule", "nowhere") == ()


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
