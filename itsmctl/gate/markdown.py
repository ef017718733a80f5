"""The gate as one sticky comment: verdict and counts first, then tables, then folded details, never over a forge's limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from itsmctl.gate.findings import Finding, counts_text, findings, unlooked
from itsmctl.gate.judged import Judged
from itsmctl.language import Language, problem_text, tr, trn
from itsmctl.reports.changes.markdown import markdown as changes_markdown
from itsmctl.reports.plain import shown
from itsmctl.reports.replay.markdown import code, details, escaped, table
from itsmctl.reports.replay.replayed import about, flipping, headline

LIMIT = 65_536
"""Characters that GitHub takes; GitLab takes more."""
_ROOM = LIMIT - 1_500
"""What blocks may fill: the rest is for the marker, and for saying what was left out and how to see it."""
_OPEN = 10
"""Findings that stand open; the others are folded."""


def render(judged: Judged) -> str:
    """The comment, within LIMIT: blocks that have no room are left out from the end, and counted."""
    return _joined(judged, _ROOM)


def whole(judged: Judged) -> str:
    """The same with everything in it, for an artifact."""
    return _joined(judged, None)


def marker(name: str) -> str:
    """The first line of the comment, by which a script finds the one of before and replaces it."""
    return f"<!-- itsmctl gate {name.replace('--', '- -')} -->"


def _joined(judged: Judged, room: int | None) -> str:
    kept: list[str] = []
    left_out = used = 0
    for block in _blocks(judged):
        size = _size(block)
        if room is not None and used + size > room:
            left_out += 1
            continue
        kept.append(block)
        used += size
    return "\n".join([marker(judged.name), *kept, *_tail(judged, left_out)]) + "\n"


def _size(text: str) -> int:
    """Length as forges count it, in UTF-16 units, with its line end."""
    return len(text.encode("utf-16-le")) // 2 + 1


def _blocks(judged: Judged) -> Iterator[str]:
    """The comment in pieces, each of which may be left out for itself; the weightiest come first."""
    language = judged.language
    symbol = "❌" if judged.failed or judged.gate.errors else "✅"
    yield f"## {symbol} {counts_text(judged)}\n"
    found = findings(judged)
    if found:
        yield "\n".join(_findings(found[:_OPEN], language))
    if judged.replayed is not None:
        told, between = judged.replayed, "" if language == "zh" else " "
        yield "\n".join(
            [
                f"### {tr('Past tickets under this change', language)}\n",
                f"{between.join([headline(told), *about(told)])}\n",
            ]
        )
        rows = "\n".join(table(told))
        if rows:
            yield rows
    if judged.gate.changes:
        names = (judged.base, judged.head or tr("the files here", language))
        yield _folded(tr("Changes of meaning", language), changes_markdown(judged.gate.changes, *names, language))
    for start in range(_OPEN, len(found), _OPEN):
        some = found[start : start + _OPEN]
        title = tr("Findings {first} to {last}", language, first=start + 1, last=start + len(some))
        yield _folded(title, "\n".join(_findings(some, language)))
    if judged.replayed is not None:
        for rule in flipping(judged.replayed.replay):
            yield "\n".join(details(rule, judged.replayed))


def _findings(found: Sequence[Finding], language: Language) -> Iterator[str]:
    yield f"|  | {tr('finding', language)} | {tr('place', language)} |"
    yield "|---|---|---|"
    for finding in found:
        problem = finding.problem
        symbol = "❌" if problem.severity == "error" else "⚠️"
        text = escaped(problem_text(problem, language))
        yield f"| {symbol} | {text} {code(problem.code)} | {code(str(problem.where))} |"
    yield ""


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{shown(title)}</summary>\n\n{body.rstrip()}\n\n</details>\n"


def _tail(judged: Judged, left_out: int) -> Iterator[str]:
    language = judged.language
    for text in unlooked(judged):
        yield f"- {escaped(text)}"
    if left_out:
        yield "- " + trn(
            "{n} part had no room in a comment; see the artifact of the job, or run it yourself.",
            "{n} parts had no room in a comment; see the artifact of the job, or run it yourself.", left_out, language,
        )  # fmt: skip
    yield ""
    yield tr("Again on your machine:", language) + f" {code(judged.command[:1000])}"
