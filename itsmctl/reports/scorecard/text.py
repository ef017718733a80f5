"""A scorecard for a terminal: a line for each indicator with its target, trend and population, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from itsmctl.language import Language, tr, trn
from itsmctl.model import Definitions
from itsmctl.reports.plain import cells, fit, right, wrap
from itsmctl.reports.scorecard import words as say
from itsmctl.scorecard.figures import Indicator
from itsmctl.scorecard.grouping import Group
from itsmctl.scorecard.measuring import Scorecard

_COLORS = {"reached": "32", "missed": "33", "alarm": "31", "uncertain": "33", "few": "2", "none": "2"}


def render(
    card: Scorecard,
    groups: Sequence[Group],
    definitions: Definitions,
    language: Language = "en",
    width: int = 80,
    color: bool = False,
) -> str:
    """The groups of indicators in so many columns, ending in a newline."""
    lines = [_bold(tr("Scorecard to {day}", language, day=card.day.isoformat()), color)]
    every = list({one.kpi.id: one for group in groups for one in group.indicators}.values())
    lines += wrap(say.summary(every, language), width)
    if card.of_example:
        lines += wrap(tr("Registers, surveys and holders are those of the example company.", language), width)
    periods = max([6, *(cells(say.sparkline(one)) for one in every)])
    for group in groups:
        told = [one for one in group.indicators if one.now]
        untold = [one for one in group.indicators if not one.now]
        if told or untold:
            lines += ["", _bold(group.title.in_(language), color)]
            lines += _notes(group, language, width)
        lines += [line for one in told for line in _indicator(one, definitions, language, width, periods, color)]
        lines += _untold(untold, language, width)
    lines += ["", *_legend(language, width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color else text


def _notes(group: Group, language: Language, width: int) -> Iterator[str]:
    if group.holders is not None:
        held = trn("{n} holder", "{n} holders", group.holders, language) if group.holders else tr("vacant", language)
        yield from wrap(held, width, "  ")


def _indicator(
    one: Indicator, definitions: Definitions, language: Language, width: int, periods: int, color: bool
) -> Iterator[str]:
    """Two lines: the figure with its trend over so many periods, and what it is of."""
    now, kpi = one.now, one.kpi
    assert now is not None
    sign = say.STANDINGS[now.standing][0]
    columns = [
        right(say.value_text(kpi, now.value, language), 8),
        fit(say.target_text(kpi, language), 9),
        fit(say.sparkline(one), periods),
        say.TRENDS[one.trend][0] or " ",
    ]
    tail = "  ".join(columns)
    title = fit(kpi.title.in_(language), max(12, width - cells(tail) - 6))
    mark = f"\x1b[{_COLORS[now.standing]}m{sign}\x1b[0m" if color else sign
    yield f"  {mark} {title}  {tail}"
    facts = [
        say.period_label(now, language),
        tr("n {n}", language, n=say.population_text(kpi, now, language)),
        definitions.processes[kpi.process].title.in_(language),
        definitions.positions[kpi.position].title.in_(language),
    ]
    yield from wrap(" · ".join([tr(say.TYPES[kpi.type], language), *facts]), width, "    ")


def _untold(untold: Sequence[Indicator], language: Language, width: int) -> Iterator[str]:
    """What could not be computed, by what it needs."""
    reasons: dict[str, list[str]] = {}
    for one in untold:
        reasons.setdefault(say.untold_text(one.untold, one.kpi, language), []).append(one.kpi.title.in_(language))
    if reasons:
        yield "  " + tr("Not computed", language)
    for reason, titles in reasons.items():
        told = tr("{reason}: {titles}", language, reason=reason, titles=tr("; ", language).join(titles))
        yield from wrap(told, width, "    ")


def _legend(language: Language, width: int) -> list[str]:
    signs = [f"{sign} {tr(text, language)}" for sign, text in say.LEGEND if sign]
    return wrap("   ".join(signs), width)
