"""A change in words: what, of which definition, from what to what."""

from __future__ import annotations

from os.path import commonprefix

from itsmctl.change import Change, Effect
from itsmctl.change.forms import key_of
from itsmctl.change.types import parted
from itsmctl.change.walking import part_told, where_name
from itsmctl.language import Language, msg, tr
from itsmctl.marks import Value
from itsmctl.reports.plain import shown

EFFECT_WORDS: dict[Effect, str] = {
    "loosened": msg("loosened"),
    "review": msg("for people to judge"),
    "tightened": msg("tightened"),
    "structural": msg("structural"),
    "neutral": msg("neutral"),
}
_LONGEST = 70
_BEFORE = 20
"""Characters that two long texts have in common and are told before where they part."""
_MANY = 4
"""From so many fields on, only those that differ are told."""
_TESTS = {
    "not": msg("not {values}"),
    "at-least": msg("at least {values}"),
    "at-most": msg("at most {values}"),
}


def effect_text(effect: Effect, language: Language) -> str:
    """The effect in words."""
    return tr(EFFECT_WORDS[effect], language)


def what(change: Change, language: Language) -> str:
    """What changed in the definition: `target of resolution, P1`; its path where it has no name for people."""
    if change.code == "rule-version-not-raised":
        return tr("loosened under the same version", language)
    if not change.path:
        return tr("the whole definition", language)
    part, names = part_told(change.kind, parted(change.path))
    if part is None or not part.label:
        return change.path
    label = tr(part.label, language)
    return label + (tr(" ({names})", language, names=tr(", ", language).join(names)) if names else "")


def from_to(change: Change, language: Language) -> str:
    """`4h → 8h`, `+ awaiting-change`, `new: …`, `gone: …`."""
    if change.code == "rule-version-not-raised":
        return tr(
            "still {version}; raise it, so that results of before and after can be told apart",
            language,
            version=change.new,
        )
    if change.old is None:
        return tr("new: {value}", language, value=value_text(change.new, language))
    if change.new is None:
        return tr("gone: {value}", language, value=value_text(change.old, language))
    if isinstance(change.old, list) and isinstance(change.new, list):
        return _members(change.old, change.new, language)
    told = _told(change.old, change.new)
    old, new = (value_text(value, language) for value in told)
    if old == new:  # the words of the other language
        other: Language = "zh" if language == "en" else "en"
        old, new = (value_text(value, other) for value in told)
    if old == new:  # what differs lies behind where they were cut
        old, new = (value_text(value, language) for value in _apart(*told))
    return f"{old} → {new}"


def _told(old: Value, new: Value) -> tuple[Value, Value]:
    """Two values without the fields that are the same on both sides, where there are many."""
    if not isinstance(old, dict) or not isinstance(new, dict) or len({*old, *new}) < _MANY:
        return old, new
    differing = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    pairs = {key: _told(old.get(key), new.get(key)) for key in differing}
    return {key: one for key, (one, _) in pairs.items()}, {key: other for key, (_, other) in pairs.items()}


def _apart(old: Value, new: Value) -> tuple[Value, Value]:
    """Two values that look alike when they are cut, from shortly before where they part."""
    if isinstance(old, dict) and isinstance(new, dict):
        pairs = {key: _apart(old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)}
        return {key: one for key, (one, _) in pairs.items()}, {key: other for key, (_, other) in pairs.items()}
    if isinstance(old, list) and isinstance(new, list):
        before, after = ({key_of(one) for one in side} for side in (old, new))
        gone, come = [one for one in old if key_of(one) not in after], [one for one in new if key_of(one) not in before]
        return (gone, come) if gone or come else (old, new)
    if isinstance(old, str) and isinstance(new, str) and old != new:
        start = max(0, len(commonprefix([old, new])) - _BEFORE)
        return ("…" + old[start:], "…" + new[start:]) if start else (old, new)
    return old, new


def value_text(value: Value, language: Language) -> str:
    """A value for people, on one line."""
    match value:
        case dict() if value and set(value) <= {"en", "zh"}:
            return tr("“{words}”", language, words=shown(value.get(language) or next(iter(value.values())), _LONGEST))
        case dict() if set(value) == {"count", "percent"}:
            return _limit(value)
        case dict():
            return shown(_mapping(value, language), 2 * _LONGEST) or tr("all", language)
        case list():
            return shown(tr(", ", language).join(value_text(one, language) for one in value), 2 * _LONGEST) or "–"
        case bool():
            return tr("yes", language) if value else tr("no", language)
        case None:
            return "–"
        case _:
            return shown(value, _LONGEST)


def _members(old: list[Value], new: list[Value], language: Language) -> str:
    """What came to a set, and what left it."""
    before, after = ({key_of(one) for one in side} for side in (old, new))
    told = [f"− {value_text(one, language)}" for one in old if key_of(one) not in after]
    told += [f"+ {value_text(one, language)}" for one in new if key_of(one) not in before]
    return shown("  ".join(told), 3 * _LONGEST) or tr("another order", language)


def _limit(value: dict[str, Value]) -> str:
    parts = [f"{value['percent']}%"] if value["percent"] or not value["count"] else []
    return " / ".join([*parts, *([str(value["count"])] if value["count"] else [])])


def _mapping(value: dict[str, Value], language: Language) -> str:
    if "within" in value:  # a target
        where = value.get("where")
        return f"{where_name(where if isinstance(where, dict) else {})} {value['within']}"
    parts = []
    for key, one in value.items():
        tests = isinstance(one, dict) and one and set(one) <= {*_TESTS, "present"}
        parts.append(f"{key} {_tests(one, language) if tests and isinstance(one, dict) else value_text(one, language)}")
    return tr("; ", language).join(parts)


def _tests(tests: dict[str, Value], language: Language) -> str:
    told = []
    for test, value in tests.items():
        if test == "present":
            told.append(tr("filled", language) if value else tr("empty", language))
        else:
            told.append(tr(_TESTS[test], language, values=value_text(value, language)))
    return tr(", ", language).join(told)
