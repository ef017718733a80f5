"""An export whose number of rows is a typical limit of a tool was probably cut off.

    check: {row-count: {round: [1000, 5000, 10000, 50000]}}

One verdict per imported file. Passing: 9,412 rows. Failing: exactly 10,000 rows.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment
from itsmctl.model import Rule

ID = "row-count"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["round"],
    "properties": {
        "round": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "integer", "minimum": 1},
            "description": "The numbers of rows at which tools cut exports off.",
        }
    },
}
NAMES: dict[str, str] = {}


def needs(rule: Rule) -> Needs:
    """Nothing: every import counts its rows."""
    return Needs()


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per file."""
    limits = rule.parameters["round"]
    assert isinstance(limits, tuple)
    return Fragment(
        f"""SELECT f.name AS record_id, f.rows_read NOT IN ({", ".join("?" * len(limits))}) AS passed, concat('rows: ', f.rows_read) AS observed,
            ? AS expected, CAST(NULL AS BIGINT) AS "at", CAST(NULL AS VARCHAR) AS reason FROM source_file AS f""",
        (*limits, "not a limit: " + ", ".join(str(limit) for limit in limits)),
    )
