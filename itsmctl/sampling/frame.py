"""The sampling frame: the records in scope of a rule or a condition, with what is known about their completeness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from itsmctl.audit.choices import audited_period, chosen_rules, moment_of_judgement, plan_named, zone_of_audit
from itsmctl.audit.judging import outcome
from itsmctl.audit.preparing import load_records, prepare, registers_named
from itsmctl.checks import CHECKS
from itsmctl.engine.context import Context
from itsmctl.engine.evaluate import evaluate
from itsmctl.engine.results import records_judged
from itsmctl.engine.session import Session
from itsmctl.engine.sql import Fragment, all_of, name
from itsmctl.engine.statements import Task
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.importers.receipt import Receipt, unchanged
from itsmctl.language import iso
from itsmctl.model import GROUPED, RECORD_COLUMNS, Conditions, Definitions, Rule
from itsmctl.sampling.population import WHOLE, Population, population_of

COMPLETENESS = ("DQ-01", "DQ-02", "DQ-03", "DQ-04", "DQ-05")
"""Rules that ask whether records are missing; a sample from a list with holes says nothing of the holes."""
STRATA_COLUMNS = tuple(
    column for column in (*RECORD_COLUMNS, "month") if column not in ("record_id", "number", "attributes", "source_row")
)
EMPTY = "–"
_BETWEEN = " / "
_ALWAYS_THERE = frozenset({"process", "month", "source_file"})


@dataclass(frozen=True)
class Wanted:
    """Which records to draw from: those in scope of a rule, those that meet conditions, or both."""

    rule: str = ""
    where: Conditions = ()
    always: Conditions = ()
    strata: tuple[str, ...] = ()
    plan: str = ""
    as_of: str = ""


@dataclass(frozen=True)
class Tested:
    """A rule about completeness and what became of it."""

    rule: str
    outcome: str


@dataclass(frozen=True)
class Frame:
    """The population, and where it came from."""

    population: Population
    dataset: str
    """Digest of the dataset."""
    records: int
    """All records of the dataset in the period."""
    period: tuple[str, str]
    completeness: tuple[Tested, ...]


def frame_of_dataset(definitions: Definitions, dataset: Path, wanted: Wanted) -> Frame:
    """The records of a dataset folder that are wanted; raises ItsmctlError where there are none, or none can be told."""
    with unchanged(dataset) as receipt:
        return _frame(definitions, dataset, receipt, wanted)


def _frame(definitions: Definitions, dataset: Path, receipt: Receipt, wanted: Wanted) -> Frame:
    plan = plan_named(definitions, wanted.plan)
    rule = rule_named(definitions, wanted.rule) if wanted.rule else None
    as_of = moment_of_judgement(receipt, plan, wanted.as_of)
    period, zone = audited_period(receipt, plan), zone_of_audit(receipt, plan)
    with Session() as session:
        load_records(session, definitions, dataset, receipt, as_of, period, zone)
        tests = [definitions.rules[one] for one in COMPLETENESS if one in definitions.rules]
        every = {one.id: one for one in (*tests, *((rule,) if rule else ()))}
        rules = list(every.values())
        registers = registers_named(definitions, rules, as_of, zone)
        context = prepare(session, definitions, receipt, rules, registers, as_of, period, zone)
        _check_columns(wanted, context)
        completeness = _judged(session, rules, tests, context)
        population = _population(session, wanted, rule)
        ((records,),) = session.rows("SELECT count(*) FROM record WHERE opened_in_period")
    first, last = (iso(moment) or "" for moment in period)
    return Frame(
        _some(population, str(dataset)),
        receipt.digest,
        int(str(records)),
        (first or receipt.period_from, last or receipt.period_to),
        completeness,
    )


def frame_of_result(verdicts: Path, rule: str, in_scope: int, frame: Frame) -> Frame:
    """The records that an audit judged by a rule, from its `verdicts.parquet`; `frame` says what else is known.

    Raises ItsmctlError where the folder does not hold the passes too: a sample from the failures alone says nothing.
    """
    found = records_judged(verdicts, rule)
    rows = sum(count for _, count in found)
    if rows != in_scope:
        template = (
            "it holds {found} of the {all} verdicts of {rule}: audit again with --all-verdicts, or draw with --tickets"
        )
        values = {"found": rows, "all": in_scope, "rule": rule}
        raise ItsmctlError(Problem("verdicts-left-out", template, Where(str(verdicts)), values))
    population = population_of((record, WHOLE) for record, _ in found)
    return Frame(_some(population, str(verdicts)), frame.dataset, frame.records, frame.period, frame.completeness)


def rule_named(definitions: Definitions, rule_id: str) -> Rule:
    """One rule by its id or an old one; raises ItsmctlError where it is not about single records."""
    found = chosen_rules(definitions, None, (rule_id,))
    if len(found) != 1:
        template = "{word!r} means {n} rules; a sample is about one"
        raise ItsmctlError(Problem("several-rules", template, values={"word": rule_id, "n": len(found)}))
    if found[0].check in GROUPED:
        template = "{rule} judges groups or files, not records; name a rule about records, or conditions with --where"
        raise ItsmctlError(Problem("not-about-records", template, values={"rule": found[0].id}))
    return found[0]


def _check_columns(wanted: Wanted, context: Context) -> None:
    """Refuse columns that divide nothing, or that the export has not: nobody knows what would stand there."""
    problems = []
    for column in wanted.strata:
        if column not in STRATA_COLUMNS:
            values = {"what": "column", "word": column, "allowed": ", ".join(STRATA_COLUMNS)}
            template = "unknown {what} {word!r}; known: {allowed}"
            near = did_you_mean(column, STRATA_COLUMNS)
            problems.append(Problem("unknown-column", template, Where("--strata"), values, suggestion=near))
    asked = {*wanted.strata, *(c.column for c in (*wanted.where, *wanted.always))} & {*STRATA_COLUMNS, "number"}
    for column in sorted(asked - _ALWAYS_THERE):
        if column not in context.exported or column in context.lacking:
            template = (
                "the export has no column for {column}, or not in every file, so it cannot say which records are meant"
            )
            problems.append(Problem("column-not-exported", template, values={"column": column}))
    if problems:
        raise ItsmctlError(problems)


def _judged(session: Session, rules: Sequence[Rule], tests: Sequence[Rule], context: Context) -> tuple[Tested, ...]:
    """Judge the rule, which says what is in its scope, and what is asked about completeness."""
    tasks = [Task(one, CHECKS[one.check]) for one in rules]
    counts = evaluate(session, tasks, context, all_verdicts=True) if tasks else {}
    return tuple(Tested(one.id, outcome(one, counts[one.id])) for one in tests)


def _population(session: Session, wanted: Wanted, rule: Rule | None) -> Population:
    """The records wanted by stratum, and those that are always examined apart from them."""
    columns = [f"coalesce(nullif(trim(CAST(r.{name(column)} AS VARCHAR)), ''), '{EMPTY}')" for column in wanted.strata]
    always = all_of(wanted.always) if wanted.always else Fragment("false")
    scope = Fragment("r.opened_in_period")
    if rule:
        scope = Fragment('r.record_id IN (SELECT record_id FROM verdict WHERE "rule" = ?)', (rule.id,))
    query = (
        Fragment(f"SELECT r.record_id, {', '.join((*columns, ''))}")
        + always
        + " FROM record AS r WHERE "
        + scope
        + " AND ("
        + all_of(wanted.where)
    )
    if wanted.always:  # what is always examined need not meet the conditions of what is drawn from
        query = query + " OR " + always
    rows = session.rows(query.text + ")", query.values)
    units = [(str(unit), _BETWEEN.join(map(str, values)) or WHOLE) for unit, *values, kept in rows if not kept]
    return population_of(units, (str(unit) for unit, *_, kept in rows if kept))


def _some(population: Population, source: str) -> Population:
    if not population.size:
        template = (
            "no record is in the population, so there is nothing to draw from: that is no data, not a clean result"
        )
        raise ItsmctlError(Problem("empty-population", template, Where(source)))
    return population
