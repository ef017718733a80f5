"""The records that are judged, each with its number."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.blanks import plainly_named
from itsmctl.engine.session import Session, exported, name, quote
from itsmctl.engine.sql import epoch
from itsmctl.engine.tables.codes import coded_columns, filled, named, same_process
from itsmctl.engine.tables.loading import TEXTS, Loading
from itsmctl.engine.tables.months import create_zone, month_text, offset_at
from itsmctl.model import (
    BOOLEAN_COLUMNS,
    FORESEEN_COLUMNS,
    NAMING_COLUMNS,
    NUMBER_COLUMNS,
    RECORD_COLUMNS,
    TEXT_COLUMNS,
    TIME_COLUMNS,
)


def create_kept(session: Session, loading: Loading) -> None:
    """The records that are judged, and the number of each: `kept(record_id, process, tix)`.

    Only ids are sorted: sorting whole rows would cost more than all the rest, and the dataset is in order already.
    """
    tests = ["opened_at IS NULL OR opened_at <= ? OR opened_at > ?"]
    values: list[object] = [loading.as_of, loading.exported_at]
    if loading.opened_from is not None:
        tests.append(
            "opened_at IS NULL OR coalesce(resolved_at, closed_at) IS NULL OR coalesce(resolved_at, closed_at) >= ?"
        )
        values.append(loading.opened_from)
    if loading.opened_until is not None:
        tests.append("opened_at IS NULL OR opened_at < ?")
        values.append(loading.opened_until)
    moments = ", ".join(
        f"{_moment(column, loading)} AS {column}" for column in ("opened_at", "resolved_at", "closed_at")
    )
    session.run(
        f"""CREATE TABLE kept AS SELECT record_id, process, tix FROM (
            SELECT record_id, process, row_number() OVER (ORDER BY record_id) AS tix, {moments}
            FROM {exported(loading.folder, "record")} {_of_the_part(loading)}
        ) AS r WHERE {" AND ".join(f"({test})" for test in tests)}""",
        values,
    )


def create_record(session: Session, loading: Loading) -> None:
    """`record` with the columns of the part, and `whole_record` with all of them, for the few rows that are shown."""
    create_zone(session, loading)
    types = _types(session, loading)
    session.run(f"CREATE TABLE record AS {_records(session, loading, loading.texts, types)}")
    whole = _records(session, loading, frozenset(TEXTS), {}) if loading.part.columns else "SELECT * FROM record"
    session.run(f"CREATE VIEW whole_record AS {whole}")


def _types(session: Session, loading: Loading) -> Mapping[str, str]:
    """The types of the process and of columns with codes, which hold few words; codes may become others where the audit goes back to before the export."""
    records = exported(loading.folder, "record")
    types = {"process": session.type_of_words("process", records)}
    if loading.as_of >= loading.exported_at:
        for column in sorted((loading.texts & set(coded_columns(loading))) - NAMING_COLUMNS - loading.unfilled):
            words = f"""SELECT {name(column)} AS word FROM {records} UNION SELECT code FROM code WHERE "column" = {quote(column)}"""
            types[column] = session.type_of_words("word", f"({words}) AS word")
    return types


def _records(session: Session, loading: Loading, texts: frozenset[str], types: Mapping[str, str]) -> str:
    """SELECT of the records that are judged, with some of the texts, in the codes of the definitions; `types` of columns beside VARCHAR."""
    columns: list[str] = []
    joins: list[str] = []
    empty = loading.unfilled
    coded = coded_columns(loading)
    for column in TEXT_COLUMNS:
        if column not in texts:
            continue
        text = named(f"r.{name(column)}") if column in NAMING_COLUMNS else filled(f"r.{name(column)}")
        if column in empty:
            columns.append(f"CAST(NULL AS VARCHAR) AS {name(column)}")
        elif column in coded:
            alias, word = name(f"code of {column}"), text if column in NAMING_COLUMNS else f"r.{name(column)}"
            joins.append(
                f'LEFT JOIN code AS {alias} ON {alias}."column" = {quote(column)} AND {alias}.exported = {word}'
                f"{same_process(loading, alias, 'r')}"
            )
            told = f"coalesce({alias}.code, {text})"
            columns.append(f"{_typed(told, types.get(column))} AS {name(column)}")
        else:
            columns.append(f"{text} AS {name(column)}")
    columns += [f"r.{column}" for column in TIME_COLUMNS + NUMBER_COLUMNS + BOOLEAN_COLUMNS]
    columns += ["r.attributes"] if "attributes" in texts else []
    moments = {
        column: f"{'CAST(NULL AS BIGINT)' if column in empty else _moment(column, loading)} AS {column}"
        for column in TIME_COLUMNS
    }
    read = ", ".join(
        moments.get(column, name(column)) for column in RECORD_COLUMNS if column in texts or column not in TEXTS
    )
    inside = "true"
    if loading.opened_from is not None:
        inside = f"(opened_at IS NULL OR opened_at >= {loading.opened_from})"
    return f"""SELECT k.tix, r.*, {month_text("r.opened_at", offset_at(session, "r.opened_at"))} AS month FROM (
            SELECT r.record_id, {_typed("r.process", types.get("process"))} AS process, {", ".join(columns)}, r.source_file, r.source_row,
                coalesce(resolved_at, closed_at) AS ended_at, {inside} AS opened_in_period
            FROM (SELECT {read} FROM {exported(loading.folder, "record")} {_of_the_part(loading)}) AS r {" ".join(joins)}
        ) AS r JOIN kept AS k ON k.record_id = r.record_id"""


def _typed(value: str, kind: str | None) -> str:
    """SQL for a value of a type, where one is named."""
    return f"CAST({value} AS {kind})" if kind else value


def _of_the_part(loading: Loading) -> str:
    """A condition on exported records: the service is called as the export may call one of the part; '' for all of them."""
    if not loading.part.services:
        return ""
    tables = [table.get("service", {}) for table in (loading.codes, *loading.codes_by_process.values())]
    words = {
        plainly_named(word) for table in tables for word, service in table.items() if service in loading.part.services
    }
    return f"WHERE {named('service')} IN ({', '.join(map(quote, sorted(words | loading.part.services)))})"


def _moment(column: str, loading: Loading) -> str:
    """SQL for a moment of the record in epoch seconds, empty where it was still to come at `as_of`."""
    seconds = epoch(column)
    if column in ("opened_at", *FORESEEN_COLUMNS) or loading.as_of >= loading.exported_at:
        return seconds
    return f"CASE WHEN {seconds} > {loading.as_of} AND {seconds} <= {loading.exported_at} THEN NULL ELSE {seconds} END"
