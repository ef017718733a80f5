"""A scorecard for machines: JSON, and the schema of it."""

from __future__ import annotations

import json

from itsmctl.model import Definitions
from itsmctl.output import schema_beside
from itsmctl.reports.json import titles
from itsmctl.reports.scorecard.words import counted
from itsmctl.scorecard.figures import Figure, Indicator
from itsmctl.scorecard.measuring import Scorecard

FORMAT = "itsmctl/scorecard/v1"


def scorecard_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of a scorecard as JSON."""
    return schema_beside(__file__, "scorecard")


def as_json(card: Scorecard, definitions: Definitions) -> str:
    """A scorecard as JSON, the same bytes in every language; shares are in per cent."""
    document = {
        "format": FORMAT,
        **of_card(card),
        "counts": counted(card.indicators),
        "indicators": [_indicator(one, definitions) for one in card.indicators],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def of_card(card: Scorecard) -> dict[str, object]:
    """Up to when, in which zone, from which day on there are tickets, and of whom the rest is."""
    return {
        "until": card.day.isoformat(),
        "zone": card.zone,
        "tickets_from": card.first_day.isoformat() if card.first_day else None,
        "of_example": card.of_example,
    }


def _indicator(one: Indicator, definitions: Definitions) -> dict[str, object]:
    kpi = one.kpi
    return {
        "id": kpi.id,
        "titles": titles(kpi.title),
        "quadrant": kpi.quadrant,
        "type": kpi.type,
        "process": kpi.process,
        "position": kpi.position,
        "supports": list(kpi.supports),
        "unit": kpi.unit,
        "direction": kpi.direction,
        "target": {"at_least": kpi.target.at_least, "at_most": kpi.target.at_most},
        "alarm": kpi.alarm,
        "period": kpi.period,
        "minimum": kpi.minimum,
        "untold": one.untold or None,
        "now": one.now.span.label if one.now else None,
        "standing": one.now.standing if one.now else None,
        "trend": one.trend or None,
        "figures": [_figure(figure) for figure in one.figures],
    }


def _figure(figure: Figure) -> dict[str, object]:
    tally = figure.tally
    return {
        "period": figure.span.label,
        "from": figure.span.start.isoformat(),
        "to": figure.span.end.isoformat(),
        "complete": figure.complete,
        "value": rounded(figure.value),
        "best": rounded(figure.best),
        "n": tally.n,
        "hits": tally.hits,
        "unknown": tally.unknown,
        "standing": figure.standing,
    }


def rounded(value: float | None) -> float | None:
    """A number as it is printed: the same on every machine."""
    return None if value is None else round(value, 6)
