"""Replays: the flips that are found are those that two whole audits differ by, all of them and no others, each with its cause."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from itsmctl.audit import AuditOptions, audit
from itsmctl.change import Change, difference
from itsmctl.change.replay import Replay, ReplayOptions, replay
from itsmctl.change.replay.groups import groups_of, renamed_anywhere
from itsmctl.change.replay.side import Tickets, judge_foundations
from itsmctl.cli import group, run
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import read_receipt
from itsmctl.model import Condition, Definitions, Effective, Text
from itsmctl.reference import reference_root
from itsmctl.reports.replay import Replayed
from itsmctl.reports.replay.json import as_data, replay_schema
from itsmctl.reports.replay.replayed import about, share_text
from itsmctl.zones import midnight_after

SLA = "sla-incident-standard"
Verdicts = Mapping[tuple[str, str], str]


@cache
def base() -> Definitions:
    return load(reference_root())


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("replay")
    truth = generate(base(), 400, 5, place / "export")
    import_files([place / "export" / name for name in truth.rows], None, base().mappings, ZONE, place / "dataset")
    return place / "dataset"


@pytest.fixture(scope="module")
def before(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    return judged(base(), dataset, tmp_path_factory.mktemp("before"))


def judged(definitions: Definitions, dataset: Path, place: Path) -> Verdicts:
    """The state of every record under every rule, from a whole audit; the worst where a rule says several things."""
    audit(definitions, dataset, AuditOptions(all_verdicts=True), verdicts=place / "v.parquet")
    worst = ("fail", "not_testable", "waived", "pass")
    found: dict[tuple[str, str], str] = {}
    for v in read_verdicts(place / "v.parquet"):
        state = "pass" if v.passed else "not_testable" if v.passed is None else "waived" if v.waiver else "fail"
        key = (v.rule, v.record_id)
        found[key] = min(found.get(key, "pass"), state, key=worst.index)
    return found


def differing(before: Verdicts, after: Verdicts) -> set[tuple[str, str, str, str]]:
    out = "out_of_scope"
    return {
        (*key, before.get(key, out), after.get(key, out))
        for key in before.keys() | after.keys()
        if before.get(key, out) != after.get(key, out)
    }


def flips(found: Replay) -> set[tuple[str, str, str, str]]:
    return {(f.rule, f.record_id, f.before, f.after) for f in found.flips}


def with_rule(definitions: Definitions, id_: str, **changes: Any) -> Definitions:
    return replace(definitions, rules={**definitions.rules, id_: replace(definitions.rules[id_], **changes)})


def with_targets(definitions: Definitions, share: float, *agreements: str) -> Definitions:
    """Agreements whose resolution targets are a share of what they were."""
    changed = {}
    for id_ in agreements:
        agreement = definitions.agreements[id_]
        clock = agreement.clocks["resolution"]
        targets = tuple(
            replace(t, seconds=int(share * (t.seconds or t.business_days * 8 * 3600)), business_days=0)
            for t in clock.targets
        )
        changed[id_] = replace(agreement, clocks={**agreement.clocks, "resolution": replace(clock, targets=targets)})
    return replace(definitions, agreements={**definitions.agreements, **changed})


def test_the_same_definitions_flip_nothing_whether_or_not_anything_is_judged(dataset: Path) -> None:
    found = replay(base(), base(), dataset, options=ReplayOptions(enquiries=True))
    assert (found.total, found.rules, found.untouched) == (0, (), len(base().rules))
    some = replay(base(), base(), dataset, options=ReplayOptions(rules=("INC-0*", "SLM-*", "INT-*"), every_rule=True))
    assert (some.total, some.untouched) == (0, 0)
    assert len(some.rules) > 20


def people_and_scopes() -> Definitions:
    """Somebody was never appointed, a rule judges less, one is gone, one is new, failures are waived, a process has fewer ways."""
    d = base()
    somebody, process = sorted(d.assignments)[0], d.processes["incident"]
    head = with_rule(d, "INC-11", scope=(*d.rules["INC-11"].scope, Condition("priority", "in", ("P3",))))
    rules = {id_: rule for id_, rule in head.rules.items() if id_ != "INC-07"}
    rules["NEW-01"] = replace(d.rules["INC-05"], id="NEW-01")
    waiver = replace(
        next(iter(d.waivers.values())), id="all-clocks", rule="INC-06", scope=(), records=(), opened=Effective(),
        approved=date(2025, 6, 1), expires=midnight_after(date(2030, 1, 1), "UTC"), effective=Effective(),
    )  # fmt: skip
    ways = {state: targets[:1] for state, targets in process.transitions.items()}
    return replace(
        head,
        rules=rules,
        waivers={**d.waivers, waiver.id: waiver},
        assignments={id_: a for id_, a in d.assignments.items() if id_ != somebody},
        processes={**d.processes, "incident": replace(process, transitions=ways)},
    )


def clocks_and_services() -> Definitions:
    """A calendar that closes at noon, the agreement for all services with half its time, and a service retired."""
    d = with_targets(base(), 0.5, SLA)
    calendar, service = d.calendars["cn-office"], d.services["customs-clearance"]
    week = tuple(slots[:1] for slots in calendar.week)
    return replace(
        d,
        calendars={**d.calendars, calendar.id: replace(calendar, week=week)},
        services={**d.services, service.id: replace(service, stage="retired")},
    )


@pytest.mark.parametrize("head", [people_and_scopes, clocks_and_services])
def test_what_flips_is_what_two_audits_differ_by(head: Any, dataset: Path, before: Verdicts, tmp_path: Path) -> None:
    wanted = differing(before, judged(head(), dataset, tmp_path))
    found = replay(base(), head(), dataset, options=ReplayOptions(enquiries=True))
    assert wanted
    assert flips(found) == wanted
    assert found.total == len(found.flips)
    assert found.reached == found.records


def test_a_target_of_one_service_is_judged_on_the_records_of_that_service_alone(
    dataset: Path, before: Verdicts, tmp_path: Path
) -> None:
    head = with_targets(base(), 0.2, "sla-email-collaboration")
    found = replay(base(), head, dataset)
    wanted = differing(before, judged(head, dataset, tmp_path))
    every = replay(base(), head, dataset, options=ReplayOptions(enquiries=True))
    assert flips(every) == wanted
    assert flips(found) == {flip for flip in wanted if not base().rules[flip[0]].enquiry} != set()
    # A month's attainment (SLM-04) asks which numbers are missing among all records, so with it all are judged.
    assert found.reached == found.records
    alone = replay(base(), head, dataset, options=ReplayOptions(rules=("INC-06",)))
    assert 0 < alone.reached < alone.records / 3
    assert {flip.service for flip in found.flips} == {"email-collaboration"}
    assert {(c.group.kind, c.group.id, c.together) for c in found.causes} == {("sla", "sla-email-collaboration", 0)}


def test_an_enquiry_that_is_not_judged_is_told(dataset: Path) -> None:
    rules = {**base().rules, "INC-14": replace(base().rules["INC-14"], parameters={"column": "group", "most": 0})}
    assert rules["INC-14"].enquiry
    head = replace(base(), rules=rules)
    found = replay(base(), head, dataset)
    assert (found.enquiries, found.rules, found.total) == (("INC-14",), (), 0)
    told = Replayed(found, (), "main", "", ())
    assert any("not judged: INC-14." in line for line in about(told))
    assert any("INC-14" in line for line in about(replace(told, language="zh")))
    assert as_data(told)["summary"]["enquiries"] == ["INC-14"]  # type: ignore[index]
    # Who names it asks for it; who names all of a sort does not.
    assert replay(base(), head, dataset, options=ReplayOptions(rules=("INC-1*",))).enquiries == ("INC-14",)
    for options in (ReplayOptions(rules=("INC-14",)), ReplayOptions(enquiries=True)):
        judged_too = replay(base(), head, dataset, options=options)
        assert judged_too.enquiries == () and {flip.rule for flip in judged_too.flips} == {"INC-14"}
    assert replay(base(), base(), dataset).enquiries == ()


def test_flips_of_several_changes_are_told_apart_by_applying_each_alone(dataset: Path) -> None:
    head = with_targets(base(), 0.2, "sla-email-collaboration", "sla-network-vpn")
    found = replay(base(), head, dataset, options=ReplayOptions(rules=("INC-06",)))
    for service in ("email-collaboration", "network-vpn"):
        alone = replay(
            base(), with_targets(base(), 0.2, f"sla-{service}"), dataset, options=ReplayOptions(rules=("INC-06",))
        )
        (cause,) = [c for c in found.causes if c.group.id == f"sla-{service}"]
        assert (cause.alone, cause.together) == (alone.total, 0)
    assert found.total == sum(cause.alone for cause in found.causes)


def test_what_only_two_changes_together_flip_is_told_as_that(dataset: Path) -> None:
    """Without the group and without the state nobody is in scope; the two conditions name no record only together."""
    d = base()
    never = Condition("record_id", "in", ("nobody",))
    hidden = with_rule(d, "INC-06", scope=(never,))
    shown = with_targets(with_rule(hidden, "INC-06", scope=()), 0.2, "sla-email-collaboration")
    found = replay(hidden, shown, dataset, options=ReplayOptions(rules=("INC-06",)))
    assert set(found.by_kind()) == {("newly_in_scope", found.total)}
    together = [flip for flip in found.flips if flip.together]
    assert together
    assert {(flip.service, flip.after) for flip in together} == {("email-collaboration", "fail")}
    by_id = {cause.group.id: cause for cause in found.causes}
    assert by_id["INC-06"].alone == found.total - len(together)
    assert by_id["sla-email-collaboration"].alone == 0
    assert by_id["sla-email-collaboration"].together == len(together)


def test_groups_of_people_are_called_as_in_an_audit(dataset: Path, before: Verdicts, tmp_path: Path) -> None:
    parameters = {name: value for name, value in base().rules["INT-07"].parameters.items() if name != "minimum"}
    head = with_rule(base(), "INT-07", parameters=parameters)
    wanted = differing(before, judged(head, dataset, tmp_path))
    assert wanted
    assert flips(replay(base(), head, dataset, options=ReplayOptions(rules=("INT-07",)))) == wanted


def test_a_change_that_only_takes_rules_away_or_only_brings_some_is_judged(dataset: Path) -> None:
    d = base()
    without = replace(d, rules={id_: rule for id_, rule in d.rules.items() if id_ != "INC-06"})
    gone, come = replay(d, without, dataset), replay(without, d, dataset)
    assert {flip.rule for flip in gone.flips} == {"INC-06"}
    assert {kind for kind, _ in gone.by_kind()} == {"newly_out_of_scope"}
    assert {(f.record_id, f.after, f.before) for f in come.flips} == {
        (f.record_id, f.before, f.after) for f in gone.flips
    }
    assert {(c.group.id, c.alone) for c in gone.causes} == {("INC-06", gone.total)}


def test_an_id_that_something_of_another_kind_goes_on_to_bear_is_not_renamed() -> None:
    """A calendar and a customer share one: under a new id of the calendar, the customer is called as before."""
    d, id_ = base(), "warehouse-shanghai"

    def under_a_new_id(some: Mapping[str, Any]) -> dict[str, Any]:
        rest = {name: one for name, one in some.items() if name != id_}
        return {**rest, "new": replace(some[id_], id="new", aliases=(id_,))}

    assert renamed_anywhere(d, replace(d, calendars=under_a_new_id(d.calendars))) == {}
    assert renamed_anywhere(d, replace(d, customers=under_a_new_id(d.customers))) == {id_: "new"}


def test_a_rule_under_a_new_id_is_the_same_rule(dataset: Path) -> None:
    d = base()
    rule = replace(d.rules["INC-11"], id="INC-99", aliases=("INC-11",))
    head = replace(d, rules={id_: one for id_, one in {**d.rules, "INC-99": rule}.items() if id_ != "INC-11"})
    assert replay(d, head, dataset).total == 0


def test_a_rule_whose_id_another_one_takes_over_is_gone_and_that_one_is_as_before(dataset: Path) -> None:
    d = base()
    rest = {id_: rule for id_, rule in d.rules.items() if id_ != "INC-06"}
    gone = replay(d, replace(d, rules=rest), dataset)
    taken = {**rest, "INC-11": replace(d.rules["INC-11"], aliases=("INC-06",))}
    new = replace(d.rules["INC-11"], id="INC-99", aliases=("INC-11", "INC-06"))
    both = {**{id_: rule for id_, rule in rest.items() if id_ != "INC-11"}, "INC-99": new}
    assert gone.total > 0
    for rules in (taken, both):
        found = replay(d, replace(d, rules=rules), dataset)
        assert flips(found) == flips(gone)
        assert {(cause.group.id, cause.alone) for cause in found.causes} == {("INC-06", gone.total)}


def test_of_a_rule_that_is_gone_nothing_else_is_a_cause(dataset: Path) -> None:
    """Beside it another rule is looser, and the clocks that it read run longer."""
    d = base()
    rules = {id_: rule for id_, rule in d.rules.items() if id_ != "INC-06"}
    looser = {**rules, "INC-11": replace(d.rules["INC-11"], scope=(Condition("priority", "in", ("P1",)),))}
    head = with_targets(replace(d, rules=looser), 2, "sla-email-collaboration")
    found = replay(d, head, dataset, options=ReplayOptions(rules=("INC-06", "INC-11")))
    n = {rule: sum(tally.flips for tally in found.tallies if tally.rule == rule) for rule in ("INC-06", "INC-11")}
    assert min(n.values()) > 0
    assert {(c.group.id, c.rule, c.alone, c.together) for c in found.causes} == {
        ("INC-06", "INC-06", n["INC-06"], 0),
        ("INC-11", "INC-11", n["INC-11"], 0),
    }
    back = replay(head, d, dataset, options=ReplayOptions(rules=("INC-06",)))
    assert {c.group.id for c in back.causes if c.alone} == {"INC-06"}


def test_another_title_of_a_service_is_a_cause(dataset: Path) -> None:
    """Exports may name a service by its title."""
    d = base()
    service = replace(d.services["finance-erp"], title=Text("Ledger", "总账"))
    head = replace(d, services={**d.services, service.id: service})
    assert [(one.kind, one.id) for one in groups_of(d, head, ())] == [("service", "finance-erp")]
    rule = replace(d.rules["INC-06"], title=Text("Another", "另一"))
    assert groups_of(d, replace(d, rules={**d.rules, rule.id: rule}), ()) == ()


def test_the_command_tells_programs_by_schema_and_people_in_both_languages(dataset: Path, tmp_path: Path) -> None:
    root = tmp_path / "head"
    shutil.copytree(reference_root() / "catalog", root / "catalog")
    for name in ("roles", "policies", "audits"):
        (root / name).symlink_to(reference_root() / name)
    file = root / "catalog" / "sla" / "email-collaboration.yaml"
    text = file.read_text("utf-8")
    target = [line for line in text.splitlines() if "within:" in line][-2]
    file.write_text(text.replace(target, target.split("within:")[0] + "within: 1m}"), "utf-8")
    arguments = ["replay", "--base", str(reference_root()), "--root", str(root), "--tickets", str(dataset)]
    result = CliRunner().invoke(group, [*arguments, "--format", "json"], standalone_mode=False)
    assert result.return_value == 1, result.output
    told = json.loads(result.stdout)
    jsonschema.Draft7Validator(replay_schema()).validate(told)
    assert told["summary"]["flips"] == len(told["flips"]) > 0
    (fingerprint,) = {one for flip in told["flips"] for one in flip["because"]}
    assert [change.fingerprint for change in difference(base(), load(root))] == [fingerprint]
    for language, form in (("en", "text"), ("zh", "markdown")):
        shown = (
            CliRunner().invoke(group, [*arguments, "--lang", language, "--format", form], standalone_mode=False).stdout
        )
        assert fingerprint in shown and "itsmctl explain" in shown
        if language == "zh":
            assert re.search(r"- 新增不通过 \d+ 项：[a-z-]+ \d+；2026-\d\d \d+", shown)
            assert not re.search(r"[\u4e00-\u9fff] ?[:;,] ", shown)
    chosen = ["--as-of", "2026-06-30", "--rule", "INC-*"]
    shown = CliRunner().invoke(group, [*arguments, *chosen, "--format", "markdown"], standalone_mode=False).stdout
    assert f"--root {root} --as-of 2026-06-30`" in shown, "explained at the moment at which it was judged"
    assert f"--root {root} --as-of 2026-06-30 --rule 'INC-*'`" in shown.splitlines()[-1]


def test_that_a_change_of_a_mapping_is_not_shown_is_said(dataset: Path) -> None:
    """Tickets are imported once: both sides judge what one mapping read."""
    mapping = base().mappings["servicenow-audit-log"]
    change = Change("mapping-codes-changed", "review", "mapping", mapping.id, "codes", "a", "b", None, None, ())
    told = Replayed(replay(base(), base(), dataset), (change,), "main", "", ())
    assert any("the change of servicenow-audit-log reads differently is not shown" in line for line in about(told))
    assert len([*about(told)]) == len([*about(replace(told, changes=()))]) + 1


def test_identical_sides_end_with_0_and_unknown_ones_with_2(dataset: Path) -> None:
    here = str(reference_root())
    same = CliRunner().invoke(
        group, ["replay", "--base", here, "--head", here, "--tickets", str(dataset)], standalone_mode=False
    )
    assert same.return_value == 0
    assert same.stdout.startswith("No verdict flips.")
    assert run(["replay", "--base", "no-such-branch", "--tickets", str(dataset)]) == 2


def test_a_value_that_is_looked_for_in_every_history_is_not_looked_for_without_histories(dataset: Path) -> None:
    """Whether the export can tell the values under `where` is known from all changes of all records."""
    receipt, asked = read_receipt(dataset), {"column": "category", "test": "in", "values": ("unheard-of",)}
    below = with_rule(base(), "DQ-10", parameters={**base().rules["DQ-10"].parameters, "where": (Condition(**asked),)})
    above = replace(below.rules["INC-13"], id="X-01", rests_on=("DQ-10",))
    definitions = replace(below, rules={**below.rules, "X-01": above})
    as_of = midnight_after(date(2026, 6, 30), ZONE)
    tickets = Tickets(dataset, receipt, as_of, ZONE)
    bases = tickets.bases(definitions)
    assert "every_event" in bases.of(definitions.rules["DQ-10"]).tables
    assert judge_foundations(bases, tickets, [above]) is None


def test_what_is_left_out_of_a_list_is_counted_in_words() -> None:
    parts = [("erp", 12), ("mail", 3), ("", 1)]
    assert share_text(parts, "en", most=1) == "erp 12, and 2 more"
    assert share_text(parts, "zh", most=2) == "erp 12、mail 3、另有 1 项"
    assert share_text(parts, "en") == "erp 12, mail 3, – 1"
