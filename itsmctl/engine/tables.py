"""A dataset as the tables that checks select from: integer keys, epoch seconds, codes of the definitions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from itsmctl.engine.database import duckdb
from itsmctl.engine.session import Session, exported, name, quote
from itsmctl.engine.soundness import check_numbers, check_tables
from itsmctl.engine.sql import each_word, epoch, neighbour, staircase
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.model import (
    APPROVAL_COLUMNS,
    BOOLEAN_COLUMNS,
    EVENT_COLUMNS,
    FORESEEN_COLUMNS,
    LINK_COLUMNS,
    NUMBER_COLUMNS,
    RECORD_COLUMNS,
    REFERRING_COLUMNS,
    REJECT_COLUMNS,
    SOURCE_COLUMNS,
    TEXT_COLUMNS,
    TIME_COLUMNS,
    Customer,
    Definitions,
    Service,
)
from itsmctl.worktime import offset_spans
from itsmctl.zones import EVER

Codes = Mapping[str, Mapping[str, str]]
"""Exported value to code, by canonical column."""

TABLE_FILES = {
    "record": RECORD_COLUMNS,
    "event": EVENT_COLUMNS,
    "approval": APPROVAL_COLUMNS,
    "link": LINK_COLUMNS,
    "reject": REJECT_COLUMNS,
}


FORESEEN = 400 * 86_400
"""How far past the audit a deadline is looked for, in seconds: more than a year, so that yearly hours are met again."""


@dataclass(frozen=True)
class Part:
    """What is loaded of a dataset: the records of some services or all, some of their texts or all, with their history or not, and who made it.

    Moments, numbers and what the engine itself reads (`ALWAYS`) are there in any case. Another text is no column of `record`
    then, nor the people columns of `event`: to ask for one is an error, and never finds it empty.
    """

    services: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    history: bool = True
    people: bool = True
    """Whether the history tells who changed something: `actor` and `actor_group`."""


WHOLE = Part()
ALWAYS = frozenset({"number", "service", "customer", "category", "subcategory", "priority", "state", "group"})
"""Texts that are read whatever is judged: by clocks, by what is told of all records, and by the figures of reports."""

_TEXTS = (*TEXT_COLUMNS, "attributes")

_UNREAD = "'bad-boolean', 'bad-number', 'bad-time', 'no-time-of-day', 'nonexistent-time'"
"""Reasons for which a cell is set aside that then is empty in the record."""

_NARROW = 0.9
"""The share of all records from which on it is not worth while to name those of one process."""


@dataclass(frozen=True)
class Loading:
    """How a dataset is read: `files` are (name, rows read, rows imported, rows rejected) of its receipt.

    `last_moment` is when the export was made, as far as it tells; without it, `as_of` is taken for it.
    """

    folder: Path
    codes: Codes
    zone: str
    as_of: int
    opened_from: int | None
    opened_until: int | None
    files: tuple[tuple[str, int, int, int], ...]
    last_moment: int | None = None
    history: tuple[str, ...] = ()
    lacking: tuple[tuple[str, str], ...] = ()
    """(file, column) where a file has no column that other files fill."""
    history_time: str = ""
    """The exported columns with the time of each update, joined with ` | `."""
    exported: frozenset[str] | None = None
    """The canonical columns that some file fills; without it, all are looked at."""
    codes_by_process: Mapping[str, Codes] = field(default_factory=dict)
    told_elsewhere: tuple[str, ...] = ()
    """Files whose records have the history that other files tell; of one that these do not mention it is unknown."""
    unread: tuple[tuple[str, str, str], ...] = ()
    """(file, exported column, column) where cells were set aside, and are empty in the record."""
    part: Part = WHOLE

    @property
    def exported_at(self) -> int:
        """The moment up to which the export knows anything, never before `as_of`."""
        return max(self.as_of, self.last_moment if self.last_moment is not None else self.as_of)


def load_tables(session: Session, loading: Loading) -> None:
    """Create `kept`, `record`, `event`, `approval`, `link`, `reject`, `source_file`, `every_number` and `broken`.

    Records opened after `as_of`, or not alive in the period, are left out, and so is all that hangs on them; a record
    without a moment of opening stays, as no period can claim it, and so does one that was opened after the export was
    made, which is an error to be found. Where `as_of` lies before the export, what happened in between is forgotten:
    moments become empty, and columns with a history are what they were. `broken` are records whose history has a gap;
    `every_number` are the ids and numbers of all that the export holds, also of the records that are left out; `every_event`
    and `every_approval` are those tables whole, where a rule is told only of those of its own process.
    """
    told = check_files(session, loading.folder)
    check_tables(session, loading.folder, TABLE_FILES)
    _create_sources(session, loading, told)
    _create_codes(session, loading)
    _create_kept(session, loading)
    with session.beside(lambda other: _create_event(other, loading), large=True):
        _create_record(session, loading)
        _create_approval(session, loading)
        session.run(f"CREATE TABLE reject AS SELECT * FROM {exported(loading.folder, 'reject')}")
        _create_lacking(session, loading)
        session.run(f"CREATE VIEW every_number AS SELECT record_id, number FROM {exported(loading.folder, 'record')}")
        _create_lost(session)
        session.run(
            "CREATE TABLE source_file (name VARCHAR, rows_read BIGINT, rows_imported BIGINT, rows_rejected BIGINT)"
        )
        session.insert("source_file", ("name", "rows_read", "rows_imported", "rows_rejected"), loading.files)
    for table in ("event", "approval"):
        session.run(f"CREATE VIEW every_{table} AS SELECT * FROM {table}")
    if loading.as_of < loading.exported_at:
        _restore(session, loading)
    _create_link(session, loading)
    _create_broken(session, loading)


def _create_sources(session: Session, loading: Loading, told: frozenset[str]) -> None:
    """`event_source(record_id, seq, actor, …)` and `approval_source(record_id, approver, moment, …)`: where each was read."""
    quoted = name("at")
    for table, key in (("event", "seq, actor, actor_group"), ("approval", f"approver, {epoch(quoted)} AS moment")):
        rows = (
            "source_file, source_row"
            if table in told
            else "CAST(NULL AS VARCHAR) AS source_file, CAST(NULL AS BIGINT) AS source_row"
        )
        session.run(
            f"CREATE VIEW {table}_source AS SELECT record_id, {key}, {rows} FROM {exported(loading.folder, table)}"
        )


def check_files(session: Session, folder: Path) -> frozenset[str]:
    """Refuse a folder in which a table is missing, damaged, or another one; returns the tables that tell where their rows were read."""
    for table in TABLE_FILES:
        if not files_of(folder / f"{table}.parquet"):
            raise _no_dataset(folder, table, "no such file")
    try:
        found = session.columns_of([file for table in TABLE_FILES for file in files_of(folder / f"{table}.parquet")])
    except duckdb.InvalidInputException as error:
        message = str(error).splitlines()[0]
        damaged = next((t for t in TABLE_FILES if f"{t}.parquet" in message), "record")
        raise _no_dataset(folder, damaged, message) from error
    inside: dict[Path, set[object]] = defaultdict(set)
    for file, column in found:
        inside[Path(str(file))].add(column)
    telling = set()
    for table, wanted in TABLE_FILES.items():
        path = folder / f"{table}.parquet"
        columns = {column for file in files_of(path) for column in inside[file]}
        columns |= {part.partition("=")[0] for file in files_of(path) for part in file.parts if "=" in part}
        missing = [column for column in wanted if column not in columns]
        if missing:
            raise _no_dataset(folder, table, f"no column {missing[0]}")
        if columns >= set(SOURCE_COLUMNS):
            telling.add(table)
    return frozenset(telling)


def files_of(path: Path) -> list[Path]:
    """The files of a table: one, or those in a folder, which may be partitioned by columns (`process=incident/…`)."""
    return sorted(path.rglob("*.parquet")) if path.is_dir() else [path] if path.is_file() else []


def _no_dataset(folder: Path, table: str, why: str) -> ItsmctlError:
    template = "this is not a dataset folder: {file} cannot be read ({why})"
    values = {"file": f"{table}.parquet", "why": why}
    return ItsmctlError(Problem("not-a-dataset", template, Where(str(folder)), values))


def catalogue_codes(definitions: Definitions) -> Codes:
    """What exports call services and customers: their ids, aliases, titles and the names under `also-called`."""
    return {"service": _names(definitions.services), "customer": _names(definitions.customers)}


def _names(called: Mapping[str, Service] | Mapping[str, Customer]) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for one in called.values():
        for word in (one.id, *one.aliases, one.title.en, one.title.zh, *one.also_called):
            if word:
                words.setdefault(word, one.id)
    return words


def _create_codes(session: Session, loading: Loading) -> None:
    """`code(process, "column", exported, code)`: where processes differ in theirs, for each; those for all are of ''."""
    session.run('CREATE TABLE code (process VARCHAR, "column" VARCHAR, exported VARCHAR, code VARCHAR)')
    processes = [""]
    if loading.codes_by_process:
        found = session.rows(f"SELECT DISTINCT process FROM {exported(loading.folder, 'record')} ORDER BY process")
        processes = [str(process) for (process,) in found]
    rows = [
        (process, column, exported, code)
        for process in processes
        for column in _coded(loading)
        for exported, code in sorted(
            {**loading.codes.get(column, {}), **loading.codes_by_process.get(process, {}).get(column, {})}.items()
        )
    ]
    session.insert("code", ("process", "column", "exported", "code"), rows)


def _same_process(loading: Loading, code: str, row: str) -> str:
    """SQL that goes on with the condition that a code is of the process of the record."""
    return f" AND {code}.process = {row}.process" if loading.codes_by_process else ""


def _coded(loading: Loading) -> list[str]:
    """The columns that have codes."""
    every = (loading.codes, *loading.codes_by_process.values())
    return sorted({column for codes in every for column, table in codes.items() if table})


def _create_record(session: Session, loading: Loading) -> None:
    """`record` with the columns of the part, and `whole_record` with all of them, for the few rows that are shown."""
    _create_zone(session, loading)
    part = loading.part.columns | ALWAYS if loading.part.columns else frozenset(_TEXTS)
    session.run(f"CREATE TABLE record AS {_records(session, loading, part)}")
    whole = _records(session, loading, frozenset(_TEXTS)) if loading.part.columns else "SELECT * FROM record"
    session.run(f"CREATE VIEW whole_record AS {whole}")


def _records(session: Session, loading: Loading, texts: frozenset[str]) -> str:
    """SELECT of the records that are judged, with some of the texts, in the codes of the definitions."""
    columns: list[str] = []
    joins: list[str] = []
    empty = frozenset() if loading.exported is None else frozenset(RECORD_COLUMNS) - loading.exported
    coded = _coded(loading)
    for column in TEXT_COLUMNS:
        if column not in texts:
            continue
        if column in empty:
            columns.append(f"CAST(NULL AS VARCHAR) AS {name(column)}")
        elif column in coded:
            alias = name(f"code of {column}")
            joins.append(
                f'LEFT JOIN code AS {alias} ON {alias}."column" = {quote(column)} AND {alias}.exported = r.{name(column)}'
                f"{_same_process(loading, alias, 'r')}"
            )
            columns.append(f"coalesce({alias}.code, {_filled(column)}) AS {name(column)}")
        else:
            columns.append(f"{_filled(column)} AS {name(column)}")
    columns += [f"r.{column}" for column in TIME_COLUMNS + NUMBER_COLUMNS + BOOLEAN_COLUMNS]
    columns += ["r.attributes"] if "attributes" in texts else []
    moments = {
        column: f"{'CAST(NULL AS BIGINT)' if column in empty else _moment(column, loading)} AS {column}"
        for column in TIME_COLUMNS
    }
    read = ", ".join(
        moments.get(column, name(column)) for column in RECORD_COLUMNS if column in texts or column not in _TEXTS
    )
    inside = "true"
    if loading.opened_from is not None:
        inside = f"(opened_at IS NULL OR opened_at >= {loading.opened_from})"
    return f"""SELECT k.tix, r.*, {month_text("r.opened_at", offset_at(session, "r.opened_at"))} AS month FROM (
            SELECT r.record_id, r.process, {", ".join(columns)}, r.source_file, r.source_row,
                coalesce(resolved_at, closed_at) AS ended_at, {inside} AS opened_in_period
            FROM (SELECT {read} FROM {exported(loading.folder, "record")} {_of_the_part(loading)}) AS r {" ".join(joins)}
        ) AS r JOIN kept AS k ON k.record_id = r.record_id"""


def _create_kept(session: Session, loading: Loading) -> None:
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


def _of_the_part(loading: Loading) -> str:
    """A condition on exported records: the service is called as the export may call one of the part; '' for all of them."""
    if not loading.part.services:
        return ""
    tables = [table.get("service", {}) for table in (loading.codes, *loading.codes_by_process.values())]
    words = {word for table in tables for word, service in table.items() if service in loading.part.services}
    return f"WHERE service IN ({', '.join(map(quote, sorted(words | loading.part.services)))})"


def _filled(column: str) -> str:
    """SQL for a text of the record as exported; nothing but blanks, also wide ones, is nothing.

    What begins with a visible ASCII character is something, which is quicker to see than by trimming.
    """
    text = f"r.{name(column)}"
    return f"CASE WHEN {text} >= '!' AND {text} < '\u00a0' THEN {text} WHEN trim({text}, ' \t\r\n\u00a0\u3000') <> '' THEN {text} END"


def _moment(column: str, loading: Loading) -> str:
    """SQL for a moment of the record in epoch seconds, empty where it was still to come at `as_of`."""
    seconds = epoch(column)
    if column in ("opened_at", *FORESEEN_COLUMNS) or loading.as_of >= loading.exported_at:
        return seconds
    return f"CASE WHEN {seconds} > {loading.as_of} AND {seconds} <= {loading.exported_at} THEN NULL ELSE {seconds} END"


def _restore(session: Session, loading: Loading) -> None:
    """Put columns whose changes were recorded back to what they were at `as_of`.

    A history tells moments as the tool writes them, in no known zone: one that was changed later is not known.
    """
    for column in loading.history:
        if column in TIME_COLUMNS:
            changed_later = "SELECT tix FROM event WHERE field = ? AND moment > ?"
            session.run(
                f"UPDATE record SET {name(column)} = NULL WHERE tix IN ({changed_later})", (column, loading.as_of)
            )
            continue
        session.run(
            f"""UPDATE record SET {name(column)} = was.value FROM (
                SELECT tix, CASE WHEN seen > 0 THEN before ELSE after END AS value FROM (
                    SELECT tix, count(*) FILTER (WHERE moment <= ?) AS seen,
                        max(CASE WHEN place_down = 1 THEN new END) AS before, max(CASE WHEN place = 1 THEN old END) AS after
                    FROM (
                        SELECT *, row_number() OVER (PARTITION BY tix ORDER BY seq) AS place,
                            row_number() OVER (PARTITION BY tix, moment <= ? ORDER BY seq DESC) + CASE WHEN moment <= ? THEN 0 ELSE 1 END AS place_down
                        FROM event WHERE field = ?
                    ) AS change GROUP BY tix
                ) AS told
            ) AS was WHERE was.tix = record.tix""",
            (loading.as_of, loading.as_of, loading.as_of, column),
        )


def _create_lost(session: Session) -> None:
    """Records that a row mentions which could not be read at all: `lost(record_id)`."""
    rows = session.rows("SELECT DISTINCT value FROM reject WHERE coalesce(\"column\", '') = '' AND value IS NOT NULL")
    words = sorted({word.strip().strip("\"'") for (value,) in rows for word in re.split(r"[,;|\t]", str(value))})
    session.run("CREATE TABLE mentioned (word VARCHAR)")
    session.insert("mentioned", ("word",), [(word,) for word in words if word])
    session.run(
        "CREATE TABLE lost AS SELECT DISTINCT r.record_id FROM record AS r JOIN mentioned AS m ON m.word = r.record_id"
    )


def _create_broken(session: Session, loading: Loading) -> None:
    """Records whose history is known to have a gap: an update lost its time or its row, the last state of the history is
    not the state exported, or times run backwards, so that nobody knows in which order things happened."""
    lost = f"""SELECT r.tix FROM record AS r JOIN (
        SELECT record_id FROM reject WHERE list_contains(string_split(?, ' | '), "column") AND reason IN ({_UNREAD})
        UNION SELECT record_id FROM lost
    ) AS l ON l.record_id = r.record_id"""
    if loading.told_elsewhere and loading.history:
        files = ", ".join(map(quote, loading.told_elsewhere))
        told = "SELECT tix FROM event" + (" WHERE field = 'state'" if "state" in loading.history else "")
        lost += f" UNION SELECT tix FROM record WHERE source_file IN ({files}) AND tix NOT IN ({told})"
    unlike = ""
    if "state" in loading.history and loading.as_of >= loading.exported_at:
        following = neighbour("tix", after=True, in_order=session.in_order)
        unlike = f""" UNION SELECT r.tix FROM record AS r JOIN (
            SELECT tix, state FROM (SELECT tix, new AS state, {following} AS following FROM event WHERE field = 'state') AS change
            WHERE following IS NULL
        ) AS s ON s.tix = r.tix WHERE s.state <> r.state"""
    backwards = f""" UNION SELECT tix FROM (
        SELECT tix, moment, {neighbour("moment", in_order=session.in_order)} AS before FROM event WHERE moment <= {loading.as_of}
    ) AS e WHERE moment < before"""
    session.run(
        f"CREATE TABLE broken AS SELECT tix, record_id FROM record WHERE tix IN (SELECT tix FROM ({lost}{unlike}{backwards}) AS l)",
        (loading.history_time,),
    )


def _create_lacking(session: Session, loading: Loading) -> None:
    """What is unknown of a record, `lacking(tix, "column", why)`: its file has no such column, though other files have (`file_lacks`),
    or the cell could not be read (`unread`)."""
    session.run('CREATE TABLE file_lacks (name VARCHAR, "column" VARCHAR)')
    session.insert("file_lacks", ("name", "column"), loading.lacking)
    session.run('CREATE TABLE unread (tix BIGINT, "column" VARCHAR)')
    cells = " UNION ".join(
        f"""SELECT r.tix, {quote(column)} FROM record AS r JOIN reject AS j ON j.record_id = r.record_id
        WHERE r.{name(column)} IS NULL AND j.source_file = {quote(file)} AND j."column" = {quote(told)} AND j.reason IN ({_UNREAD})"""
        for file, told, column in loading.unread
    )
    if cells:
        session.run(f"INSERT INTO unread {cells}")
    session.run(
        """CREATE VIEW lacking AS
        SELECT r.tix, f."column", 'column-not-in-file' AS why FROM record AS r JOIN file_lacks AS f ON f.name = r.source_file"""
        + (""" UNION ALL SELECT tix, "column", 'unreadable' AS why FROM unread""" if cells else "")
    )


def lacking_columns_of(session: Session) -> dict[str, frozenset[str]]:
    """By process the columns that are unknown of some record, though others have them."""
    rows = session.rows(
        """SELECT DISTINCT r.process, f."column" FROM (SELECT DISTINCT process, source_file FROM record) AS r
        JOIN file_lacks AS f ON f.name = r.source_file
        UNION SELECT r.process, u."column" FROM unread AS u JOIN record AS r ON r.tix = u.tix"""
    )
    found: dict[str, set[str]] = {}
    for process, column in rows:
        found.setdefault(str(process), set()).add(str(column))
    return {process: frozenset(columns) for process, columns in found.items()}


def _create_zone(session: Session, loading: Loading) -> None:
    """The offsets of the audit's zone, so that months are the local ones whatever engine asks."""
    session.run("CREATE TABLE zone_span (since BIGINT, until BIGINT, utc_offset BIGINT)")
    (first, last) = session.one(
        f"SELECT CAST(min(epoch(opened_at)) AS BIGINT), CAST(max(epoch(opened_at)) AS BIGINT) FROM {exported(loading.folder, 'record')}"
    )
    start = int(first) if isinstance(first, int) else loading.as_of
    end = max(int(last) if isinstance(last, int) else start, loading.as_of) + FORESEEN
    session.insert("zone_span", ("since", "until", "utc_offset"), offset_spans(loading.zone or "UTC", start, end))


