"""Judge tickets by definitions: one public function from a dataset and a management system to an AuditResult."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from itsmctl.audit import facts
from itsmctl.audit.baseline import recognise
from itsmctl.audit.caveats import caveats
from itsmctl.audit.choices import (
    audited_period,
    chosen_by_default,
    chosen_rules,
    moment_of_judgement,
    plan_named,
    with_foundations,
    zone_of_audit,
)
from itsmctl.audit.figures import count_figures
from itsmctl.audit.hours import doubtful_zone
from itsmctl.audit.judging import judge, results_of
from itsmctl.audit.people import PeopleKey
from itsmctl.audit.preparing import Period, load_records, part_read, prepare, registers_named
from itsmctl.audit.redaction import Hiding, show_as_they_are
from itsmctl.audit.used import used_definitions
from itsmctl.audit.waivers import uses
from itsmctl.beside import Beside
from itsmctl.engine.context import Context
from itsmctl.engine.session import JUDGING, Session
from itsmctl.engine.spark.starting import SparkPlace
from itsmctl.engine.tables.loading import WHOLE
from itsmctl.engine.verdicts import in_order, write_partitioned
from itsmctl.figures import Figures
from itsmctl.importers.receipt import Receipt, unchanged
from itsmctl.model import GROUPED, SEVERITIES, AuditPlan, Baseline, Definitions, Rule, Text, names_of
from itsmctl.result import Attainment, AuditResult, DatasetFacts, DefinitionFacts, RuleResult

FAIL_ON = (*SEVERITIES, "not-testable", "never")
Told = TypeVar("Told")
Progress = Callable[[str, float], None]
"""Called with what is being done and the share done, 0 to 1."""

MANY = 500_000
"""Records and changes from which on it pays to find out first which columns will be read."""
SAMPLED_PER_RULE = 3
MOST_EXPLAINED = 60


@dataclass(frozen=True)
class AuditOptions:
    """What may be said beyond the plan; empty means not said. `explain` names records to explain in full.

    With `people` nobody is named: people have pseudonyms, and free text is left out unless `free_text` asks for it.
    With `charts` what they show is counted too. With `spark` a cluster judges, and `partitioned` is a folder for the
    verdicts as Parquet with a folder for each rule.
    Without `own_registers` the registers are those of another company, and say nothing about whose tickets these are.
    """

    plan: str = ""
    as_of: str = ""
    rules: tuple[str, ...] = ()
    all_verdicts: bool = False
    explain: tuple[str, ...] = ()
    baseline: Baseline | None = None
    memory_limit: str = ""
    spill: Path | None = None
    threads: int = 0
    people: PeopleKey | None = None
    free_text: bool = False
    own_registers: bool = True
    charts: bool = False
    spark: SparkPlace | None = None
    partitioned: Path | None = None


def audit(
    definitions: Definitions,
    dataset: Path,
    options: AuditOptions = AuditOptions(),  # noqa: B008 - frozen
    *,
    verdicts: Path | None = None,
    findings: Callable[[Session, Path, Sequence[Rule]], None] | None = None,
    beforehand: Callable[[], None] = lambda: None,
    meanwhile: Callable[[AuditResult], None] | None = None,
    progress: Progress | None = None,
) -> AuditResult:
    """Judge the records of a dataset folder by the rules in force, and write `verdicts.parquet` where asked.

    `findings` is called with the written file and the rules that are no enquiries, on a connection that nobody else
    uses; `beforehand` is called while the engine loads the records, `meanwhile` is called with the result while the file is being written.

    Raises ItsmctlError for an unknown plan, rule or record, a moment that cannot be read, or a folder that is no
    dataset. Equal definitions, dataset and options give an equal result, and equal bytes.
    """
    report = progress or (lambda what, share: None)
    with unchanged(dataset) as receipt:
        result = _audited(
            definitions, dataset, receipt, options, report, verdicts=verdicts, findings=findings, beforehand=beforehand, meanwhile=meanwhile
        )  # fmt: skip
    report("done", 1.0)
    return result


def _audited(
    definitions: Definitions,
    dataset: Path,
    receipt: Receipt,
    options: AuditOptions,
    report: Progress,
    *,
    verdicts: Path | None,
    findings: Callable[[Session, Path, Sequence[Rule]], None] | None,
    beforehand: Callable[[], None],
    meanwhile: Callable[[AuditResult], None] | None,
) -> AuditResult:
    with Beside(lambda: _session(options, dataset)) as opening:
        asked = _asked(definitions, receipt, options)
        if options.spark is not None:
            report("spark", 0.0)
        tiers = with_foundations(definitions, asked.rules)
        rules = [rule for tier in tiers for rule in tier]
    with (
        opening.result() as session,  # what follows needs Python, and leaves it to others while the database reads
        Beside(lambda: facts.definition_facts(definitions)) as judged_by,
        Beside(lambda: registers_named(definitions, rules, asked.as_of, asked.zone)) as registers,
        Beside(lambda: load_what_judges(rules)),
        Beside(beforehand),
    ):
        report("load", 0.0)
        session.expect(receipt.records + receipt.events)
        part = WHOLE
        if receipt.records + receipt.events > MANY and options.spark is None:
            part = part_read(definitions, receipt, rules, asked.as_of, asked.period, asked.zone)
        load_records(session, definitions, dataset, receipt, asked.as_of, asked.period, asked.zone, part)
        report("clocks", 0.2)
        kept = registers.result()
        with _meanwhile(session, options, lambda other: facts.dataset_facts(other, receipt, dataset)) as exported:
            context = prepare(session, definitions, receipt, rules, kept, asked.as_of, asked.period, asked.zone)
        with _meanwhile(
            session, options, lambda other: _population(other, context, asked, options, receipt)
        ) as population:
            counts = judge(
                session,
                tiers,
                context,
                lambda share: report("rules", 0.3 + 0.6 * share),
                all_verdicts=options.all_verdicts,
                keep=options.explain,
                untestable={} if options.own_registers else {"register": "example-registers"},
            )
        wanted = {rule.id: counts[rule.id] for rule in asked.rules}
        known: Mapping[str, int] = {}
        baseline = None
        if options.baseline is not None:  # while names are still names
            baseline, known = recognise(session, options.baseline, asked.rules, context)
        hiding = Hiding(options.people, options.free_text) if options.people else None
        hiding.verdicts(session, rules) if hiding else show_as_they_are(session, rules)
        results = results_of(session, wanted, known)
        if options.partitioned:
            write_partitioned(session, sorted(wanted), options.partitioned)
        session = session.home()
        report("done", 0.9)

        def write(connection: Session) -> None:
            if verdicts is None:
                return
            connection.write_parquet(in_order(sorted(wanted)), verdicts)
            if findings is not None:  # an enquiry finds nothing
                findings(connection, verdicts, [r.rule for r in results if not r.rule.enquiry])

        with session.beside(write, large=True):
            result = _result_of(session, context, exported(session), population(session), asked, options, results, judged_by)  # fmt: skip
            result = replace(
                result,
                waivers=uses(wanted, context, result),
                baseline=baseline,
                used=used_definitions(session, context, asked.rules),
            )
            result = hiding.result(result) if hiding else result
            if meanwhile is not None:
                meanwhile(result)
    return result


def _session(options: AuditOptions, dataset: Path) -> AbstractContextManager[Session]:
    """The engine that judges."""
    here = Session(memory_limit=options.memory_limit, spill=options.spill, threads=options.threads, program=JUDGING)
    if options.spark is None:
        return here
    from itsmctl.engine.spark.cluster import on_cluster

    return on_cluster(options.spark, here, dataset)


@dataclass(frozen=True)
class _Asked:
    """What is to be judged, as of when, over which period, and in which zone."""

    plan: AuditPlan | None
    rules: Sequence[Rule]
    as_of: int
    period: Period
    zone: str


def _asked(definitions: Definitions, receipt: Receipt, options: AuditOptions) -> _Asked:
    plan = plan_named(definitions, options.plan)
    return _Asked(
        plan,
        chosen_rules(definitions, plan, options.rules),
        moment_of_judgement(receipt, plan, options.as_of),
        audited_period(receipt, plan),
        zone_of_audit(receipt, plan),
    )


@contextmanager
def _meanwhile(
    session: Session, options: AuditOptions, work: Callable[[Session], Told]
) -> Iterator[Callable[[Session], Told]]:
    """Ask something of the records while the block judges them; what is given takes the session that has it all, and tells.

    On a cluster it is asked only then.
    """
    if options.spark is not None:
        yield work
        return
    with session.beside(work) as told:
        yield lambda home: told.result()


@dataclass(frozen=True)
class _Population:
    """What is told of the records that were judged, whatever the verdicts."""

    attainment: tuple[Attainment, ...]
    states: tuple[tuple[str, int], ...]
    months: tuple[tuple[str, int, int], ...]
    figures: Figures
    caveats: tuple[tuple[str, str], ...]
    """Warnings (code, message) about the export that need the clocks and rules."""


def _population(
    session: Session, context: Context, asked: _Asked, options: AuditOptions, receipt: Receipt
) -> _Population:
    zones = doubtful_zone(session, context, receipt.zone) if receipt.local_times else ()
    return _Population(
        facts.attainment(session, context.definitions, asked.period[1]),
        facts.states(session),
        facts.months(session),
        count_figures(session, context, asked.period) if options.charts else Figures(),
        (*zones, *caveats(session, context, asked.rules)),
    )


def _result_of(
    session: Session,
    context: Context,
    dataset: DatasetFacts,
    population: _Population,
    asked: _Asked,
    options: AuditOptions,
    results: Sequence[RuleResult],
    judged_by: Beside[DefinitionFacts],
) -> AuditResult:
    from itsmctl import explanation

    definitions, (opened_from, until) = context.definitions, asked.period
    return AuditResult(
        title=asked.plan.title if asked.plan else Text(),
        as_of=asked.as_of,
        zone=asked.zone,
        period_from=opened_from,
        period_to=until,
        chosen_by_default=chosen_by_default(definitions, asked.plan, options.rules, options.as_of),
        definitions=judged_by.result(),
        dataset=replace(dataset, warnings=dataset.warnings + population.caveats),
        rules=tuple(r for r in results if not r.rule.enquiry),
        enquiries=tuple(r for r in results if r.rule.enquiry),
        attainment=population.attainment,
        states=population.states,
        months=population.months,
        figures=population.figures,
        explanations=explanation.explain_in_full(session, context, options.explain, judged_by.result())
        if options.explain
        else explanation.explain(session, context, _sampled(results)),
        names=names_of(definitions),
        process_titles={process.id: process.title for process in definitions.processes.values()},
        clause_titles=facts.clause_titles(definitions, asked.rules),
        leg_names=definitions.leg_names(),
    )


def make_ready(definitions: Definitions, options: AuditOptions) -> None:
    """Do beforehand what an audit needs beside the records, as while they are still being imported."""
    plan = plan_named(definitions, options.plan)
    tiers = with_foundations(definitions, chosen_rules(definitions, plan, options.rules))
    load_what_judges([rule for tier in tiers for rule in tier])


def load_what_judges(rules: Sequence[Rule]) -> None:
    """Load the modules that are needed once the tables are there, while the database reads them."""
    import itsmctl.explanation  # noqa: F401
    from itsmctl.checks import CHECKS

    for name in {rule.check for rule in rules}:
        CHECKS[name].ID  # noqa: B018 - asking is loading
    for rule in rules:
        if rule.check == "expression":  # its parser is large, and what it has read is kept
            CHECKS[rule.check].needs(rule)


def exceeds(result: AuditResult, fail_on: str) -> bool:
    """Whether an audit has findings at or above a level of FAIL_ON; `not-testable` also counts what could not be tested.

    A rule all of whose failures the baseline knows is no finding of this audit.
    """
    failed = {r.rule.severity for r in result.rules if r.outcome == "fail" and r.failed > r.known}
    match fail_on:
        case "never":
            return False
        case "not-testable":
            return bool(failed) or any(r.outcome == "not_testable" for r in result.rules)
        case _:
            return any(severity in failed for severity in FAIL_ON[: FAIL_ON.index(fail_on) + 1])


def _sampled(results: Sequence[RuleResult]) -> tuple[str, ...]:
    """Records that reports explain: the first failures of each failing rule, worst severity first, within a bound."""
    chosen: dict[str, None] = {}
    worst_first = sorted(
        (r for r in results if r.failed and r.rule.check not in GROUPED),
        key=lambda r: (SEVERITIES.index(r.rule.severity), r.rule.id),
    )
    for result in worst_first:
        for sample in result.samples[:SAMPLED_PER_RULE]:
            chosen.setdefault(sample.record_id)
    return tuple(chosen)[:MOST_EXPLAINED]
