"""Judge tickets by definitions: one public function from a dataset and a management system to an AuditResult."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from itsmctl import explanation
from itsmctl.checks import CHECKS
from itsmctl.engine.clocks import create_clocks
from itsmctl.engine.context import Context
from itsmctl.engine.evaluate import Counts, breakdown, create_verdict_table, evaluate, failures, reasons
from itsmctl.engine.session import Session
from itsmctl.engine.tables import Loading, load_tables, service_codes
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.history import commit_of
from itsmctl.importers.receipt import Receipt, read_receipt
from itsmctl.model import SEVERITIES, AuditPlan, Definitions, Limit, Outcome, Rule
from itsmctl.result import Attainment, AuditResult, DatasetFacts, DefinitionFacts, RuleResult, Source
from itsmctl.worktime import parse_moment, zone_info

FAIL_ON = (*SEVERITIES, "not-testable", "never")
Progress = Callable[[str, float], None]
"""Called with what is being done and the share done, 0 to 1."""

SAMPLED_PER_RULE = 3
MOST_EXPLAINED = 60
_GROUPED = frozenset({"attainment", "number-gaps", "row-count", "share"})
"""Checks whose rows are groups or files, not records."""


@dataclass(frozen=True)
class AuditOptions:
    """What may be said beyond the plan; empty means not said. `explain` names records to explain in full."""

    plan: str = ""
    as_of: str = ""
    rules: tuple[str, ...] = ()
    all_verdicts: bool = False
    explain: tuple[str, ...] = ()
    memory_limit: str = ""
    spill: Path | None = None
    threads: int = 0


def audit(
    definitions: Definitions,
    dataset: Path,
    options: AuditOptions = AuditOptions(),  # noqa: B008 - frozen
    *,
    verdicts: Path | None = None,
    progress: Progress | None = None,
) -> AuditResult:
    """Judge the records of a dataset folder by the rules in force, and write `verdicts.parquet` where asked.

    Raises ItsmctlError for an unknown plan, rule or record, a moment that cannot be read, or a folder that is no
    dataset. Equal definitions, dataset and options give an equal result, and equal bytes.
    """
    report = progress or (lambda what, share: None)
    receipt = read_receipt(dataset)
    plan = _plan(definitions, options.plan)
    rules = _rules(definitions, plan, options.rules)
    as_of = _as_of(receipt, plan, options)
    period = _period(receipt, plan)
    with Session(memory_limit=options.memory_limit, spill=options.spill, threads=options.threads) as session:
        report("load", 0.0)
        load_tables(session, _loading(definitions, dataset, receipt, as_of, period))
        report("clocks", 0.2)
        create_clocks(session, definitions, as_of)
        create_verdict_table(session)
        context = Context(definitions, frozenset(receipt.mapped), frozenset(receipt.history), as_of)
        results = _judge(session, rules, context, options, lambda share: report("rules", 0.3 + 0.6 * share))
        if verdicts is not None:
            _write_verdicts(session, verdicts)
        explained = options.explain or _sampled(results)
        result = AuditResult(
            title=str(plan.title) if plan else "",
            as_of=as_of,
            period_from=period[0],
            period_to=period[1],
            chosen_by_default=_defaults(definitions, plan, options),
            definitions=_definition_facts(definitions),
            dataset=_dataset_facts(session, receipt),
            rules=tuple(r for r in results if not r.rule.enquiry),
            enquiries=tuple(r for r in results if r.rule.enquiry),
            attainment=_attainment(session, definitions),
            states=_states(session),
            months=_months(session),
            explanations=explanation.explain(session, context, explained),
        )
    report("done", 1.0)
    return result


def exceeds(result: AuditResult, fail_on: str) -> bool:
    """Whether an audit has findings at or above a level of FAIL_ON; `not-testable` also counts what could not be tested."""
    failed = {r.rule.severity for r in result.rules if r.outcome == "fail"}
    match fail_on:
        case "never":
            return False
        case "not-testable":
            return bool(failed) or any(r.outcome == "not_testable" for r in result.rules)
        case _:
            return any(severity in failed for severity in SEVERITIES[: SEVERITIES.index(fail_on) + 1])  # type: ignore[arg-type]


def _plan(definitions: Definitions, name: str) -> AuditPlan | None:
    if not name:
        return None
    if name not in definitions.plans:
        raise ItsmctlError(_unknown("plan", name, definitions.plans))
    return definitions.plans[name]


def _rules(definitions: Definitions, plan: AuditPlan | None, asked: Sequence[str]) -> list[Rule]:
    """The rules asked for, else the plan's, else all; patterns such as `INC-*` are allowed. Sorted so that a rule
    comes after those it rests on."""
    patterns = list(asked) or list(plan.rules if plan else ())
    chosen = dict(definitions.rules)
    if patterns:
        by_alias = {alias: rule.id for rule in definitions.rules.values() for alias in rule.aliases}
        names = [by_alias.get(pattern, pattern) for pattern in patterns]
        unknown = [n for n in names if not fnmatch.filter(definitions.rules, n)]
        if unknown:
            raise ItsmctlError(_unknown("rule", word, definitions.rules) for word in unknown)
        chosen = {rule: d for rule, d in definitions.rules.items() if any(fnmatch.fnmatchcase(rule, n) for n in names)}
    if plan and plan.processes:
        chosen = {rule: d for rule, d in chosen.items() if not d.process or d.process in plan.processes}
    if plan and plan.frameworks:
        chosen = {
            rule: d for rule, d in chosen.items() if any(c.partition(":")[0] in plan.frameworks for c in d.clauses)
        }
    return sorted(chosen.values(), key=lambda rule: (_tier(rule, chosen), rule.id))


def _tier(rule: Rule, chosen: Mapping[str, Rule], above: tuple[str, ...] = ()) -> int:
    if rule.id in above:
        values = {"cycle": " -> ".join((*above, rule.id))}
        raise ItsmctlError(
            Problem("rests-on-cycle", "rules rest on each other in a circle: {cycle}", rule.where, values)
        )
    return max((1 + _tier(chosen[r], chosen, (*above, rule.id)) for r in rule.rests_on if r in chosen), default=0)


def _unknown(what: str, word: str, known: Mapping[str, object]) -> Problem:
    values = {"what": what, "word": word, "allowed": ", ".join(sorted(known)) or "none is defined"}
    return Problem(
        f"unknown-{what}",
        "unknown {what} {word!r}; known: {allowed}",
        Where(),
        values,
        suggestion=did_you_mean(word, known),
    )


def _as_of(receipt: Receipt, plan: AuditPlan | None, options: AuditOptions) -> int:
    """The moment of judgement; a bare day means the end of that day in the export's zone."""
    text = options.as_of or (plan.as_of if plan else "")
    zone = (plan.zone if plan else "") or receipt.zone or "UTC"
    if text:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return parse_moment(text, zone, Where("--as-of"))
        return _midnight(day + timedelta(days=1), zone)
    if not receipt.last_moment:
        raise ItsmctlError(
            Problem("no-moment", "the dataset holds no moment at all; say with --as-of when it is judged")
        )
    return int(datetime.fromisoformat(receipt.last_moment).timestamp())


