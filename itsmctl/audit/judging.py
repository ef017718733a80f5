"""Rules in tiers: each is judged after those that it rests on, and comes out as one of four outcomes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from itsmctl.audit.waivers import applied
from itsmctl.engine.context import Context
from itsmctl.engine.evaluate import Counts, evaluate
from itsmctl.engine.session import Session
from itsmctl.engine.statements import Task
from itsmctl.engine.verdicts import failures, reasons
from itsmctl.model import Limit, Outcome, Rule
from itsmctl.result import RuleResult, Verdict

Judged = Mapping[str, tuple[Rule, Counts]]
"""Each rule and what became of the records in its scope, by id."""


def judge(
    session: Session,
    tiers: Sequence[Sequence[Rule]],
    context: Context,
    report: Callable[[float], None],
    *,
    all_verdicts: bool,
    keep: Sequence[str],
    untestable: Mapping[str, str],
) -> Judged:
    """Judge by the rules, tier by tier, into the table of verdicts, and excuse the failures that waivers cover.

    `untestable` are checks by which nothing can be tested here, each with the reason.
    """
    from itsmctl.checks import CHECKS

    waivers = applied(context.definitions)
    counts: dict[str, tuple[Rule, Counts]] = {}
    every = max(1, sum(map(len, tiers)))
    for tier in tiers:
        of_tier = _part(report, len(counts) / every, len(tier) / every)
        of_tier(0.0)
        why = {rule.id: untestable.get(rule.check, "") or because(rule, counts) for rule in tier}
        tasks = [Task(rule, CHECKS[rule.check], why[rule.id], waivers.get(rule.id, ())) for rule in tier]
        found = evaluate(session, tasks, context, all_verdicts=all_verdicts, keep=keep, report=of_tier)
        counts |= {rule.id: (rule, found[rule.id]) for rule in tier}
    return counts


def _part(report: Callable[[float], None], before: float, share: float) -> Callable[[float], None]:
    """The progress of a part of the work, told as that of the whole."""
    return lambda done: report(before + done * share)


def results_of(session: Session, judged: Judged, known: Mapping[str, int]) -> list[RuleResult]:
    """What became of the records under each rule, by its id; `known` are the failures that a baseline knows."""
    why, samples = reasons(session), failures(session)
    return [
        replace(_result(*judged[rule], why.get(rule, ()), samples.get(rule, ())), known=known.get(rule, 0))
        for rule in sorted(judged)
    ]


def because(rule: Rule, judged: Judged) -> str:
    """The first of the rules that this one rests on which does not hold, as a reason, or ''.

    A waiver excuses a failure; it does not make the data any better on which another rule rests.
    """
    shaky = (name for name in rule.rests_on if name in judged and _as_found(*judged[name]) in ("fail", "not_testable"))
    failed_below = next(shaky, "")
    return f"rests-on:{failed_below}" if failed_below else ""


def _result(rule: Rule, counts: Counts, why: tuple[tuple[str, int], ...], samples: tuple[Verdict, ...]) -> RuleResult:
    return RuleResult(
        rule=rule,
        outcome=outcome(rule, counts),
        in_scope=counts.in_scope,
        passed=counts.passed,
        failed=counts.failed,
        not_testable=counts.not_testable,
        waived=counts.waived,
        not_applicable=counts.not_applicable,
        allowed_failures=_tolerated(rule, counts),
        reasons=why,
        breakdown=counts.breakdown,
        samples=samples,
        untested_because=counts.untested_because,
        too_small=counts.too_small,
    )


def outcome(rule: Rule, counts: Counts) -> Outcome:
    """fail beats not_testable beats no_data beats pass: nothing that was not looked at may read as clean."""
    if counts.failed > _tolerated(rule, counts):
        return "fail"
    if counts.not_testable > _allowed(rule.allowance, counts.in_scope):
        return "not_testable"
    if not counts.in_scope:
        return "not_testable" if counts.untested_because else "no_data"
    return "pass" if counts.passed or counts.failed or counts.waived else "not_testable"


def _as_found(rule: Rule, counts: Counts) -> Outcome:
    """The outcome if there were no waivers."""
    return outcome(rule, replace(counts, failed=counts.failed + counts.waived, waived=0))


def _tolerated(rule: Rule, counts: Counts) -> int:
    """How many failures the tolerance lets through, of the records that were judged and not excused."""
    return _allowed(rule.tolerance, counts.in_scope - counts.not_testable - counts.waived)


def _allowed(limit: Limit, population: int) -> int:
    """How many of a population a limit lets through; a percentage is rounded down."""
    return max(limit.count, math.floor(round(limit.percent * population, 6) / 100))
