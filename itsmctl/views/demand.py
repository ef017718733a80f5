"""What a rule's check is given, in the words of a reader: each parameter by its name, with titles for ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from itsmctl.checks import CHECKS
from itsmctl.errors import ItsmctlError
from itsmctl.language import Language, clock_text, column_text, duration_text, msg, state_text, tr, trn
from itsmctl.model import Condition, Definition, Definitions, Parameter, Rule, names_of
from itsmctl.reports.called import conditions_text
from itsmctl.reports.phrases import ACTS
from itsmctl.views.wording import called, target_text
from itsmctl.worktime import parse_duration

LABELS: Mapping[str, str] = {
    "activity": msg("activity"),
    "acts": msg("acts of"),
    "actual": msg("done from and to"),
    "after": msg("after"),
    "answer": msg("counts as an answer"),
    "approved-again": msg("allowed where approved again"),
    "at": msg("at the moment of"),
    "back": msg("looks back"),
    "before": msg("no later than"),
    "begins-anywhere": msg("may begin in any state"),
    "by": msg("by"),
    "calendar": msg("calendar"),
    "clock": msg("clock"),
    "codes": msg("code list"),
    "column": msg("column"),
    "columns": msg("columns"),
    "complete": msg("judged where no number is missing of"),
    "count": msg("so many"),
    "dated": msg("day of a row"),
    "days": msg("last days"),
    "decisions": msg("decisions in favour"),
    "duty": msg("duties kept apart"),
    "each": msg("by each of them"),
    "either": msg("either"),
    "every": msg("every link"),
    "except": msg("leaves out"),
    "favourable": msg("more favourable is"),
    "field": msg("column"),
    "first": msg("first"),
    "fresh-for": msg("no older than"),
    "from": msg("from"),
    "grace": msg("corrections within"),
    "history": msg("every value that there was"),
    "in-time": msg("done by its day"),
    "incoming": msg("links of the others"),
    "kind": msg("kind"),
    "kinds": msg("kinds"),
    "lane": msg("lane"),
    "later": msg("at most so much later"),
    "least": msg("at least"),
    "listed": msg("only those that it lists"),
    "matrix": msg("priority matrix"),
    "may-precede": msg("may come before"),
    "minimum": msg("judged from so many"),
    "months": msg("months in a row"),
    "most": msg("at most"),
    "must": msg("must be"),
    "never": msg("never on"),
    "of": msg("promised by"),
    "peers": msg("compared within"),
    "per": msg("for each"),
    "percentile": msg("percentile"),
    "placeholders": msg("empty words"),
    "planned": msg("planned from and to"),
    "process": msg("process"),
    "question": msg("counts as a question"),
    "register": msg("register"),
    "remaining": msg("with less left of the target than"),
    "reopened": msg("reopened within"),
    "repeated": msg("same text so often"),
    "required": msg("filled"),
    "returns": msg("returns"),
    "roles": msg("roles"),
    "round": msg("round numbers"),
    "running": msg("counts while it lasts"),
    "same": msg("same"),
    "set-aside-as": msg("set aside because of"),
    "shortest": msg("shortest text"),
    "sides": msg("sides"),
    "similar": msg("similar from"),
    "states": msg("states of"),
    "text": msg("text"),
    "that": msg("condition"),
    "then": msg("afterwards"),
    "through": msg("approved by the act"),
    "times": msg("times the median of the others"),
    "to": msg("to"),
    "tolerance": msg("tolerance"),
    "total": msg("taken together"),
    "types": msg("links"),
    "unless": msg("unless there is"),
    "unlike": msg("unlike"),
    "unresolved": msg("links that lead nowhere"),
    "used": msg("from so much of the target"),
    "value": msg("value"),
    "values": msg("values"),
    "where": msg("only where"),
    "within": msg("within"),
}
"""The names of parameters; a test holds them to those that the checks have."""
_WORDS = {
    **ACTS,
    "approval": msg("approval"),
    "month": msg("month"),
    "row": msg("row"),
    "contract": msg("contract"),
    "ola": msg("team"),
    "service": msg("service"),
    "offered-request": msg("request offered"),
    "earlier": msg("earlier"),
    "later": msg("later"),
    "fail": msg("fails"),
    "duplicate-id": msg("number used twice"),
    "theirs": msg("of the other"),
    "mine": msg("of its own"),
    "due": msg("due"),
    "done": msg("done"),
}
"""Values that are no column, state or id."""
_PERCENT = {"remaining", "similar", "used", "percentile"}
_SHARES = {"share", "variants", "concentration"}
"""Checks whose `least` and `most` are per cents."""
_SPAN = re.compile(r"([1-9][0-9]*)(mo|d)")


def parameters_text(rule: Rule, definitions: Definitions, language: Language) -> str:
    """The parameters of the check; '' without any."""
    told = (
        f"{tr(LABELS[key], language)}{tr(': ', language)}{_parameter(rule, key, value, definitions, language)}"
        for key, value in sorted(rule.parameters.items())
        if key != "calendar" and value != ()
    )
    hours = str(rule.parameters.get("calendar", ""))
    counted = [
        tr("counted in the hours of {calendar}", language, calendar=called(definitions.calendars, hours, language))
    ]
    return tr("; ", language).join([*told, *(counted if hours else [])])


def records_text(rule: Rule, definitions: Definitions, language: Language) -> str:
    """Which records of the process are judged."""
    if rule.check == "register":
        return tr("rows of the register", language)
    if not rule.scope:
        return tr("all records of the process", language)
    return conditions_text(rule.scope, language, names_of(definitions), rule.process)


def _parameter(rule: Rule, key: str, value: Parameter, definitions: Definitions, language: Language) -> str:
    told = _Teller(rule, definitions, language).value(key, value)
    percent = key in _PERCENT or (key in ("least", "most") and rule.check in _SHARES)
    return f"{told}%" if percent else told


class _Teller:
    """Tells values of a rule's parameters; what a value is the name of stands with its check."""

    def __init__(self, rule: Rule, definitions: Definitions, language: Language) -> None:
        self.rule, self.definitions, self.language = rule, definitions, language
        self.kinds = CHECKS[rule.check].NAMES

    def value(self, path: str, value: Parameter) -> str:
        """One value, of whatever kind."""
        if isinstance(value, bool):
            return tr("yes" if value else "no", self.language)
        if isinstance(value, Condition):
            return conditions_text((replace(value, column=self._column(value.column)),), self.language)
        if isinstance(value, tuple):
            inside = (self.value(f"{path}/*", one) for one in value)
            nested = any(isinstance(one, (tuple, Condition)) for one in value)
            return tr("; " if nested else ", ", self.language).join(inside)
        if isinstance(value, Mapping):
            return self._act(path, value)
        return self._word(path, value) if isinstance(value, str) else str(value)

    def _act(self, path: str, value: Mapping[str, Parameter]) -> str:
        """A change of state or of a column, a moment here and one there, or days from and to."""
        inside = {key: self.value(f"{path}/{key}", one) for key, one in value.items()}
        match sorted(value):
            case ["state"]:
                return tr("moved to {states}", self.language, states=inside["state"])
            case ["field"]:
                return tr("change of {column}", self.language, column=inside["field"])
            case ["field", "new"]:
                return tr("{column} becomes {values}", self.language, column=inside["field"], values=inside["new"])
            case ["from", "to"]:
                return tr("{start} to {end}", self.language, start=inside["from"], end=inside["to"])
        pairs = (f"{tr(_WORDS[key], self.language) if key in _WORDS else key} {one}" for key, one in inside.items())
        return tr(", ", self.language).join(pairs)

    def _word(self, path: str, value: str) -> str:
        titles = self._titles(self.kinds.get(path, ""))
        if value in titles:
            return called(titles, value, self.language)
        match self.kinds.get(path, ""):
            case "state":
                return state_text(value, self.language)
            case "clock":
                return clock_text(value, self.language)
            case "lane":
                return self._lane(value)
            case "duty" | "expression" | "day":
                return value
        if value in _WORDS and column_text(value, self.language) == value:
            return tr(_WORDS[value], self.language)
        return _span_text(value, self.language) or self._column(value)

    def _titles(self, kind: str) -> Mapping[str, Definition]:
        have = self.definitions
        found: Mapping[str, Mapping[str, Definition]] = {
            "calendar": have.calendars,
            "code-list": have.code_lists,
            "priority-matrix": have.matrices,
            "process": have.processes,
            "register": have.registers,
            "role": have.roles,
        }
        return found.get(kind, {})

    def _lane(self, id_: str) -> str:
        process = self.definitions.processes.get(self.rule.process)
        lanes = {lane.id: lane.title.in_(self.language) for lane in process.lanes} if process else {}
        return lanes.get(id_, id_)

    def _column(self, name: str) -> str:
        """A column of the register that the rule asks, or of records."""
        register = self.definitions.registers.get(str(self.rule.parameters.get("register", "")))
        column = register.column(name) if register else None
        return column.title.in_(self.language) if column else column_text(name, self.language)


def _span_text(text: str, language: Language) -> str:
    """A length of time; '' for any other text."""
    if span := _SPAN.fullmatch(text):
        number = int(span[1])
        return (
            trn("{n} month", "{n} months", number, language)
            if span[2] == "mo"
            else trn("{n} day", "{n} days", number, language)
        )
    try:
        length = parse_duration(text)
    except ItsmctlError:
        return ""
    return target_text(length, language) or duration_text(length.seconds, language)
