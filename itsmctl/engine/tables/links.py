"""Which records name which others."""

from __future__ import annotations

from itsmctl.engine.session import Session, exported, name, quote
from itsmctl.engine.sql import each_word
from itsmctl.engine.tables.loading import Loading
from itsmctl.model import REFERRING_COLUMNS


def create_link(session: Session, loading: Loading) -> None:
    """`link(tix, type, target)`, from the table and from the columns that name other records, each pair once.

    `named(word, process, tix)` says which records an id or a number means; what it means outside the audited period is not
    in `record`, and what it means nowhere in the export is in `dangling`. `link_type` and `exported_process` are of the whole export.
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
                {columns} UNION ALL SELECT r.tix, l.type, l.target FROM record AS r JOIN {exported(loading.folder, "link")} AS l ON l.record_id = r.record_id
            ) AS named
        ) AS linked WHERE trim(target) <> ''"""
    )
    session.run("DROP TABLE referring")
    records = exported(loading.folder, "record")
    session.run(
        f"""CREATE VIEW dangling AS SELECT l.* FROM link AS l LEFT JOIN (
            SELECT record_id AS word FROM {records} UNION SELECT number AS word FROM {records} WHERE number IS NOT NULL
        ) AS known ON known.word = l.target WHERE known.word IS NULL"""
    )
    session.run(f"CREATE VIEW link_type AS SELECT DISTINCT type FROM {exported(loading.folder, 'link')}")
    session.run(f"CREATE VIEW exported_process AS SELECT DISTINCT process FROM {records}")
    session.run(
        """CREATE VIEW named AS SELECT word, process, min(tix) AS tix FROM (
            SELECT record_id AS word, process, tix FROM record
            UNION ALL SELECT number AS word, process, tix FROM record WHERE number IS NOT NULL
        ) AS called GROUP BY word, process"""
    )


def link_types(session: Session, exported: frozenset[str]) -> frozenset[str]:
    """The types of link of which the export knows: of its links, and the columns that name other records."""
    found = session.rows("SELECT type FROM link_type")
    return frozenset(str(kind) for (kind,) in found) | (exported & frozenset(REFERRING_COLUMNS))
