"""Fields of which a history does not tell every change: what rests on what they were is not known of such a record."""

from __future__ import annotations

from collections.abc import Collection

from itsmctl.engine.context import Context
from itsmctl.engine.lived import Plan
from itsmctl.engine.lived.plan import conditions_of
from itsmctl.engine.people import known_as
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.sql import Fragment, neighbour
from itsmctl.model import PEOPLE_COLUMNS, TEXT_COLUMNS


def fields_of_targets(plan: Plan) -> frozenset[str]:
    """The fields by whose values, as the history tells them, clocks have their targets or pause."""
    return frozenset(c.column for o in (*plan.every, *plan.lived) for c in conditions_of(o)) & _told(plan.history)


def fields_asked(history: Collection[str], plan: Plan | None) -> tuple[str, ...]:
    """Those of the fields of which rules read the `history`, and of which clocks do, that can be torn by themselves.

    Of a state any gap tears the whole history: see `tables.gaps`.
    """
    return tuple(sorted(_told(frozenset(history)) | (fields_of_targets(plan) if plan else frozenset())))


def _told(history: frozenset[str]) -> frozenset[str]:
    return history & frozenset(TEXT_COLUMNS) - {"state"}


def create_torn_field(session: Session, context: Context, fields: Collection[str]) -> frozenset[str]:
    """Create `torn_field(tix, record_id, field, unlike)`, and return the fields of which some record lacks changes.

    A change is missing where one does not take up where the one before it ended, or where the last does not lead to the value
    exported (`unlike`). Of a process whose history names no value that its records have, as it calls things by their keys, nobody
    can tell the latter, but where it is emptied, or names a person whom some record has under another name.
    """
    asked = sorted(set(fields) & context.history)
    session.run(
        "CREATE TABLE torn_or_not (tix BIGINT, record_id VARCHAR, process VARCHAR, field VARCHAR, last VARCHAR, apart BOOLEAN, unlike BOOLEAN)"
    )
    for field in asked:
        query = _suspected(context, field)
        session.run(query.text, query.values)
    session.run("CREATE TABLE spoken (field VARCHAR, process VARCHAR)")
    session.run("CREATE TABLE spoken_word (field VARCHAR, word VARCHAR)")
    for (other,) in session.rows("SELECT DISTINCT field FROM torn_or_not WHERE unlike ORDER BY field"):
        query = _spoken(context, str(other))
        session.run(query.text, query.values)
        session.run(f"INSERT INTO spoken_word {_words(str(other))}")
    session.run(
        """CREATE TABLE torn_field AS SELECT tix, record_id, field, bool_or(unlike) AS unlike FROM (
            SELECT t.tix, t.record_id, t.field, t.apart, t.unlike AND (s.process IS NOT NULL OR w.word IS NOT NULL) AS unlike
            FROM torn_or_not AS t LEFT JOIN spoken AS s ON s.field = t.field AND s.process = t.process
            LEFT JOIN spoken_word AS w ON w.field = t.field AND w.word = t.last
        ) AS t WHERE apart OR unlike GROUP BY tix, record_id, field"""
    )
    return frozenset(str(field) for (field,) in session.rows("SELECT DISTINCT field FROM torn_field"))


def _suspected(context: Context, field: str) -> Fragment:
    """INSERT of the records with a change that does not follow the one before it, or with a last one to another value than the exported."""
    known = context.as_of >= context.exported_at  # else what the export says last was not so yet
    following = neighbour("tix", after=True, in_order=context.in_order) if known else "tix"
    # Emptied is not untold: what is told as before it stood there until then.
    told = "CASE WHEN new IS NULL AND old IS NOT NULL THEN '' ELSE new END"
    apart, of_changes = _differ(field, "c.old", "c.was")
    unlike, of_records = _differ(field, "e.last", _exported(field))
    last = known_as("e.last", "p").one if field in PEOPLE_COLUMNS else "e.last"
    return (
        Fragment(
            f"""INSERT INTO torn_or_not SELECT * FROM (
                SELECT r.tix, r.record_id, r.process, {quote(field)} AS field, {last} AS last, e.apart, coalesce({unlike}, false) AS unlike FROM (
                    SELECT tix, coalesce({apart} AND moment <= ?, false) AS apart, CASE WHEN following IS NULL THEN told END AS last
                    FROM (SELECT tix, moment, old, {told} AS told, {context.neighbour(told)} AS was, {following} AS following """,
            (context.as_of,),
        )
        + context.changes_of(field)
        + f""") AS c{of_changes} WHERE c.old <> c.was OR following IS NULL
                ) AS e JOIN record AS r ON r.tix = e.tix{of_records}
            ) AS t WHERE apart OR unlike"""
    )


