"""Changes for a terminal: counted, then grouped by what they do to the demands, each with its places and approvers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from itsmctl.change import EFFECTS, Change, Effect
from itsmctl.errors import Where
from itsmctl.language import Language, tr, trn
from itsmctl.reports.changes.words import effect_text, from_to, what
from itsmctl.reports.plain import wrap

_COLORS: dict[Effect | str, str] = {
    "loosened": "31;1", "review": "33;1", "tightened": "32;1", "structural": "36;1", "neutral": "2", "dim": "2",
}  # fmt: skip
_SYMBOLS: dict[Effect, str] = {"loosened": "▽", "review": "?", "tightened": "▲", "structural": "■", "neutral": "·"}


def render(
    changes: Sequence[Change], base: str, head: str, language: Language = "en", width: int = 80, color: bool = False
) -> str:
    """All changes in so many columns, ending in a newline."""
    lines = [counts(changes, base, head, language)]
    for effect in EFFECTS:
        found = [change for change in changes if change.effect == effect]
        if found:
            lines += ["", _paint(f"{_SYMBOLS[effect]} {effect_text(effect, language)}", effect, color)]
            lines += (line for change in found for line in _change(change, language, width, color))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def counts(changes: Sequence[Change], base: str, head: str, language: Language) -> str:
    """How many changes of each effect there are between two sides."""
    if not changes:
        return tr("No change of meaning from {base} to {head}.", language, base=base, head=head)
    number = Counter(change.effect for change in changes)
    told = [
        tr("{n} {sort}", language, n=number[effect], sort=effect_text(effect, language))
        for effect in EFFECTS
        if number[effect]
    ]
    head_line = trn(
        "{n} change from {base} to {head}",
        "{n} changes from {base} to {head}",
        len(changes),
        language,
        base=base,
        head=head,
    )
    return head_line + tr(": ", language) + tr(", ", language).join(told)


def places(change: Change) -> str:
    """Where it stands on both sides; the file once where it is the same."""
    old, new = change.base_location, change.head_location
    if old is None or new is None:
        return str(new or old)
    if old == new:
        return str(new)
    return f"{old} → {_short(new) if old.file == new.file else new}"


def _short(where: Where) -> str:
    return f"{where.line}:{where.column}"


def _change(change: Change, language: Language, width: int, color: bool) -> Iterator[str]:
    told = f"{change.kind} {change.id}{tr(': ', language)}{what(change, language)}{tr(': ', language)}{from_to(change, language)}"
    first, *rest = wrap(told, width, "    ")
    yield first[2:]
    yield from rest
    facts = [
        places(change),
        *(
            [tr("approval: {roles}", language, roles=tr(", ", language).join(change.approvers))]
            if change.approvers
            else []
        ),
    ]
    facts.append(f"{change.code} {change.fingerprint}")
    for fact in facts:
        yield from (_paint(line, "dim", color) for line in wrap(fact, width, "      "))


def _paint(text: str, role: Effect | str, color: bool) -> str:
    return f"\x1b[{_COLORS[role]}m{text}\x1b[0m" if color else text
