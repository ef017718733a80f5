"""The words and signs of scorecards: values with their units, targets, what a figure stands for, where it is going."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.language import Language, msg, reason_text, tr
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
TYPES = {"goal": msg("KGI"), "process": msg("KPI")}
BLOCKS = "▁▂▃▄▅▆▇█"


def value_text(kpi: Kpi, value: float | None, language: Language) -> str:
    """A value with its unit; an en dash for none."""
    if value is None:
        return "–"
    text = f"{value:.1f}" if kpi.unit in ("percent", "hours", "days") else f"{value:.2f}"
    if kpi.unit == "count" and value == int(value):
        text = str(int(value))
    return _with_unit(text, kpi, language)


def _with_unit(text: str, kpi: Kpi, language: Language) -> str:
    match kpi.unit:
        case "percent":
            return f"{text}%"
        case "hours":
            return tr("{n} h", language, n=text)
        case "days":
            return tr("{n} d", language, n=text)
        case _:
            return text


def target_text(kpi: Kpi, language: Language) -> str:
    """`≥ 92%`, `≤ 3 h`, `95–105%`."""
    least, most = kpi.target.at_least, kpi.target.at_most
    if least is not None and most is not None:
        return _with_unit(f"{least:g}–{most:g}", kpi, language)
    return _with_unit(f"≥ {least:g}" if least is not None else f"≤ {most:g}", kpi, language)


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
    """A block for each period, on a scale on which the target lies too; a dot where there is none."""
    values = [figure.value for figure in indicator.figures]
    known = [value for value in values if value is not None]
    if not known:
        return ""
    band = indicator.kpi.target
    ends = [*known, *(end for end in (band.at_least, band.at_most) if end is not None)]
    low, high = min(ends), max(ends)
    top = len(BLOCKS) - 1
    return "".join(
        "·" if value is None else BLOCKS[round(top * (value - low) / (high - low)) if high > low else top // 2]
        for value in values
    )


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
