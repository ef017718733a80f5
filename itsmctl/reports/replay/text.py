"""A replay for a terminal: counts first, then each rule with its flips, what causes them, and a few records."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.change.replay import FlipKind, Judged
from itsmctl.language import tr
from itsmctl.reports.plain import shown, wrap
from itsmctl.reports.replay.replayed import (
    Replayed,
    about,
    cause_text,
    causes_of,
    counted,
    flipping,
    headline,
    kinds_of,
    samples,
    state_text,
    where_text,
)

WIDTH = 80


def render(told: Replayed) -> str:
    """The replay in lines of 80 columns, but for commands, which stay whole."""
    lines = [*wrap(headline(told), WIDTH)]
    for text in about(told):
        lines += wrap(text, WIDTH)
    for judged in flipping(told.replay):
        lines += ["", *_rule(judged, told)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _rule(judged: Judged, told: Replayed) -> Iterator[str]:
    rule, language = judged.rule, told.language
    enquiry = f" ({tr('enquiry', language)})" if rule.enquiry else ""
    yield from wrap(f"{rule.id}  {shown(rule.title.in_(language))}{enquiry}", WIDTH)
    for kind in kinds_of(told.replay, rule.id):
        yield from _kind(rule.id, kind, told)
    for cause in causes_of(told.replay, rule.id):
        yield from wrap(tr("because: {what}", language, what=cause_text(cause, told)), WIDTH, "  ")


def _kind(rule: str, kind: FlipKind, told: Replayed) -> Iterator[str]:
    replay, language = told.replay, told.language
    where = tr("; ", language).join(where_text(replay, rule, kind, language))
    line = counted(kind, replay.count(kind, rule), language) + tr(": ", language) + where
    yield from wrap(line, WIDTH, "  ")
    for flip in samples(replay, rule, kind):
        states = f"{state_text(flip.before, language)} -> {state_text(flip.after, language)}"
        command = told.explain(flip)
        yield f"    {shown(flip.record_id)}  {states}" + (f"   {command}" if command else "")
