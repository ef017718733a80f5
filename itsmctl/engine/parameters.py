"""Parts of parameters that several checks share: their schemas, and how to read them from a rule."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.model import RECORD_COLUMNS, Condition, Conditions, Parameter, Rule
from itsmctl.worktime import parse_duration

Schema = Mapping[str, object]

DURATION: Schema = {"type": "string", "pattern": "^(?=.)([0-9]+h)?([0-9]+m)?([0-9]+s)?$", "examples": ["10m"]}
COLUMN: Schema = {"enum": list(RECORD_COLUMNS)}
COLUMNS: Schema = {"type": "array", "minItems": 1, "uniqueItems": True, "items": COLUMN}
PER: Schema = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {"enum": ["month", *RECORD_COLUMNS]},
    "description": "The columns by whose values records are grouped; `month` is the month of opening.",
}
TEXTS: Schema = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "minLength": 1}}
WHERE: Schema = {"$ref": "common.schema.json#/definitions/where"}
COUNT: Schema = {"type": "integer", "minimum": 1}
MINIMUM: Schema = {**COUNT, "description": "Groups with fewer records than this are told and not judged; default: 1."}
CLOCK: Schema = {"type": "string", "description": "The clock of the agreements, by its name, such as `resolution`."}
CALENDAR: Schema = {
    "type": "string",
    "description": "The calendar in whose open hours it counts, by its id; left out, the clock on the wall counts. Business days (`bd`) need it.",
}
PERCENT: Schema = {"type": "number", "minimum": 0, "maximum": 100}


def texts(rule: Rule, key: str) -> tuple[str, ...]:
    """A list of texts among the parameters, or nothing."""
    return words(rule.parameters.get(key, ()))


def words(value: Parameter) -> tuple[str, ...]:
    """A text or a list of texts as a tuple."""
    return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)


def conditions_of(rule: Rule) -> Conditions:
    """The conditions under `where`."""
    where = rule.parameters.get("where", ())
    return tuple(c for c in where if isinstance(c, Condition)) if isinstance(where, tuple) else ()


def seconds_of(rule: Rule, key: str, default: int = 0) -> int:
    """A duration in seconds."""
    return parse_duration(str(rule.parameters[key])).seconds if key in rule.parameters else default


def number_of(rule: Rule, key: str, default: int) -> int:
    """A whole number."""
    value = rule.parameters.get(key, default)
    assert isinstance(value, int)
    return value
