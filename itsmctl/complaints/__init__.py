"""The complaints ledger: each complaint with its signs, how they move from period to period, and the records behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from itsmctl.complaints.own import own_told, question_told
from itsmctl.complaints.records import failing_records
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.model import (
    Attested,
    Band,
    Complaint,
    ComplaintSign,
    Definitions,
    DefinitionShare,
    Effective,
    Kpi,
    Measure,
    OwnFigure,
    RuleShare,
    Text,
)
from itsmctl.model.indicators import DefinitionFigure, Period
from itsmctl.scorecard.asking import Asked, sources
from itsmctl.scorecard.figures import Indicator, Tally, figure_of
from itsmctl.scorecard.measuring import Sources, measure
from itsmctl.scorecard.periods import Span, spans_until
from itsmctl.scorecard.tickets import rules_asked

LEAST = 5
"""Of fewer than so many records a share is noise."""
_DEFINITIONS: Mapping[DefinitionFigure, Text] = {
    "services-with-agreement": Text("Services with an agreement", "有协议的服务"),
    "contracts-fitting": Text("Contracts that carry what was promised", "足以支撑承诺的合同"),
    "reviews-in-time": Text("Definitions reviewed in time", "按期评审的定义"),
    "roles-filled": Text("Roles that somebody holds", "有人担任的角色"),
}
_OWN: Mapping[OwnFigure, Text] = {
    "key-person": Text("Categories that do not hang on one person", "不依赖一人解决的类别"),
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
    loud_from: float | None = None
    """Per cent amiss from which it speaks for the complaint."""

    @property
    def kept(self) -> float | None:
        """Per cent as it should be in the present period."""
        return self.indicator.now.value if self.indicator.now else None

    @property
    def loud(self) -> bool:
        """Whether it speaks for the complaint: as much is amiss as its threshold says, or more."""
        return self.kept is not None and self.loud_from is not None and 100 - self.kept >= self.loud_from


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
    """All complaints at the end of a day, the loudest first."""

    day: str
    zone: str
    with_tickets: bool
    complaints: tuple[Heard, ...]


def ledger(
    definitions: Definitions, dataset: Path | None, asked: Asked, period: Period, most: int, root: Path | None = None
) -> Ledger:
    """Every complaint over some periods, with at most so many records behind each sign."""
    complaints = definitions.complaints.values()
    if not complaints:
        template = "no complaint is defined; itsmctl schema complaint shows how one is written"
        raise ItsmctlError(Problem("no-complaint", template))
    signs = [sign for one in complaints for sign in one.signs]
    rules = {sign.rule for sign in signs if sign.rule}
    named = [definitions.kpis[sign.kpi] for sign in signs if sign.kpi]
    rules |= {rule.id for rule in rules_asked(definitions, named)}
    with sources(definitions, [definitions.rules[rule] for rule in sorted(rules)], dataset, asked, root) as found:
        heard = tuple(
            Heard(one, tuple(_sign(sign, found, asked.periods, period, most) for sign in one.signs))
            for one in complaints
        )
        return Ledger(found.day.isoformat(), found.zone, found.tickets is not None, tuple(sorted(heard, key=_quiet)))


def _quiet(heard: Heard) -> tuple[float, str]:
    """The loudest complaint first, and last those of which nothing can be told."""
    worst = heard.worst
    return (101.0 if worst is None or worst.kept is None else worst.kept, heard.complaint.id)


def _sign(sign: ComplaintSign, sources: Sources, periods: int, period: Period, most: int) -> Sign:
    """A sign over the periods; an indicator keeps its own, and a survey is run by the half-year."""
    definitions = sources.definitions
    if sign.rule:
        kpi = _kpi(sign, sign.rule, definitions.rules[sign.rule].title, RuleShare((sign.rule,)), period)
        found = Sign(_measured(kpi, sources, periods), sign.rule, loud_from=sign.loud_from)
        return _with_records(found, sources, most)
    if sign.kpi:
        indicator = _measured(definitions.kpis[sign.kpi], sources, periods)
    elif sign.definitions:
        title, share = _DEFINITIONS[sign.definitions], DefinitionShare(sign.definitions)
        indicator = _measured(_kpi(sign, sign.definitions, title, share, period, 1), sources, periods)
    elif sign.question:
        indicator = _asked(sign, sign.question, sources, periods)
    else:
        assert sign.figure is not None
        kpi = _kpi(sign, sign.figure, _OWN[sign.figure], _NONE, period, 1)
        told = own_told(sign, sources, spans_until(period, sources.day, periods))
        indicator = Indicator(kpi, (), told) if isinstance(told, str) else _told(kpi, sources, told)
    return Sign(indicator, loud_from=sign.loud_from)


def _measured(kpi: Kpi, sources: Sources, periods: int) -> Indicator:
    (indicator,) = measure(sources, [kpi], periods).indicators
    return indicator


def _asked(sign: ComplaintSign, named: tuple[str, str], sources: Sources, periods: int) -> Indicator:
    """Who is satisfied with the answer to a question."""
    name, question = named
    survey = sources.definitions.surveys[name]
    title = survey.questions[question].text
    kpi = _kpi(sign, f"{name}/{question}", title, _NONE, "half-year", survey.least_answers)
    spans = spans_until("half-year", sources.day, periods)
    return _told(kpi, sources, {span: question_told(survey, question, span) for span in spans})


_NONE = Attested("", Text())


def _told(kpi: Kpi, sources: Sources, tallies: Mapping[Span, Tally]) -> Indicator:
    figures = (figure_of(kpi, span, tally, span.end <= sources.day) for span, tally in tallies.items())
    return Indicator(kpi, tuple(figures))


def _with_records(sign: Sign, sources: Sources, most: int) -> Sign:
    now = sign.indicator.now
    if sources.tickets is None or now is None or not sign.rule:
        return sign
    records = failing_records(sources.tickets, sign.rule, now.span)
    return replace(sign, records=tuple(records[:most]), failing=len(records))


def _kpi(sign: ComplaintSign, id_: str, title: Text, measured: Measure, period: Period, least: int = LEAST) -> Kpi:
    """A share that should be whole, as an indicator: so it is taken over periods, and its trend told, as any other."""
    title = title if sign.title == Text() else sign.title
    return Kpi(
        "kpi", id_, title, Effective(), Where(), (), "", "", "customer", "process", (), title, "percent", "higher",
        Band(100.0, None), None, period, sign.minimum or least, measured,
    )  # fmt: skip