def _differ(field: str, one: str, other: str) -> tuple[str, str]:
    """SQL for whether two values of a field differ, and the joins that it needs; a person is the same by any name, a shared account anybody."""
    if field not in PEOPLE_COLUMNS:
        return f"{one} <> {other}", ""
    first, second = known_as(one, "p"), known_as(other, "q")
    return f"{first.one} <> {second.one}", first.join + second.join


def _spoken(context: Context, field: str) -> Fragment:
    """INSERT of the processes whose history calls some value of a field as their records do."""
    following = neighbour("tix", after=True, in_order=context.in_order)
    return (
        Fragment(
            f"INSERT INTO spoken SELECT DISTINCT {quote(field)} AS field, r.process FROM record AS r JOIN (SELECT tix, new, {following} AS following "
        )
        + context.changes_of(field)
        + f""") AS e ON e.tix = r.tix WHERE e.following IS NULL
            AND (e.new = {_exported(field)} OR e.new IN (SELECT {_exported(field)} FROM record AS r))"""
    )


def _words(field: str) -> str:
    """SELECT of the values that are understood even of a history that calls things by their keys: emptied, and whom some record names, under any name."""
    emptied = f"SELECT {quote(field)} AS field, '' AS word"
    if field not in PEOPLE_COLUMNS:
        return emptied
    person = known_as(f"r.{name(field)}", "p")
    return f"{emptied} UNION SELECT {quote(field)} AS field, {person.one} AS word FROM record AS r{person.join} WHERE {person.one} IS NOT NULL"


def _exported(field: str) -> str:
    return f"CAST(r.{name(field)} AS VARCHAR)"


def doubt_targets(session: Session, plan: Plan, torn: Collection[str]) -> None:
    """Leave untested the clocks whose target, or whose pauses, rest on a field that is torn.

    A plain clock that stopped within the shortest of its targets has kept whichever it was; while one runs, the value exported counts.
    """
    plain = {o.number for o in plan.every if o.clock.is_plain}
    asked = {
        (o.number, c.column, o.number in plain)
        for o in (*plan.every, *plan.lived)
        for c in conditions_of(o)
        if c.column in torn
    }
    if not asked:
        return
    session.run("CREATE OR REPLACE TEMP TABLE target_field (offer BIGINT, field VARCHAR, plain BOOLEAN)")
    session.insert("target_field", ("offer", "field", "plain"), sorted(asked))
    session.run(
        """CREATE OR REPLACE TEMP TABLE doubted_clock AS
        SELECT c.tix, c.clock, string_agg(DISTINCT t.field, ',' ORDER BY t.field) AS fields
        FROM clock AS c JOIN target_field AS a ON a.offer = c.offer JOIN torn_field AS t ON t.tix = c.tix AND t.field = a.field
        LEFT JOIN (SELECT offer, min(seconds) AS seconds FROM target GROUP BY offer) AS s ON s.offer = c.offer
        WHERE c.verdict NOT IN ('not_testable', 'cancelled')
            AND NOT (a.plain AND (c.stop IS NULL OR (c.verdict = 'met' AND coalesce(c.counted <= s.seconds, false))))
        GROUP BY c.tix, c.clock"""
    )
    session.run(
        """UPDATE clock SET verdict = 'not_testable', reason = d.reason FROM (
            SELECT tix, clock, concat('history-gap:', fields) AS reason FROM doubted_clock
        ) AS d WHERE d.tix = clock.tix AND d.clock = clock.clock"""
    )
