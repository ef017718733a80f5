"""What an exported column is, by its name: as the model, a mapping of any tool or people in general call it, or nearly so."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches

from itsmctl.language import msg
from itsmctl.model import MAPPED_COLUMNS, MappingDefinition, MappingTable
from itsmctl.suggestion.words import (
    AUTHOR_OF_UPDATE,
    COUNTER_OF_UPDATE,
    MOMENT_OF_UPDATE,
    TABLE_WORDS,
    TEAM_OF_AUTHOR,
    WORDS,
)

EXACT, VENDOR, COMMON, ODD, NEAR = 1.0, 0.95, 0.9, 0.85, 0.85
BESIDE = (MOMENT_OF_UPDATE, AUTHOR_OF_UPDATE, TEAM_OF_AUTHOR, COUNTER_OF_UPDATE)
OF_AN_SLA = ("record_id", "reported_sla_met", "due_at")
"""What rows about the SLAs of records say of the record; the state that they have is their own."""
_BEFORE = (
    "ticket ",
    "incident ",
    "request ",
    "case ",
    "issue ",
    "change ",
    "problem ",
    "stats ",
    "metric set ",
    "u ",
    "last ",
    "actual ",
)
_TIME_WORDS = frozenset(
    {
        "date",
        "time",
        "datetime",
        "at",
        "on",
        "timestamp",
        "ts",
        "day",
        "datum",
        "zeit",
        "fecha",
        "data",
        "hora",
        "am",
        "um",
        "le",
        "el",
        "de",
        "d",
        "the",
        "of",
    }
)
_PLANNED = ("planned_start", "planned_end")
_PLAN = re.compile(r"plan|sched|geplant|prév|prev|program|计划|预计|预定")
"""What says that a moment was planned; without it, a start and an end are of what really happened."""
_CHINESE_BEFORE = re.compile(r"^(工单|事件|请求|变更|问题|单据)(?=.)")
_MOMENT_AFTER = re.compile(r"(?<=.)(日期时间|时间|日期|时刻|于)$|(?<=[a-zäöüß]{4})s?(datum|zeitpunkt|zeit)$")


@dataclass(frozen=True)
class Reason:
    """Why a column is believed to be what it is, as a template and its values."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)


CANONICAL = msg("the model's own name")
LABEL = msg("called so in mapping {mapping}")
GENERAL = msg("a common name for it")
RESEMBLES = msg("resembles {name}")


@dataclass(frozen=True)
class Guess:
    """A canonical column that a name may mean, and how likely."""

    score: float
    reason: Reason


class Vocabulary:
    """The names of the columns of one canonical table."""

    def __init__(
        self, table: MappingTable, mappings: Iterable[MappingDefinition], fitting: MappingDefinition | None = None
    ) -> None:
        """Learn what the model, mappings and people in general call things; of what the one that fits names nothing else is believed."""
        self.table = table
        self._sure: dict[str, dict[str, Guess]] = defaultdict(dict)
        if fitting is not None and fitting.table == table:
            for column, names in _labels(fitting):
                for place, name in enumerate(names):
                    guess = Guess(EXACT - min(place, 9) / 1000, Reason(LABEL, {"mapping": fitting.id}))
                    self._sure[name].setdefault(column, guess)
        self.columns = OF_AN_SLA if table == "detail" else MAPPED_COLUMNS[table]
        self._known: dict[str, dict[str, Guess]] = defaultdict(dict)
        for column in self.columns:
            self._learn(plain(column), column, Guess(EXACT, Reason(CANONICAL)))
        own = TABLE_WORDS.get(table, {})
        general = {
            column: frozenset(map(plain, (*own.get(column, ()), *WORDS.get(column, ()))))
            for column in (*self.columns, *BESIDE)
            # The type of a change is none of a link.
            if column in own or table != "link" or column != "type"
        }
        self._learn_labels(table, mappings, frozenset().union(*general.values()), general)
        for column, forms in general.items():
            for form in forms:
                self._learn(form, column, Guess(COMMON, Reason(GENERAL)))
        self._cores: dict[str, dict[str, Guess]] = defaultdict(dict)
        for known, guesses in self._known.items():
            for column, guess in guesses.items():
                if (core := core_of(known)) != known and (column not in _PLANNED or _PLAN.search(core)):
                    self._cores[core].setdefault(column, Guess(guess.score * NEAR, Reason(RESEMBLES, {"name": known})))

    def guesses(self, name: str) -> dict[str, Guess]:
        """The canonical columns that an exported name may mean."""
        if name in self._sure:
            return self._sure[name]
        found = self._of_forms(_forms(name))
        spellings = [part for part in _SPELLINGS.split(name) if part.strip()]
        each = [self._of_forms(_forms_of_spelling(part)) for part in spellings] if len(spellings) > 1 else [{}]
        for column, guess in each[0].items():
            if all(column in one for one in each) and (column not in found or found[column].score < guess.score):
                found[column] = guess
        return found or (
            {} if name.startswith("@") else self._near(plain(name).removeprefix("u "))
        )  # what XML says of an element itself

    def _of_forms(self, forms: Iterable[tuple[str, float]]) -> dict[str, Guess]:
        found: dict[str, Guess] = {}
        for form, factor in forms:
            bare = without_accents(form)
            for column, guess in (*self._known.get(bare, {}).items(), *self._cores.get(bare, {}).items()):
                if column not in found or found[column].score < guess.score * factor:
                    reason = guess.reason if factor == 1 else Reason(RESEMBLES, {"name": form})
                    found[column] = Guess(guess.score * factor, reason)
        return found

    def _near(self, form: str) -> dict[str, Guess]:
        found: dict[str, Guess] = {}
        bare = without_accents(form)
        for known in get_close_matches(bare, list(self._known), n=3, cutoff=0.85) if len(bare) > 4 else ():
            for column, guess in self._known[known].items() if _word_by_word(bare, known) else ():
                found.setdefault(column, Guess(guess.score * 0.75, Reason(RESEMBLES, {"name": known})))
        return found

    def _learn(self, form: str, column: str, guess: Guess) -> None:
        self._known[without_accents(form)].setdefault(column, guess)

    def _learn_labels(
        self,
        table: MappingTable,
        mappings: Iterable[MappingDefinition],
        taken: frozenset[str],
        general: Mapping[str, frozenset[str]],
    ) -> None:
        """Take up what mappings call their columns: more where more tools agree, and where a mapping names it first.

        What people in general call something else counts for less: one tool calls the time limit `解决时间`.
        """
        votes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        by: dict[tuple[str, str], tuple[int, int, str]] = {}
        for rank, mapping in enumerate(mappings):
            for column, names in _labels(mapping) if mapping.table == table else ():
                for place, name in enumerate(names):
                    votes[plain(name)][column].add(mapping.tool)
                    first = (place, rank, mapping.id)
                    by[plain(name), column] = min(by.get((plain(name), column), first), first)
        for form, columns in votes.items():
            most = max(map(len, columns.values()))
            for column, tools in columns.items():
                place, _, mapping_id = by[form, column]
                odd = form in taken and form not in general[column]
                score = (ODD if odd else VENDOR) * (1.0 if len(tools) == most else 0.8) - min(place, 9) / 1000
                self._learn(form, column, Guess(score, Reason(LABEL, {"mapping": mapping_id})))