def month_text(seconds: str, offset: str) -> str:
    """SQL for the local month of epoch seconds, `2026-03`; `offset` is SQL for the seconds that local time is ahead."""
    return f"strftime(make_timestamp(({seconds} + {offset}) * 1000000), '%Y-%m')"


def offset_at(session: Session, seconds: str) -> str:
    """SQL for how many seconds the audit's zone is ahead of UTC at a moment; 0 where the zone is not laid out.

    A join with the spans of the zone would sort all that is joined, however wide.
    """
    spans = session.rows("SELECT since, until, utc_offset FROM zone_span ORDER BY since")
    known = [(int(str(since)), str(offset)) for since, _, offset in spans]
    return staircase(seconds, [(-EVER, "0"), *known, (int(str(spans[-1][1])), "0")])


def _create_event(session: Session, loading: Loading) -> None:
    coded = _coded(loading)
    old, new = "e.old", "e.new"
    joins = ""
    if coded:
        old, new = "coalesce(c_old.code, e.old)", "coalesce(c_new.code, e.new)"
        joins = " ".join(
            f'LEFT JOIN code AS c_{word} ON c_{word}."column" = e.field AND c_{word}.exported = e.{word}'
            f"{_same_process(loading, f'c_{word}', 'k')}"
            for word in ("old", "new")
        )
    people = "e.actor, e.actor_group," if loading.part.people else ""
    with session.unbuffered():
        session.run(
            f"""CREATE TABLE event AS
            SELECT k.tix, e.seq, {epoch("e.at")} AS moment, {people} e.field, {old} AS old, {new} AS new
            FROM {exported(loading.folder, "event")} AS e JOIN kept AS k ON k.record_id = e.record_id {joins}
            {"" if loading.part.history else "WHERE false"}"""
        )
    if not session.in_order:
        check_numbers(session, loading.folder)
    elif _out_of_order(session):
        check_numbers(session, loading.folder)
        session.run("CREATE TABLE sorted AS SELECT * FROM event ORDER BY tix, seq")
        session.run("DROP TABLE event")
        session.run("ALTER TABLE sorted RENAME TO event")


