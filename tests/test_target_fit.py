"""Targets are compared for the records that meet them, in force together, in their own calendars; the message names the moment."""

from __future__ import annotations

from law_examples import system_of

from itsmctl.definitions.lint import target_does_not_fit
from itsmctl.worktime import open_seconds, parse_moment

ALWAYS = "kind: calendar\nid: always\nzone: UTC\nweek: {mon: [%s], tue: [%s], wed: [%s], thu: [%s], fri: [%s], sat: [%s], sun: [%s]}\n" % (
    ('"00:00-24:00"',) * 7
)  # fmt: skip
OFFICE = "kind: calendar\nid: office\nzone: Asia/Shanghai\nday-length: 8h\nweek: {mon: [%s], tue: [%s], wed: [%s], thu: [%s], fri: [%s]}\n" % (
    ('"09:00-17:00"',) * 5
)  # fmt: skip
SLA = """kind: sla
id: sla-order
services: [order]
calendar: {calendar}
clocks:
  resolution: {{title: Resolve, targets: [{targets}]}}
"""
OLA = """kind: ola
id: {id}
supports: [sla-order]
calendar: {calendar}
effective: {effective}
clocks:
  repair: {{title: Repair, leg: resolution, step: {step}, hand-over: {hand_over}, targets: [{targets}]}}
"""


def sla(targets: str, calendar: str = "always") -> str:
    return SLA.format(targets=targets, calendar=calendar)


def ola(
    targets: str, calendar: str = "always", id: str = "ola-a", step: int = 1, hand_over: str = "1m", effective: str = "{from: 2020-01-01}"
) -> str:  # fmt: skip
    return OLA.format(targets=targets, calendar=calendar, id=id, step=step, hand_over=hand_over, effective=effective)


def told(*documents: str) -> list[str]:
    problems = target_does_not_fit.check(system_of("---\n".join((ALWAYS, OFFICE, *documents))))
    return [str(problem.values["within"]) for problem in problems]


P1, P2 = "where: {priority: [P1]}", "where: {priority: [P2]}"


def test_only_targets_that_the_same_record_meets_are_compared() -> None:
    promised = sla(f"{{{P1}, within: 4h}}, {{within: 40h}}")
    assert told(promised, ola(f"{{{P1}, within: 3h}}, {{within: 30h}}")) == []
    assert told(promised, ola(f"{{{P2}, within: 30h}}, {{within: 3h}}")) == []
    assert told(promised, ola(f"{{{P2}, within: 3h}}, {{within: 30h}}")) == ["30h"]
    assert told(promised, ola("{within: 5h}")) == ["5h"]


def test_the_hand_over_counts_and_exactly_the_target_is_in_time() -> None:
    assert told(sla("{within: 4h}"), ola("{within: 3h59m}")) == []
    assert told(sla("{within: 4h}"), ola("{within: 4h}")) == ["4h"]


def test_steps_add_up_and_legs_side_by_side_do_not() -> None:
    promised, two = sla("{within: 4h}"), "{within: 2h}"
    assert told(promised, ola(two), ola(two, id="ola-b")) == []
    assert told(promised, ola(two), ola(two, id="ola-b", step=2)) == ["2h"]
    assert told(promised, ola("{within: 1h}"), ola(two, id="ola-b", step=2)) == []


def test_agreements_that_were_never_in_force_together_do_not_add_up() -> None:
    earlier = ola("{within: 3h}", effective="{to: 2025-12-31}")
    assert (
        told(sla("{within: 4h}"), earlier, ola("{within: 3h}", id="ola-b", step=2, effective="{from: 2026-01-01}"))
        == []
    )
    assert told(
        sla("{within: 4h}"), earlier, ola("{within: 3h}", id="ola-b", step=2, effective="{from: 2025-12-31}")
    ) == ["3h"]


def test_business_days_are_those_of_the_calendar() -> None:
    assert told(sla("{within: 1bd}", "office"), ola("{within: 7h}", "office")) == []
    assert told(sla("{within: 1bd}", "office"), ola("{within: 1bd}", "office")) == ["1bd"]
    assert told(sla("{within: 2bd}", "office"), ola("{within: 1bd}", "office")) == []


def test_the_counter_example_is_one() -> None:
    system = system_of("---\n".join((ALWAYS, OFFICE, sla("{within: 24h}"), ola("{within: 2h}", "office"))))
    (problem,) = target_does_not_fit.check(system)
    start, end = (parse_moment(str(problem.values[key]), "UTC") for key in ("start", "end"))
    office = next(e.definition for e in system.entries if e.definition.id == "office")
    assert open_seconds(office, start, end) == 2 * 3600 + 60  # type: ignore[arg-type]
    assert end - start > 24 * 3600