def _period(receipt: Receipt, plan: AuditPlan | None) -> tuple[int | None, int | None]:
    """[from, until) of the plan in its zone; None where the plan leaves it open."""
    if plan is None:
        return None, None
    zone = plan.zone or receipt.zone or "UTC"
    start, end = plan.period_start, plan.period_end
    return (_midnight(start, zone) if start else None, _midnight(end + timedelta(days=1), zone) if end else None)


def _midnight(day: date, zone: str) -> int:
    return int(datetime.combine(day, time(), tzinfo=zone_info(zone)).timestamp())


def _loading(
    definitions: Definitions, folder: Path, receipt: Receipt, as_of: int, period: tuple[int | None, int | None]
) -> Loading:
    codes = {**receipt.codes, "service": {**service_codes(definitions.services), **receipt.codes.get("service", {})}}
    files = tuple((f.name, f.rows_read, f.rows_imported, f.rows_rejected) for f in receipt.files)
    return Loading(folder, codes, receipt.zone, as_of, period[0], period[1], files)


def _judge(
    session: Session, rules: Sequence[Rule], context: Context, options: AuditOptions, report: Callable[[float], None]
) -> list[RuleResult]:
    results: dict[str, RuleResult] = {}
    for position, rule in enumerate(rules):
        report(position / len(rules))
        failed_below = next((r for r in rule.rests_on if r in results and results[r].outcome == "fail"), "")
        because = f"rests-on:{failed_below}" if failed_below else ""
        counts = evaluate(
            session,
            rule,
            CHECKS[rule.check],
            context,
            all_verdicts=options.all_verdicts,
            keep=options.explain,
            because=because,
        )
        judges_records = rule.check not in _GROUPED and not counts.untested_because and counts.failed > 0
        results[rule.id] = RuleResult(
            rule=rule,
            outcome=_outcome(rule, counts),
            in_scope=counts.in_scope,
            passed=counts.passed,
            failed=counts.failed,
            not_testable=counts.not_testable,
            waived=0,
            not_applicable=counts.not_applicable,
            allowed_failures=_allowed(rule.tolerance, counts.in_scope - counts.not_testable),
            reasons=reasons(session, rule.id) if counts.not_testable else (),
            breakdown=breakdown(session) if judges_records else (),
            samples=failures(session, rule.id) if counts.failed else (),
            untested_because=counts.untested_because,
        )
    return [results[rule] for rule in sorted(results)]