def _out_of_order(session: Session) -> bool:
    """Whether some event lies elsewhere than right behind the one before it, as import writes them."""
    return bool(
        session.rows(
            """SELECT 1 FROM (SELECT tix, seq, lag(tix) OVER () AS tix_before, lag(seq) OVER () AS seq_before FROM event) AS e
            WHERE tix < tix_before OR (tix = tix_before AND seq <= seq_before) LIMIT 1"""
        )
    )


def _create_approval(session: Session, loading: Loading) -> None:
    """The decisions taken until `as_of`, each with the record's key and its moment; one without a moment stays."""
    told = ", ".join(
        "coalesce(c.code, a.decision) AS decision" if column == "decision" else f"a.{name(column)}"
        for column in APPROVAL_COLUMNS
    )
    session.run(
        f"""CREATE TABLE approval AS SELECT * FROM (
            SELECT r.tix, {told}, {epoch('a."at"')} AS moment
            FROM {exported(loading.folder, "approval")} AS a JOIN record AS r ON r.record_id = a.record_id
            LEFT JOIN code AS c ON c."column" = 'decision' AND c.exported = a.decision{_same_process(loading, "c", "r")}
        ) AS decided WHERE moment IS NULL OR moment <= ?""",
        (loading.as_of,),
    )


def _create_link(session: Session, loading: Loading) -> None:
    """`link(tix, type, target)`, from the table and from the columns that name other records, each pair once.

    `named(word, process, tix)` says which records an id or a number means; what it means outside the audited period is not
    in `record`. `link_type` and `exported_process` are of the whole export.
    """
    referring = ", ".join(map(name, REFERRING_COLUMNS))
    session.run(
        f"CREATE TEMP TABLE referring AS SELECT tix, {referring} FROM whole_record WHERE coalesce({referring}) IS NOT NULL"
    )
    columns = " UNION ALL ".join(
        f"SELECT tix, {quote(column)} AS type, {name(column)} AS target FROM referring WHERE {name(column)} IS NOT NULL"
        for column in REFERRING_COLUMNS
    )
    session.run(
        f"""CREATE TABLE link AS SELECT DISTINCT tix, type, trim(target) AS target FROM (
            SELECT tix, type, {each_word("target")} AS target FROM (
                {columns} UNION ALL SELECT r.tix, l.type, l.target FROM {exported(loading.folder, "link")} AS l JOIN record AS r ON r.record_id = l.record_id
            ) AS named
        ) AS linked WHERE trim(target) <> ''"""
    )
    session.run("DROP TABLE referring")
    session.run(f"CREATE VIEW link_type AS SELECT DISTINCT type FROM {exported(loading.folder, 'link')}")
    session.run(f"CREATE VIEW exported_process AS SELECT DISTINCT process FROM {exported(loading.folder, 'record')}")
    session.run(
        """CREATE VIEW named AS SELECT word, process, min(tix) AS tix FROM (
            SELECT record_id AS word, process, tix FROM record
            UNION ALL SELECT number AS word, process, tix FROM record WHERE number IS NOT NULL
        ) AS called GROUP BY word, process"""
    )


def filled_tables(session: Session) -> frozenset[str]:
    """`approval`, where that table holds anything."""
    return frozenset({"approval"} if session.rows("SELECT 1 FROM approval LIMIT 1") else ())


def link_types(session: Session, exported: frozenset[str]) -> frozenset[str]:
    """The types of link of which the export knows: of its links, and the columns that name other records."""
    found = session.rows("SELECT type FROM link_type")
    return frozenset(str(kind) for (kind,) in found) | (exported & frozenset(REFERRING_COLUMNS))


def exported_processes(session: Session) -> frozenset[str]:
    """The processes of which the export holds records, in the period or not."""
    return frozenset(str(process) for (process,) in session.rows("SELECT process FROM exported_process"))


def reach_of_processes(session: Session) -> dict[str, tuple[int, int]]:
    """The first and last number of the records of each process, where they leave out a good part of all."""
    rows = session.rows("SELECT process, min(tix), max(tix) FROM record GROUP BY process")
    reach = {str(process): (int(str(first)), int(str(last))) for process, first, last in rows}
    whole = max((last for _, last in reach.values()), default=0) - min(
        (first for first, _ in reach.values()), default=0
    )
    return {process: (first, last) for process, (first, last) in reach.items() if last - first < _NARROW * whole}
