"""The parts that definitions are made of, for a comparison: their normal form, their default, and their direction.

A kind's table names its parts by patterns: keys and `*` for any key or entry. A part with `entries` is a collection whose
entries are told apart and compared one by one; every other part is compared as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from itsmctl.change import forms, judging
from itsmctl.change.conditions import by_where
from itsmctl.change.judging import Judge, always, opposite
from itsmctl.change.types import Effect
from itsmctl.language import msg
from itsmctl.marks import Value


@dataclass(frozen=True)
class Part:
    """One part of a definition."""

    judge: Judge
    rule: str
    """The direction in words, for the reference."""
    form: forms.Form = forms.deep
    default: Value = None
    """What a value that is left out means."""
    entries: bool = False
    key: str = ""
    """The field by which the entries of a list are told apart; empty for a mapping."""
    in_order: bool = False
    """Whether another order of the entries is a change, for people to judge."""
    label: str = ""
    """What it is for people; empty where its path says as much."""
    code: str = ""

    def called(self, label: str, code: str = "") -> Part:
        """The same with a name for people, and for its code."""
        return replace(self, label=label, code=code or self.code)


Table = Mapping[str, Part]


@dataclass(frozen=True)
class Kind:
    """How definitions of one kind are compared."""

    parts: Table
    added: Judge = field(default=always("structural"))
    removed: Judge = field(default=always("structural"))


EVERY: dict[Effect, str] = {
    "review": msg("every change is for people to judge"),
    "structural": msg("every change is structural"),
    "neutral": msg("every change is neutral"),
}
LARGER = {"loosened": msg("more loosens, less tightens"), "tightened": msg("more tightens, less loosens")}
LONGER = {"loosened": msg("longer loosens, shorter tightens"), "tightened": msg("longer tightens, shorter loosens")}
WIDER = {"loosened": msg("wider loosens, narrower tightens"), "tightened": msg("wider tightens, narrower loosens")}
LATER = {"loosened": msg("later loosens, earlier tightens"), "tightened": msg("later tightens, earlier loosens")}
HIGHER = {"loosened": msg("higher loosens, lower tightens"), "tightened": msg("higher tightens, lower loosens")}
ON = {"loosened": msg("on loosens, off tightens"), "tightened": msg("on tightens, off loosens")}

WORDS = Part(always("neutral"), EVERY["neutral"], forms.as_text)
"""Words that explain."""
TERMS = Part(always("review"), EVERY["review"], forms.as_text)
"""Words that bind."""
WORD_LIST = Part(always("neutral"), EVERY["neutral"], forms.as_texts)
TERM_LIST = Part(always("review"), EVERY["review"], forms.as_texts)
REVIEW = Part(always("review"), EVERY["review"])
STRUCTURE = Part(always("structural"), EVERY["structural"])
NEUTRAL = Part(always("neutral"), EVERY["neutral"])
REVIEW_SET = replace(REVIEW, form=forms.as_set)
STRUCTURE_SET = replace(STRUCTURE, form=forms.as_set)


def number(more: Effect, *, absent: float | None = None, default: Value = None) -> Part:
    """A number."""
    return Part(judging.by_number(more, absent=absent), LARGER[more], forms.as_is, default)


def duration(more: Effect, *, absent: Effect | None = None) -> Part:
    """A counted time."""
    return Part(judging.by_duration(more, absent=absent), LONGER[more], forms.as_duration)


def months(more: Effect, *, absent: Effect | None = None) -> Part:
    """A time in months."""
    return Part(judging.by_months(more, absent=absent), LONGER[more], forms.as_is)


def day(later: Effect, *, absent: date = date.max) -> Part:
    """A day or a moment; left out it is never, or ever since."""
    return Part(judging.by_day(later, absent=absent), LATER[later], forms.as_is)


def members(more: Effect, *, absent_is_all: bool = False) -> Part:
    """A set."""
    return Part(judging.by_members(more, absent_is_all=absent_is_all), LARGER[more], forms.as_set)


def texts(more: Effect) -> Part:
    """A set of texts."""
    return Part(judging.by_members(more), LARGER[more], forms.as_texts)


def flag(on: Effect, *, default: bool = False) -> Part:
    """Yes or no."""
    return Part(judging.by_flag(on), ON[on], forms.as_is, default)


def limit(more: Effect) -> Part:
    """How much is allowed."""
    return Part(judging.by_limit(more), LARGER[more], forms.as_limit, {"count": 0, "percent": 0})


def where(wider: Effect) -> Part:
    """Conditions on records."""
    return Part(by_where(wider), WIDER[wider], forms.as_where, {})


def ranked(up: Effect, ranks: tuple[str, ...], *, default: str | None = None) -> Part:
    """One of several words, from low to high."""
    return Part(judging.by_rank(up, ranks), HIGHER[up], forms.as_is, default)


def each(more: Effect = "structural", *, key: str = "") -> Part:
    """A collection whose entries are compared one by one; one more has the effect `more`."""
    rule = LARGER.get(more) or EVERY[more]
    return Part(lambda old, new, at: more if old is None else opposite(more), rule, entries=True, key=key)
