"""What has changed since an earlier audit, for a terminal: clocks, rules that came out otherwise, shares that moved."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.language import Language, clock_text, moment_text, outcome_text, percent_text, tr, zone_of
from itsmctl.reports.plain import cells, fit, hanging, right, shown, wrap
from itsmctl.reports.tally import SYMBOLS
from itsmctl.reports.trend import Before, RuleBefore, RuleChange, Trend, trend
from itsmctl.result import AuditResult, RuleResult

Line = tuple[str, str]
"""A line, and the role in whose colour it is printed; empty for none."""
_MARKS = {True: "↑", False: "↓", None: " "}
_ROLES = {True: "pass", False: "fail", None: ""}


def trend_lines(result: AuditResult, before: Before, language: Language, width: int) -> list[Line]:
    """Lines of at most so many columns under a heading."""
    found = trend(result, before)
    lines = [(tr("Since the audit of {day}", language, day=moment_text(found.as_of, zone_of(result.zone))), "head")]
    if found.other_definitions:
        told = tr("That audit judged by other definitions; rules that demand something else today are not compared.", language)  # fmt: skip
        lines += [(line, "dim") for line in wrap(told, width)]
    lines += _clocks(found, language)
    changes = (*found.outcomes, *found.shares)
    lines += _changes(changes, language, width)
    if not changes:
        told = tr("Every rule that can be compared came out as before.", language)
        lines += [(line, "") for line in wrap(told, width)]
    return [*lines, *_others(found, language, width)]


def _clocks(found: Trend, language: Language) -> Iterator[Line]:
    names = [clock_text(one.clock, language) for one in found.clocks]
    room = max(map(cells, names), default=0)
    for name, one in zip(names, found.clocks, strict=True):
        was, now = (right(percent_text(met, judged), 6) for judged, met in (one.before, one.now))
        better = one.points > 0 if one.points else None
        yield f"{_MARKS[better]} {fit(name, room)}  {was} → {now}  {one.told}", _ROLES[better]


def _changes(changes: tuple[RuleChange, ...], language: Language, width: int) -> Iterator[Line]:
    told = [f"{_told(one.before, language)} → {_told(one.now, language)}" for one in changes]
    ids = max((cells(one.now.rule.id) for one in changes), default=0)
    room = max(map(cells, told), default=0)
    for one, text in zip(changes, told, strict=True):
        start = f"{_MARKS[one.better]} {fit(one.now.rule.id, ids)}  {fit(text, room)}  "
        for line in hanging(start, shown(one.now.rule.title.in_(language)), width):
            yield line, _ROLES[one.better]


def _told(entry: RuleBefore | RuleResult, language: Language) -> str:
    share = f" {percent_text(entry.failed, entry.in_scope)}" if entry.failed else ""
    return f"{SYMBOLS[entry.outcome]} {outcome_text(entry.outcome, language)}{share}"


def _others(found: Trend, language: Language, width: int) -> Iterator[Line]:
    """Rules that are in one of the two audits only, or that demand something else."""
    for what, rules in (
        (tr("Not compared, as they demand something else today", language), found.redefined),
        (tr("New since then", language), found.new),
        (tr("No longer judged", language), found.gone),
    ):
        if rules:
            for line in wrap(f"{what}{tr(': ', language)}{tr(', ', language).join(map(shown, rules))}", width):
                yield line, "dim"
