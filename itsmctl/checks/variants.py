"""At least a share of the records takes a path that the process allows; told is how many paths there are, and the most frequent.

A path is the sequence of states, without those of no activity. Records without any history of
states are not counted. What is allowed is what `conforms` allows. The path of a record that was in a state which the process does
not know may be one of them.

    check: {variants: {process: incident, least: 90, minimum: 20}}

Passing: 46 of 50 records (92%) on the path. Failing: 40 of 50 (80%). Fewer records than `minimum` are too few to judge.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.paths import walked
from itsmctl.engine.sql import Fragment, percent_text
from itsmctl.model import Rule

ID = "variants"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["process", "least"],
    "properties": {
        "process": {"type": "string", "description": "The process whose paths are allowed, by its id."},
        "least": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "description": "The smallest share of records on an allowed path that passes, in per cent.",
        },
        "minimum": {
            "type": "integer",
            "minimum": 1,
            "description": "Fewer records than this are too few to judge; default: 1.",
        },
    },
}
NAMES = {"process": "process"}
SHOWN = 3


def needs(rule: Rule) -> Needs:
    """The history of states."""
    return Needs(history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row for the process; `observed` is the share, the number of paths, and the most frequent ones with their shares."""
    name, least = str(rule.parameters["process"]), float(str(rule.parameters["least"]))
    kept, missed = (
        f"100.0 * sum(n_right) / sum(n) >= {least}",
        f"100.0 * (sum(n_right) + sum(n_unknown)) / sum(n) < {least}",
    )
    process, minimum = context.definitions.processes[name], rule.parameters.get("minimum", 1)
    return (
        Fragment(
            f"""SELECT ? AS record_id, CASE WHEN sum(n) < ? THEN NULL WHEN {kept} THEN true WHEN {missed} THEN false END AS passed,
                concat({percent_text("100.0 * sum(n_right) / sum(n)", str(least))}, ' (', sum(n_right), ' of ', sum(n), '); paths: ', count(*), '; most frequent: ',
                    string_agg(CASE WHEN place <= {SHOWN} THEN concat(path, ' (', n, ')') END, '; ' ORDER BY place)) AS observed,
                ? AS expected, min(first_at) AS "at", CASE WHEN sum(n) < ? THEN 'too-few' WHEN NOT ({kept}) AND NOT ({missed}) THEN 'undecided' END AS reason
            FROM (SELECT *, row_number() OVER (ORDER BY n DESC, path) AS place FROM (
                SELECT w.path, count(*) AS n, count(*) FILTER (WHERE w.wrong = 0 AND s.tix IS NULL) AS n_right,
                    count(s.tix) AS n_unknown, min(r.opened_at) AS first_at FROM (""",
            (name, minimum, f"at least {rule.parameters['least']}%", minimum),
        )
        + walked(process, context)
        + ") AS w JOIN scoped AS r ON r.tix = w.tix LEFT JOIN (SELECT DISTINCT tix FROM strange) AS s ON s.tix = w.tix GROUP BY w.path) AS counted) AS ranked HAVING sum(n) > 0"
    )
