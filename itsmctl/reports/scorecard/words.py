"""The words and signs of scorecards: values with their units, targets, what a figure stands for, where it is going."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.charts.sparkline import GOES_ON
from itsmctl.charts.sparkline import sparkline as bars
from itsmctl.language import Language, msg, reason_text, tr, unit_text
from itsmctl.model import Kpi
from itsmctl.scorecard.figures import Figure, Indicator, Standing, Trend

STANDINGS: dict[Standing, tuple[str, str]] = {
    "reached": ("✓", msg("at its target")),
    "missed": ("!", msg("short of its target")),
    "alarm": ("✕", msg("in alarm")),
    "uncertain": ("?", msg("at its target only if what is unknown is good")),
    "few": ("·", msg("too few to tell")),
    "none": ("○", msg("nothing in the period")),
}
"""A standing is never told by colour alone."""
TRENDS: dict[Trend, tuple[str, str]] = {
    "better": ("+", msg("better than the period before")),
    "worse": ("−", msg("worse than the period before")),
    "steady": ("=", msg("no more than chance")),
    "": ("", ""),
}
LEGEND = (*STANDINGS.values(), *TRENDS.values(), (GOES_ON, msg("the last period is not whole")))
"""Every sign with what it means; that of no trend is empty."""
TYPES = {"goal": msg("KGI"), "process": msg("KPI")}


def value_text(kpi: Kpi, value: float | None, language: Language) -> str:
    """A value with its unit; an en dash for none."""
    if value is None:
        return "–"
    text = f"{value:.1f}" if kpi.unit in ("percent", "hours", "days") else f"{value:.2f}"
    if kpi.unit == "count" and value == int(value):
        text = str(int(value))
    return unit_text(text, kpi.unit, language)


def target_text(kpi: Kpi, language: Language) -> str:
    """`≥ 92%`, `≤ 3 h`, `95–105%`."""
    least, most = kpi.target.at_least, kpi.target.at_most
    if least is not None and most is not None:
        return unit_text(f"{least:g}–{most:g}", kpi.unit, language)
    return unit_text(f"≥ {least:g}" if least is not None else f"≤ {most:g}", kpi.unit, language)


def population_text(kpi: Kpi, figure: Figure, language: Language) -> str:
    """`184 of 192`, or how many it rests on; and how many of them nobody knows."""
    tally = figure.tally
    text = str(tally.n)
    if figure.standing == "few":
        text = tr("{n}, of {minimum} needed", language, n=tally.n, minimum=kpi.minimum)
    return tr("{n}, {unknown} unknown", language, n=text, unknown=tally.unknown) if tally.unknown else text


def period_label(figure: Figure, language: Language) -> str:
    """The period; of one that is not whole, that it is so far."""
    return figure.span.label if figure.complete else tr("{period} so far", language, period=figure.span.label)


def untold_text(code: str, kpi: Kpi | None, language: Language) -> str:
    """Why an indicator could not be computed, and so what it needs."""
    own = UNTOLD.get(code)
    return tr(own, language) if own else reason_text(code, language)


UNTOLD = {
    "no-tickets": msg("Needs tickets: give --tickets"),
    "attested": msg("Somebody states it: no data here can give it"),
    "no-assessment": msg("Needs an assessment that rates the processes"),
    "no-system": msg("Needs the definitions as files"),
}


def sparkline(indicator: Indicator) -> str:
    """A block for each period, on a scale on which the target lies too; a dot where there is none, `…` behind one that is not whole."""
    values = [figure.value for figure in indicator.figures]
    if all(value is None for value in values):
        return ""
    return bars(values, *extent(indicator)) + going_on(indicator)


def going_on(indicator: Indicator) -> str:
    """`…` where the last period is not whole."""
    figures = indicator.figures
    return GOES_ON if figures and not figures[-1].complete else ""


def extent(indicator: Indicator) -> tuple[float, float]:
    """The ends of a scale on which all its values and its target lie; it has at least one of them."""
    target = indicator.kpi.target
    ends = (target.at_least, target.at_most, *(figure.value for figure in indicator.figures))
    known = [end for end in ends if end is not None]
    return min(known), max(known)


def counted(indicators: Sequence[Indicator]) -> dict[str, int]:
    """How many indicators stand where; `untold` could not be computed."""
    found = dict.fromkeys([*STANDINGS, "untold"], 0)
    for one in indicators:
        found[one.now.standing if one.now else "untold"] += 1
    return found


def summary(indicators: Sequence[Indicator], language: Language) -> str:
    """`12 at target, 3 short, 2 in alarm, 1 uncertain, 5 too few, 2 without data, 20 not computed.`"""
    found = counted(indicators)
    return tr(
        "{reached} at their target, {missed} short of it, {alarm} in alarm, {uncertain} uncertain; {few} with too few records, {none} with nothing in the period, {untold} not computed",
        language,
        **found,
    )
