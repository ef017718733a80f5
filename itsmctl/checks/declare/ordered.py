"""Templates about what follows and what precedes, as SQL: windows over the trace, then one row per event that asks something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from itsmctl.checks.declare.relation import LIFE, NOTHING_AFTER, Relation
from itsmctl.checks.declare.template import Demand, verdict
from itsmctl.checks.declare.trace import STEP, is_mixable, trace
from itsmctl.engine.context import Context
from itsmctl.engine.sql import Fragment, duration_text, join


class Note(IntEnum):
    """Why an event is wrong, after the number of its relation times ten."""

    BROKEN = 0
    LATE = 1
    NEVER_BEFORE = 2
    OVERDUE = 3
    OVER = 4


def judged_by(*relations: Relation) -> Callable[[Demand, Context], Fragment]:
    """The shape of a template that is these relations together."""

    def judge(demand: Demand, context: Context) -> Fragment:
        facts = (
            "WITH " + _told(demand, context, relations) + """ SELECT tix, 0 AS wrongs, 0 AS waiting, CAST(NULL AS VARCHAR) AS doubt, CAST(NULL AS BIGINT) AS about,
            CAST(NULL AS INTEGER) AS note, CAST(NULL AS VARCHAR) AS other, CAST(NULL AS BIGINT) AS took FROM settled UNION ALL
            SELECT tix, count(*) FILTER (WHERE wrong) AS wrongs, count(*) FILTER (WHERE waits) AS waiting, min(doubt) AS doubt,
            coalesce(min(CASE WHEN wrong THEN t END), min(CASE WHEN waits THEN t END)) AS about,
            min_by(note, CASE WHEN wrong THEN place END) AS note, min_by(other, CASE WHEN wrong THEN place END) AS other,
            min_by(took, CASE WHEN wrong THEN place END) AS took FROM (WITH near AS ("""
            + _near(demand, relations) + ") "
            + join(" UNION ALL ", (_asked(demand, relation, n) for n, relation in enumerate(relations)))
            + ") AS asked GROUP BY tix"
        )  # fmt: skip
        passed = Fragment("CASE WHEN m.wrongs > 0 THEN false WHEN m.doubt IS NULL THEN true END")
        return verdict(demand, facts, passed, _observed(demand, relations), "m.about", "m.doubt")

    return judge


def _told(demand: Demand, context: Context, relations: Sequence[Relation]) -> Fragment:
    """`told`, the trace, and `settled`: the records of which its first and last events tell that all is well, with no look at the rest."""
    tests = _settled(demand, relations)
    ends = ", ".join(
        f"{end}(CASE WHEN is_{which} THEN place END) AS {word}_{which}"
        for end, word in (("min", "first"), ("max", "last"))
        for which in "ab"
    )
    return (
        "told AS MATERIALIZED (" + trace(demand.first, demand.then, context, demand.opening, whole=_whole(relations))
        + f"), settled AS MATERIALIZED (SELECT tix FROM (SELECT tix, {ends} FROM told GROUP BY tix) AS ends WHERE {' AND '.join(tests) or 'false'})"
    )  # fmt: skip


def _settled(demand: Demand, relations: Sequence[Relation]) -> Sequence[str]:
    """SQL that tells that all is well, of all relations together; nothing where no such thing can be told."""
    tests = [relation.settled for relation in relations]
    if demand.within is not None:  # on another clock than that of the places nothing is known of it
        bound = str((demand.within + 1) * STEP)
        tests = [relation.settled_within.replace("{bound}", bound) for relation in relations if demand.opening is None]
    elif is_mixable(demand.kinds):
        return ()
    return tests if all(tests) else ()


def _whole(relations: Sequence[Relation]) -> bool:
    return any(relation.whole for relation in relations)


def _near(demand: Demand, relations: Sequence[Relation]) -> str:
    """The trace of what is not settled, each row with what its relations look at before and after it."""
    windows = {name: sql for relation in relations for name, sql in relation.windows.items()}
    if is_mixable(demand.kinds):
        windows["at_once"] = _at_once(_whole(relations))
    columns = "".join(f", {sql} AS {name}" for name, sql in windows.items())
    near = f"SELECT *{columns} FROM told WHERE tix NOT IN (SELECT tix FROM settled){_asking(relations)}"
    if not is_mixable(demand.kinds) or not any(relation.beside for relation in relations):
        return near
    beside = " OR ".join(f"coalesce({step}(at_once) {LIFE}, false)" for step in ("lag", "lead"))
    return f"SELECT *, {beside} AS beside_mixed FROM ({near}) AS windowed"


def _asking(relations: Sequence[Relation]) -> str:
    """SQL that leaves, of those, only the records in which some event asks something: windows over the rest would be for nothing."""
    active = sorted({relation.active for relation in relations})
    return f" AND tix IN (SELECT tix FROM told WHERE {active[0]})" if len(active) == 1 else ""


def _at_once(whole: bool) -> str:
    """SQL for whether something else that matters happened in the same second: nobody knows which came first."""
    instant = "OVER (PARTITION BY tix, t ORDER BY t)"
    both = "" if whole else f" AND max(is_a) {instant} AND max(is_b) {instant}"
    return f"min(source) {instant} <> max(source) {instant}{both}"


@dataclass(frozen=True)
class _Bound:
    """SQL about the bound of a relation; all false where there is none."""

    late: str = "false"
    """The partner came after the bound."""
    overdue: str = "false"
    """The partner has not come, and the bound has run out."""
    unclear: str = "false"
    """The calendar is not known for as long as would be needed."""
    still_due: str = "false"
    """It began when the record was closed already, so its being closed ends nothing."""


def _bound(demand: Demand, relation: Relation) -> _Bound:
    if demand.within is None:
        return _Bound()
    waited = f"{_now(demand)} - clock"
    unclear = f"({relation.met}) AND ({relation.took}) IS NULL"
    if not relation.forbidden:
        unclear += f" OR NOT ({relation.met}) AND NOT ({relation.broken}) AND {waited} IS NULL"
    return _Bound(
        f"coalesce({relation.took} > {demand.within}, false)",
        f"coalesce({waited} > {demand.within}, false)",
        unclear,
        "coalesce(t >= closed_at, false)",
    )


def _now(demand: Demand) -> str:
    return "CAST(NULL AS BIGINT)" if demand.now is None else str(demand.now)


def _asked(demand: Demand, relation: Relation, number: int) -> Fragment:
    """SELECT of one row per event that asks something: whether it is wrong, waits, or is in doubt, and what it says."""
    bound, mixable = _bound(demand, relation), is_mixable(demand.kinds)
    mixed = ("at_once OR beside_mixed" if relation.beside else "at_once") if mixable else "false"
    return Fragment(
        f"""SELECT tix, t, place, doubt, doubt IS NULL AND wrong AS wrong, doubt IS NULL AND waits AS waits, note, coalesce(other, '') AS other, coalesce(took, 0) AS took
        FROM (
            SELECT *, CASE WHEN mixed THEN 'unordered-events' WHEN unclear THEN 'calendar-not-known' WHEN waits AND closed IS NULL THEN 'missing:state' END AS doubt FROM (
                SELECT *, {_wrong(relation)} AS wrong, NOT met AND NOT broken AND NOT over AND NOT overdue AND {str(not relation.forbidden).lower()} AS waits,
                    {10 * number} + CASE WHEN met AND {str(not relation.forbidden).lower()} THEN {Note.LATE} WHEN never_before THEN {Note.NEVER_BEFORE} WHEN broken OR met THEN {Note.BROKEN}
                        WHEN overdue THEN {Note.OVERDUE} ELSE {Note.OVER} END AS note
                FROM (
                    SELECT tix, t, place, closed, {relation.met} AS met, {relation.broken} AS broken, {relation.never_before} AS never_before, {relation.other} AS other,
                        CASE WHEN {relation.met} THEN {relation.took} ELSE {_now(demand)} - clock END AS took, {mixed} AS mixed,
                        {bound.late} AS late, {bound.overdue} AS overdue, {bound.unclear} AS unclear, coalesce(closed, false) AND NOT {bound.still_due} AS over
                    FROM near WHERE {relation.active}
                ) AS event_told
            ) AS event_judged
        ) AS event_doubted"""
    )


def _wrong(relation: Relation) -> str:
    return "met AND NOT late" if relation.forbidden else "CASE WHEN met THEN late ELSE broken OR over OR overdue END"


def _observed(demand: Demand, relations: Sequence[Relation]) -> Fragment:
    """The first thing that is wrong, else what is still to come, else what holds."""
    words = {"first": demand.first.text, "then": demand.then.text if demand.then else ""}
    says = [
        Fragment(f"WHEN m.note = {10 * number + note} THEN ") + _filled(sentence, words)
        for number, relation in enumerate(relations)
        for note, sentence in (
            (Note.BROKEN, relation.says),
            (Note.LATE, "{then}: {took} after {first}"),
            (Note.NEVER_BEFORE, relation.says_first or relation.says),
            (Note.OVERDUE, "{first}, no {then} for {took}"),
            (Note.OVER, NOTHING_AFTER),
        )
    ]
    asking = [{"is_a": "{first}", "is_b": "{then}"}[relation.active] for relation in relations]
    nothing = "neither {first} nor {then}" if len(asking) > 1 else f"never {asking[0]}"
    return (
        "CASE WHEN m.wrongs > 0 THEN CASE " + join(" ", says) + " END WHEN m.tix IS NULL THEN " + _filled(nothing, words)
        + " WHEN m.doubt IS NOT NULL THEN NULL WHEN m.waiting > 0 THEN " + _filled("{first}, {then} still to come", words)
        + Fragment(" ELSE ? END", (demand.wanted,))
    )  # fmt: skip


def _filled(sentence: str, words: Mapping[str, str]) -> Fragment:
    """SQL for a sentence whose `{first}` and `{then}` are constants; `{other}` and `{took}` are columns of the facts."""
    columns = {"{other}": "m.other", "{took}": duration_text("m.took")}
    pieces = [piece for piece in sentence.replace("{", "\0{").replace("}", "}\0").split("\0") if piece]
    parts = [
        Fragment(columns[piece]) if piece in columns else Fragment("?", (piece.format(**words),)) for piece in pieces
    ]
    return "concat(" + join(", ", parts) + ")"
