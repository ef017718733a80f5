"""What a scorecard is asked: up to which day, over how many periods, from which tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from itsmctl.assessment.shown import Shown, clauses_shown
from itsmctl.audit.choices import moment_of_judgement, zone_of_audit
from itsmctl.definitions import system_of
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.importers.receipt import unchanged
from itsmctl.model import Definitions, Kpi, Rule
from itsmctl.scorecard.measuring import Scorecard, Sources, measure
from itsmctl.scorecard.periods import parse_span
from itsmctl.scorecard.tickets import opened, rules_asked
from itsmctl.worktime import parse_moment
from itsmctl.zones import local_day, midnight_after


@dataclass(frozen=True)
class Asked:
    """What somebody said; empty means not said. `shown` is what an audit showed, where its result was given."""

    period: str = ""
    as_of: str = ""
    zone: str = ""
    periods: int = 6
    shown: Callable[[], Shown] | None = None
    legs: bool = False
    """Whether the promises of contracts are timed too."""


def scorecard(
    definitions: Definitions, kpis: Sequence[Kpi], dataset: Path | None, asked: Asked, root: Path | None = None
) -> Scorecard:
    """Compute some indicators; raises ItsmctlError where nobody said up to when and no tickets tell."""
    with sources(definitions, rules_asked(definitions, kpis), dataset, asked, root) as found:
        return measure(found, kpis, asked.periods)


@contextmanager
def sources(
    definitions: Definitions, rules: Sequence[Rule], dataset: Path | None, asked: Asked, root: Path | None = None
) -> Iterator[Sources]:
    """All that there is to compute from, the tickets judged by some rules, as it stood at the end of what was asked."""
    if asked.period and asked.as_of:
        raise ItsmctlError(Problem("two-ends", "--period and --as-of both say up to when; give one of them"))
    shown = asked.shown or (lambda: Shown(None, clauses_shown(definitions)))
    if dataset is None:
        day = _day_without_tickets(asked)
        yield Sources(definitions, day, asked.zone or "UTC", None, lambda: system_of(root, day), shown)
        return
    with unchanged(dataset) as receipt:
        zone = zone_of_audit(receipt, None)
        as_of = (
            midnight_after(parse_span(asked.period).end, zone)
            if asked.period
            else moment_of_judgement(receipt, None, asked.as_of)
        )
        day = local_day(as_of - 1, zone)
        own = not definitions.is_reference
        with opened(definitions, dataset, receipt, as_of, zone, rules, own, legs=asked.legs) as tickets:
            yield Sources(definitions, day, zone, tickets, lambda: system_of(root, day), shown)


def _day_without_tickets(asked: Asked) -> date:
    if asked.period:
        return parse_span(asked.period).end
    if not asked.as_of:
        template = "say up to when: --period 2026-Q2 or --as-of DATE; without tickets nothing tells"
        raise ItsmctlError(Problem("no-moment", template))
    try:
        return date.fromisoformat(asked.as_of)
    except ValueError:
        zone = asked.zone or "UTC"
        return local_day(parse_moment(asked.as_of, zone) - 1, zone)
