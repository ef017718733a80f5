"""A record's life as bands of states, changes and clocks on one axis: what both drawings of it share."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from itsmctl.language import (
    LEDGER,
    Language,
    clock_text,
    clock_verdict_text,
    duration_text,
    epoch,
    tr,
    zone_of,
)
from itsmctl.model import Phase
from itsmctl.reports.axis import Axis, axis_over
from itsmctl.reports.called import value_text
from itsmctl.result import ClockExplanation, Cycle, Explanation, Moment, Piece

_PHASES: dict[str, Phase] = {"new": "new", "resolved": "resolved", "closed": "closed", "cancelled": "cancelled"}
FINAL: tuple[Phase, ...] = ("closed", "cancelled")


@dataclass(frozen=True)
class Band:
    """A record in one state from `start` to `end`; `number` is how the drawing and its list refer to it."""

    number: int
    start: int
    end: int
    state: str
    phase: Phase
    actor: str
    group: str


@dataclass(frozen=True)
class Life:
    """Everything that a drawing needs."""

    explanation: Explanation
    axis: Axis
    zone: ZoneInfo
    bands: tuple[Band, ...]
    changes: tuple[Moment, ...]
    has_history: bool

    def value_text(self, column: str, value: str, language: Language) -> str:
        """What people call a value of a column of this record."""
        explanation = self.explanation
        return value_text(explanation.names, explanation.columns.get("process", ""), column, value, language)

    def ledger_text(self, piece: Piece, language: Language) -> str:
        """What a piece of time of one of its clocks counts as, with the state or the special day that made it so."""
        kind = tr(LEDGER[piece.kind], language)
        if not piece.reason or piece.reason == piece.kind:
            return kind
        if piece.kind == "paused":
            reason = self.value_text("state", piece.reason, language)
        else:
            day = self.explanation.names.days.get(piece.reason)
            reason = day.in_(language) if day else piece.reason
        return tr("{kind} ({reason})", language, kind=kind, reason=reason)


def life_of(explanation: Explanation, zone: str = "") -> Life:
    """The life of a record in a zone, else in that of its first clock's calendar, else in UTC."""
    starts = _state_moments(explanation)
    clocks = [cycle for clock in explanation.clocks for cycle in clock.cycles]
    knots = {moment.at for moment in (*starts, *explanation.moments)}
    knots |= {at for cycle in clocks for at in (cycle.start, cycle.stop, cycle.deadline) if at is not None}
    if not starts or phase_of(explanation, starts[-1].new) not in FINAL:
        knots.add(explanation.as_of)
    axis = axis_over(knots)
    name = zone or next((clock.zone for clock in explanation.clocks if clock.zone), "")
    return Life(
        explanation=explanation,
        axis=axis,
        zone=zone_of(name),
        bands=_bands(explanation, starts, axis.end),
        changes=tuple(moment for moment in explanation.moments if moment.field != "state"),
        has_history=any(moment.field == "state" for moment in explanation.moments),
    )


def _state_moments(explanation: Explanation) -> tuple[Moment, ...]:
    """Changes of state from the history, or where there is none, what the record's own times tell."""
    known = tuple(moment for moment in explanation.moments if moment.field == "state")
    if known:
        return known
    columns = explanation.columns
    told = [("opened_at", "new"), ("responded_at", "in-progress"), ("resolved_at", "resolved"), ("closed_at", "closed")]
    moments = [Moment(epoch(columns[name]), "", "", "state", "", state) for name, state in told if columns.get(name)]
    return tuple(sorted(moments, key=lambda moment: moment.at))


def _bands(explanation: Explanation, starts: tuple[Moment, ...], end: int) -> tuple[Band, ...]:
    ends = [moment.at for moment in starts[1:]] + [end]
    return tuple(
        Band(number, moment.at, until, moment.new, phase_of(explanation, moment.new), moment.actor, moment.actor_group)
        for number, (moment, until) in enumerate(zip(starts, ends, strict=False), 1)
    )


def phase_of(explanation: Explanation, state: str) -> Phase:
    """The phase of life that a state of the record belongs to; one that its process does not know counts as active."""
    known = explanation.names.phases.get((explanation.columns.get("process", ""), state))
    return known or _PHASES.get(state, "active")


def sum_line(cycle: Cycle, language: Language) -> str:
    """How a cycle's ledger adds up: elapsed = counted + paused + outside service hours."""
    return tr(
        "{elapsed} elapsed = {counted} counted + {paused} paused + {closed} outside service hours",
        language,
        elapsed=duration_text(cycle.stop - cycle.start, language),
        counted=duration_text(cycle.counted, language),
        paused=duration_text(cycle.paused, language),
        closed=duration_text(cycle.closed, language),
    )


def verdict_line(cycle: Cycle, language: Language) -> str:
    """What a cycle counted, against its target where it has one, and the verdict."""
    if cycle.target < 0:
        counted, verdict = duration_text(cycle.counted, language), clock_verdict_text(cycle.verdict, language)
        return tr("{counted} counted: {verdict}", language, counted=counted, verdict=verdict)
    return tr(
        "{counted} counted of {target}: {verdict}",
        language,
        counted=duration_text(cycle.counted, language),
        target=duration_text(cycle.target, language),
        verdict=clock_verdict_text(cycle.verdict, language),
    )


def clock_title(clock: ClockExplanation, language: Language) -> str:
    """The clock, by what people call it, with the rule that asks for it."""
    name = clock.leg.in_(language) if clock.leg else clock_text(clock.clock, language)
    return f"{name} · {clock.rule}" if clock.rule else name


def failed(cycle: Cycle) -> bool:
    """Whether a cycle went over its target."""
    return cycle.verdict in ("breached", "running_breached")


def line_of(clock: ClockExplanation) -> str:
    """Where the target is written, `catalog/sla.yaml:14`."""
    return f"{clock.target_file}:{clock.target_line}" if clock.target_line else clock.target_file
