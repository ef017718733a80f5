"""The baseline of an audit: which of its findings were known before, and which entries of it hold no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from itsmctl.audit.waivers import refusal
from itsmctl.engine.context import Context
from itsmctl.engine.known import findings_of, gone_since, mark_known
from itsmctl.engine.session import Session
from itsmctl.errors import Problem
from itsmctl.language import zone_of
from itsmctl.model import Baseline, Definitions, KnownFindings, Rule
from itsmctl.result import BaselineUse


def recognise(
    session: Session, baseline: Baseline, rules: Sequence[Rule], context: Context
) -> tuple[BaselineUse, Mapping[str, int]]:
    """Mark the failures that a baseline knows, say how many of each rule, and what it knows in vain.

    It is judged at the moment of the audit: it says which findings may wait, not that they are none.
    """
    problems = tuple(_problems(baseline, context))
    if problems:
        return BaselineUse(baseline, 0, (), problems), {}
    entries, changed = _still_meant(context.definitions, baseline, {rule.id: rule for rule in rules})
    known = mark_known(session, baseline.id, findings_of(entries))
    return BaselineUse(baseline, sum(known.values()), tuple(gone_since(session)), tuple(changed)), known


def _problems(baseline: Baseline, context: Context) -> Iterator[Problem]:
    refused = refusal(context.definitions, baseline)
    if refused:
        yield refused
    if context.as_of >= baseline.expires:
        day = datetime.fromtimestamp(baseline.expires - 1, zone_of(context.zone)).date()
        template = "baseline {baseline} ended on {day}: every finding counts again"
        yield Problem("baseline-expired", template, baseline.where, {"baseline": baseline.id, "day": day})
    if context.as_of < baseline.taken:
        template = "baseline {baseline} was taken after the moment of this audit"
        yield Problem("baseline-to-come", template, baseline.where, {"baseline": baseline.id})


def _still_meant(
    definitions: Definitions, baseline: Baseline, rules: Mapping[str, Rule]
) -> tuple[list[KnownFindings], list[Problem]]:
    """The entries about rules that demand today what they demanded then, under their id of today, and the others as problems."""
    today = {alias: rule.id for rule in definitions.rules.values() for alias in (rule.id, *rule.aliases)}
    kept: list[KnownFindings] = []
    problems: list[Problem] = []
    for known in baseline.findings:
        rule = rules.get(today.get(known.rule, known.rule))
        if rule is None:  # not judged
            continue
        if known.meaning and known.meaning != rule.meaning:
            template = "{rule} demands something else since baseline {baseline} was taken (version {old}, now {new}): its findings count"
            values = {"rule": rule.id, "baseline": baseline.id, "old": known.version or "?", "new": rule.version}
            problems.append(Problem("baseline-rule-changed", template, baseline.where, values, "warning"))
            continue
        kept.append(replace(known, rule=rule.id))
    return kept, problems
