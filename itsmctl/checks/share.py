"""The share of records that meet a condition, per group of records.

Groups are formed by month of opening (in the audit's zone) and any columns; a group with fewer records than
`minimum` is noise: it is counted but not judged. A record whose column is empty, or could not be read, could meet the condition or
not; where such records could turn the verdict, the group is not testable; nor is any where the export can tell none of the values asked for.

    check: {share: {where: {ci: {present: true}}, least: 90, per: [service, month], minimum: 20}}

Passing: 46 of 50 (92%). Failing: 40 of 50 (80%). A group's key joins its values: `erp / 2026-03`.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.grouping import group_key, hits_of
from itsmctl.engine.parameters import MINIMUM, PER
from itsmctl.engine.sql import Fragment, name, percent_text
from itsmctl.engine.telling import named_by
from itsmctl.model import Condition, Rule

ID = "share"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["where", "per"],
    "minProperties": 3,
    "properties": {
        "where": {
            "$ref": "common.schema.json#/definitions/where",
            "description": "The condition whose share is asked.",
        },
        "least": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "description": "The smallest share that passes, in per cent; default: 0.",
        },
        "most": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "description": "The largest share that passes, in per cent; default: 100.",
        },
        "per": PER,
        "minimum": MINIMUM,
    },
}
NAMES: dict[str, str] = {}


def needs(rule: Rule) -> Needs:
    """The columns of the condition and of the groups, and words for what the condition asks for."""
    per = {column if column != "month" else "opened_at" for column in _per(rule)}
    limits = rule.parameters
    named = named_by(_where(rule), passes_without="most" in limits, fails_without="least" in limits)
    return Needs(columns=frozenset({c.column for c in _where(rule)} | per), named=named)


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group; `observed` is `share% (n of m)`."""
    key = group_key(_per(rule))
    least, most = rule.parameters.get("least", 0), rule.parameters.get("most", 100)
    limits, small = (least, most, least, most), rule.parameters.get("minimum", 1)
    shown = [f"at least {least}%"] if "least" in rule.parameters else []
    shown += [f"at most {most}%"] if "most" in rule.parameters or not shown else []
    expected = ", ".join(shown)
    hits = hits_of(_where(rule), context)
    groups = ", ".join(f"r.{name(column)}" for column in _per(rule))
    return (
        f"""SELECT record_id,
            CASE WHEN n < ? THEN NULL WHEN 100.0 * hits / n >= ? AND 100.0 * most / n <= ? THEN true
                WHEN 100.0 * most / n < ? OR 100.0 * hits / n > ? THEN false END AS passed,
            concat({percent_text("100.0 * hits / n", str(least), str(most))}, ' (', hits, ' of ', n, ')') AS observed, ? AS expected, first_at AS "at",
            CASE WHEN n < ? THEN 'too-few' WHEN NOT (100.0 * hits / n >= ? AND 100.0 * most / n <= ?)
                AND NOT (100.0 * most / n < ? OR 100.0 * hits / n > ?) THEN 'undecided' END AS reason
        FROM (SELECT {key} AS record_id, min(r.opened_at) AS first_at, count(*) AS n, """
        + Fragment("", (small, *limits, expected, small, *limits))
        + hits.sure
        + " AS hits, "
        + hits.most
        + f" AS most FROM scoped AS r{hits.joined} GROUP BY {groups}) AS counted"
    )


def _per(rule: Rule) -> tuple[str, ...]:
    per = rule.parameters["per"]
    assert isinstance(per, tuple)
    return tuple(str(column) for column in per)


def _where(rule: Rule) -> tuple[Condition, ...]:
    where = rule.parameters["where"]
    assert isinstance(where, tuple)
    return tuple(c for c in where if isinstance(c, Condition))
