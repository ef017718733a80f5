"""A replay for programs: the contract of `itsmctl replay --format json`."""

from __future__ import annotations

import json
from collections import defaultdict

from itsmctl.change.replay import Cause, Flip, Replay
from itsmctl.language import iso
from itsmctl.output import schema_beside
from itsmctl.reports.replay.replayed import Replayed

FORMAT = "itsmctl/replay/v1"


def replay_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of a replay as JSON."""
    return schema_beside(__file__, "replay")


def render(told: Replayed) -> str:
    """The whole replay, the same bytes in every language."""
    return json.dumps(as_data(told), ensure_ascii=False, indent=2) + "\n"


def as_data(told: Replayed) -> dict[str, object]:
    """The replay as what JSON can say."""
    replay = told.replay
    sides = {
        side: {"name": name or None, "commit": commit or None, "digest": digest}
        for side, name, commit, digest in zip(
            ("base", "head"), (told.base, told.head), told.commits, told.digests, strict=True
        )
    }
    return {
        "format": FORMAT,
        "as_of": iso(replay.as_of),
        "zone": replay.zone,
        **sides,
        "dataset": {"digest": replay.dataset, "records": replay.records, "reached": replay.reached},
        "flips": [_flip(flip) for flip in replay.flips],
        "summary": _summary(replay),
    }


def _flip(flip: Flip) -> dict[str, object]:
    return {
        "rule": flip.rule,
        "record_id": flip.record_id,
        "before": flip.before,
        "after": flip.after,
        "kind": flip.kind,
        "service": flip.service or None,
        "month": flip.month or None,
        "reason": flip.reason or None,
        "because": list(flip.because),
        "together": flip.together,
    }


def _summary(replay: Replay) -> dict[str, object]:
    return {
        "flips": replay.total,
        "listed": len(replay.flips),
        "kinds": dict(replay.by_kind()),
        "rules": [
            {
                "id": judged.rule.id,
                "title": str(judged.rule.title),
                "severity": judged.rule.severity,
                "enquiry": judged.rule.enquiry,
                "outcome": {"before": judged.before, "after": judged.after},
                "kinds": _kinds(replay, "rule", judged.rule.id),
            }
            for judged in replay.rules
        ],
        "services": [
            {"service": one or None, "kinds": _kinds(replay, "service", one)} for one in _named(replay, "service")
        ],
        "months": [{"month": one or None, "kinds": _kinds(replay, "month", one)} for one in _named(replay, "month")],
        "causes": [_cause(cause) for cause in replay.causes],
        "untouched": replay.untouched,
        "enquiries": list(replay.enquiries),
    }


def _named(replay: Replay, by: str) -> list[str]:
    return sorted({str(getattr(tally, by)) for tally in replay.tallies})


def _kinds(replay: Replay, by: str, name: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for tally in replay.tallies:
        if getattr(tally, by) == name:
            found[tally.kind] += tally.flips
    return dict(sorted(found.items()))


def _cause(cause: Cause) -> dict[str, object]:
    return {
        "kind": cause.group.kind,
        "id": cause.group.id,
        "fingerprints": list(cause.group.fingerprints),
        "rule": cause.rule,
        "alone": cause.alone,
        "together": cause.together,
    }
