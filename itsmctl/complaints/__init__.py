"""The complaints ledger: each complaint with its signs, how they move from period to period, and the records behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from itsmctl.complaints.deck import COMPLAINTS, Complaint
from itsmctl.complaints.own import own_told, question_told
from itsmctl.complaints.records import failing_records
from itsmctl.errors import Where
from itsmctl.model import (
    Attested,
    Band,
    Definitions,
    DefinitionShare,
    Effective,
    Kpi,
    Measure,
    RuleShare,
    Text,
)
from itsmctl.model.indicators import Period
from itsmctl.scorecard.asking import Asked, sources
from itsmctl.scorecard.figures import Indicator, Tally, figure_of
from itsmctl.scorecard.measuring import Sources, measure
from itsmctl.scorecard.periods import Span, spans_until

LEAST = 5
"""Of fewer than so many records a share is noise."""
_DEFINITIONS: Mapping[str, Text] = {
    "services-with-agreement": Text("Services with an agreement", "有协议的服务"),
    "contracts-fitting": Text("Contracts that carry what was promised", "足以支撑承诺的合同"),
    "reviews-in-time": Text("Definitions reviewed in time", "按期评审的定义"),
    "roles-filled": Text("Roles that somebody holds", "有人担任的角色"),
}
_OWN: Mapping[str, Text] = {
    "key-person": Text("Categories of which nobody resolves 60 % alone", "没有一人包揽六成以上解决的类别"),
    "processes-with-figures": Text("Processes with an indicator that is computed", "有可计算指标的流程"),
}


@dataclass(frozen=True)
class Sign:
    """One indicator of a complaint: the share that would be whole without it, and the records that are not as they should be."""

    indicator: Indicator
    rule: str = ""
    """Empty where no rule is behind it."""
    records: tuple[str, ...] = ()
    """Of the present period, the first ones by name."""
    failing: int = 0
    """How many there are."""

    @property
    def kept(self) -> float | None:
        """Per cent as it should be in the present period."""
        return self.indicator.now.value if self.indicator.now else None


@dataclass(frozen=True)
class Heard:
    """A complaint with its signs."""

    complaint: Complaint
    signs: tuple[Sign, ...]

    @property
    def worst(self) -> Sign | None:
        """The sign that speaks loudest for the complaint; None where none can be computed."""
        told = [sign for sign in self.signs if sign.kept is not None]
        return min(told, key=lambda sign: (sign.kept or 0.0, sign.indicator.kpi.id), default=None)


@dataclass(frozen=True)
class Ledger:
    """All complaints at the end of a day."""

    day: str
    zone: str
    with_tickets: bool
    complaints: tuple[Heard, ...]


def ledger(
    definitions: Definitions, dataset: Path | None, asked: Asked, period: Period, most: int, root: Path | None = None
) -> Ledger:
    """Every complaint over some periods, with at most so many records behind each sign."""
    known = [rule for one in COMPLAINTS for rule in one.rules if rule in definitions.rules]
    rules = [definitions.rules[rule] for rule in sorted(set(known))]
    with sources(definitions, rules, dataset, asked, root) as found:
        complaints = tuple(Heard(one, tuple(_signs(one, found, asked.periods, period, most))) for one in COMPLAINTS)
        return Ledger(found.day.isoformat(), found.zone, found.tickets is not None, complaints)


def _signs(complaint: Complaint, sources: Sources, periods: int, period: Period, most: int) -> Iterator[Sign]:
    definitions = sources.definitions
    rules = [definitions.rules[rule] for rule in complaint.rules if rule in definitions.rules]
    kpis = [_kpi(rule.id, rule.title, RuleShare((rule.id,)), period) for rule in rules]
    kpis += [_kpi(name, _DEFINITIONS[name], DefinitionShare(name), period, 1) for name in complaint.definitions]
    for indicator in measure(sources, kpis, periods).indicators:
        measured = indicator.kpi.measure
        rule = measured.rules[0] if isinstance(measured, RuleShare) else ""
        yield _with_records(Sign(indicator, rule), sources, most)
    for name, question in complaint.questions:
        survey = definitions.surveys.get(name)
        if survey is not None and question in survey.questions:
            kpi = _kpi(f"{name}/{question}", survey.questions[question].text, _NONE, "half-year", survey.least_answers)
            spans = spans_until("half-year", sources.day, periods)
            yield Sign(_told(kpi, sources, {span: question_told(survey, question, span) for span in spans}))
    for own in complaint.own:
        kpi = _kpi(own, _OWN[own], _NONE, period, 1)
        spans = spans_until(period, sources.day, periods)
        found = own_told(own, sources, spans)
        yield Sign(Indicator(kpi, (), found) if isinstance(found, str) else _told(kpi, sources, found))


_NONE = Attested("", Text())


def _told(kpi: Kpi, sources: Sources, tallies: Mapping[Span, Tally]) -> Indicator:
    figures = (figure_of(kpi, span, tally, span.end <= sources.day) for span, tally in tallies.items())
    return Indicator(kpi, tuple(figures))


def _with_records(sign: Sign, sources: Sources, most: int) -> Sign:
    now = sign.indicator.now
    if sources.tickets is None or now is None or not sign.rule:
        return sign
    records = failing_records(sources.tickets, sign.rule, now.span)
    return Sign(sign.indicator, sign.rule, tuple(records[:most]), len(records))


def _kpi(id_: str, title: Text, measured: Measure, period: Period, least: int = LEAST) -> Kpi:
    """A share that should be whole, as an indicator: so it is taken over periods, and its trend told, as any other."""
    return Kpi(
        "kpi", id_, title, Effective(), Where(), (), "", "", "customer", "process", (), title, "percent", "higher",
        Band(100.0, None), None, period, least, measured,
    )  # fmt: skip
