"""One record explained: drawn for a terminal, as SVG, as a page, and as JSON."""

from __future__ import annotations

from itsmctl.language import iso
from itsmctl.reports.drawing import svg
from itsmctl.reports.grounds import ground_document
from itsmctl.reports.json import verdict_document
from itsmctl.reports.pages import explanation_html
from itsmctl.reports.terminal import terminal
from itsmctl.result import ClockExplanation, Cycle, Explanation

__all__ = ["cycle_json", "explanation_html", "explanation_json", "svg", "terminal"]


def explanation_json(explanation: Explanation) -> dict[str, object]:
    """The explanation as plain values; a cycle's ledger seconds add up to its stop − start."""
    return {
        "format": "itsmctl/explanation/v1",
        "as_of": iso(explanation.as_of),
        "record": {"record_id": explanation.record_id, **explanation.columns},
        "moments": [
            {
                "at": iso(moment.at),
                "actor": moment.actor,
                "actor_group": moment.actor_group,
                "field": moment.field,
                "old": moment.old,
                "new": moment.new,
                "file": moment.file,
                "row": moment.row,
            }
            for moment in explanation.moments
        ],
        "verdicts": [verdict_document(verdict) for verdict in explanation.verdicts],
        "clocks": [_clock_json(clock) for clock in explanation.clocks],
        "grounds": [ground_document(ground) for ground in explanation.grounds],
        "definitions": _definitions_json(explanation),
    }


def _definitions_json(explanation: Explanation) -> dict[str, object] | None:
    facts = explanation.judged_by
    return {"commit": facts.commit, "digest": facts.digest, "dirty": facts.dirty} if facts else None


def _clock_json(clock: ClockExplanation) -> dict[str, object]:
    return {
        "rule": clock.rule,
        "clock": clock.clock,
        "agreement": clock.agreement,
        "calendar": clock.calendar,
        "zone": clock.zone,
        "target": {"text": clock.target_text, "file": clock.target_file, "line": clock.target_line},
        "reason": clock.reason,
        "flags": list(clock.flags),
        "cycles": [cycle_json(cycle) for cycle in clock.cycles],
    }


def cycle_json(cycle: Cycle) -> dict[str, object]:
    """One cycle of a clock as plain values, as `explain` and `clock` print it."""
    return {
        "start": iso(cycle.start),
        "stop": iso(cycle.stop),
        "running": cycle.running,
        "counted_seconds": cycle.counted,
        "paused_seconds": cycle.paused,
        "closed_seconds": cycle.closed,
        "target_seconds": cycle.target,
        "deadline": iso(cycle.deadline),
        "verdict": cycle.verdict,
        "ledger": [
            {
                "from": iso(piece.start),
                "to": iso(piece.end),
                "kind": piece.kind,
                "seconds": piece.seconds,
                "reason": piece.reason,
            }
            for piece in cycle.ledger
        ],
    }
