"""The service quality report for machines, format `itsmctl/service-report/v1`; its schema lies beside this module."""

from __future__ import annotations

import json
from datetime import date

from itsmctl.delivery.period import Period
from itsmctl.delivery.quality import Attained, Comparison, Figure, Kept, Late, Quality, ServiceQuality, Step
from itsmctl.language import Language, iso
from itsmctl.model import Definitions
from itsmctl.output import schema_beside
from itsmctl.reports.json import titles
from itsmctl.reports.service.words import step_text

FORMAT = "itsmctl/service-report/v1"
_LANGUAGES: tuple[Language, ...] = ("en", "zh")


def service_report_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of the report."""
    return schema_beside(__file__, "service_report")


def as_json(quality: Quality, definitions: Definitions) -> str:
    """The report, the same bytes in every language."""
    document = {
        "format": FORMAT,
        "period": _period(quality.period),
        "zone": quality.zone,
        "as_of": iso(quality.as_of),
        "covered": quality.covered,
        "customer": quality.customer.id if quality.customer else None,
        "own_registers": quality.own_registers,
        "definitions": {"digest": quality.definitions},
        "dataset": {"digest": quality.digest, "records": quality.records},
        "services": [_service(one, definitions) for one in quality.services],
        "comparison": _comparison(quality.comparison) if quality.comparison else None,
    }
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _period(period: Period) -> dict[str, object]:
    return {"name": period.name, "first": period.first.isoformat(), "last": period.last.isoformat()}


def _service(one: ServiceQuality, definitions: Definitions) -> dict[str, object]:
    return {
        "id": one.service.id,
        "titles": titles(one.service.title),
        "agreements": [agreement.id for agreement in one.agreements],
        "promises": [_attained(promise) for promise in one.promises],
        "by_priority": [_attained(attained) for attained in one.attained],
        "late_in_all": one.late_in_all,
        "late": [_late(late) for late in one.late],
        "volumes": [vars(volume) for volume in one.volumes],
        "changes": [vars(change) for change in one.changes],
        "registers": [_kept(kept) for kept in one.registers],
        "next_steps": [_step(step, definitions) for step in one.steps],
    }


def _attained(one: Attained) -> dict[str, object]:
    return {
        "agreement": one.agreement,
        "clock": one.clock,
        "priority": one.priority,
        "target": one.target,
        "agreed": one.agreed,
        "judged": one.judged,
        "met": one.met,
        "late": one.late,
        "not_testable": one.not_testable,
        "percent": round(100 * one.met / one.judged, 2) if one.judged else None,
        "kept": one.kept if one.kept or one.missed else None,
    }


def _late(late: Late) -> dict[str, object]:
    return {
        "record_id": late.record_id,
        "number": late.number,
        "clock": late.clock,
        "priority": late.priority,
        "counted_seconds": late.counted,
        "target_seconds": late.target,
        "stopped": iso(late.stopped),
        "reason": late.reason,
    }


def _kept(kept: Kept) -> dict[str, object]:
    """The rows as they are kept, without the columns that name people."""
    shown = [column.id for column in kept.register.columns if column.type != "person"]
    rows = [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in row.values.items()
            if name in shown
        }
        for row in kept.rows
    ]
    return {"register": kept.register.id, "rows": rows}


def _step(step: Step, definitions: Definitions) -> dict[str, object]:
    return {
        "role": step.role,
        "texts": {language: step_text(step, definitions, language) for language in _LANGUAGES},
    }


def _comparison(comparison: Comparison) -> dict[str, object]:
    return {
        "period": _period(comparison.period),
        "covered": comparison.covered,
        "mix_points": None if comparison.mix is None else round(comparison.mix, 2),
        "measures": [
            {
                "id": one.id,
                "unit": one.unit,
                "better": one.better,
                "before": _figure(one.before),
                "now": _figure(one.now),
                "change": None if one.change is None else round(one.change, 2),
                "says": one.clear,
                "quoted": one.quoted or None,
            }
            for one in comparison.measures
        ],
    }


def _figure(figure: Figure) -> dict[str, object]:
    bounds = {"value": figure.value, "low": figure.low, "high": figure.high}
    return {"n": figure.n, **{name: None if bound is None else round(bound, 4) for name, bound in bounds.items()}}
