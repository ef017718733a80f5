"""A replay as Markdown: counts first, then a table, then the details folded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from itsmctl.change.replay import FLIP_KINDS, Judged
from itsmctl.language import number_text, tr
from itsmctl.reports.plain import shown
from itsmctl.reports.replay.replayed import (
    Replayed,
    about,
    cause_text,
    causes_of,
    counted,
    flipping,
    headline,
    kind_text,
    kinds_of,
    samples,
    state_text,
    where_text,
)

_CALLS = re.compile(r"(?<!\w)\\(?:@(?=\w)|#(?=\d))")
"""What would call a person or name a pull request, after its signs have been escaped; an address of mail does neither."""


def render(told: Replayed) -> str:
    """The whole document."""
    language = told.language
    lines = [f"## {tr('Past tickets under this change', language)}", "", f"**{headline(told)}**", "", *about(told), ""]
    lines += table(told)
    for judged in flipping(told.replay):
        lines += details(judged, told)
    return "\n".join([*lines, *_again(told)]) + "\n"


def table(told: Replayed) -> Iterator[str]:
    """One row for each rule with flips, one column for each sort that there is."""
    replay, language = told.replay, told.language
    kinds = [kind for kind in FLIP_KINDS if replay.count(kind)]
    if not kinds:
        return
    yield "| " + " | ".join((tr("Rule", language), "", *(kind_text(kind, language) for kind in kinds))) + " |"
    yield "|---|---|" + "--:|" * len(kinds)
    for judged in flipping(replay):
        rule = judged.rule
        counts = [number_text(n) if (n := replay.count(kind, rule.id)) else "" for kind in kinds]
        yield "| " + " | ".join((rule.id, escaped(rule.title.in_(language)), *counts)) + " |"
    yield ""


def details(judged: Judged, told: Replayed) -> Iterator[str]:
    """One rule, folded: where its flips are, what causes them, and some of the records."""
    rule, replay, language = judged.rule, told.replay, told.language
    yield f"<details><summary>{rule.id} {escaped(rule.title.in_(language))}</summary>"
    yield ""
    for cause in causes_of(replay, rule.id):
        yield f"- {escaped(tr('because: {what}', language, what=cause_text(cause, told)))}"
    for kind in kinds_of(replay, rule.id):
        services, months = where_text(replay, rule.id, kind, language)
        where = tr("; ", language).join((escaped(services), months))
        yield f"- {counted(kind, replay.count(kind, rule.id), language)}{tr(': ', language)}{where}"
        for flip in samples(replay, rule.id, kind):
            states = f"{state_text(flip.before, language)} → {state_text(flip.after, language)}"
            command = told.explain(flip)
            yield f"  - {code(flip.record_id)} {states}" + (f"{tr(': ', language)}{code(command)}" if command else "")
    yield ""
    yield "</details>"
    yield ""


def _again(told: Replayed) -> Iterator[str]:
    yield tr("Again on your machine:", told.language) + f" {code(told.command('replay'))}"


def escaped(text: str) -> str:
    """Words of others that stay words in Markdown: in a table, and outside of one."""
    safe = shown(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = "".join(f"\\{letter}" if letter in "\\`*_[]|@#" else letter for letter in safe)
    # A space without width: forges look for them in the text as it is shown.
    return _CALLS.sub(r"\g<0>&#8203;", safe)


def code(text: str) -> str:
    """A text as code, also in a table."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{shown(text).replace('|', chr(92) + '|')}{fence}"
