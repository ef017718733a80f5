"""Which rows of RAW count: without a record id none do, and of two rows for one ticket only one can be the ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsmctl.engine.session import Session, quote
from itsmctl.importers.export import RAW, REJECT, Staged
from itsmctl.importers.recognition import Source, sources
from itsmctl.importers.spreadsheet_errors import is_error
from itsmctl.importers.times import readings_sql
from itsmctl.importers.values import MOMENT, Moments
from itsmctl.model import FORESEEN_COLUMNS, TIME_COLUMNS, MappingDefinition

_AMOUNT = r"[-+]?[\d.,:%\s]*"
_TOTAL = r"((grand |general |sub-?)?(total|totals|sum|sums|count)|(gesamt|teil|zwischen)?summen?|gesamt|gesamtergebnis|insgesamt|anzahl|total (général|generale|geral|general)|somme|suma|totale|合计|总计|小计|总数|汇总)\s*[:：]?\s*[\d.,]*|共\s*\d+\s*[条行项个]?(记录|数据|工单)?"
"""What stands where the id would be in a row that adds up the others."""
_WORDS, _BARE = r"\S\s+\S|[:：]\s*$", 2
"""What a line beneath a list has and an id has not, and in how many cells such a line stands at most."""
_LAST = 20
"""Rows at the end of a file that are looked at first: in most files nothing stands beneath the list."""
_SEEN_AGAIN = "seen_again"
"""Rows that equal one of RAW in every cell, `raw`: raw, file, row."""
_SURELY_LATER = 3_600
"""Seconds after which a moment is later than another on whatever clock they were read, even if it was put back in between."""


def drop_rows_without_id(session: Session, staged: Staged, found: Mapping[str, Source]) -> None:
    """Move rows without a record id from RAW to REJECT."""
    record_id = found["record_id"]
    text = record_id.sql(staged)
    nobody = f"(coalesce({text}, '') = '' OR {is_error(text, staged.exports)})"
    (count,) = session.one(f"SELECT count(*) FROM {RAW} WHERE {nobody}")
    if count:
        session.run(
            f"INSERT INTO {REJECT} SELECT file, row, NULL, {_number(staged, found)}, ?, coalesce({record_id.as_exported(staged)}, ''), 'no-record-id', true FROM {RAW} WHERE {nobody}",
            [record_id.shown],
        )
        session.run(f"DELETE FROM {RAW} WHERE {nobody}")


def drop_rows_of_no_record(session: Session, staged: Staged, found: Mapping[str, Source]) -> None:
    """Move from RAW to REJECT the header where it stands once more, as in files put together, and what stands beneath a list.

    A total says so where a record has its id, or in another cell where all else in its row are numbers, and no moment stands there. Any other line, such as the moment of the print, is
    one where it stands beneath all records of its file, in words, with hardly a cell filled, and no record has an id in words.
    """
    record_id = found["record_id"]
    (column, *others) = record_id.exported
    if others:
        return
    cells = [(staged.sql(name), name) for name in staged.columns]
    again = " AND ".join(f"coalesce({cell}, '') IN ('', {quote(name)})" for cell, name in cells)
    text = record_id.as_exported(staged)
    tests = {"header-again": f"{text} = {quote(column)} AND {again}"}
    moments = [source.sql(staged) for name, source in found.items() if name in TIME_COLUMNS]
    if moments:
        empty = " AND ".join(f"coalesce(trim({moment}), '') = ''" for moment in moments)
        told = f"regexp_full_match(lower(trim({text})), {quote(_TOTAL)})"
        tests["total-row"] = f"{empty} AND ({told} OR {_sums(cells)})"  # most rows have a moment, which is soon seen
    if len(cells) >= 2 * _BARE and _words_beneath(session, cells, text):
        worded = _in_words(text)
        last = f"max(row) FILTER (WHERE NOT {worded}) OVER (PARTITION BY file)"
        beneath = f"SELECT rowid FROM {RAW} QUALIFY {worded} AND row > {last}"
        tests["footer-row"] = f"rowid IN ({beneath})"
    for reason, test in tests.items():
        (count,) = session.one(f"SELECT count(*) FROM {RAW} WHERE {test}")
        if count:
            _move(session, staged, test, found, column, reason)


def _sums(cells: Sequence[tuple[str, str]]) -> str:
    """SQL for whether a row says in one of its cells that it is a total, and has nothing else but numbers: one may stand where an id does."""
    words = [f"coalesce(regexp_full_match(lower(trim({cell})), {quote(_TOTAL)}), false)" for cell, _ in cells]
    numbers = [f"coalesce(regexp_full_match(trim({cell}), {quote(_AMOUNT)}), true)" for cell, _ in cells]
    alone = " AND ".join(f"({word} OR {number})" for word, number in zip(words, numbers, strict=True))
    return f"(({' OR '.join(words)}) AND {alone})"


def _in_words(text: str) -> str:
    """SQL for whether something stands where an id would that is none."""
    return f"(regexp_matches({text}, '{_WORDS}') OR regexp_full_match(lower(trim({text})), {quote(_TOTAL)}))"


def _words_beneath(session: Session, cells: Sequence[tuple[str, str]], text: str) -> bool:
    """Whether several words stand for an id in the last rows of a file, and hardly anything else in any row with such words."""
    words = _in_words(text)
    ends = f"SELECT file, max(row) - {_LAST} AS beginning FROM {RAW} GROUP BY file"
    last = (
        f"SELECT count(*) FROM {RAW} AS r JOIN ({ends}) AS e ON e.file = r.file AND r.row > e.beginning WHERE {words}"
    )
    if session.one(last) == (0,):
        return False
    filled = " + ".join(f"CAST(coalesce(trim({cell}), '') <> '' AS INTEGER)" for cell, _ in cells)
    (most,) = session.one(f"SELECT max({filled}) FROM {RAW} WHERE {words}")
    return most is not None and int(most) <= _BARE


def drop_rows_without_process(
    session: Session, staged: Staged, mapping: MappingDefinition, found: Mapping[str, Source]
) -> None:
    """Move rows from RAW to REJECT whose process nothing tells."""
    if mapping.process or mapping.process_column not in staged.columns:
        return
    cell = staged.sql(mapping.process_column)
    known = ", ".join(quote(word) for word in mapping.codes.get("process", {})) or "NULL"
    _move(session, staged, f"coalesce({cell}, '') NOT IN ({known})", found, mapping.process_column, "unknown-process")


def leave_out(session: Session, staged: Staged, mapping: MappingDefinition) -> None:
    """Move rows from RAW to REJECT that the mapping says it is not about."""
    found = sources(mapping, staged.columns)[0]
    for column, words in mapping.only.items():
        if column in staged.columns:
            listed = ", ".join(map(quote, words))
            test = f"coalesce({staged.sql(column)}, '') NOT IN ({listed})"
            _move(session, staged, test, found, column, "left-out")
    for column, words in mapping.without.items():
        if column in staged.columns:
            test = f"coalesce({staged.sql(column)}, '') IN ({', '.join(map(quote, words))})"
            _move(session, staged, test, found, column, "left-out")


def _number(staged: Staged, found: Mapping[str, Source]) -> str:
    """SQL for the number of a ticket that is not taken: whoever looks for holes in the numbers must know of it."""
    return found["number"].sql(staged) if "number" in found else "NULL"


def _move(session: Session, staged: Staged, test: str, found: Mapping[str, Source], column: str, reason: str) -> None:
    cell, number = staged.sql(column), _number(staged, found)
    session.run(
        f"INSERT INTO {REJECT} SELECT file, row, {found['record_id'].sql(staged)}, {number}, ?, {cell}, ?, true FROM {RAW} WHERE {test}",
        [column, reason],
    )
    session.run(f"DELETE FROM {RAW} WHERE {test}")


def merge_repeated(session: Session, staged: Staged) -> int:
    """Delete from RAW the rows that equal an earlier row in every cell, as where two exports overlap, and return how many."""
    cells = ", ".join(f"c{i}" for i in range(len(staged.columns)))
    # Most exports repeat nothing, which their hashes tell without a row being compared.
    (rows, kinds) = session.one(f"SELECT count(*), count(DISTINCT hash({cells})) FROM {RAW}")
    if rows == kinds:
        return 0
    later = f"SELECT rowid FROM {RAW} QUALIFY row_number() OVER (PARTITION BY {cells} ORDER BY rowid) > 1"
    session.run(f"DELETE FROM {RAW} WHERE rowid IN ({later})")
    (left,) = session.one(f"SELECT count(*) FROM {RAW}")
    return int(rows or 0) - int(left or 0)


def merge_duplicates(session: Session, staged: Staged, found: Mapping[str, Source], mapping: MappingDefinition) -> int:
    """Where a row is a ticket, keep one row of each: the latest, where a list tells it, else the first; return how many others
    equal it in every cell.

    A later row of the same ticket that differs is rejected. What it says otherwise of a column that is read, nobody knows:
    the cell is set aside from the first row too, or verdicts would hang on which of them came first.
    """
    record_id = found["record_id"]
    text = record_id.sql(staged)
    session.run(f"CREATE TABLE {_SEEN_AGAIN} (raw BIGINT, file BIGINT, row BIGINT)")
    (tickets, rows) = session.one(f"SELECT count(DISTINCT {text}), count(*) FROM {RAW}")
    if tickets == rows:
        return 0
    _drop_superseded(session, staged, found, mapping)
    cells = ", ".join(f"c{i}" for i in range(len(staged.columns)))
    session.run(
        f"CREATE TABLE repeated AS SELECT rowid AS raw, {text} AS id, row({cells}) AS cells, "
        f"min(rowid) OVER (PARTITION BY {text}) AS first FROM {RAW} QUALIFY count(*) OVER (PARTITION BY {text}) > 1"
    )
    session.run(
        "CREATE TABLE later AS SELECT r.raw, r.id, r.cells IS NOT DISTINCT FROM f.cells AS same "
        "FROM repeated r JOIN repeated f ON f.raw = r.first WHERE r.raw <> r.first"
    )
    session.run(
        f"INSERT INTO {REJECT} SELECT r.file, r.row, l.id, NULL, ?, l.id, 'duplicate-id', true "
        f"FROM later l JOIN {RAW} r ON r.rowid = l.raw WHERE NOT l.same",
        [record_id.shown],
    )
    (merged,) = session.one("SELECT count(*) FROM later WHERE same")
    session.run(
        f"INSERT INTO {_SEEN_AGAIN} SELECT f.first AS raw, r.file, r.row FROM later AS l JOIN {RAW} AS r ON r.rowid = l.raw "
        "JOIN repeated AS f ON f.raw = l.raw WHERE l.same"
    )
    contradicted = _find_contradicted(session, staged, found)
    session.run(f"DELETE FROM {RAW} WHERE rowid IN (SELECT raw FROM later)")
    _set_contradicted_aside(session, record_id.sql(staged, "r."), contradicted)
    for table in ("contradicted", "later", "repeated"):
        session.run(f"DROP TABLE {table}")
    return int(merged or 0)


def believe_later_files(
    session: Session, found: Mapping[str, Source], mapping: MappingDefinition, moments: Moments
) -> None:
    """Say of a ticket that several lists tell in the same words that it stands in the one that tells of the latest moment: then it
    was still so when that list was exported.
    """
    told = [found[column].shown for column in TIME_COLUMNS if column in found and column not in FORESEEN_COLUMNS]
    names = [name for name in (*told, mapping.at) if name in moments.names]
    if names and session.one(f"SELECT count(*) FROM {_SEEN_AGAIN}") != (0,):
        session.run(
            f"""UPDATE {RAW} SET file = later.file, row = later.row FROM (
                WITH ending AS (
                    SELECT r.file, max(greatest({", ".join(f"m.{moments.sql(name)}" for name in names)})) AS ends
                    FROM {RAW} AS r JOIN {MOMENT} AS m ON m.raw = r.rowid GROUP BY r.file
                ) SELECT s.raw, s.file, s.row FROM {_SEEN_AGAIN} AS s JOIN {RAW} AS r ON r.rowid = s.raw
                JOIN ending AS e ON e.file = s.file JOIN ending AS own ON own.file = r.file WHERE e.ends > own.ends
                QUALIFY row_number() OVER (PARTITION BY s.raw ORDER BY e.ends DESC, s.file, s.row) = 1
            ) AS later WHERE {RAW}.rowid = later.raw"""
        )
    session.run(f"DROP TABLE {_SEEN_AGAIN}")


def _drop_superseded(session: Session, staged: Staged, found: Mapping[str, Source], mapping: MappingDefinition) -> None:
    """Where a list tells when each row was changed last, move those rows of a ticket from RAW to REJECT that a later one supersedes.

    Two exports overlap, and the ticket went on between them. Which row is the latest must be beyond doubt: every row of the ticket
    tells its moment, in one way only, and those that are set aside lie more than an hour before the last.
    """
    if mapping.at not in staged.columns:
        return
    text = found["record_id"].sql(staged)
    read = readings_sql("cell", mapping.time_formats, mapping.where)
    session.run(
        f"CREATE TABLE superseded AS SELECT raw FROM (SELECT raw, id, CASE WHEN list_min(read) = list_max(read) THEN list_max(read) END AS moment FROM "
        f"(SELECT raw, id, {read} AS read FROM (SELECT rowid AS raw, {text} AS id, {staged.sql(mapping.at)} AS cell FROM {RAW} QUALIFY count(*) OVER (PARTITION BY {text}) > 1))) "
        f"QUALIFY count(*) OVER (PARTITION BY id) = count(moment) OVER (PARTITION BY id) "
        f"AND moment < max(moment) OVER (PARTITION BY id) - {_SURELY_LATER}"
    )
    _move(session, staged, "rowid IN (SELECT raw FROM superseded)", found, mapping.at, "superseded")
    session.run("DROP TABLE superseded")


def _find_contradicted(session: Session, staged: Staged, found: Mapping[str, Source]) -> dict[str, str]:
    """`contradicted`, by first row what stands in each cell that another row of the ticket tells otherwise; returns what the cells are called."""
    own = found["record_id"].exported
    told = {staged.sql(word): source.shown for source in found.values() for word in source.exported if word not in own}
    differing = "".join(
        f", max(coalesce(b.{cell}, a.{cell})) FILTER (WHERE a.{cell} IS DISTINCT FROM b.{cell}) AS {cell}"
        for cell in told
    )
    session.run(
        f"CREATE TABLE contradicted AS SELECT r.first AS raw{differing} FROM repeated AS r "
        f"JOIN {RAW} AS a ON a.rowid = r.raw JOIN {RAW} AS b ON b.rowid = r.first GROUP BY r.first"
    )
    return told


def _set_contradicted_aside(session: Session, record_id: str, contradicted: Mapping[str, str]) -> None:
    """Move what is contradicted from RAW to REJECT."""
    for cell, shown in contradicted.items():
        session.run(
            f"INSERT INTO {REJECT} SELECT r.file, r.row, {record_id}, NULL, ?, c.{cell}, 'contradicted', false "
            f"FROM contradicted AS c JOIN {RAW} AS r ON r.rowid = c.raw WHERE c.{cell} IS NOT NULL",
            [shown],
        )
        session.run(
            f"UPDATE {RAW} SET {cell} = NULL WHERE rowid IN (SELECT raw FROM contradicted WHERE {cell} IS NOT NULL)"
        )
