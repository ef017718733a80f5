"""Lives under clocks with switches, counted three ways that must agree to the second: in SQL, in the ledger, by minutes."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from brute_force import OpenMinutes, WallClock, open_minutes, walk, zone_of
from brute_force_lived import Answer, Case, answer, as_reason
from dataset import write_dataset
from lived_cases import DAY, HISTORY, Life, definitions, lives, rows_of
from test_clock_brute_force import calendars

from itsmctl.engine.clocks import create_clocks
from itsmctl.engine.lived import Plan, governing_offer, terms_of
from itsmctl.engine.session import Row, Session
from itsmctl.engine.tables import load_tables
from itsmctl.engine.tables.loading import Loading
from itsmctl.model import TIME_COLUMNS, Agreement, ClockPolicy, Definitions
from itsmctl.worktime import Change, RecordClock, lived_clock

AUDITS = 2
"""Each window is audited just after its clocks changed, and some days later."""
LOST_DAY = int(datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp())
"""When Apia went from the 29th to the 31st: no clock on the wall showed it."""


UNORDERED = ("history-gap:state", "no-agreement")
"""All that may be said of a record whose history does not tell in which order things happened."""


def runs_backwards(life: Life, as_of: int) -> bool:
    """Whether a change that is known at `as_of` was written after one that happened later."""
    moments = [at for at, *_ in life.changes if at <= as_of]
    return moments != sorted(moments)


def without_switches(signed: Definitions) -> Definitions:
    """The same agreements with every switch at its default, and nothing that a clock looks at but states and targets."""

    def bare(one: Agreement) -> Agreement:
        clocks = {n: replace(c, policy=ClockPolicy(), conditions=(), limits={}) for n, c in one.clocks.items()}
        return replace(one, clocks=clocks)

    return replace(signed, agreements={name: bare(one) for name, one in signed.agreements.items()})


def without_common(signed: Definitions) -> Definitions:
    """The same agreements, but none for services that have no own: where one ends, nothing is promised from then on."""
    return replace(signed, agreements={name: one for name, one in signed.agreements.items() if one.services})


def without_rounds(signed: Definitions) -> Definitions:
    """The same agreements, but no clock begins anew, the target that fits last counts, and pauses have no limit; none is plain."""

    def once(policy: ClockPolicy) -> ClockPolicy:
        return replace(
            policy, on_priority_change="continue-from-open", max_pause_share=None, business_day="day-length", verdict_by="counted", within_precision="not-testable",
            on_reopen="resume-excluding-resolved" if policy.on_reopen == "new-cycle" else policy.on_reopen,
            period_of_ticket="resolved" if policy.period_of_ticket == "deadline" else policy.period_of_ticket,
        )  # fmt: skip

    def bare(one: Agreement) -> Agreement:
        clocks = {
            n: replace(
                c, policy=once(c.policy), conditions=tuple(p for p in c.conditions if p.role != "reset"), limits={}
            )
            for n, c in one.clocks.items()
        }
        return replace(one, clocks=clocks)

    return replace(signed, agreements={name: bare(one) for name, one in signed.agreements.items()})


def exported_at(life: Life, as_of: int) -> Life:
    """The record as it was exported at `as_of`, with the changes until then."""
    row, told = dict(life.row), tuple(change for change in life.changes if change[0] <= as_of)
    for _, column, old, _ in reversed(life.changes):
        row[column] = old or None
    for _, column, _, new in told:
        row[column] = new or None
    return Life(row, told)


def count_three_ways(
    zone: str,
    month: date,
    records: int,
    seed: str,
    folder: Path,
    *,
    plain: bool = False,
    once: bool = False,
    common: bool = True,
) -> Counter[str]:
    """The verdicts on two clocks of each of so many lives around a month, after the three ways were seen to agree."""
    begin = date.fromordinal(month.toordinal() - 20)
    last = date.fromordinal(month.toordinal() + 130)
    walls = {other: walk(other, begin, last) for other in {zone, "Asia/Kathmandu", "America/New_York"}}
    wall = walls[zone]
    turn = _turn(wall)
    six = [replace(calendar, id=f"c{i}") for i, calendar in enumerate(calendars(wall))]
    by_id = {calendar.id: calendar for calendar in six}

    @cache
    def minutes(calendar: str, other: str) -> OpenMinutes:
        there = other or zone
        return open_minutes(replace(by_id[calendar], zone=there), walls[there])

    rng = random.Random(seed)
    seen: Counter[str] = Counter()
    for number in range(AUDITS):
        as_of = rng.randint(turn + 60, turn + 20 * DAY) if number else turn + 1800
        middle = datetime.fromtimestamp(as_of - 6 * DAY, zone_of(zone)).date()
        signed = definitions(rng, six, middle)
        listed = list(lives(-(-records // AUDITS), wall, as_of, rng))
        if once:
            signed = without_rounds(signed)
        if not common:
            signed = without_common(signed)
        if plain:
            signed, listed = without_switches(signed), [exported_at(life, as_of) for life in listed]
        precision = 60 if number else 1
        told, months = _ask_sql(folder / str(number), listed, signed, as_of, zone, precision)
        plan = Plan(signed, HISTORY, as_of, precision)
        assert plan.counts_once >= once
        tracked = frozenset({"priority", "state"}) if plain else plan.tracked
        for life in listed:
            for name in ("resolution", "response"):
                case = Case(signed, minutes, life, name, as_of, precision, tracked)
                sql = told[str(life.row["record_id"]), name]
                if runs_backwards(life, as_of):
                    assert sql.verdict in UNORDERED, (life, name, sql)
                    continue
                one, clock = _ask_ledger(plan, life, name, tracked)
                if clock and clock.cycles and clock.reason != "stop-before-start":
                    wanted = _month(_policy(case), clock, as_of, zone)
                    assert months[str(life.row["record_id"]), name] == wanted, (
                        life,
                        name,
                        wanted,
                        months[str(life.row["record_id"]), name],
                        as_of,
                    )
                assert sql == one, (life, name, case.governing)
                plainly = answer(case)
                told_plainly = _told(plainly.verdict, plainly.counted, plainly.target, plainly.stop)
                assert told_plainly == one, (life, name, case.governing)
                seen[one.verdict] += 1
    return seen


def clock_of(
    kind: type[Session], folder: Path, listed: list[Life], signed: Definitions, as_of: int, zone: str
) -> list[Row]:
    """Every row and column of `clock`, as a session of some kind makes it."""
    records, events = rows_of(listed)
    write_dataset(folder, records, events, zone=zone, history=sorted(HISTORY))
    with kind(threads=1) as session:
        load_tables(session, Loading(folder, {}, zone, as_of, None, None, ()))
        create_clocks(session, signed, as_of, frozenset(TIME_COLUMNS), HISTORY)
        return session.rows("SELECT * FROM clock ORDER BY tix, clock, offer")


def some_lives(zone: str, month: date, records: int, seed: str) -> tuple[list[Life], Definitions, int]:
    """So many lives around a month, agreements for them, and a moment at which to judge."""
    wall = walk(zone, date.fromordinal(month.toordinal() - 20), date.fromordinal(month.toordinal() + 130))
    rng = random.Random(seed)
    as_of = _turn(wall) + 5 * DAY
    six = [replace(calendar, id=f"c{i}") for i, calendar in enumerate(calendars(wall))]
    signed = definitions(rng, six, datetime.fromtimestamp(as_of - 6 * DAY, zone_of(zone)).date())
    return list(lives(records, wall, as_of, rng)), signed, as_of


def _turn(wall: WallClock) -> int:
    """The moment around which lives are laid: where the clocks changed while they can still be followed, if they did."""
    low, high = wall.first + 20 * DAY, wall.last - 60 * DAY
    turns = [change for change in (*wall.changes, LOST_DAY) if low <= change <= high]
    return turns[0] if turns else (low + high) // 2


def _ask_sql(
    folder: Path, listed: list[Life], signed: Definitions, as_of: int, zone: str, precision: int
) -> tuple[dict[tuple[str, str], Answer], dict[tuple[str, str], str | None]]:
    records, events = rows_of(listed)
    write_dataset(folder, records, events, zone=zone, history=sorted(HISTORY))
    with Session(threads=1) as session:
        load_tables(session, Loading(folder, {}, zone, as_of, None, None, ()))
        create_clocks(session, signed, as_of, frozenset(TIME_COLUMNS), HISTORY, precision)
        rows = session.rows(
            "SELECT r.record_id, c.clock, c.verdict, c.reason, c.month, c.counted, c.target, c.stop FROM clock AS c JOIN record AS r ON r.tix = c.tix"
        )
    told = {
        (str(record), str(name)): _told(as_reason(str(verdict), str(reason or "")), *numbers)
        for record, name, verdict, reason, _, *numbers in rows
    }
    return told, {(str(record), str(name)): month and str(month) for record, name, _, _, month, *_ in rows}


_WITHOUT_NUMBERS = ("not-started", "no-agreement", "no-zone", "after-as-of")


def _told(verdict: str, counted: object, target: object, stop: object) -> Answer:
    """What can be compared: where nothing is measured, there is nothing to say about it."""
    if verdict in _WITHOUT_NUMBERS or verdict.startswith("missing:"):
        return Answer(verdict)
    numbers = [value if isinstance(value, int) else None for value in (counted, target, stop)]
    if verdict == "cancelled" and counted is None:
        return Answer(verdict)
    if verdict == "stop-before-start":
        return Answer(verdict, stop=numbers[2])
    return Answer(verdict, *numbers)


def _ask_ledger(plan: Plan, life: Life, name: str, tracked: frozenset[str]) -> tuple[Answer, RecordClock | None]:
    offer = governing_offer(plan, name, life.row)
    if offer is None:
        return Answer("no-agreement"), None
    terms = terms_of(plan, offer, life.row)
    if terms is None:
        return Answer("no-zone"), None
    clock = lived_clock(
        replace(terms, tracked=tracked), life.row, [Change(*change) for change in life.changes], plan.as_of
    )
    word = as_reason(clock.verdict, clock.reason)
    if not clock.cycles:
        return Answer(word), clock
    for cycle in clock.cycles:
        assert [piece.start for piece in cycle.ledger[1:]] == [piece.end for piece in cycle.ledger[:-1]]
        assert cycle.counted + cycle.paused + cycle.closed == max(cycle.stop - cycle.start, 0)
        assert sum(piece.seconds for piece in cycle.ledger) == max(cycle.stop - cycle.start, 0)
    decisive = clock.cycles[clock.decisive]
    target = None if decisive.target < 0 else decisive.target
    return _told(word, decisive.counted, target, None if decisive.running else decisive.stop), clock


def _month(policy: ClockPolicy, clock: RecordClock, as_of: int, zone: str) -> str | None:
    """The month in which a record counts, on the wall of the audit's zone."""
    cycle = clock.cycles[clock.decisive]
    moments = {"opened": cycle.start, "resolved": cycle.stop - cycle.running, "deadline": cycle.deadline}
    moment = moments[policy.period_of_ticket]
    if moment is None or moment > as_of + 399 * DAY:
        return None
    day = datetime.fromtimestamp(moment, zone_of(zone)).date()
    if policy.open_at_cutoff == "carry" and cycle.running:
        day = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return f"{day:%Y-%m}"


def _policy(case: Case) -> ClockPolicy:
    governing = case.governing
    return governing.clocks[case.name].policy if governing else ClockPolicy()