def _labels(mapping: MappingDefinition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each column of the model, and what the export calls it, the best name first."""
    yield from ((column, names) for column, names in mapping.columns.items() if column not in mapping.joined)
    counter = mapping.order_by[:1] if len(mapping.order_by) > 1 else ()
    yield MOMENT_OF_UPDATE, mapping.alternatives.get("at", (mapping.at,) if mapping.at else ())
    yield AUTHOR_OF_UPDATE, mapping.alternatives.get("actor", (mapping.actor,) if mapping.actor else ())
    yield COUNTER_OF_UPDATE, counter


def plain(name: str) -> str:
    """A name in lower case, its words apart and nothing between them but spaces."""
    inner = re.fullmatch(r"Custom field \((.+)\)", name)
    text = re.sub(r" \(\d+\)$", "", inner[1] if inner else name)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold()
    if ":" in text and " " not in text:
        return text  # a key of an event log
    text = re.sub(r"^dv_|\.(display_value|name|value)$", "", text)
    return " ".join(re.findall(r"[^\W_]+|#", text)) or text.strip()


def without_accents(form: str) -> str:
    """A name in letters without accents, which many leave out: técnico is tecnico."""
    return "".join(letter for letter in unicodedata.normalize("NFD", form) if not unicodedata.combining(letter))


def _word_by_word(name: str, known: str) -> bool:
    """Whether two names that are nearly the same are so in each word: the end of a week is none of the work."""
    words, others = name.split(), known.split()
    if len(words) != len(others):
        return len(words) == 1 or len(others) == 1  # a blank too many or too few
    return all(SequenceMatcher(None, one, other).ratio() > 0.75 for one, other in zip(words, others, strict=True))


def core_of(form: str) -> str:
    """A name without the words that only say that it is a moment."""
    if form.isascii() or " " in form:
        form = " ".join(word for word in form.split() if word not in _TIME_WORDS) or form
    return _MOMENT_AFTER.sub("", form)


_SPELLINGS = re.compile(r"\s*[/|()（）]\s*")
"""What stands between the names that a column has in several languages, as in `Technician/Technicien` or `处理人（Assignee）`.

Each must mean the same: the target in `Resolution (SLA target)` is no resolution.
"""


def _forms(name: str) -> Iterator[tuple[str, float]]:
    """The forms in which a name is looked up, and what each is worth."""
    form = plain(name)
    shorter = _CHINESE_BEFORE.sub("", form)
    for start in _BEFORE:
        shorter = shorter.removeprefix(start)
    yield form, 1.0
    yield core_of(form), NEAR
    yield shorter, 0.9
    yield core_of(shorter), 0.8
    parts = re.split(r"\.|->| - ", name)
    if len(parts) > 1:
        yield plain(parts[-1]), 0.6
        yield plain(parts[0]), 0.58


def _forms_of_spelling(part: str) -> Iterator[tuple[str, float]]:
    yield plain(part), 0.88
    yield core_of(plain(part)), 0.75
