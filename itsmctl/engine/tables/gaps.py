"""What nobody knows of a record: its history has a gap, its file lacks a column, or a cell could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from itsmctl.engine.numbering import words_of_rows
from itsmctl.engine.session import Session, exported, name, quote
from itsmctl.engine.sql import epoch, neighbour
from itsmctl.engine.tables.loading import TEXTS, Loading, Silent
from itsmctl.model import FILLED_LATER, LATER_COLUMNS, LIFE_COLUMNS, UNREAD, UNTOLD

_LATE = 3_600
"""How long after its record a history may begin: what is typed in afterwards is late by so much."""
_REASONS = ", ".join(map(quote, UNREAD))
_UNTOLD = ", ".join(map(quote, UNTOLD))


def create_lost(session: Session) -> None:
    """Records that a row mentions which could not be read at all: `lost(record_id)`."""
    session.run("CREATE TABLE mentioned (word VARCHAR)")
    session.insert("mentioned", ("word",), [(word,) for word in words_of_rows(session, "reject")])
    session.run(
        "CREATE TABLE lost AS SELECT DISTINCT r.record_id FROM record AS r JOIN mentioned AS m ON m.word = r.record_id"
    )


def create_broken(session: Session, loading: Loading) -> None:
    """Records whose history is known to have a gap: an update lost its time, its state or its row, the last state of the history is
    not the state exported, it tells fewer reopenings than the record counts, or times run backwards, so that nobody knows in which
    order things happened. `begun` are those with a gap that is for `traced` to find: their history begins late, or a change does not
    take up where the one before it ended.
    """
    lost = f"""SELECT r.tix FROM record AS r JOIN (
        SELECT record_id FROM reject WHERE list_contains(string_split(?, ' | '), "column") AND reason IN ({_REASONS})
        UNION SELECT record_id FROM reject WHERE reason IN ({_UNTOLD})
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
    reopened = _reopened_untold(session) if "state" in loading.history else ""
    backwards = f""" UNION SELECT tix FROM (
        SELECT tix, moment, {neighbour("moment", in_order=session.in_order)} AS before FROM event WHERE moment <= {loading.as_of}
    ) AS e WHERE moment < before"""
    session.run(
        f"CREATE TABLE torn AS {lost}{unlike}{reopened}{backwards} UNION SELECT tix FROM silent WHERE NOT begun",
        (loading.history_time,),
    )
    apart = f"SELECT tix FROM ({_steps(session)} AND moment <= {loading.as_of}) AS e WHERE old <> was"
    session.run(
        f"""CREATE TABLE broken AS SELECT r.tix, r.record_id, t.tix IS NULL AS begun FROM record AS r LEFT JOIN torn AS t ON t.tix = r.tix
        WHERE t.tix IS NOT NULL OR r.tix IN (SELECT tix FROM silent WHERE begun UNION {apart})"""
    )


def _steps(session: Session) -> str:
    """SELECT of the changes of states, each with the state to which the one before it led; it ends with a condition, to which more may be added."""
    return (
        f"SELECT tix, old, new, {neighbour('new', in_order=session.in_order)} AS was FROM event WHERE field = 'state'"
    )


def _reopened_untold(session: Session) -> str:
    """SQL that goes on with the records that were reopened more often than the history of their states tells."""
    return f""" UNION SELECT tix FROM (
        SELECT r.tix, r.reopen_count, count(CASE WHEN d.state IS NOT NULL AND n.state IS NULL THEN 1 END) AS told
        FROM ({_steps(session)}) AS e JOIN record AS r ON r.tix = e.tix AND r.reopen_count > 0
        LEFT JOIN done_state AS d ON d.process = r.process AND d.state = coalesce(e.was, e.old)
        LEFT JOIN done_state AS n ON n.process = r.process AND n.state = e.new
        WHERE r.process IN (SELECT process FROM done_state) GROUP BY r.tix, r.reopen_count
    ) AS counted WHERE reopen_count > told"""


def create_lacking(session: Session, loading: Loading) -> None:
    """What is unknown of a record, `lacking(tix, "column", why)`: its file has no such column, though other files have (`file_lacks`),
    or the cell could not be read, or its file ends before (`unread`)."""
    session.run('CREATE TABLE file_lacks (name VARCHAR, "column" VARCHAR)')
    session.insert("file_lacks", ("name", "column"), loading.lacking)
    session.run('CREATE TABLE unread (tix BIGINT, "column" VARCHAR, why VARCHAR)')
    cells = [cell for cell in loading.unread if cell[2] in loading.texts or cell[2] not in TEXTS]
    if cells:
        _add_unreadable(session, cells)
    session.run(
        """CREATE VIEW lacking AS
        SELECT r.tix, f."column", 'column-not-in-file' AS why FROM record AS r JOIN file_lacks AS f ON f.name = r.source_file"""
        + (""" UNION ALL SELECT tix, "column", why FROM unread""" if cells or loading.ended or loading.silences else "")
    )


def _add_unreadable(session: Session, cells: Sequence[tuple[str, str, str]]) -> None:
    """Add to `unread` the empty cells of records of which the export had something that could not be read.

    `cells` are the file, what it calls a column, and the column: all are looked up at once, as each alone would bring its
    joins, and those of a hundred do not fit into a small memory.
    """
    session.run('CREATE TABLE unread_cell (file VARCHAR, told VARCHAR, "column" VARCHAR)')
    session.insert("unread_cell", ("file", "told", "column"), cells)
    session.run(
        f"""INSERT INTO unread SELECT r.tix, c."column", 'unreadable' FROM record AS r JOIN (
            SELECT DISTINCT j.record_id, u."column" FROM reject AS j JOIN unread_cell AS u ON u.file = j.source_file AND u.told = j."column"
            WHERE j.reason IN ({_REASONS})
        ) AS c ON c.record_id = r.record_id WHERE {_empty('c."column"', {column for _, _, column in cells})}"""
    )


def _empty(which: str, columns: Iterable[str]) -> str:
    """SQL for whether that column of the record `r` is empty of which an expression tells the name."""
    return (
        " OR ".join(f"({which} = {quote(column)} AND r.{name(column)} IS NULL)" for column in sorted(columns))
        or "false"
    )


def create_silent(session: Session, loading: Loading) -> None:
    """Say what nobody knows of records since their list ended, or while their log was silent.

    Creates `silent(tix, begun)`: records that lived in a silence, or, `begun`, before the log of their changes; and
    `left_open(tix, since)`: those that were not over when their list ended, or their log fell silent, and when that was.
    """
    for table, rows in (("over_state", loading.over), ("done_state", loading.done), ("initial_state", loading.initial)):
        session.run(f"CREATE TABLE {table} (process VARCHAR, state VARCHAR)")
        session.insert(table, ("process", "state"), rows)
    session.run("CREATE TABLE silent (tix BIGINT, begun BOOLEAN)")
    session.run("CREATE TABLE left_open (tix BIGINT, since BIGINT)")
    for silence in loading.silences:
        _add_silence(session, loading, silence)
    _add_begun(session, loading)
    if loading.ended or loading.silences:
        _leave_open(session, loading)


def _add_silence(session: Session, loading: Loading, silence: Silent) -> None:
    """Records that were opened before a silence was over, and were not over when it began.

    When a record of a trace was opened only its first event tells. One that appears after the silence, in no state in which
    records begin, may have been opened before.
    """
    own, told, traces = (_listed(files) for files in (silence.files, loading.told_elsewhere, loading.traces))
    closed = (
        f"r.closed_at <= {silence.last} OR (o.state IS NOT NULL AND (r.closed_at IS NULL OR r.source_file IN ({own})))"
    )
    session.run(
        f"""INSERT INTO silent SELECT r.tix, false FROM record AS r LEFT JOIN (
            SELECT tix, max(moment) AS last, min(moment) AS first, min_by(CASE WHEN field = 'state' THEN new END, CASE WHEN field = 'state' THEN seq END) AS state
            FROM event WHERE moment <= {loading.as_of} GROUP BY tix
        ) AS e ON e.tix = r.tix LEFT JOIN over_state AS o ON o.process = r.process AND o.state = r.state
        LEFT JOIN initial_state AS i ON i.process = r.process AND i.state = e.state
        WHERE r.process IN ({_listed(silence.processes)}) AND r.source_file IN ({own}, {told}) AND (
            (coalesce(r.opened_at < {silence.next}, true) AND (coalesce(e.last > {silence.last}, false) OR NOT coalesce({closed}, false)))
            OR (r.source_file IN ({traces}) AND e.first >= {silence.next} AND i.state IS NULL)
        )"""
    )


def _add_begun(session: Session, loading: Loading) -> None:
    """Records that were opened before the log of their process begins, if their own first row in it comes late, or if a list of
    changes tells of no state before the first one in which records begin.
    """
    if not loading.part.history or not loading.logs:
        return
    events = exported(loading.folder, "event")
    session.run("CREATE TABLE log_file (log BIGINT, file VARCHAR)")
    session.insert(
        "log_file", ("log", "file"), [(log, file) for log, files in enumerate(loading.logs) for file in files]
    )
    session.run(
        f"""CREATE TABLE log_begin AS SELECT l.log, min({epoch(name("at"))}) AS begins FROM {events} AS e
        JOIN log_file AS l ON l.file = e.source_file WHERE e.field = 'state' GROUP BY l.log"""
    )
    before = neighbour("tix", in_order=session.in_order)
    session.run(
        f"""CREATE TABLE late_begin AS SELECT * FROM (
            SELECT r.tix, r.process, r.opened_at, r.source_file,
                i.state IS NULL AND r.process IN (SELECT process FROM initial_state) AND r.source_file IN ({_listed(loading.told_elsewhere)}) AS midst,
                coalesce(e.moment > greatest(r.opened_at, coalesce(r.recorded_at, r.opened_at)) + {_LATE}, false) AS late
            FROM (SELECT tix, moment, new, {before} AS before FROM event WHERE field = 'state') AS e
            JOIN record AS r ON r.tix = e.tix LEFT JOIN initial_state AS i ON i.process = r.process AND i.state = e.new
            WHERE e.before IS NULL AND r.opened_at < (SELECT max(begins) FROM log_begin)
        ) AS c WHERE midst OR late"""
    )
    if not session.rows("SELECT 1 FROM late_begin LIMIT 1"):
        return
    session.run(
        f"""CREATE TABLE log_process AS SELECT DISTINCT l.log, k.process FROM {events} AS e
        JOIN log_file AS l ON l.file = e.source_file JOIN kept AS k ON k.record_id = e.record_id WHERE e.field = 'state'"""
    )
    session.run(
        """INSERT INTO silent SELECT DISTINCT c.tix, true FROM late_begin AS c JOIN log_process AS p ON p.process = c.process
        JOIN log_begin AS b ON b.log = p.log AND c.opened_at < b.begins LEFT JOIN log_file AS f ON f.file = c.source_file
        WHERE c.midst OR f.log = b.log"""
    )


def _leave_open(session: Session, loading: Loading) -> None:
    """Say that what changes is unknown, of the records of lists that end early, and of those of logs that are not told of after a silence, unless they were over.

    Where a file closes no record, those that are resolved are over. An empty cell may have been filled since.
    """
    last = min(loading.as_of, loading.as_of if loading.last_moment is None else loading.last_moment)
    told = ", ".join(f"max(CASE WHEN {column} <= {last} THEN {column} END)" for column in LIFE_COLUMNS)
    ended = f"""SELECT r.tix, r.source_file, f.ends AS since, r.resolved_at IS NOT NULL AS resolved, r.closed_at IS NOT NULL OR o.state IS NOT NULL AS closed
        FROM record AS r LEFT JOIN over_state AS o ON o.process = r.process AND o.state = r.state
        JOIN (SELECT source_file, greatest({told}) AS ends FROM record WHERE source_file IN ({_listed(loading.ended)}) GROUP BY source_file) AS f ON f.source_file = r.source_file"""
    for silence in loading.silences:
        own = _listed(silence.files)
        ended += f""" UNION SELECT r.tix, r.source_file, {silence.last} AS since, coalesce(r.resolved_at <= {silence.last}, false), coalesce(r.closed_at <= {silence.last}, false) OR o.state IS NOT NULL
            FROM record AS r LEFT JOIN over_state AS o ON o.process = r.process AND o.state = r.state
            WHERE r.source_file IN ({own}) AND r.process IN ({_listed(silence.processes)})
                AND r.tix NOT IN (SELECT tix FROM event WHERE moment > {silence.last} AND moment <= {loading.as_of})"""
    session.run(f"CREATE TABLE ended_record AS {ended}")
    session.run('CREATE TABLE later_column ("column" VARCHAR)')
    session.insert("later_column", ("column",), [(column,) for column in sorted(LATER_COLUMNS)])
    session.run(
        """INSERT INTO left_open SELECT tix, min(since) FROM ended_record AS e
        WHERE NOT closed AND (NOT resolved OR source_file IN (SELECT source_file FROM ended_record WHERE closed)) GROUP BY tix"""
    )
    session.run('CREATE TABLE filled_column ("column" VARCHAR)')
    filled = sorted(FILLED_LATER & loading.texts)
    session.insert("filled_column", ("column",), [(column,) for column in filled])
    session.run(
        f"""INSERT INTO unread SELECT l.tix, l."column", 'file-ends' FROM (
            SELECT e.tix, c."column" FROM left_open AS e CROSS JOIN later_column AS c
            UNION ALL SELECT e.tix, c."column" FROM left_open AS e JOIN record AS r ON r.tix = e.tix CROSS JOIN filled_column AS c
            WHERE {_empty('c."column"', filled)}
        ) AS l WHERE NOT EXISTS (SELECT 1 FROM unread AS u WHERE u.tix = l.tix AND u."column" = l."column")"""
    )


def _listed(words: Sequence[str]) -> str:
    """Words as they stand in `IN (…)`."""
    return ", ".join(map(quote, words)) or "NULL"


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
