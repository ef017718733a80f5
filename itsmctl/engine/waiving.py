"""Waivers over verdicts: which failures were excused at the moment that each is about.

A waiver is judged at the moment of the verdict and not at that of the audit, so that a failure which was excused when it
happened stays excused in every later audit, and one from before the approval or after the end never becomes so. A verdict
without a moment has that of its record's opening, and a group without one the moment of the audit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from itsmctl.engine.context import Context
from itsmctl.engine.people import unmarked
from itsmctl.engine.session import Session, quote
from itsmctl.engine.sql import Fragment, all_of, join
from itsmctl.engine.strange import is_untranslated
from itsmctl.model import Effective, Waiver
from itsmctl.zones import midnight


@dataclass(frozen=True)
class Cover:
    """What a waiver means for the verdicts of its rule."""

    excused: int
    """Failures that it covers, be they excused by another waiver as well."""
    late: int
    """Failures that it would cover, had it not ended before, and that no other waiver excuses."""
    scope: int
    """Verdicts within its scope and its time, whatever they say."""
    elsewhere: int = 0
    """Of those excused, how many are counted under another waiver, which comes first by its id."""


def window(waiver: Waiver, context: Context) -> tuple[int, int]:
    """[from, until) in epoch seconds: from the beginning of the day of approval, within the days on which it is in force."""
    zone = waiver.zone or context.zone
    approved = midnight(waiver.approved, zone) if waiver.approved else context.first_moment(Effective())
    since = max(approved, context.first_moment(waiver.effective))
    return since, min(waiver.expires, context.end_moment(waiver.effective))


def waive(session: Session, waivers: Sequence[Waiver], context: Context, *, groups: bool) -> Mapping[str, Cover]:
    """Write into the column `waiver` of `judgement` which waiver excuses a failure, and say what each one covers.

    Only failures are excused: what could not be tested stays so. Where several cover one, the first by its id counts.
    Verdicts about `groups` only a waiver that names them can cover.
    """
    covers = {one.id: _waive(session, one, context, groups) for one in sorted(waivers, key=lambda one: one.id)}
    ended = [waiver for waiver in waivers if covers[waiver.id].late]
    return covers | {one.id: replace(covers[one.id], late=_late(session, one, context, groups)) for one in ended}


def _late(session: Session, waiver: Waiver, context: Context, groups: bool) -> int:
    """How many failures count because it has ended: what another waiver excuses does not."""
    within = _within_scope(waiver, context, groups)
    assert within is not None
    _cover(session, within)
    return _unexcused(session, f"moment >= {window(waiver, context)[1]}")


def _cover(session: Session, within: Fragment) -> None:
    """Hold the verdicts within a scope as `covered`."""
    session.run("CREATE OR REPLACE TEMP TABLE covered AS " + within.text, within.values)


def _unexcused(session: Session, when: str) -> int:
    """How many of the failures in `covered`, by their moment, no waiver has excused so far."""
    (found,) = session.one(
        f"""SELECT count(*) FROM judgement AS j JOIN covered AS c ON c.place = j.rowid
        WHERE j.passed = false AND j.waiver IS NULL AND {when}"""
    )
    return int(str(found))


def _waive(session: Session, waiver: Waiver, context: Context, groups: bool) -> Cover:
    within = _within_scope(waiver, context, groups)
    if within is None:
        return Cover(0, 0, 0)
    since, until = window(waiver, context)
    now = f"moment >= {since} AND moment < {until}"
    _cover(session, within)
    excused, late, scope = session.one(
        f"""SELECT count(*) FILTER (WHERE passed = false AND {now}), count(*) FILTER (WHERE passed = false AND moment >= {until}),
        count(*) FILTER (WHERE {now}) FROM covered"""
    )
    first = 0
    if excused:
        first = _unexcused(session, now)
        session.run(
            f"""UPDATE judgement SET waiver = {quote(waiver.id)} WHERE waiver IS NULL AND passed = false
            AND rowid IN (SELECT place FROM covered WHERE {now})"""
        )
    return Cover(int(str(excused)), int(str(late)), int(str(scope)), int(str(excused)) - first)


def _within_scope(waiver: Waiver, context: Context, groups: bool) -> Fragment | None:
    """SELECT of the verdicts within the scope of a waiver: place, passed, moment; None where the export cannot tell.

    A word that nobody translates may be one that the waiver excepts: such a record is not in its scope.
    """
    start = Fragment('SELECT j.rowid AS place, j.passed, coalesce(j."at", ')
    among = Fragment(' WHERE j."rule" = ?', (waiver.rule,))
    if waiver.records:
        among += Fragment(f" AND {unmarked('j.record_id')} IN ({', '.join('?' * len(waiver.records))})", waiver.records)
    columns = {condition.column for condition in waiver.scope}
    if groups:
        by_record = waiver.scope or waiver.opened != Effective()
        return None if by_record else start + f"{context.as_of}) AS moment FROM judgement AS j" + among
    if not columns <= context.exported:
        return None
    tests = [all_of(waiver.scope), *_translated(waiver, context)]
    if waiver.opened != Effective():
        days = (context.first_moment(waiver.opened), context.end_moment(waiver.opened))
        tests.append(Fragment("r.opened_at >= ? AND r.opened_at < ?", days))
    if lacking := sorted(columns & context.lacking):
        names = ", ".join(quote(column) for column in lacking)
        tests.append(Fragment(f'r.tix NOT IN (SELECT tix FROM lacking WHERE "column" IN ({names}))'))
    records = " FROM judgement AS j JOIN record AS r ON r.record_id = j.record_id"
    return start + f"r.opened_at, {context.as_of}) AS moment" + records + among + " AND " + join(" AND ", tests)


def _translated(waiver: Waiver, context: Context) -> Iterator[Fragment]:
    """Conditions on a record `r`: what it has in a column is no word that nobody translates, where the waiver excepts some."""
    process = context.definitions.rules[waiver.rule].process
    excepting = [asked for asked in waiver.scope if asked.test == "not-in"]
    for one in [process] if process else sorted(context.processes):
        for word in filter(None, (is_untranslated(asked, context.about(one)) for asked in excepting)):
            yield Fragment("NOT coalesce(r.process = ? AND ", (one,)) + word + ", false)"
