"""Ceilings: how high an answer may be, by what a rule or the coverage of clauses shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from itsmctl.assessment.shown import RuleShown, Shown
from itsmctl.model import Answer, Cap, QuestionnaireCriterion, ScaleStep

NOT_JUDGED = "not-judged"
NO_DATA = "no-data"


@dataclass(frozen=True)
class Limit:
    """The highest step that one source of evidence allows; `ceiling` is its place on the scale, from 0."""

    source: Literal["rule", "coverage", "control"]
    id: str
    """Of the rule, FRAMEWORK:NUMBER, or `reviewed` or `approved`."""
    wanted: float | None
    """Per cent from which it allows every step; None: the rule must be passed, as its own tolerance has it."""
    share: float | None
    """Per cent shown; None where no tickets, or no history, were looked at, and so nothing is limited."""
    ceiling: int
    why: str = ""
    """Why nothing could be shown, as a code: `not-judged`, `no-data`, or what made the rule untestable."""


def limits_of(
    criterion: QuestionnaireCriterion,
    answer: Answer | None,
    scale: Sequence[ScaleStep],
    shown: Shown,
    day: date | None = None,
) -> tuple[Limit, ...]:
    """What limits the answer to a criterion: the caps of the criterion, and the rules that the answer itself calls on."""
    capped = [cap.rule for cap in criterion.caps if cap.rule]
    cited = dict.fromkeys(one.id for one in answer.evidence if one.kind == "rule") if answer else {}
    return (
        *_caps(criterion.caps, scale, shown, day),
        *(_rule(r, None, scale, shown) for r in cited if r not in capped),
    )


def _caps(caps: Sequence[Cap], scale: Sequence[ScaleStep], shown: Shown, day: date | None) -> Iterator[Limit]:
    for cap in caps:
        if cap.rule:
            yield _rule(cap.rule, cap.at_least, scale, shown)
        elif cap.coverage:
            yield _share("coverage", cap.coverage, cap.at_least, shown.covered(cap.coverage), scale)
        elif cap.control == "reviewed":
            yield _share("control", cap.control, cap.at_least, shown.reviewed(day), scale)
        elif shown.approved is None:
            yield Limit("control", cap.control, cap.at_least, None, len(scale) - 1)
        else:
            yield _share("control", cap.control, cap.at_least, shown.approved, scale)


def _share(
    source: Literal["coverage", "control"], id_: str, wanted: float, found: tuple[int, int], scale: Sequence[ScaleStep]
) -> Limit:
    there, all_of_them = found
    share = 100 * there / all_of_them if all_of_them else 0.0
    return Limit(source, id_, wanted, share, highest_step(scale, share, wanted))


def _rule(rule: str, wanted: float | None, scale: Sequence[ScaleStep], shown: Shown) -> Limit:
    if shown.rules is None:
        return Limit("rule", rule, wanted, None, len(scale) - 1)
    found = shown.rules.get(rule)
    if found is None:
        return Limit("rule", rule, wanted, 0.0, 0, NOT_JUDGED)
    passed = wanted is None and found.outcome == "pass"
    ceiling = len(scale) - 1 if passed else highest_step(scale, found.share, wanted)
    return Limit("rule", rule, wanted, found.share, ceiling, _why(found))


def _why(found: RuleShown) -> str:
    return NO_DATA if found.outcome == "no_data" else found.why


def highest_step(scale: Sequence[ScaleStep], share: float, wanted: float | None) -> int:
    """The place of the highest step that a share of per cent allows: every step from `wanted` on, below it never the top.

    Where the steps of the scale say from how much to how much they apply, the one that the share falls in; else the
    share of the way to `wanted`, rounded down. A larger share never allows less.
    """
    top = len(scale) - 1
    if wanted is not None and share >= wanted:
        return top
    ends = [step.end for step in scale if step.end is not None]
    if len(ends) == len(scale):
        place = next((place for place, end in enumerate(ends) if share <= end), top)
    else:
        place = int(share * top / (wanted or 100))
    return min(place, top - 1)
