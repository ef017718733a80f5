"""A framework or a clause by what a person types."""

from __future__ import annotations

from itsmctl.errors import ItsmctlError, Problem, did_you_mean, listed
from itsmctl.model import Definitions


def need_frameworks(definitions: Definitions) -> None:
    """Raise ItsmctlError where there is no framework at all, and so nothing to cover."""
    if not definitions.frameworks:
        raise ItsmctlError(Problem("no-framework", "no framework is defined"))


def find_framework(definitions: Definitions, word: str) -> str:
    """The id of a framework, also by an earlier id; raises ItsmctlError with the nearest one."""
    for framework in definitions.frameworks.values():
        if word == framework.id or word in framework.aliases:
            return framework.id
    raise _unknown("framework", word, list(definitions.frameworks))


def find_clause(definitions: Definitions, word: str, framework: str = "") -> str:
    """FRAMEWORK:NUMBER of `8.6.1` or `fitsm-1:PR9.1`; a bare number is looked for in every framework."""
    named, _, number = word.rpartition(":")
    chosen = named or framework
    within = [find_framework(definitions, chosen)] if chosen else list(definitions.frameworks)
    numbers = {n: f"{id_}:{n}" for id_ in reversed(within) for n in definitions.frameworks[id_].requirements}
    if number in numbers:
        return numbers[number]
    raise _unknown("clause", number, list(numbers))


def _unknown(what: str, word: str, known: list[str]) -> ItsmctlError:
    values = {"what": what, "word": word, "allowed": listed(known)}
    template = "unknown {what} {word!r}; known: {allowed}"
    return ItsmctlError(Problem(f"unknown-{what}", template, values=values, suggestion=did_you_mean(word, known)))
