"""Which process the tickets are of, and what the values of a column mean in the codes of that process."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from itsmctl.model import Process
from itsmctl.suggestion.matching import Match, Words, meaning
from itsmctl.suggestion.names import Vocabulary, plain
from itsmctl.suggestion.profile import Profile
from itsmctl.suggestion.words import DONE, OPEN, PROCESS_WORDS, PROCESSES

CODED = ("state", "priority", "impact", "urgency", "type", "risk", "outcome", "decision")
"""Columns whose values are codes of the organisation; of others the words are kept as exported."""


_SCALES = ("priority", "impact", "urgency")
"""Columns whose codes, put in order, go from the worst to the least."""
_OF_CHANGES = ("type", "risk", "outcome")
"""What only changes have: of other tickets nothing is asked about them."""


@dataclass(frozen=True)
class Coded:
    """The values of an exported column: those whose code is known, those whose code must be asked, the codes to choose from."""

    known: Mapping[str, str]
    asked: tuple[str, ...]
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfProcess:
    """The process of the tickets, or the column that tells it with its codes; `sure` where something in the file says so."""

    process: str
    column: str
    codes: Mapping[str, str]
    sure: bool
    asked: tuple[str, ...] = ()
    """Values of the column of which nobody knows the process."""
    perhaps: Profile | None = None
    """A column that may tell the process, though most rows have a value of which nobody knows it."""

    @property
    def all(self) -> frozenset[str]:
        """Every process that the records may be of."""
        return frozenset({self.process, *self.codes.values()} - {""})


def process_of(
    profiles: Sequence[Profile], number: Match | None, file: str, known: Collection[str], words: Mapping[str, str]
) -> OfProcess:
    """Find what process the records are of: a column that says it, the letters of the numbers, or the name of the file.

    Where the numbers have several letters, or those of tasks of other records, nothing is sure.
    """
    meant = {word: process for process, several in PROCESSES.items() for word in several}
    meant = {word: process for word, process in {**words, **meant}.items() if process in known}
    telling = [profile for profile in profiles if profile.listed and plain(profile.name) in PROCESS_WORDS]
    told = {profile.name: _told(profile, meant) for profile in telling}
    best = max(telling, key=lambda profile: len(told[profile.name]), default=None)
    codes = told[best.name] if best else {}
    if best and codes and 2 * sum(count for value, count in best.frequent if value in codes) >= best.filled:
        return OfProcess("", best.name, codes, sure=True, asked=_others(best, codes))
    letters = _letters(number)
    hints = [*letters[:1], *re.findall(r"[a-z]+", file.casefold())]
    found = next((meant[h] for h in hints if h in meant), "") or next(
        (meant[h[:-1]] for h in hints if h[:-1] in meant), ""
    )
    torn = len({meant[one] for one in letters if one in meant}) > 1
    tasks = letters[:1] != [] and letters[0].endswith(_TASK) and letters[0] not in meant
    return OfProcess(
        found or "incident", "", {}, sure=bool(found) and not torn and not tasks, perhaps=best if codes else None
    )


def _told(profile: Profile, meant: Mapping[str, str]) -> dict[str, str]:
    """What process the values of a column are known to mean."""
    found = {value: meaning(value, meant) for value, _ in profile.frequent}
    return {value: process for value, process in found.items() if process}


def _others(profile: Profile, codes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(value for value, _ in profile.frequent if value not in codes)


def coded(
    found: Mapping[str, Match], words: Words, of: OfProcess, processes: Mapping[str, Process], own: Words
) -> dict[str, Coded]:
    """For each column that holds codes what its values mean, as far as that is known; `own` is what the tool itself means."""
    states = [state.id for name in sorted(of.all) if name in processes for state in processes[name].states]
    codes: dict[str, Coded] = {}
    for column in CODED:
        if column not in found or not found[column].profile.listed:
            continue
        allowed = tuple(dict.fromkeys(states)) if column == "state" else _codes(words.get(column, {}))
        one = _of_values(found[column].profile, words.get(column, {}), allowed, own.get(column, {}))
        if column in _SCALES:
            one = _without_torn(one)
        if one.known or (one.asked and (column not in _OF_CHANGES or "change" in of.all)):
            codes[column] = one
    return codes


def fields(profile: Profile, vocabulary: Vocabulary) -> Coded:
    """The columns of the record that the fields of a history are, by their names."""
    known: dict[str, str] = {}
    for value, _ in profile.frequent:
        guesses = {column: guess.score for column, guess in vocabulary.guesses(value).items() if column in _RECORDED}
        best = max(guesses, key=lambda column: guesses[column], default="")
        if best and guesses[best] >= 0.8 and best not in known.values():
            known[value] = best
    return Coded(known, tuple(value for value, _ in profile.frequent if value not in known))


_RECORDED = frozenset(
    {"state", "priority", "impact", "urgency", "group", "assignee", "category", "subcategory", "ci", "service", "title",
     "requester", "closure_code", "pause_reason", "type", "risk", "planned_start", "planned_end"}
)  # fmt: skip
"""Columns of the record of which a history is wanted."""


def _of_values(profile: Profile, words: Mapping[str, str], allowed: Sequence[str], own: Mapping[str, str]) -> Coded:
    known: dict[str, str] = {}
    for value, _ in profile.frequent:
        word = value.strip().casefold()
        # A bare number means something else in every tool.
        code = "" if word.lstrip("-").isdigit() else meaning(value, words)
        if word in allowed or word.upper() in allowed:
            code = word if word in allowed else word.upper()
        code = own.get(value.strip(), code)
        if code and (not allowed or code in allowed):
            known[value] = code
    known = _without_second_end(_without_second_beginning(known, own), own)
    asked = tuple(value for value, _ in profile.frequent if value not in known)
    return Coded(known, asked, tuple(allowed))


def _without_second_end(known: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """The same, but `Done` is asked where the tool has another word for a ticket that is resolved, and none for one that is closed."""
    done = {value for value, code in known.items() if code == _RESOLVED and value.strip().casefold() in DONE}
    other = any(code == _RESOLVED and value not in done for value, code in known.items())
    torn = other and _CLOSED not in known.values()
    return {value: code for value, code in known.items() if value in own or value not in done or not torn}


def _without_second_beginning(known: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """The same, but `Open` is asked where the tool has another word for a ticket that is new: somebody has it then."""
    opens = {value for value, code in known.items() if code == _NEW and value.strip().casefold() in OPEN}
    other = any(code == _NEW and value not in opens for value, code in known.items())
    return {value: code for value, code in known.items() if value in own or value not in opens or not other}


_NEW, _RESOLVED, _CLOSED = "new", "resolved", "closed"


def _without_torn(one: Coded) -> Coded:
    """The same, but values of a numbered scale are asked whose words are in another order than their numbers: `4 - Low` above `5 - Normal`."""
    ranked = [
        (int(rank[0]), one.allowed.index(code), value)
        for value, code in one.known.items()
        if (rank := re.match(r"\d+", value.strip())) and code in one.allowed
    ]
    up: list[tuple[str, str]] = []
    down: list[tuple[str, str]] = []
    for (number, place, value), (other_number, other_place, other) in combinations(ranked, 2):
        turn = (number - other_number) * (place - other_place)
        if turn:
            (up if turn > 0 else down).append((value, other))
    if not up or not down:
        return one
    wrong = [*up, *down] if len(up) == len(down) else min(up, down, key=len)
    torn = {value for pair in wrong for value in pair}
    known = {value: code for value, code in one.known.items() if value not in torn}
    return Coded(known, (*(value for value in one.known if value in torn), *one.asked), one.allowed)


def _codes(words: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(set(words.values())))


def _letters(number: Match | None) -> list[str]:
    """The letters before the digits of the ticket numbers, each once, those of the first number first."""
    values = number.profile.mixed if number else ()
    found = (re.match(r"[A-Za-z]+", value) for value in values)
    return [*dict.fromkeys(letters[0].casefold() for letters in found if letters)]


_TASK = "task"
"""How the letters of the numbers of tasks end, which belong to a change or a problem and are none."""
