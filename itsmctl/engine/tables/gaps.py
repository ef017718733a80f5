"""What nobody knows of a record: its history has a gap, its file lacks a column, or a cell could not be read."""

from __future__ import annotations

from itsmctl.engine.numbering import words_of_rows
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.sql import neighbour
from itsmctl.engine.tables.loading import TEXTS, Loading
from itsmctl.model import LATER_COLUMNS, UNREAD

_REASONS = ", ".join(map(quote, UNREAD))


def create_lost(session: Session) -> None:
    """Records that a row mentions which could not be read at all: `lost(record_id)`."""
    session.run("CREATE TABLE mentioned (word VARCHAR)")
    session.insert("mentioned", ("word",), [(word,) for word in words_of_rows(session, "reject")])
    session.run(
        "CREATE TABLE lost AS SELECT DISTINCT r.record_id FROM record AS r JOIN mentioned AS m ON m.word = r.record_id"
    )


def create_broken(session: Session, loading: Loading) -> None:
    """Records whose history is known to have a gap: an update lost its time or its row, the last state of the history is
    not the state exported, or times run backwards, so that nobody knows in which order things happened."""
    lost = f"""SELECT r.tix FROM record AS r JOIN (
        SELECT record_id FROM reject WHERE list_contains(string_split(?, ' | '), "column") AND reason IN ({_REASONS})
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


def create_lacking(session: Session, loading: Loading) -> None:
    """What is unknown of a record, `lacking(tix, "column", why)`: its file has no such column, though other files have (`file_lacks`),
    or the cell could not be read, or its file ends before (`unread`)."""
    session.run('CREATE TABLE file_lacks (name VARCHAR, "column" VARCHAR)')
    session.insert("file_lacks", ("name", "column"), loading.lacking)
    session.run('CREATE TABLE unread (tix BIGINT, "column" VARCHAR, why VARCHAR)')
    cells = " UNION ".join(
        f"""SELECT r.tix, {quote(column)}, 'unreadable' FROM record AS r JOIN reject AS j ON j.record_id = r.record_id
        WHERE r.{name(column)} IS NULL AND j.source_file = {quote(file)} AND j."column" = {quote(told)} AND j.reason IN ({_REASONS})"""
        for file, told, column in loading.unread
        if column in loading.texts or column not in TEXTS
    )
    if cells:
        session.run(f"INSERT INTO unread {cells}")
    if loading.ended:
        _leave_open(session, loading)
    session.run(
        """CREATE VIEW lacking AS
        SELECT r.tix, f."column", 'column-not-in-file' AS why FROM record AS r JOIN file_lacks AS f ON f.name = r.source_file"""
        + (""" UNION ALL SELECT tix, "column", why FROM unread""" if cells or loading.ended else "")
    )


def _leave_open(session: Session, loading: Loading) -> None:
    """Say of the records of files that end early that what changes is unknown, unless they were over.

    Where a file closes no record, those that are resolved are over.
    """
    session.run("CREATE TABLE over_state (process VARCHAR, state VARCHAR)")
    session.insert("over_state", ("process", "state"), loading.over)
    session.run('CREATE TABLE later_column ("column" VARCHAR)')
    session.insert("later_column", ("column",), [(column,) for column in sorted(LATER_COLUMNS)])
    files = ", ".join(map(quote, loading.ended))
    session.run(
        f"""CREATE TABLE ended_record AS SELECT r.tix, r.source_file, r.resolved_at IS NOT NULL AS resolved,
            r.closed_at IS NOT NULL OR o.state IS NOT NULL AS closed
        FROM record AS r LEFT JOIN over_state AS o ON o.process = r.process AND o.state = r.state WHERE r.source_file IN ({files})"""
    )
    session.run(
        """INSERT INTO unread SELECT e.tix, c."column", 'file-ends' FROM ended_record AS e CROSS JOIN later_column AS c
        WHERE NOT e.closed AND (NOT e.resolved OR e.source_file IN (SELECT source_file FROM ended_record WHERE closed))
            AND NOT EXISTS (SELECT 1 FROM unread AS u WHERE u.tix = e.tix AND u."column" = c."column")"""
    )


def lacking_columns_of(session: Session) -> dict[str, frozenset[str]]:
    """By process the columns that are unknown of some record, though others have them."""
    rows = session.rows(
        """SELECT DISTINCT r.process, f."column" FROM (SELECT DISTINCT process, source_file FROM record) AS r
        JOIN file_lacks AS f ON f.name = r.source_file
        UNION SELECT r.process, u."column" FROM record AS r JOIN unread AS u ON u.tix = r.tix"""
    )
    found: dict[str, set[str]] = {}
    for process, column in rows:
        found.setdefault(str(process), set()).add(str(column))
    return {process: frozenset(columns) for process, columns in found.items()}


def files_of_processes(session: Session) -> list[tuple[str, str]]:
    """Each process with each file from which records of it were read."""
    rows = session.rows("SELECT DISTINCT process, source_file FROM record ORDER BY process, source_file")
    return [(str(process), str(file)) for process, file in rows]


def changes_by_process(session: Session) -> dict[str, frozenset[str]]:
    """By process the fields that changed on some record."""
    rows = session.rows("SELECT DISTINCT r.process, e.field FROM event AS e JOIN record AS r ON r.tix = e.tix")
    found: dict[str, set[str]] = {}
    for process, field in rows:
        found.setdefault(str(process), set()).add(str(field))
    return {process: frozenset(fields) for process, fields in found.items()}