def _outcome(rule: Rule, counts: Counts) -> Outcome:
    """fail beats not_testable beats no_data beats pass: nothing that was not looked at may read as clean."""
    if counts.failed > _allowed(rule.tolerance, counts.in_scope - counts.not_testable):
        return "fail"
    if counts.not_testable > _allowed(rule.allowance, counts.in_scope):
        return "not_testable"
    return "pass" if counts.in_scope else "no_data"


def _allowed(limit: Limit, population: int) -> int:
    """How many of a population a limit lets through; a percentage is rounded down."""
    return max(limit.count, math.floor(round(limit.percent * population, 6) / 100))


def _write_verdicts(session: Session, path: Path) -> None:
    session.write_parquet(
        """SELECT "rule", record_id, passed, observed, expected, make_timestamp("at" * 1000000) AS "at", reason, waiver
        FROM verdict ORDER BY "rule", record_id, "at", observed""",
        path,
    )


def _sampled(results: Sequence[RuleResult]) -> tuple[str, ...]:
    """Records that reports explain: the first failures of each failing rule, worst severity first, within a bound."""
    chosen: dict[str, None] = {}
    worst_first = sorted(
        (r for r in results if r.failed and r.rule.check not in _GROUPED),
        key=lambda r: (SEVERITIES.index(r.rule.severity), r.rule.id),
    )
    for result in worst_first:
        for sample in result.samples[:SAMPLED_PER_RULE]:
            chosen.setdefault(sample.record_id)
    return tuple(chosen)[:MOST_EXPLAINED]


def _defaults(definitions: Definitions, plan: AuditPlan | None, options: AuditOptions) -> tuple[str, ...]:
    chosen = [] if plan else ["plan"]
    if not plan or not (plan.period_start or plan.period_end):
        chosen.append("period")
    if not options.as_of and not (plan and plan.as_of):
        chosen.append("as_of")
    if definitions.is_reference:
        chosen.append("definitions")
    return tuple(chosen)


def _definition_facts(definitions: Definitions) -> DefinitionFacts:
    commit = commit_of(definitions.root)
    return DefinitionFacts(
        commit=commit.hash if commit else "",
        digest=definitions.digest,
        dirty=commit.dirty if commit else False,
        is_reference=definitions.is_reference,
    )


def _dataset_facts(session: Session, receipt: Receipt) -> DatasetFacts:
    records, events = session.one("SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM event)")
    return DatasetFacts(
        digest=receipt.digest,
        records=int(str(records)),
        events=int(str(events)),
        rejects=receipt.rejects,
        mapping=receipt.mapping,
        tool=receipt.tool,
        zone=receipt.zone,
        opened_from=receipt.period_from,
        opened_to=receipt.period_to,
        sources=tuple(
            Source(f.name, f.sha256, f.bytes, f.rows_read, f.rows_imported, f.rows_rejected) for f in receipt.files
        ),
        missing_columns=receipt.missing,
        history=receipt.history,
        warnings=receipt.warnings,
    )


def _attainment(session: Session, definitions: Definitions) -> tuple[Attainment, ...]:
    """By clock, service and the month in which the clock stopped (or of the audit, where it runs beyond its target)."""
    rows = session.rows(
        """SELECT c.clock, coalesce(r.service, ''), c.month, c.agreement, count(*), count(*) FILTER (WHERE c.verdict = 'met')
        FROM clock AS c JOIN record AS r ON r.tix = c.tix WHERE c.verdict IN ('met', 'breached', 'running_breached')
        GROUP BY ALL ORDER BY ALL"""
    )
    merged: dict[tuple[str, str, str], Attainment] = {}
    for clock, service, month, agreement, judged, met in rows:
        key = (str(clock), str(service), str(month))
        before = merged.get(key)
        agreed = definitions.agreements[str(agreement)].attainment.get(str(clock))
        if before:
            agreed = before.agreed if before.agreed == agreed else None
        merged[key] = Attainment(
            *key,
            int(str(judged)) + (before.judged if before else 0),
            int(str(met)) + (before.met if before else 0),
            agreed,
        )
    return tuple(merged.values())


def _states(session: Session) -> tuple[tuple[str, int], ...]:
    rows = session.rows("SELECT coalesce(state, ''), count(*) FROM record GROUP BY 1 ORDER BY 2 DESC, 1")
    return tuple((str(state), int(str(n))) for state, n in rows)


def _months(session: Session) -> tuple[tuple[str, int, int], ...]:
    rows = session.rows(
        """SELECT month, sum(opened), sum(resolved) FROM (
            SELECT month, 1 AS opened, 0 AS resolved FROM record WHERE month IS NOT NULL
            UNION ALL
            SELECT strftime(make_timestamp((r.resolved_at + z.utc_offset) * 1000000), '%Y-%m'), 0, 1
            FROM record AS r JOIN zone_span AS z ON r.resolved_at >= z.since AND r.resolved_at < z.until
        ) GROUP BY month ORDER BY month"""
    )
    return tuple((str(month), int(str(opened)), int(str(resolved))) for month, opened, resolved in rows)


def iso(moment: int) -> str:
    """Epoch seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
