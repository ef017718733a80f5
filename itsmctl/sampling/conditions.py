"""Conditions typed on the command line, in the words that rules and plans use."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from itsmctl.definitions.build.builder import conditions
from itsmctl.definitions.schema import check_parameters
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.model import Condition, Conditions
from itsmctl.source import parse_documents

_PLAIN = re.compile(r"[^\W\d_](?:[\w .-]*\w)?")
"""Values that need no quotes."""
_WHERE = {"$ref": "common.schema.json#/definitions/where"}


def conditions_of(texts: Sequence[str], option: str) -> Conditions:
    """Conditions such as `priority: [P1, P2]`, all of which must hold; raises ItsmctlError with all that is wrong."""
    found: list[Conditions] = []
    problems: list[Problem] = []
    for text in texts:
        documents = parse_documents(text, option)
        if len(documents) != 1:
            template = "{text!r} is no condition; write one as in a rule, such as 'priority: [P1, P2]'"
            problems.append(Problem("bad-condition", template, values={"text": text}))
            continue
        wrong = check_parameters(_WHERE, documents[0].data, documents[0], ())
        problems += wrong
        if not wrong:
            data = documents[0].data
            assert isinstance(data, dict)
            found.append(conditions(data))
    if problems:
        raise ItsmctlError(problems)
    return tuple(condition for some in found for condition in some)


def written(condition: Condition) -> str:
    """A condition as it is written after `--where`, so that a reader in any language can ask for the same records."""
    values = ", ".join(map(_value, condition.values))
    listed = f"[{values}]" if len(condition.values) > 1 else values
    match condition.test:
        case "in":
            wanted = listed
        case "not-in":
            wanted = f"{{not: {listed}}}"
        case "present" | "absent":
            wanted = f"{{present: {'true' if condition.test == 'present' else 'false'}}}"
        case "at-least" | "at-most":
            wanted = f"{{{condition.test}: {values}}}"
    return f"{condition.column}: {wanted}"


def _value(value: object) -> str:
    plain = isinstance(value, str) and _PLAIN.fullmatch(value) and value not in ("true", "false", "null")
    return str(value) if plain else json.dumps(value, ensure_ascii=False)
