"""An assessment for machines: JSON, and the schema of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from itsmctl.assessment import Assessed
from itsmctl.assessment.advice import Advice
from itsmctl.assessment.comparison import Comparison
from itsmctl.assessment.gaps import Gap
from itsmctl.assessment.levels import Standing
from itsmctl.assessment.limits import Limit
from itsmctl.assessment.rating import Rated
from itsmctl.model import Definitions, Questionnaire, Text
from itsmctl.output import schema_beside
from itsmctl.reports.assessment_words import action_text
from itsmctl.reports.json import titles

FORMAT = "itsmctl/assessment/v1"


def assessment_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of computed assessments as JSON."""
    return schema_beside(__file__, "assessment")


def as_json(found: Sequence[Assessed], definitions: Definitions) -> str:
    """Computed assessments as JSON, the same bytes in every language; shares are from 0 to 1, steps by their ids."""
    document = {"format": FORMAT, "assessments": [_assessment(one, definitions) for one in found]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _assessment(assessed: Assessed, definitions: Definitions) -> dict[str, object]:
    one, model = assessed.assessment, assessed.questionnaire
    return {
        "id": one.id,
        "titles": titles(one.title),
        "questionnaire": model.id,
        "version": model.version,
        "method": model.method,
        "assessed": one.assessed.isoformat() if one.assessed else None,
        "with_tickets": assessed.with_tickets,
        "said": _standing(assessed.said),
        "shown": _standing(assessed.shown),
        "data_share": _rounded(assessed.data_share),
        "rests_on": {basis: _rounded(part) for basis, part in assessed.rests_on.items()},
        "dimensions": _dimensions(assessed),
        "criteria": [_rated(rated, model) for rated in assessed.rated],
        "gaps": [_gap(gap, model) for gap in assessed.gaps],
        "recommendations": [_advice(advice, assessed, definitions) for advice in assessed.advice],
        "comparison": _comparison(assessed.comparison, model) if assessed.comparison else None,
    }


def _dimensions(assessed: Assessed) -> list[dict[str, object]]:
    return [
        {
            "id": result.dimension.id,
            "titles": titles(result.dimension.title),
            "said": _standing(result.said),
            "shown": _standing(result.shown),
            "target": assessed.targets[result.dimension.id],
            "rests_on": {basis: _rounded(part) for basis, part in result.rests_on.items()},
            "levels": {str(level): _rounded(share) for level, share in result.by_level.items()},
            "open": list(result.open),
            "fed_by": list(result.fed_by),
        }
        for result in assessed.dimensions
    ]


def _standing(standing: Standing) -> dict[str, object]:
    return {"level": standing.level, "score": _rounded(standing.score)}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _step(model: Questionnaire, place: int | None) -> str | None:
    return None if place is None else model.scale[place].id


def _rated(rated: Rated, model: Questionnaire) -> dict[str, object]:
    criterion = rated.criterion
    return {
        "id": criterion.id,
        "dimension": criterion.dimension,
        "level": criterion.level,
        "polarity": criterion.polarity,
        "said": _step(model, rated.said),
        "shown": _step(model, rated.shown),
        "basis": rated.basis,
        "limits": [_limit(limit, model) for limit in rated.limits],
        "lowered_by": [limit.id for limit in rated.lowered_by],
    }


def _limit(limit: Limit, model: Questionnaire) -> dict[str, object]:
    return {
        "source": limit.source,
        "id": limit.id,
        "wanted": limit.wanted,
        "shown": _rounded(limit.share),
        "ceiling": _step(model, limit.ceiling),
        "why": limit.why,
    }


def _gap(gap: Gap, model: Questionnaire) -> dict[str, object]:
    return {
        "criterion": gap.rated.criterion.id,
        "shown": _step(model, gap.rated.shown),
        "wanted": _step(model, gap.wanted),
        "short": gap.short,
        "held_back_by": [limit.id for limit in gap.held_back_by],
    }


def _advice(advice: Advice, assessed: Assessed, definitions: Definitions) -> dict[str, object]:
    written = advice.recommendation
    action = Text(action_text(advice, assessed, definitions, "en"), action_text(advice, assessed, definitions, "zh"))
    return {
        "id": advice.id,
        "source": advice.source,
        "horizon": advice.horizon,
        "action": titles(action),
        "rank": _rounded(advice.rank),
        "severity": advice.severity,
        "clause_weight": advice.clause_weight,
        "effort": advice.effort,
        "owner": written.owner if written else None,
        "due": written.due.isoformat() if written and written.due else None,
        "because": _because(advice),
    }


def _because(advice: Advice) -> Mapping[str, list[str]]:
    return {
        "criteria": list(advice.criteria),
        "rules": list(advice.rules),
        "clauses": list(advice.clauses),
        "services": list(advice.services),
    }


def _comparison(compared: Comparison, model: Questionnaire) -> dict[str, object]:
    return {
        "earlier": compared.earlier.id,
        "said": _standing(compared.overall),
        "dimensions": {name: _standing(standing) for name, standing in compared.dimensions.items()},
        "moved": [
            {"criterion": one.criterion, "before": _step(model, one.before), "now": _step(model, one.now)}
            for one in compared.moved
        ],
        "answered": list(compared.answered),
        "dropped": list(compared.dropped),
        "done": [one.id for one in compared.done],
        "overdue": [one.id for one in compared.overdue],
    }
