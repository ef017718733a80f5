"""What limits answers, from the result folder of an audit and the definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsmctl.model import Definitions

if TYPE_CHECKING:
    from itsmctl.assessment.shown import Shown
    from itsmctl.evidence.reading import Judged


def shown_by(definitions: Definitions, judged: Judged | None, *, history: bool = False) -> Shown:
    """All that can lower an answer; without a result no rule does, and without `history` no approval."""
    from itsmctl.assessment.shown import RuleShown, Shown, clauses_shown, reviews_due
    from itsmctl.control.approved import approved

    clauses, due = clauses_shown(definitions), reviews_due(definitions)
    stand = approved(definitions) if history else None
    if judged is None:
        return Shown(None, clauses, due, stand)
    rules = [
        RuleShown(
            rule.id, rule.severity, rule.clauses, rule.outcome,
            rule.counts["in_scope"], rule.counts["passed"], rule.services, rule.why,
        )
        for rule in (*judged.rules, *judged.enquiries)
    ]  # fmt: skip
    return Shown({rule.id: rule for rule in rules}, clauses, due, stand)
