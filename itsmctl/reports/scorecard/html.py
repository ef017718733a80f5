"""A scorecard, or one of its views, as a page that can be printed."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.charts.indicator import indicator_chart
from itsmctl.language import Language, tr, trn
from itsmctl.model import Definitions
from itsmctl.reports.pages import page
from itsmctl.reports.scorecard import words as say
from itsmctl.reports.scorecard.sheets import Sheet
from itsmctl.scorecard.figures import Indicator
from itsmctl.scorecard.grouping import Group
from itsmctl.scorecard.measuring import Scorecard

MARKS = {"reached": "good", "missed": "poor", "alarm": "bad", "uncertain": "poor", "few": "soft", "none": "soft"}


def indicators_page(card: Scorecard, groups: Sequence[Group], definitions: Definitions, language: Language) -> str:
    """The groups of indicators, each with its chart."""
    every = list({one.kpi.id: one for group in groups for one in group.indicators}.values())
    lead = [say.summary(every, language)]
    if card.of_example:
        lead.append(tr("Registers, surveys and holders are those of the example company.", language))
    return page(
        "scorecard.html.j2",
        language,
        title=tr("Scorecard to {day}", language, day=card.day.isoformat()),
        kicker=tr("Scorecard", language),
        lead=lead,
        groups=[_group(group, definitions, language) for group in groups],
        legend=[(sign, tr(text, language)) for sign, text in (*say.STANDINGS.values(), *say.TRENDS.values()) if sign],
        tables=[],
    )


def sheet_page(sheet: Sheet, until: str, language: Language) -> str:
    """A view as its tables."""
    return page(
        "scorecard.html.j2",
        language,
        title=sheet.title,
        kicker=tr("Scorecard to {day}", language, day=until),
        lead=sheet.lead,
        groups=[],
        legend=[],
        tables=sheet.tables,
    )


def _group(group: Group, definitions: Definitions, language: Language) -> dict[str, object]:
    told = [one for one in group.indicators if one.now]
    untold: dict[str, list[str]] = {}
    for one in group.indicators:
        if not one.now:
            why = say.untold_text(one.untold, one.kpi, language)
            untold.setdefault(why, []).append(one.kpi.title.in_(language))
    held = ""
    if group.holders is not None:
        held = trn("{n} holder", "{n} holders", group.holders, language) if group.holders else tr("vacant", language)
    between = tr("; ", language)
    return {
        "title": group.title.in_(language),
        "held": held,
        "rows": [_row(one, definitions, language) for one in told],
        "untold": [(why, between.join(titles)) for why, titles in untold.items()],
    }


def _row(one: Indicator, definitions: Definitions, language: Language) -> dict[str, object]:
    now, kpi = one.now, one.kpi
    assert now is not None
    return {
        "sign": say.STANDINGS[now.standing][0],
        "mark": MARKS[now.standing],
        "standing": tr(say.STANDINGS[now.standing][1], language),
        "type": tr(say.TYPES[kpi.type], language),
        "title": kpi.title.in_(language),
        "definition": kpi.definition.in_(language),
        "value": say.value_text(kpi, now.value, language),
        "target": say.target_text(kpi, language),
        "period": say.period_label(now, language),
        "chart": indicator_chart(one, language),
        "trend": say.TRENDS[one.trend][0],
        "trend_words": tr(say.TRENDS[one.trend][1], language) if one.trend else "",
        "n": say.population_text(kpi, now, language),
        "process": definitions.processes[kpi.process].title.in_(language),
        "position": definitions.positions[kpi.position].title.in_(language),
    }
