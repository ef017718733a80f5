"""The views of a scorecard for machines: positions, principles, hand-overs, suppliers, benefits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isinf

from itsmctl.errors import Problem
from itsmctl.model import Process
from itsmctl.output import schema_beside
from itsmctl.reports.json import titles
from itsmctl.reports.scorecard.data import rounded
from itsmctl.scorecard.benefits import Benefits
from itsmctl.scorecard.comparing import Change
from itsmctl.scorecard.handovers import Gaps
from itsmctl.scorecard.measuring import Sources
from itsmctl.scorecard.positions import Organisation
from itsmctl.scorecard.principles import PrincipleScore
from itsmctl.scorecard.suppliers import SupplierCard

FORMAT = "itsmctl/scorecard-view/v1"


def view_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of a view of a scorecard as JSON."""
    return schema_beside(__file__, "view")


def document(view: str, sources: Sources, told: dict[str, object]) -> str:
    """A view as JSON, the same bytes in every language."""
    head = {
        "format": FORMAT,
        "view": view,
        "until": sources.day.isoformat(),
        "zone": sources.zone,
        "with_tickets": sources.tickets is not None,
        "of_example": sources.definitions.is_reference,
    }
    return json.dumps(head | told, ensure_ascii=False, indent=2) + "\n"


def positions(found: Organisation) -> dict[str, object]:
    """The six attributes of each position, and what hangs on whom."""
    return {
        "positions": [
            {"id": s.position.id, "titles": titles(s.position.title), "attributes": dict(s.cells), "holders": s.holders, "vacant": s.vacant, "indicators": s.indicators}
            for s in found.states
        ],
        "hats": [{"person": person, "positions": list(some)} for person, some in found.hats],
        "duties_together": [_problem(problem) for problem in found.together],
        "key_people": None if found.keys is None else [
            {"service": k.service, "records": k.records, "people": k.people, "share": rounded(k.share), "risky": k.risky} for k in found.keys
        ],
        "competences": None if found.fitness is None else [
            {"holder_of": f.role, "competence": f.competence, "records": f.records, "able": f.able} for f in found.fitness
        ],
        "competent": found.competent and {"able": found.competent.hits, "records": found.competent.n},
        "unknown_people": found.unknown_people,
        "unknown_in_group": found.unknown_in_group,
    }  # fmt: skip


def _problem(problem: Problem) -> dict[str, object]:
    return {"code": problem.code, "message": problem.message, "where": str(problem.where)}


def principles(found: Sequence[tuple[Process, Sequence[PrincipleScore]]]) -> dict[str, object]:
    """Every score with what it was counted from."""
    return {
        "principles": [
            {
                "process": process.id,
                "principle": score.principle,
                "points": score.points,
                "inputs": [{"part": i.part, "there": i.there, "wanted": i.wanted, "points": i.points} for i in score.inputs],
            }
            for process, scores in found
            for score in scores
        ]
    }  # fmt: skip


def hand_overs(found: Gaps) -> dict[str, object]:
    """What passes between processes, and what is open in the definitions."""
    return {
        "hand_overs": None if found.hand_overs is None else [
            {
                "from": h.start, "to": h.end, "records": h.records, "linked": h.linked, "found": h.found, "lost": h.lost,
                "later": h.later, "median_seconds": h.median_seconds, "left_running": h.left, "artefacts": list(h.artefacts),
            }
            for h in found.hand_overs
        ],
        "never_seen": [{"from": a, "to": b} for a, b in found.unseen],
        "definition_gaps": [_problem(problem) for problem in found.problems],
    }  # fmt: skip


def suppliers(cards: Sequence[SupplierCard]) -> dict[str, object]:
    """A card for each supplier."""
    return {
        "suppliers": [
            {
                "id": card.supplier.id, "titles": titles(card.supplier.title), "status": card.supplier.status,
                "criticality": card.supplier.criticality, "grade": card.supplier.assessment.grade if card.supplier.assessment else None,
                "contracts": [c.id for c in card.contracts], "records": card.records,
                "reviews": {"held": card.reviews.hits, "planned": card.reviews.n}, "score": rounded(card.score),
                "disputes": {"in_time": card.disputes.hits, "ended": card.disputes.n}, "flags": list(card.flags),
                "promises": None if card.legs is None else [
                    {"contract": leg.contract, "leg": leg.leg, "met": leg.met, "judged": leg.judged, "unknown": leg.unknown, "agreed": leg.agreed, "share": rounded(leg.share)}
                    for leg in card.legs
                ],
            }
            for card in cards
        ]
    }  # fmt: skip


def benefits(found: Benefits) -> dict[str, object]:
    """Two periods, each change with its interval, and the mix."""
    return {
        "before": found.before.label,
        "after": found.after.label,
        "benefits": [
            {
                "measure": one.measure, "before": rounded(one.before), "after": rounded(one.after), "n": list(one.n),
                "change": _change(one.change), "quoted": one.reference, "caveats": list(one.caveats),
            }
            for one in found.benefits
        ],
        "mix": None if found.mix is None else {
            "before": rounded(found.mix.before), "after": rounded(found.mix.after), "standardised": rounded(found.mix.standardised),
            "compared": rounded(found.mix.compared),
        },
        "caveats": list(found.caveats),
    }  # fmt: skip


def _change(change: Change | None) -> dict[str, object] | None:
    if change is None:
        return None
    ends = (change.value, change.interval.low, change.interval.high)
    value, low, high = (None if isinf(end) else rounded(end) for end in ends)
    return {"value": value, "low": low, "high": high, "clear": change.clear}
