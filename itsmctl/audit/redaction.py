"""People and free text in a result: which rules may observe them, and the same result without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from itsmctl.audit.people import PeopleKey
from itsmctl.checks import CHECKS
from itsmctl.checks.declare import TEMPLATES
from itsmctl.engine.people import show_names
from itsmctl.engine.session import Session, quote
from itsmctl.model import APPROVAL, FREE_TEXT_COLUMNS, GROUPED, PEOPLE_COLUMNS, RECORD_COLUMNS, Parameter, Rule
from itsmctl.result import AuditResult, BaselineUse, Explanation, Moment, Redaction

NAMING = frozenset({"authorised", "different-people", "employed", "in-lane", "paused-share", "concentration"})
"""Checks that tell who it was, whatever column or history they look at; they mark the name."""
_MARKING = {"expression", *TEMPLATES}
"""Checks that quote values, and mark those of columns of people."""
_SILENT = GROUPED | {
    "approved", "batch", "handovers", "linked", "meaningful", "no-secrets", "not-sooner", "overlap", "required", "similar", "untouched",
}  # fmt: skip
"""Checks that count or compare, and never quote a value; groups by a person mark the name."""
WITHHELD = "left out"
"""What stands where a rule may have observed a name or a free text."""


@dataclass
class Hiding:
    """Shows people under pseudonyms, keeps count of it, and leaves free text out unless asked for."""

    key: PeopleKey
    free_text: bool = False
    names: dict[str, str] = field(default_factory=dict)
    in_verdicts: Mapping[str, int] = field(default_factory=dict)
    in_records: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    withheld: Mapping[str, int] = field(default_factory=dict)

    def person(self, name: str) -> str:
        """The pseudonym of a name; nobody stays nobody."""
        if not name.strip():
            return ""
        shown = self.key.pseudonym(name)
        self.names.setdefault(shown, name)
        return shown

    def verdicts(self, session: Session, rules: Sequence[Rule]) -> None:
        """Show the names that checks marked as pseudonyms, and withhold what else rules may have quoted."""
        quoting = [rule.id for rule in rules if self._quotes(rule)]
        self.withheld = _withhold(session, quoting)
        self.in_verdicts = show_names(session, _naming(rules), self.person)

    def result(self, result: AuditResult) -> AuditResult:
        """The result with its records shown so, and with the account of what was done."""
        explanations = tuple(self._explanation(entry) for entry in result.explanations)
        redaction = Redaction(
            self.key.source,
            self.key.id,
            dict(sorted(self.names.items())),
            dict(sorted(self.in_verdicts.items())),
            dict(sorted(self.in_records.items())),
            self.free_text,
            dict(sorted(self.left_out.items())),
            dict(sorted(self.withheld.items())),
        )
        return replace(result, explanations=explanations, redaction=redaction, baseline=_baseline(result))

    def _quotes(self, rule: Rule) -> bool:
        if rule.check in _SILENT | NAMING:
            return False
        about_people = names_people(rule) and rule.check not in _MARKING
        return about_people or not (self.free_text or _read(rule).isdisjoint(FREE_TEXT_COLUMNS))

    def _explanation(self, explanation: Explanation) -> Explanation:
        columns = {}
        for column, value in explanation.columns.items():
            if column in PEOPLE_COLUMNS:
                self.in_records[column] += 1
                columns[column] = self.person(value)
            elif not self.free_text and column in (*FREE_TEXT_COLUMNS, "attributes"):
                self.left_out[column] += 1
            else:
                columns[column] = value
        moments = tuple(self._moment(moment) for moment in explanation.moments)
        return replace(explanation, columns=columns, moments=moments)

    def _moment(self, moment: Moment) -> Moment:
        self.in_records["actor"] += bool(moment.actor)
        shown = replace(moment, actor=self.person(moment.actor))
        if moment.field in PEOPLE_COLUMNS:
            self.in_records[moment.field] += bool(moment.old) + bool(moment.new)
            return replace(shown, old=self.person(moment.old), new=self.person(moment.new))
        if not self.free_text and (
            moment.field in FREE_TEXT_COLUMNS or moment.field not in (*RECORD_COLUMNS, APPROVAL)
        ):
            self.left_out[moment.field] += bool(moment.old) + bool(moment.new)
            return replace(shown, old="", new="")
        return shown


def _baseline(result: AuditResult) -> BaselineUse | None:
    """The baseline without the findings of rules that may name somebody, as it holds names as they are."""
    if result.baseline is None:
        return None
    naming = {entry.rule.id for entry in result.rules if names_people(entry.rule)}
    gone = tuple((rule, *(("", "") if rule in naming else finding)) for rule, *finding in result.baseline.gone)
    return replace(result.baseline, gone=gone)


def show_as_they_are(session: Session, rules: Sequence[Rule]) -> None:
    """Take the marks off the names that checks observed."""
    show_names(session, _naming(rules), str)


def names_people(rule: Rule) -> bool:
    """Whether a rule looks at who did something, so that what it observed may be a name."""
    named = _read(rule) if rule.check == "expression" else frozenset(_words(rule.parameters))
    return rule.check in NAMING or not named.isdisjoint(PEOPLE_COLUMNS)


def _read(rule: Rule) -> frozenset[str]:
    """Every column that a rule reads, also in its history and of other records."""
    needs = CHECKS[rule.check].needs(rule)
    return needs.columns | needs.history | needs.elsewhere


def _words(value: Parameter) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _words(inner)


def _naming(rules: Sequence[Rule]) -> list[str]:
    return [rule.id for rule in rules if names_people(rule)]


def _withhold(session: Session, rules: Sequence[str]) -> dict[str, int]:
    if not rules:
        return {}
    listed = ", ".join(quote(rule) for rule in rules)
    quoted = f"""\"rule\" IN ({listed}) AND coalesce(observed, '') <> ''"""
    found = session.rows(f'SELECT "rule", count(*) FROM tested WHERE {quoted} GROUP BY 1')
    session.run(f"UPDATE tested SET observed = {quote(WITHHELD)} WHERE {quoted}")
    return {str(rule): int(str(n)) for rule, n in found}
