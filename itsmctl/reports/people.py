"""A result in which nobody is named: a report that goes round says P-1, `itsmctl explain` says who that is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace

from itsmctl.audit.redaction import names_people
from itsmctl.model import PEOPLE_COLUMNS
from itsmctl.result import AuditResult, Explanation, Moment, RuleResult, Verdict

JUDGES_PEOPLE = frozenset({"paused-share"})
"""Checks whose rows are people: the key of a row begins with a name."""
_BETWEEN = re.compile(r"(\s*(?:[,;/|=、，；]|→|->)\s*)")


def without_names(result: AuditResult) -> AuditResult:
    """The same result with people numbered in the order in which its records name them."""
    names = pseudonyms(result.explanations)
    for entry in (*result.rules, *result.enquiries):
        if entry.rule.check in JUDGES_PEOPLE:
            for sample in entry.samples:
                names.setdefault(person_of(sample.record_id), f"P-{len(names) + 1}")
    withheld = {entry.rule.id for entry in (*result.rules, *result.enquiries) if names_people(entry.rule)}
    return replace(
        result,
        rules=tuple(_rule(entry, names) for entry in result.rules),
        enquiries=tuple(_rule(entry, names) for entry in result.enquiries),
        explanations=tuple(_explanation(entry, names, withheld) for entry in result.explanations),
    )


def pseudonyms(explanations: tuple[Explanation, ...]) -> dict[str, str]:
    """P-1, P-2, … for every person that the records name, by first appearance."""
    names: dict[str, str] = {}
    for explanation in explanations:
        people = [explanation.columns.get(column, "") for column in PEOPLE_COLUMNS]
        for moment in explanation.moments:
            people.append(moment.actor)
            if moment.field in PEOPLE_COLUMNS:
                people += [moment.old, moment.new]
        for person in people:
            if person and person not in names:
                names[person] = f"P-{len(names) + 1}"
    return names


def person_of(key: str) -> str:
    """The name at the beginning of the key of a row that is about a person."""
    return key.split(" / ")[0]


def _rule(result: RuleResult, names: Mapping[str, str]) -> RuleResult:
    withheld = frozenset({result.rule.id} if names_people(result.rule) else ())
    samples = tuple(_verdict(verdict, names, withheld) for verdict in result.samples)
    if result.rule.check in JUDGES_PEOPLE:
        samples = tuple(replace(s, record_id=_without_name(s.record_id, names)) for s in samples)
    return replace(result, samples=samples)


def _without_name(key: str, names: Mapping[str, str]) -> str:
    person = person_of(key)
    return names[person] + key[len(person) :]


def _verdict(verdict: Verdict, names: Mapping[str, str], withheld: Set[str]) -> Verdict:
    if verdict.rule in withheld:
        return replace(verdict, observed="", expected="")
    return replace(verdict, observed=_hidden(verdict.observed, names), expected=_hidden(verdict.expected, names))


def _hidden(text: str, names: Mapping[str, str]) -> str:
    """The text with each part that is wholly a known name replaced; a mere number is too likely to be no name."""
    return "".join(names[part] if part in names and not part.isdecimal() else part for part in _BETWEEN.split(text))


def _explanation(explanation: Explanation, names: Mapping[str, str], withheld: Set[str]) -> Explanation:
    return replace(
        explanation,
        columns={
            column: names.get(value, value) if column in PEOPLE_COLUMNS else value
            for column, value in explanation.columns.items()
            if column != "attributes"
        },
        moments=_moments(explanation.moments, names),
        verdicts=tuple(_verdict(verdict, names, withheld) for verdict in explanation.verdicts),
        grounds=tuple(
            replace(
                one,
                verdict=_verdict(one.verdict, names, withheld),
                changes=_moments(one.changes, names),
                values={c: names.get(v, v) if c in PEOPLE_COLUMNS else v for c, v in one.values.items()},
            )
            for one in explanation.grounds
        ),
    )


def _moments(moments: tuple[Moment, ...], names: Mapping[str, str]) -> tuple[Moment, ...]:
    return tuple(
        replace(
            moment,
            actor=names.get(moment.actor, ""),
            old=names.get(moment.old, "") if moment.field in PEOPLE_COLUMNS else moment.old,
            new=names.get(moment.new, "") if moment.field in PEOPLE_COLUMNS else moment.new,
        )
        for moment in moments
    )
