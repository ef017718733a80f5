"""Coming back to where a record has been: A, B, A is one return to A.

With `to` only returns to these values count, as reopening counts what goes back to being worked on. A value that follows itself is no
change, and a person is the same under each name that an assignment lists under `also-called`. This is often a pattern to ask about; then the rule marks it as an enquiry.

    check: {returns: {field: state, to: [in-progress], most: 1}}
    check: {returns: {field: assignee, most: 2}}

Passing: new, in-progress, resolved, in-progress. Failing: in-progress, resolved, in-progress, resolved, in-progress.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Named, Needs
from itsmctl.engine.parameters import texts
from itsmctl.engine.people import is_among, under_own_names
from itsmctl.engine.spans import blind_to, values_of
from itsmctl.engine.sql import Fragment
from itsmctl.model import NUMBER_COLUMNS, TEXT_COLUMNS, Rule

ID = "returns"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["field", "most"],
    "properties": {
        "field": {
            "enum": [*TEXT_COLUMNS, *NUMBER_COLUMNS],
            "description": "The field in whose values a record comes back to where it was.",
        },
        "to": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string"},
            "description": "Only returns to these values count; left out, all do.",
        },
        "most": {"type": "integer", "minimum": 0, "description": "How many returns still pass."},
    },
}
NAMES = {"field": "column"}


def needs(rule: Rule) -> Needs:
    """The history of the field, and words for the values to which it may not return."""
    field, to = str(rule.parameters["field"]), texts(rule, "to")
    named = {Named(field, to, passes_without=True)} if to else set()
    return Needs(history=frozenset({field}), named=frozenset(named))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` counts the returns and names the value of the first one too many, or of the last."""
    field, most, to = str(rule.parameters["field"]), rule.parameters["most"], rule.parameters.get("to", ())
    assert isinstance(to, tuple)
    only = " AND " + is_among(field, "value", [str(word) for word in to]) if to else Fragment("")
    known, blind = blind_to(field)
    values = values_of(field, context)
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN {blind} THEN NULL ELSE coalesce(m.n, 0) <= ? END AS passed,
            CASE WHEN {blind} THEN NULL WHEN m.n IS NULL THEN 'returns: 0' ELSE concat('returns: ', m.n, ', last to ', m.place) END AS observed,
            concat('returns: at most ', ?) AS expected, coalesce(m.last_at, r.opened_at) AS "at", CASE WHEN {blind} THEN 'no-history:state' END AS reason
            FROM scoped AS r LEFT JOIN (
                SELECT tix, count(*) AS n, max(t0) AS last_at, max_by(value, seq) AS place FROM (
                    SELECT *, row_number() OVER (PARTITION BY tix, value ORDER BY seq) AS visit FROM (
                        SELECT *, lag(value) OVER (PARTITION BY tix ORDER BY seq) AS before FROM (""",
            (most, str(most)),
        )
        + under_own_names(field, values, "value", ("tix", "seq", "t0"))
        + ") AS v) AS beside WHERE before IS NULL OR before <> value) AS visits WHERE visit > 1"
        + only
        + f" GROUP BY tix) AS m ON m.tix = r.tix{known}"
    )
