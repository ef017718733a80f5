"""Where something is wrong, what is wrong, and the one exception that carries all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]
FAIL_ON = ("error", "warning", "never")
"""From which problems on a command that looks for problems fails; warnings are told all the same."""


@dataclass(frozen=True, order=True)
class Where:
    """A place in a file: lines and columns count from 1, `row` is a data row, 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0
    row: int = 0
    column_name: str = ""

    def __str__(self) -> str:
        if self.row:
            cell = f", column {self.column_name}" if self.column_name else ""
            return f"{self.file}: row {self.row}{cell}"
        parts = [self.file] + [str(n) for n in (self.line, self.column) if n]
        return ":".join(part for part in parts if part)


NOWHERE = Where()


@dataclass(frozen=True)
class Phrase:
    """A part of a message that is a text of ours itself: English where it is filled in, and translated with the message."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input: `template` is an English message whose `{names}` come from `values`.

    The template, not the formatted text, is what the catalogues of other languages translate.
    """

    code: str
    template: str
    where: Where = Where()
    values: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = "error"
    suggestion: str = ""
    subject: str = ""
    """What it is about, as `process incident/states/new`: unlike the line, it stays when text is added above."""

    @property
    def message(self) -> str:
        """The message in English."""
        return self.template.format(**self.values)

    def __str__(self) -> str:
        place = f"{self.where}: " if str(self.where) else ""
        return f"{place}{self.message} [{self.code}]"


class ItsmctlError(Exception):
    """Bad input, with every problem found; commands turn it into exit code 2."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


_LISTED = 30


NONE = Phrase("none is defined")
"""What stands in the place of a list that holds nothing."""


def listed(choices: Sequence[str]) -> str:
    """The words that are allowed, as far as anybody reads on."""
    return ", ".join(choices[:_LISTED]) + (" …" if len(choices) > _LISTED else "")


def unknown_at(where: Where, word: str, what: str, allowed: Iterable[str]) -> Problem:
    """The problem of a word that names nothing, wherever it stands."""
    choices = sorted(allowed)
    values = {"what": what, "word": word, "allowed": listed(choices) or NONE}
    code, template = f"unknown-{what.replace(' ', '-')}", "unknown {what} {word!r}; known: {allowed}"
    return Problem(code, template, where, values, suggestion=did_you_mean(word, choices))


def did_you_mean(word: str, allowed: Iterable[str], *, nearness: float = 0.6) -> str:
    """Return the allowed word nearest to `word`, or an empty string; first one that differs by case or leading zeros alone."""
    choices: Sequence[str] = list(allowed)
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    shortest = {_without_zeros(choice): choice for choice in reversed(choices)}
    if same := folded.get(word.casefold()) or shortest.get(_without_zeros(word)):
        return same
    near = get_close_matches(word.casefold(), list(folded), n=1, cutoff=nearness)
    return folded[near[0]] if near else ""


def _without_zeros(word: str) -> str:
    """The word with every number in it written shortest: INC-6 is INC-06."""
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", word.casefold())
