"""What counts as an activity in the history of a record: a state entered, a field changed, an approval given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.engine.sql import Fragment, all_of, join
from itsmctl.model import NUMBER_COLUMNS, TEXT_COLUMNS, Condition, Conditions, Parameter

STATE, APPROVAL = "state", "approval"
_VALUES = {"type": ["string", "array"], "minItems": 1, "uniqueItems": True, "items": {"type": "string"}}
SCHEMA: Mapping[str, object] = {
    "type": ["string", "object"],
    "additionalProperties": False,
    "if": {"type": "object"},
    "then": {"oneOf": [{"required": ["state"]}, {"required": ["field"]}, {"required": ["approval"]}]},
    "properties": {
        "state": {**_VALUES, "description": "The state, or states, that the record enters."},
        "field": {
            "enum": [column for column in (*TEXT_COLUMNS, *NUMBER_COLUMNS) if column != STATE],
            "description": "The field that changes.",
        },
        "new": {**_VALUES, "description": "The value, or values, that it changes to; left out, any change counts."},
        "approval": {**_VALUES, "description": "The decision, or decisions, that are given."},
        "role": {
            **_VALUES,
            "description": "The role, or roles, of one of which whoever decided spoke, as the export says; left out, anybody's decision counts.",
        },
        "where": {
            "$ref": "common.schema.json#/definitions/where",
            "description": "It counts only in records that meet these conditions; left out, in all.",
        },
    },
    "dependencies": {"new": ["field"], "role": ["approval"]},
    "examples": ["resolved"],
}


def names(parameter: str) -> dict[str, str]:
    """What the parts of an activity are names of."""
    return {
        parameter: "state",
        f"{parameter}/state": "state",
        f"{parameter}/state/*": "state",
        f"{parameter}/field": "column",
    }


@dataclass(frozen=True)
class Activity:
    """Events of one source whose new value is one of `values` (any, where there are none), in records that meet `where`."""

    source: str
    """`state`, another column, or `approval`."""
    values: tuple[str, ...]
    roles: tuple[str, ...] = ()
    where: Conditions = ()

    def test(self) -> Fragment:
        """SQL for whether the trace row `e` of the record `r` is this activity; never NULL."""
        tests = [Fragment("e.kind = ?", (self.source,))]
        for column, wanted in (("value", self.values), ("role", self.roles)):
            if wanted:
                tests.append(Fragment(f"coalesce(e.{column} IN ({', '.join('?' * len(wanted))}), false)", wanted))
        return "(" + join(" AND ", [*tests, all_of(self.where)]) + ")"

    @property
    def named(self) -> Mapping[str, tuple[str, ...]]:
        """The values that it names by column; none where any value will do."""
        by_column = {"decision" if self.source == APPROVAL else self.source: self.values, "role": self.roles}
        return {column: values for column, values in by_column.items() if values}

    @property
    def text(self) -> str:
        """The activity in a few words: `resolved`, `group = network`, `approval = approved (cab)`."""
        words = ", ".join(self.values) or "*"
        if self.source == STATE:
            return words
        return f"{self.source} = {words}" + (f" ({', '.join(self.roles)})" if self.roles else "")


def activity(written: Parameter) -> Activity:
    """The activity that a rule's parameter means."""
    if not isinstance(written, Mapping):
        return Activity(STATE, (str(written),))
    where = written.get("where", ())
    conditions = tuple(c for c in where if isinstance(c, Condition)) if isinstance(where, tuple) else ()
    if "field" in written:
        return Activity(str(written["field"]), _texts(written.get("new")), (), conditions)
    if "approval" in written:
        return Activity(APPROVAL, _texts(written["approval"]), _texts(written.get("role")), conditions)
    return Activity(STATE, _texts(written.get("state")), (), conditions)


def _texts(value: Parameter) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)
