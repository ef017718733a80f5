"""Conditions typed on the command line, in the words that rules and plans use."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.definitions.build.builder import conditions
from itsmctl.definitions.schema import check_parameters
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.model import Conditions
from itsmctl.source import parse_documents

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
