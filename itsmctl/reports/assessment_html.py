"""An assessment as one page: radar, heat map, what lowered it, what moved, gaps, and the road from here."""

from __future__ import annotations

from base64 import b64encode

from itsmctl.assessment import Assessed
from itsmctl.assessment.advice import HORIZONS
from itsmctl.assessment.rating import BASES
from itsmctl.language import Language, tr
from itsmctl.model import Definitions
from itsmctl.reports import assessment_words as say
from itsmctl.reports.assessment import standing_line
from itsmctl.reports.pages import page
from itsmctl.reports.radar import radar


def render(
    assessed: Assessed, definitions: Definitions, language: Language = "en", road_map: str = "", upright: str = ""
) -> str:
    """The whole assessment; every recommendation, not only the first ones.

    `road_map` is a drawing that stands alone, `upright` the same for a narrow screen.
    """
    model, total = assessed.questionnaire, sum(assessed.rests_on.values())
    return page(
        "assessment.html.j2",
        language,
        assessed=assessed,
        model=model,
        radar=radar(assessed.dimensions, language) if len(assessed.dimensions) > 2 else "",
        headline=standing_line(assessed, language),
        road_map=_inline(road_map) if assessed.advice else "",
        upright=_inline(upright),
        since=say.since_text(assessed.comparison, language) if assessed.comparison else "",
        levels=sorted(level.level for level in model.levels) if model.method == "staged" else [],
        rests=[(tr(say.BASES[basis], language), say.percent(assessed.rests_on[basis] / total)) for basis in BASES]
        if total
        else [],
        concluded=say.concluded_text(assessed.assessment, language),
        step=lambda place: say.step_text(model, place),
        share=say.percent,
        limit=lambda limit: say.limit_text(limit, language),
        standing=lambda one: say.standing_text(model, one, language),
        roads=[
            (tr(say.HORIZONS[horizon], language), [one for one in assessed.advice if one.horizon == horizon])
            for horizon in HORIZONS
        ],
        action=lambda advice: say.action_text(advice, assessed, definitions, language),
        cause=lambda advice: say.cause_text(advice, definitions, language),
        effort=lambda advice: tr(say.EFFORTS[advice.effort], language),
        rank=lambda advice: f"{advice.rank:.2f}",
    )


def _inline(drawing: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode('ascii')}"
