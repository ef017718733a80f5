"""Put a dataset into the engine, and say what judges may know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from itsmctl.audit.things import names_of_things
from itsmctl.audit.waivers import applied
from itsmctl.definitions.registers import rows_of
from itsmctl.engine.acts import some_unclear
from itsmctl.engine.clocks import columns_of_clocks, create_clocks
from itsmctl.engine.context import Context
from itsmctl.engine.life import CLOSED, DONE
from itsmctl.engine.lived import Plan
from itsmctl.engine.openings import Opening, create_openings
from itsmctl.engine.people import create_people
from itsmctl.engine.progress import segments_of_days
from itsmctl.engine.registers import create_registers
from itsmctl.engine.session import Session
from itsmctl.engine.statements import Task, asks_legs, timed_processes, words_read
from itsmctl.engine.strange import create_strange, create_unbelieved, odd_codes
from itsmctl.engine.tables import exported_processes, filled_tables, load_tables, reach_of_processes
from itsmctl.engine.tables.gaps import changes_by_process, files_of_processes, lacking_columns_of
from itsmctl.engine.tables.links import link_types
from itsmctl.engine.tables.loading import WHOLE, Loading, Part, Silent, catalogue_codes
from itsmctl.engine.torn import create_torn_field, doubt_targets, fields_asked
from itsmctl.engine.verdicts import create_verdict_table
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.receipt import Receipt
from itsmctl.model import (
    CHANGING_COLUMNS,
    FILLED_LATER,
    LATER_COLUMNS,
    PEOPLE_OF_EVENTS,
    RECORD_COLUMNS,
    Calendar,
    Definitions,
    Register,
    RegisterRow,
    Rule,
)
from itsmctl.worktime import known_before
from itsmctl.zones import local_day

Period = tuple[int | None, int | None]
"""[from, until) in epoch seconds; None where it is open."""
Registers = Sequence[tuple[Register, Sequence[RegisterRow]]]
"""Registers with their rows."""


def load_records(
    session: Session,
    definitions: Definitions,
    folder: Path,
    receipt: Receipt,
    as_of: int,
    period: Period,
    zone: str,
    part: Part = WHOLE,
) -> None:
    """Load the tables of a dataset, or a part; raises ItsmctlError where of all services no record is left to judge."""
    load_tables(session, replace(_loading(definitions, folder, receipt, as_of, period, zone), part=part))
    if not part.services and session.one("SELECT count(*) FROM record") == (0,):
        template = "no record was opened in the period and before the moment of the audit, so there is nothing to judge"
        raise ItsmctlError(Problem("no-records", template, Where(str(folder))))


def prepare(
    session: Session,
    definitions: Definitions,
    receipt: Receipt,
    rules: Sequence[Rule],
    registers: Registers,
    as_of: int,
    period: Period,
    zone: str,
    *,
    clocks: bool = True,
    legs: bool = False,
) -> Context:
    """Run the clocks, say who held which role, make room for verdicts, and say what these rules may rest on: what was known at `as_of`.

    Without `clocks` the rules must not ask for any. The clocks of supporting agreements run where a rule asks for them, or with
    `legs`.
    """
    known = beforehand(definitions, receipt, as_of, period, zone)
    legs = legs or asks_legs(rules)
    if clocks:
        timed = timed_processes(definitions)
        precision = receipt.precision_seconds
        create_clocks(session, definitions, as_of, known.exported, known.history, precision, timed, legs=legs)
    create_people(session, definitions, zone)
    plan = Plan(definitions, known.history, as_of, receipt.precision_seconds, legs) if clocks else None
    torn = create_torn_field(session, replace(known, in_order=session.in_order), _fields_asked(rules, plan))
    if plan:
        doubt_targets(session, plan, torn)
    create_verdict_table(session)
    create_registers(session, registers, zone)
    context = replace(
        known,
        torn=torn,
        openings=create_openings(session, calendars_named(definitions, rules), as_of),
        tables=filled_tables(session),
        undecided=some_unclear(session),
        strange=create_strange(session, definitions, as_of),
        odd=odd_codes(session, definitions, rules, applied(definitions), known.exported),
        links=link_types(session, known.exported),
        processes=exported_processes(session),
        legs=legs,
        segments=segments_of_days(session) if clocks else 1,
        lacking_in=lacking_columns_of(session),
        history_in=_histories(session, receipt),
        reach=reach_of_processes(session),
        in_order=session.in_order,
    )
    create_unbelieved(session, context, clocks=clocks)
    return context


def beforehand(definitions: Definitions, receipt: Receipt, as_of: int, period: Period, zone: str) -> Context:
    """What judges know from the definitions and the receipt alone, before any record is looked at."""
    history = frozenset(receipt.history)
    exported_at = max(as_of, _last_moment(receipt) or as_of)
    return Context(
        definitions,
        frozenset(receipt.mapped),
        history,
        as_of,
        exported_at,
        zone,
        CHANGING_COLUMNS - history if as_of < exported_at else frozenset(),
        frozenset(column for file in receipt.files for column in file.missing)
        | {one.column for one in receipt.unread}
        | (LATER_COLUMNS | FILLED_LATER if _ended(receipt, as_of) or _silences(receipt, as_of) else frozenset()),
        until=period[1],
        precision=receipt.precision_seconds,
        words=_words(receipt),
    )


def _words(receipt: Receipt) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """What the mappings of an export have words for, by process and column."""
    by_process = {"": receipt.codes, **receipt.codes_by_process}
    return {
        process: {column: frozenset(table.values()) for column, table in codes.items()}
        for process, codes in by_process.items()
    }


def _histories(session: Session, receipt: Receipt) -> Mapping[str, frozenset[str]]:
    """By process, of which columns its files tell the changes.

    A column that a file lacks counts as told: its records are not testable where a rule rests on it, and only they.
    """
    files = {file.name: file for file in receipt.files if file.table == "record" and file.shape}
    own = {name: frozenset(file.history + file.missing) for name, file in files.items()}
    elsewhere = changes_by_process(session) if any(file.table == "event" for file in receipt.files) else None
    every = frozenset(receipt.history)
    found: dict[str, frozenset[str]] = {}
    for process, source in files_of_processes(session):
        told = own.get(source, every)
        if elsewhere is not None:
            told |= elsewhere.get(process, frozenset())
        elif source in files and files[source].shape == "records":
            continue  # nothing is told of these records, and each of them is known to lack its history
        found[process] = found.get(process, every) & told
    return found


def part_read(
    definitions: Definitions, receipt: Receipt, rules: Sequence[Rule], as_of: int, period: Period, zone: str
) -> Part:
    """The part of a dataset that rules read, and the clocks: of the texts of its records and changes only what their statements name.

    Where the audit goes back to before the export, every record is put back to what it was, and all is read.
    """
    from itsmctl.checks import CHECKS

    context = as_if_laid_out(beforehand(definitions, receipt, as_of, period, zone), rules)
    if context.as_of < context.exported_at:
        return WHOLE
    waivers = applied(definitions)
    tasks = [Task(rule, CHECKS[rule.check], waivers=waivers.get(rule.id, ())) for rule in rules]
    plan = Plan(definitions, context.history, as_of, with_legs=asks_legs(rules))
    read = words_read(tasks, context).union(columns_of_clocks(definitions), plan.asked, _fields_asked(rules, plan))
    return Part(columns=read & frozenset(RECORD_COLUMNS), people=not read.isdisjoint(PEOPLE_OF_EVENTS))


def _fields_asked(rules: Sequence[Rule], plan: Plan | None) -> tuple[str, ...]:
    """The fields of which a rule, or a clock, reads what they were."""
    from itsmctl.checks import CHECKS

    read = frozenset[str]().union(*(CHECKS[rule.check].needs(rule).history for rule in rules))
    return fields_asked(read, plan)


def as_if_laid_out(context: Context, rules: Sequence[Rule]) -> Context:
    """A context in which the calendars of rules have numbers but no days yet: what a statement says does not depend on the days."""
    named = calendars_named(context.definitions, rules)
    openings = {c.id: Opening(c, n, 1, known_before(c), 0) for n, c in enumerate(named)}
    return replace(context, openings=openings)


def calendars_named(definitions: Definitions, rules: Sequence[Rule]) -> list[Calendar]:
    """The calendars that rules measure by themselves, beside those of agreements."""
    named = {str(rule.parameters["calendar"]) for rule in rules if "calendar" in rule.parameters}
    return [definitions.calendars[name] for name in sorted(named)]


def registers_named(definitions: Definitions, rules: Sequence[Rule], as_of: int, zone: str) -> Registers:
    """The registers that rules ask for with their rows; no file is read where no rule does."""
    named = sorted({str(rule.parameters["register"]) for rule in rules if "register" in rule.parameters})
    day = local_day(as_of - 1, zone)
    registers = [definitions.registers[name] for name in named]
    return [(register, rows_of(definitions, register, day)) for register in registers]


def _loading(
    definitions: Definitions, folder: Path, receipt: Receipt, as_of: int, period: Period, zone: str
) -> Loading:
    called = catalogue_codes(definitions)
    codes = {**receipt.codes, **{column: {**called[column], **receipt.codes.get(column, {})} for column in called}}
    told_elsewhere = tuple(f.name for f in receipt.files if f.table == "record" and f.shape == "records")
    files = tuple((f.name, f.rows_read, f.rows_imported, f.rows_rejected) for f in receipt.files)
    return Loading(
        folder,
        codes,
        zone,
        as_of,
        period[0],
        period[1],
        files,
        _last_moment(receipt),
        receipt.history,
        tuple((file.name, column) for file in receipt.files for column in file.missing),
        receipt.history_time,
        frozenset(receipt.mapped),
        receipt.codes_by_process,
        told_elsewhere,
        unread=tuple((one.file, one.exported, one.column) for one in receipt.unread),
        ended=_ended(receipt, as_of),
        silences=_silences(receipt, as_of),
        logs=tuple(receipt.logs.values()),
        traces=tuple(f.name for f in receipt.files if f.table == "record" and f.shape == "trace"),
        over=tuple((p.id, s.id) for p in definitions.processes.values() for s in p.states if s.phase in CLOSED),
        done=tuple((p.id, s.id) for p in definitions.processes.values() for s in p.states if s.phase in DONE),
        initial=tuple((p.id, s.id) for p in definitions.processes.values() for s in p.states if s.initial),
        called=names_of_things(definitions),
    )


def _ended(receipt: Receipt, as_of: int) -> tuple[str, ...]:
    """The lists that end so long before a moment that nobody knows what became of their records until then."""
    return tuple(file.name for file in receipt.files if file.known_until and _seconds(file.known_until) < as_of)


def _silences(receipt: Receipt, as_of: int) -> tuple[Silent, ...]:
    """The silences of logs that had become unusual before a moment."""
    return tuple(
        Silent(one.files, one.processes, _seconds(one.last), _seconds(one.next))
        for one in receipt.silences
        if _seconds(one.known_until) < as_of
    )


def _last_moment(receipt: Receipt) -> int | None:
    return _seconds(receipt.last_moment) if receipt.last_moment else None


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
