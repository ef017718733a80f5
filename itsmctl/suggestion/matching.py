"""Which exported column fills which canonical one: names and contents speak for each pair, and the likeliest pairs are taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from itsmctl.language import msg
from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TIME_COLUMNS, Taking
from itsmctl.suggestion.formats import Moments, times_of_day, with_time
from itsmctl.suggestion.names import Guess, Reason, Vocabulary, plain, without_accents
from itsmctl.suggestion.profile import Profile
from itsmctl.suggestion.words import COUNTER_OF_UPDATE, DECISIONS, EMPTY, MOMENT_OF_UPDATE, OUTCOMES, PRIORITIES, STATES

LIKELY, SURE = 0.5, 0.75
_TIMES = frozenset({*TIME_COLUMNS, MOMENT_OF_UPDATE})
_LISTED = frozenset({"priority", "impact", "urgency", "state", "type", "risk", "outcome", "decision", "field"})
_TEXTS = frozenset({"title", "resolution", "root_cause", "workaround", "plan", "backout_plan", "test_evidence"})
_FREE = frozenset({"old", "new"})
"""What a field was and is may be anything."""
_STACKABLE = frozenset({"group", "assignee", "requester", "category"})

_NAMED = frozenset({
    "service", "ci", "group", "assignee", "requester", "customer", "supplier", "opened_by", "resolved_by", "closed_by",
    "approved_by", "reviewer", "tester", "manager", "problem", "change", "knowledge", "parent", "caused_by",
})  # fmt: skip
"""Columns that name a person, a thing or another record: a mere yes or no is none, such as whether an article should be written."""

_RECORDS = frozenset({"problem", "change", "knowledge", "parent", "caused_by"})
"""Columns that name another record."""

_BROKEN = re.compile(r"breach|overdue|violat|missed|超时|违约|überschritten")
"""How columns are called that say that an SLA was not met."""

_LASTING = re.compile(
    r"\b(time|duration|hours?|hrs?|min(ute)?s?|days?|sec(ond)?s?)\b|时长|耗时|小时|分钟|dauer|tempo|horas|tiempo|durée"
)
"""How columns are called that say how long something took."""
_ENDING = re.compile(
    r"\b(last|mod|modif\w*|updat\w*|chang\w*|closed?|end|ended|finish(ed)?|stop|wk|week|month|fin|fim|ende)\b|geändert|结束|截至|更新|修改|变更"
)
"""How columns of moments are called that are not when a ticket was opened."""

TIMES = msg("its values are times: {share}%")
EVERY_ROW = msg("the only other moment that every row has")
VARIES = msg("of the records with several rows, those in which it differs: {share}%")
VALUES = msg("values such as {value}")
NUMBERS_OF_TICKETS = msg("numbers of tickets, such as {value}")
NUMBERS = msg("a number of its own in each row, such as {value}")
NO_VALUES = msg("no row has a value in it")


@dataclass(frozen=True)
class Match:
    """An exported column that probably fills a canonical one."""

    canonical: str
    profile: Profile
    score: float
    reasons: tuple[Reason, ...]
    take: Taking | None = None
    clock: Profile | None = None
    """The column beside it that holds the times of day of its moments."""

    @property
    def name(self) -> str:
        """What the export calls it."""
        return self.profile.name

    @property
    def moments(self) -> Moments | None:
        """How it writes moments, if that is what it holds."""
        found = moments_of(self.profile) if self.canonical in _TIMES else None
        if found is None or self.clock is None:
            return found
        return replace(found, patterns=with_time(found.patterns, times_of_day(self.clock.mixed)))


Words = Mapping[str, Mapping[str, str]]
"""For canonical columns the values, in lower case, that tools fill them with, and the code that each means."""


def matches(
    profiles: Sequence[Profile], vocabulary: Vocabulary, words: Words, beside: Collection[str]
) -> dict[str, Match]:
    """The likely pairs, each exported column in one at most, but that the record id may be the number too.

    What updates have `beside` the columns of the record is looked for only where it is named.
    """
    found: dict[str, Match] = {}
    taken: set[str] = set()
    candidates = sorted(_candidates(profiles, vocabulary, words, beside), key=_rank)
    for match in candidates:
        least = SURE if match.canonical == "number" else LIKELY
        if match.score >= least and match.canonical not in found and match.name not in taken:
            found[match.canonical] = match
            taken.add(match.name)
    _plan_what_has_a_planned_end(found, vocabulary)
    _open_with_what_is_left(found, profiles, taken, vocabulary)
    if "recorded_at" in found and "opened_at" in vocabulary.columns and "opened_at" not in found:
        found["opened_at"] = replace(found.pop("recorded_at"), canonical="opened_at", score=SURE)
    if "number" in found:
        found.setdefault("record_id", replace(found["number"], canonical="record_id"))
    key = found.get("record_id")
    if key and "number" in vocabulary.columns and "number" not in found:
        found["number"] = replace(key, canonical="number")
    return found


def _plan_what_has_a_planned_end(found: dict[str, Match], vocabulary: Vocabulary) -> None:
    """Take a start for a planned one where the end beside it is, though another tool calls the opening so."""
    opening = found.get("opened_at")
    if opening is None or "planned_end" not in found or "planned_start" in found:
        return
    guesses = vocabulary.guesses(opening.name)
    if (plan := guesses.get("planned_start")) and plan.score >= guesses["opened_at"].score - _AS_GOOD:
        reasons = (plan.reason, *(one for one in opening.reasons if one.template == TIMES))
        found["planned_start"] = replace(found.pop("opened_at"), canonical="planned_start", reasons=reasons)


_AS_GOOD = 0.05
"""How much two guesses differ at most that are as good as each other."""


def _open_with_what_is_left(
    found: dict[str, Match], profiles: Sequence[Profile], taken: Collection[str], vocabulary: Vocabulary
) -> None:
    """Where no name says when tickets were opened, take the one moment that every row has, if no name says otherwise."""
    if {"opened_at", "recorded_at"} & set(found) or "opened_at" not in vocabulary.columns:
        return
    free = [p for p in profiles if p.moments and p.full and p.name not in taken and not vocabulary.guesses(p.name)]
    free = [p for p in free if not _ENDING.search(plain(p.name))]
    if len(free) == 1:
        found["opened_at"] = Match("opened_at", free[0], 0.6, (Reason(EVERY_ROW),))


def _rank(match: Match) -> tuple[bool, float, bool, bool, str]:
    """The likeliest first; of equals the opening, which every audit needs. The number comes last: it may be the record id.

    Of a key and what is displayed for it the latter says more to people, but for moments, whose form depends on the reader.
    """
    moment, displayed = match.canonical in _TIMES, match.name.startswith("dv_")
    return (
        match.canonical == "number",
        -match.score,
        match.canonical != "opened_at",
        displayed == moment,
        match.canonical,
    )


def moments_of(profile: Profile) -> Moments | None:
    """How a column writes moments; numbers count where its name is one of a moment, which the caller has found."""
    return profile.moments or profile.epochs


def _candidates(
    profiles: Sequence[Profile], vocabulary: Vocabulary, words: Words, beside: Collection[str]
) -> Iterable[Match]:
    for place, profile in enumerate(profiles):
        guesses = vocabulary.guesses(profile.name)
        outcomes = _outcomes(profile, words)
        for canonical in (*vocabulary.columns, *beside):
            guess = guesses.get(canonical)
            fit, reasons = _content(
                canonical, profile, words.get(canonical, {}), first=place == 0, own=vocabulary.table == "record"
            )
            if canonical == "state" and outcomes:
                fit = 0.3
            if canonical == "outcome" and outcomes:
                fit, reasons = 1.65, (Reason(VALUES, {"value": outcomes[0]}),)
            if guess or (fit > 1 and (canonical != "outcome" or outcomes)):
                yield _match(canonical, profile, guess, fit, reasons)


def _match(canonical: str, profile: Profile, guess: Guess | None, fit: float, reasons: tuple[Reason, ...]) -> Match:
    """Join what a name and its contents say: contents that do not suit a name take its weight, those that do add to it."""
    named = guess.score if guess else 0.0
    score = named * fit if fit < 1 else named + (1 - named) * (fit - 1)
    said = (*((guess.reason,) if guess else ()), *reasons)
    return Match(canonical, profile, round(score, 3), said, _taken(canonical, profile))


def _content(
    canonical: str, profile: Profile, words: Mapping[str, str], *, first: bool, own: bool
) -> tuple[float, tuple[Reason, ...]]:
    """What the values say: below 1 how little they suit, above 1 how much they speak for it by themselves."""
    if not profile.filled:
        lasting = canonical in _TEXTS and _LASTING.search(plain(profile.name))
        return 0.05 if lasting else 0.7, (Reason(NO_VALUES),)
    if canonical in _TIMES:
        return _as_moment(profile)
    if canonical in NUMBER_COLUMNS or canonical == COUNTER_OF_UPDATE:
        return (1.0 if profile.numeric else 0.1), ()
    if canonical in BOOLEAN_COLUMNS:
        return (1.0 if profile.yes_or_no else 0.1), ()
    if canonical == "record_id":
        return _as_key(profile, first=first) if own else _as_key_of_another(profile)
    if canonical == "target":
        # Any number of a ticket could be one: the name decides. What has no digit names none.
        return (min(1.0, _as_key_of_another(profile)[0]) if profile.numbered else 0.3), ()
    if profile.moments and canonical not in _FREE:
        return 0.05, ()
    if profile.measured or (profile.quantities and (canonical in _TEXTS or _LASTING.search(plain(profile.name)))):
        return 0.05, ()  # a rule would take how long it took for what was done
    if canonical in _LISTED:
        return _as_listed(profile, words)
    if canonical in _NAMED and profile.yes_or_no and not profile.numeric:
        return 0.1, ()
    if canonical in _RECORDS and profile.sentences:
        return 0.1, ()  # a problem in words is none that has a number
    return 1.0, ()


def _as_moment(profile: Profile) -> tuple[float, tuple[Reason, ...]]:
    moments = moments_of(profile)
    if moments is None:
        return 0.1, ()
    return 1.0, (Reason(TIMES, {"share": int(100 * moments.share)}),)


def _as_key(profile: Profile, *, first: bool) -> tuple[float, tuple[Reason, ...]]:
    if profile.moments:
        return 0.2, ()
    if not profile.full:
        return profile.filled / profile.rows, ()
    reason = (Reason(NUMBERS if profile.unique else NUMBERS_OF_TICKETS, {"value": profile.mixed[0]}),)
    if profile.numbers_of_tickets:
        return (1.6 if profile.unique else 1.3), reason
    if profile.unique and first:
        return 1.55, reason
    return 1.0, ()


def _as_key_of_another(profile: Profile) -> tuple[float, tuple[Reason, ...]]:
    """How a column suits that names records of other files, which several rows may be about."""
    if profile.moments or not profile.full or profile.yes_or_no:
        return 0.2, ()
    if profile.numbers_of_tickets:
        return 1.8, (Reason(NUMBERS_OF_TICKETS, {"value": profile.mixed[0]}),)
    return 1.0, ()


def _as_listed(profile: Profile, words: Mapping[str, str]) -> tuple[float, tuple[Reason, ...]]:
    if not profile.listed and profile.rows > 20:
        return 0.3, ()
    telling = _telling(profile, words)
    share = len(telling) / len(profile.frequent)
    return (1.0 + 0.65 * share, (Reason(VALUES, {"value": telling[0]}),)) if share >= 0.5 else (1.0, ())


def _telling(profile: Profile, words: Mapping[str, str]) -> list[str]:
    """The values of a column that are words known for a canonical one."""
    values = [value for value, _ in profile.frequent if not value.strip().lstrip("-").isdigit()]
    return [value for value in values if meaning(value, words)]


def _outcomes(profile: Profile, words: Words) -> list[str]:
    """The values that say how changes came out, where they do so in more ways than one, and hardly say where changes stand."""
    known = words.get("outcome", {})
    outcomes, states = _telling(profile, known), _telling(profile, words.get("state", {}))
    several = len({meaning(value, known) for value in outcomes}) > 1
    enough = len(outcomes) > len(states) and 3 * len(outcomes) >= len(profile.frequent)
    return outcomes if several and enough and profile.listed else []


def meaning(value: str, words: Mapping[str, str]) -> str:
    """The code of a value; '' where it is not known.

    A number before it only keeps a list in order, accents may lack, and its words may be joined: `in_progress`, `Pending - Client`.
    """
    word = value.strip().casefold()
    plainly = (word, without_rank(word), " ".join(_JOINED.sub(" ", without_rank(word)).split()))
    return next((words[form] for form in (*plainly, *map(without_accents, plainly)) if form in words), "")


_JOINED = re.compile(r"[-–_/:]+")
_RANK = re.compile(r"^\d+(\s*[-–.:)]\s*|\s+)")


def without_rank(word: str) -> str:
    """A word without the number before it, which as in `2 - High` or `2 hoch` only keeps a list in order."""
    return _RANK.sub("", word)


def _taken(canonical: str, profile: Profile) -> Taking | None:
    if canonical in ("record_id", "number") and profile.spaced:
        return "compact"
    if canonical == "reported_sla_met" and _BROKEN.search(plain(profile.name)):
        return "opposite"
    return "first" if canonical in _STACKABLE and profile.stacked else None


def known_words(mapped: Iterable[Mapping[str, Mapping[str, str]]]) -> dict[str, dict[str, str]]:
    """What tools fill their lists with, by canonical column: from general knowledge, and the codes of mappings."""
    words: dict[str, dict[str, str]] = {
        "state": {word: code for code, several in STATES.items() for word in several},
        "priority": {word: code for code, several in PRIORITIES.items() for word in several},
        "decision": {word: code for code, several in DECISIONS.items() for word in several},
        "outcome": {word: code for code, several in OUTCOMES.items() for word in several},
    }
    for codes in mapped:
        for column, table in codes.items():
            for value, code in table.items():
                if plain(value) not in EMPTY:
                    words.setdefault(column, {}).setdefault(value.casefold(), code)
    for table in words.values():
        for word, code in [*table.items()]:
            table.setdefault(without_accents(word), code)
    return words
