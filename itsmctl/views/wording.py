"""Definitions in the words of a reader: titles for ids, conditions, hours, periods and durations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from itsmctl.language import Language, column_text, duration_text, tr, trn
from itsmctl.model import Condition, Conditions, Definition, Effective, Slot, Target
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


def conditions_text(conditions: Conditions, language: Language) -> str:
    """What a record must be like: `priority P1, P2`; nothing at all means everything."""
    if not conditions:
        return tr("everything else", language)
    return tr("; ", language).join(_condition(condition, language) for condition in conditions)


def _condition(condition: Condition, language: Language) -> str:
    column = column_text(condition.column, language)
    values = tr(", ", language).join(str(value) for value in condition.values)
    match condition.test:
        case "in":
            return f"{column} {values}"
        case "not-in":
            return tr("{column} not {values}", language, column=column, values=values)
        case "present":
            return tr("{column} filled in", language, column=column)
        case "absent":
            return tr("{column} empty", language, column=column)
        case "at-least":
            return f"{column} ≥ {values}"
        case "at-most":
            return f"{column} ≤ {values}"


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
