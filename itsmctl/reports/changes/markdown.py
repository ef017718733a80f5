"""Changes as Markdown: counts first, a table of what matters, the rest folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from itsmctl.change import Change
from itsmctl.language import Language, msg, tr
from itsmctl.reports.changes.text import counts, places
from itsmctl.reports.changes.words import effect_text, from_to, what
from itsmctl.reports.replay.markdown import code, escaped

_HEADS = (msg("effect"), msg("definition"), msg("what"), msg("change"), msg("place"), msg("approval"))
_FOLDED = ("structural", "neutral")


def markdown(changes: Sequence[Change], base: str, head: str, language: Language) -> str:
    """All changes, ending in a newline."""
    lines = [counts(changes, base, head, language)]
    open_, folded = (
        [change for change in changes if (change.effect in _FOLDED) == is_folded] for is_folded in (False, True)
    )
    if open_:
        lines += ["", *_table(open_, language)]
    if folded:
        summary = tr("Changes that neither tighten nor loosen", language)
        lines += ["", "<details>", f"<summary>{summary}</summary>", "", *_table(folded, language), "", "</details>"]
    return "\n".join(lines) + "\n"


def _table(changes: Sequence[Change], language: Language) -> Iterator[str]:
    heads = [tr(head, language) for head in _HEADS]
    yield "| " + " | ".join(heads) + " |"
    yield "|" + " --- |" * len(heads)
    for change in changes:
        row = (
            escaped(effect_text(change.effect, language)),
            f"{escaped(change.kind)} {code(change.id)}",
            escaped(what(change, language)),
            escaped(from_to(change, language)),
            code(places(change)),
            escaped(tr(", ", language).join(change.approvers)) or "–",
        )
        yield "| " + " | ".join(row) + " |"
