"""What an audit says about its inputs and its population, beside the verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from itsmctl.engine.session import Session, exported
from itsmctl.engine.tables.months import month_text, offset_at
from itsmctl.errors import ItsmctlError
from itsmctl.history import commit_of
from itsmctl.honesty.inside import addresses, addresses_kept, kept_columns, named_people, sample_of, text_columns
from itsmctl.importers.receipt import Receipt
from itsmctl.model import Definitions, Rule, Text
from itsmctl.result import Attainment, DatasetFacts, DefinitionFacts, Personal, SetAside, Source
from itsmctl.zones import EVER

SAMPLE = 5_000
"""Records in which mail addresses and telephone numbers are looked for."""


def definition_facts(definitions: Definitions) -> DefinitionFacts:
    """The commit and digest of the definitions that judge, or why nobody can tell the commit."""
    unknown = ""
    try:
        commit = commit_of(definitions.root, definitions.files)
    except ItsmctlError as error:
        commit, unknown = None, str(error.problems[0].values["why"])
    return DefinitionFacts(
        commit=commit.hash if commit else "",
        digest=definitions.digest,
        dirty=commit.dirty if commit else False,
        is_reference=definitions.is_reference,
        commit_unknown="" if definitions.is_reference else unknown,
    )


def clause_titles(definitions: Definitions, rules: Iterable[Rule]) -> dict[str, Text]:
    """The short titles of the clauses that rules name, of the frameworks that are there."""
    titles = {}
    for clause in sorted({clause for rule in rules for clause in rule.clauses}):
        framework, _, number = clause.partition(":")
        if framework in definitions.frameworks and number in definitions.frameworks[framework].requirements:
            titles[clause] = definitions.frameworks[framework].requirements[number].title
    return titles


def dataset_facts(session: Session, receipt: Receipt, folder: Path) -> DatasetFacts:
    """The receipt in short, with the records and changes that were judged, and what the export gives away by itself."""
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
        warnings=receipt.warnings + _left_out(receipt.records - int(str(records))),
        number_gaps=receipt.number_gaps,
        gaps=receipt.largest_gaps,
        personal=_personal(session, receipt, exported(folder, "record")),
        set_aside=set_aside(session, exported(folder, "reject")) if receipt.rejects else (),
    )


def set_aside(session: Session, rejects: str) -> tuple[SetAside, ...]:
    """What an import could not read, by kind, the most frequent first."""
    order = "ORDER BY source_file, source_row, value"
    rows = session.rows(
        f'SELECT reason, "column", count(*), first(value {order}), first(source_file {order}), first(source_row {order}) '
        f'FROM {rejects} GROUP BY reason, "column" ORDER BY count(*) DESC, reason, "column"'
    )
    return tuple(
        SetAside(_text(reason), _text(column), int(str(count)), _text(value), _text(file), int(str(row or 0)))
        for reason, column, count, value, file, row in rows
    )


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _personal(session: Session, receipt: Receipt, records: str) -> tuple[Personal, ...]:
    """Columns that name people are counted whole; addresses are looked for in some of the records, as that takes long."""
    some = sample_of(records, SAMPLE, (*text_columns(receipt.mapped), "attributes"))
    session.run(f"CREATE OR REPLACE TEMP TABLE looked_at AS SELECT * FROM {some}")
    return (
        *named_people(session, records, receipt.mapped),
        *addresses(session, "looked_at", receipt.mapped, sampled=receipt.records > SAMPLE),
        *addresses_kept(kept_columns(session, "looked_at")),
    )


def _left_out(records: int) -> tuple[tuple[str, str], ...]:
    """A warning where records of the dataset were not judged at all."""
    if not records:
        return ()
    return (
        (
            "left-out",
            f"records opened outside the period or after the moment of the audit, and not judged: {records}",
        ),
    )


def attainment(session: Session, definitions: Definitions, until: int | None) -> tuple[Attainment, ...]:
    """By clock, service and the month in which the clock stopped (or of the audit, where it runs beyond its target).

    What ended after the audited period (`until`) belongs to the next one.
    """
    rows = session.rows(
        """SELECT c.clock, coalesce(r.service, ''), c.month, c.agreement, count(*) FILTER (WHERE c.verdict <> 'not_testable'),
            count(*) FILTER (WHERE c.verdict = 'met'), count(*) FILTER (WHERE c.verdict = 'not_testable')
        FROM clock AS c JOIN record AS r ON r.tix = c.tix
        WHERE c.verdict IN ('met', 'breached', 'running_breached', 'not_testable') AND c.agreement IS NOT NULL
            AND (r.ended_at IS NULL OR r.ended_at < ?)
        GROUP BY ALL ORDER BY ALL""",
        (EVER if until is None else until,),
    )
    merged: dict[tuple[str, str, str], Attainment] = {}
    for clock, service, month, agreement, judged, met, untested in rows:
        key = (str(clock), str(service), str(month))
        before = merged.get(key)
        agreed = _agreed(definitions, str(agreement), str(clock))
        if before:
            agreed = before.agreed if before.agreed == agreed else None
        merged[key] = Attainment(
            *key,
            int(str(judged)) + (before.judged if before else 0),
            int(str(met)) + (before.met if before else 0),
            agreed,
            int(str(untested)) + (before.not_testable if before else 0),
        )
    return tuple(merged.values())


def _agreed(definitions: Definitions, agreement: str, clock: str) -> float | None:
    """The per cent that an agreement promises for a clock; the clock of a leg is named after what supports."""
    for support in (definitions.operational_agreements, definitions.contracts):
        if agreement in support and clock.startswith(f"{agreement}/"):
            return support[agreement].terms.attainment.get(clock.removeprefix(f"{agreement}/"))
    return definitions.agreements[agreement].attainment.get(clock)


def states(session: Session) -> tuple[tuple[str, int], ...]:
    """Records by their last state, most frequent first."""
    rows = session.rows("SELECT coalesce(state, ''), count(*) FROM record GROUP BY 1 ORDER BY 2 DESC, 1")
    return tuple((str(state), int(str(n))) for state, n in rows)


def months(session: Session) -> tuple[tuple[str, int, int], ...]:
    """(month, opened, resolved) in the audit's zone."""
    resolved = month_text("resolved_at", offset_at(session, "resolved_at"))
    rows = session.rows(
        f"""SELECT month, sum(opened), sum(resolved) FROM (
            SELECT month, 1 AS opened, 0 AS resolved FROM record WHERE month IS NOT NULL
            UNION ALL
            SELECT {resolved}, 0, 1 FROM record
            WHERE resolved_at >= (SELECT min(since) FROM zone_span) AND resolved_at < (SELECT max(until) FROM zone_span)
        ) GROUP BY month ORDER BY month"""
    )
    return tuple((str(month), int(str(opened)), int(str(resolved))) for month, opened, resolved in rows)
