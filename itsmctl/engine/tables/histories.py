"""What happened to the records: changes and decisions, and what a record was before they came."""

from __future__ import annotations

from itsmctl.engine.session import Session, exported, name, quote
from itsmctl.engine.soundness import check_numbers
from itsmctl.engine.sql import epoch
from itsmctl.engine.tables.codes import coded_columns, filled, named, same_process
from itsmctl.engine.tables.loading import Loading
from itsmctl.model import APPROVAL_COLUMNS, NAMING_COLUMNS, TIME_COLUMNS


def create_event(session: Session, loading: Loading) -> None:
    """`event(tix, seq, moment, field, old, new)`: every change, by record and in its order, in the codes of the definitions.

    `state_word(word)` are the states that it may name.
    """
    events = exported(loading.folder, "event")
    steps = f"FROM {events} WHERE field = 'state'"
    session.run(
        f"""CREATE TABLE state_word AS SELECT old AS word {steps} UNION SELECT new {steps}
        UNION SELECT code FROM code WHERE "column" = 'state'"""
    )
    coded = coded_columns(loading)
    naming = f"field IN ({', '.join(map(quote, sorted(NAMING_COLUMNS)))})"
    told = ", ".join(f"CASE WHEN {naming} THEN {named(word)} ELSE {word} END AS {word}" for word in ("old", "new"))
    old, new, joins = "e.old", "e.new", ""
    if coded:
        old, new = "coalesce(c_old.code, e.old)", "coalesce(c_new.code, e.new)"
        joins = " ".join(
            f'LEFT JOIN code AS c_{word} ON c_{word}."column" = e.field AND c_{word}.exported = e.{word}'
            f"{same_process(loading, f'c_{word}', 'k')}"
            for word in ("old", "new")
        )
    field = f"CAST(field AS {session.type_of_words('field', events)})"
    people = f"{named('e.actor')} AS actor, {named('e.actor_group')} AS actor_group," if loading.part.people else ""
    with session.unbuffered():
        session.run(
            f"""CREATE TABLE event AS
            SELECT k.tix, e.seq, {epoch(name("at"))} AS moment, {people} e.field, {old} AS old, {new} AS new
            FROM (SELECT record_id, seq, {name("at")}, actor, actor_group, {field} AS field, {told} FROM {events}) AS e
            JOIN kept AS k ON k.record_id = e.record_id {joins} {_where(loading, old, new)}"""
        )
    if not session.in_order:
        check_numbers(session, loading.folder)
    elif _out_of_order(session):
        check_numbers(session, loading.folder)
        session.run("CREATE TABLE sorted AS SELECT * FROM event ORDER BY tix, seq")
        session.run("DROP TABLE event")
        session.run("ALTER TABLE sorted RENAME TO event")


def _where(loading: Loading, old: str, new: str) -> str:
    """SQL that goes on with a condition: a thing that was only written otherwise did not change."""
    if not loading.part.history:
        return "WHERE false"
    respelt = ", ".join(map(quote, sorted(loading.spellings)))
    return f"WHERE NOT (e.field IN ({respelt}) AND coalesce({old} = {new}, false))" if respelt else ""


def _out_of_order(session: Session) -> bool:
    """Whether some event lies elsewhere than right behind the one before it, as import writes them."""
    return bool(
        session.rows(
            """SELECT 1 FROM (SELECT tix, seq, lag(tix) OVER () AS tix_before, lag(seq) OVER () AS seq_before FROM event) AS e
            WHERE tix < tix_before OR (tix = tix_before AND seq <= seq_before) LIMIT 1"""
        )
    )


def restore(session: Session, loading: Loading) -> None:
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


def create_approval(session: Session, loading: Loading) -> None:
    """The decisions taken until `as_of`, each with the record's key and its moment; one without a moment stays."""
    texts = {column: filled(f"a.{name(column)}") for column in ("role", "decision")}
    texts["approver"] = named('a."approver"')
    texts["decision"] = f"coalesce(c.code, {texts['decision']})"
    told = ", ".join(f"{texts.get(column, f'a.{name(column)}')} AS {name(column)}" for column in APPROVAL_COLUMNS)
    session.run(
        f"""CREATE TABLE approval AS SELECT * FROM (
            SELECT r.tix, {told}, {epoch('a."at"')} AS moment
            FROM {exported(loading.folder, "approval")} AS a JOIN record AS r ON r.record_id = a.record_id
            LEFT JOIN code AS c ON c."column" = 'decision' AND c.exported = a.decision{same_process(loading, "c", "r")}
        ) AS decided WHERE moment IS NULL OR moment <= ?""",
        (loading.as_of,),
    )
