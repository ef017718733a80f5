"""Definitions in the words of a reader: titles for ids, conditions, hours, periods and durations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from itsmctl.language import Language, duration_text, tr, trn
from itsmctl.model import Definition, Definitions, Effective, Slot, Target, Text, WorkloadLimit
from itsmctl.views.page import Points
from itsmctl.worktime import Duration

WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}


def called(definitions: Mapping[str, Definition], id_: str, language: Language) -> str:
    """The title of a definition with its id, or the id alone where there is none."""
    title = definitions[id_].title.in_(language) if id_ in definitions else ""
    return f"{title} ({id_})" if title and title != id_ else id_


def listed(definitions: Mapping[str, Definition], ids: Iterable[str], language: Language) -> str:
    """Several definitions by title and id."""
    return tr(", ", language).join(called(definitions, id_, language) for id_ in ids)


def target_text(target: Target | Duration, language: Language) -> str:
    """The time promised."""
    parts = (
        [trn("{n} business day", "{n} business days", target.business_days, language)] if target.business_days else []
    )
    parts += [duration_text(target.seconds, language)] if target.seconds else []
    return " + ".join(parts)


def slot_text(slot: Slot) -> str:
    """09:00–17:30; the end of the day is 24:00."""
    return f"{slot.start // 60:02}:{slot.start % 60:02}–{slot.end // 60:02}:{slot.end % 60:02}"


def slots_text(slots: Iterable[Slot], language: Language) -> str:
    """The hours of a day, or that it is closed."""
    return " ".join(slot_text(slot) for slot in slots) or tr("closed", language)


def period_text(effective: Effective, language: Language) -> str:
    """From when to when something is in force."""
    start, end = effective.start, effective.end
    if start and end:
        return tr("{start} to {end}", language, start=start, end=end)
    if start:
        return tr("from {start}", language, start=start)
    return tr("until {end}", language, end=end) if end else tr("always", language)


def sentences(texts: Iterable[Text], language: Language) -> Points:
    """Several texts as a list."""
    return Points(tuple(text.in_(language) for text in texts))


def day_text(day: date | None) -> str:
    """2026-03-31, or nothing."""
    return str(day) if day else ""


def review_text(one: Definition, language: Language) -> str:
    """When somebody last looked at it, and by when somebody has to look again."""
    if one.review is None:
        return ""
    last, due = one.review.last, one.review.due(one.effective.start)
    told = [tr("last {day}", language, day=last) if last else "", tr("due {day}", language, day=due) if due else ""]
    return tr(", ", language).join(part for part in told if part)


def clauses_text(definitions: Definitions, clauses: Iterable[str], language: Language) -> str:
    """Clauses with their titles: `iso-20000-1 8.6.1 Incident management`."""
    return tr("; ", language).join(clause_text(definitions, clause, language) for clause in clauses)


def clause_text(definitions: Definitions, clause: str, language: Language) -> str:
    """One clause, given as FRAMEWORK:NUMBER, with its title in our words."""
    framework, _, number = clause.partition(":")
    title = definitions.frameworks[framework].requirements[number].title.in_(language)
    return f"{framework} {number} {title}"


def percent_of(share: float | None) -> str:
    """99.5%, or nothing where nothing is agreed."""
    return "" if share is None else f"{share:g}%"


def workload_text(limit: WorkloadLimit | None, language: Language) -> str:
    """For how many tickets a promise is made, and what happens beyond."""
    if limit is None:
        return ""
    number = trn("{n} ticket a month", "{n} tickets a month", limit.per_month, language) if limit.per_month else ""
    return tr("; ", language).join(part for part in (number, limit.beyond.in_(language)) if part)
