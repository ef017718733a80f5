"""What the rules ask of one ticket by itself: its moments, its life, its details, and how a major incident was led."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from itsmctl.generate.rhythm import months_between
from itsmctl.generate.ticket import Ticket

HOUR = 3600


def columns_of(ticket: Ticket) -> dict[str, str]:
    """The columns that conditions and groups may ask for, as codes of the definitions."""
    return {
        "service": ticket.service.id if ticket.service else ticket.service_name,
        "customer": ticket.customer,
        "priority": ticket.priority,
        "impact": ticket.impact,
        "urgency": ticket.urgency,
        "category": ticket.category,
        "channel": ticket.channel,
        "nature": ticket.nature,
        "state": ticket.state,
    }


def changes(ticket: Ticket) -> Iterator[tuple[int, str]]:
    """The changes of state, the first one included."""
    before = ""
    for update in ticket.updates:
        if update.state != before:
            yield update.at, update.state
        before = update.state


def time_tests(t: Ticket, as_of: int) -> dict[str, bool]:
    ordered = [at for at in (t.opened_at, t.responded_at, t.resolved_at, t.closed_at) if at is not None]
    every = (*ordered, t.recorded_at)
    is_open = t.resolved_at is None and t.state not in ("closed", "cancelled")
    return {
        "DQ-07": any(at > as_of for at in every),
        "DQ-13": t.updates[0].at > max(t.opened_at, t.recorded_at) + HOUR,
        "INC-01": ordered != sorted(ordered),
        "INC-16": is_open and as_of - t.opened_at > 720 * HOUR,
        "INT-01": t.resolved_at is not None and t.recorded_at - t.resolved_at > 900,
        "INT-03": t.recorded_at - t.opened_at > 24 * HOUR,
    }


def life_tests(t: Ticket) -> dict[str, bool]:
    states = [update.state for update in t.updates]
    first_closed = states.index("closed") if "closed" in states else len(states)
    hands = t.hands
    return {
        "INC-02": "closed" in states and "resolved" not in states[:first_closed],
        "INC-11": t.state == "closed" and not t.closure_code,
        "INC-12": t.reopen_count > 0,
        "INC-14": len(hands) - 1 > 3 or len(hands) - len(set(hands)) > 1,
        "INC-23": t.reassignment_count > 2,
        "INC-25": states[0] != "new",
        "INT-15": bool(t.resolved_by) and t.requester == t.resolved_by == t.closed_by,
    }


def detail_tests(t: Ticket) -> dict[str, bool]:
    done, details = t.state in ("resolved", "closed"), t.details
    spoken = t.channel not in ("phone", "chat", "walk-in", "monitoring")
    return {
        "INC-10": t.state == "closed" and t.channel != "monitoring" and "confirmed_at" not in details,
        "INC-13": t.reopen_count > 1,
        "INC-17": t.resolved_at is not None
        and t.channel != "monitoring"
        and t.state != "cancelled"
        and not (t.resolved_by and t.close_notes),
        "INC-18": done and t.nature not in ("fault", "enquiry", "complaint", "alert"),
        "INC-20": details.get("cause_code") == "change" and not t.caused_by,
        "INT-08": t.state.startswith("awaiting-") and "pause_reason" not in details,
        "INT-10": _raised_and_lowered(t),
        "INT-13": t.channel in ("email", "self-service") and t.responded_at is not None and t.responded_at - t.opened_at < 60,
        "INT-14": spoken and _resolved_at_once(t),
        "SEC-05": "password: " in t.close_notes,
        "SLM-05": not t.reported_met and "breach_reason" not in details,
        "SLM-15": "exception" in details and bool(t.resolved_by) and details.get("approved_by") == t.resolved_by,
    }  # fmt: skip


def major_tests(t: Ticket, as_of: int) -> dict[str, bool]:
    details = t.details
    major, done = details.get("major") == "true", t.state in ("resolved", "closed")
    if not major:
        return {"MI-01": t.state != "cancelled"}
    declared, told, reviewed = (details.get(column) for column in ("declared_at", "announced_at", "reviewed_at"))
    return {
        "MI-02": _gap(t.opened_at, declared, as_of) > 900,
        "MI-03": done and (not details.get("manager") or details.get("manager") == t.resolved_by),
        "MI-04": declared is not None and _gap(declared, told, as_of) > HOUR,
        "MI-06": reviewed is not None and not (details.get("actions") and details.get("reviewer")),
        "MI-07": done and not t.problem,
    }


def _gap(start: int | str, end: int | str | None, as_of: int) -> int:
    return int(as_of if end is None else end) - int(start)


def _raised_and_lowered(t: Ticket) -> bool:
    """Whether its priority rose and fell again within the hour; P1 is the highest."""
    told = [(update.at, update.priority or t.priority) for update in t.updates]
    lived = [one for before, one in zip([(0, ""), *told], told, strict=False) if before[1] != one[1]]
    steps = zip(lived, lived[1:], lived[2:], strict=False)
    return any(up < was and down > up and end - at <= HOUR for (_, was), (at, up), (end, down) in steps)


def _resolved_at_once(t: Ticket) -> bool:
    """Whether it was resolved within a minute of being given to somebody."""
    given = None
    for before, update in zip([None, *t.updates], t.updates, strict=False):
        if update.assignee and (before is None or before.assignee != update.assignee):
            given = update.at
        starts = update.state == "resolved" and (before is None or before.state != "resolved")
        if starts and given is not None and update.at - given <= 60:
            return True
    return False


def parked(t: Ticket) -> Iterator[tuple[int, int]]:
    """When it waited for a problem."""
    moments = list(changes(t))
    for (at, state), (end, _) in zip(moments, moments[1:], strict=False):
        if state == "awaiting-problem":
            yield at, end


def rises(months: Mapping[str, Sequence[int]], wanted: int, least: int) -> bool:
    """Whether a share surely rose so many times in a row, month after month; a month with few records ends the row.

    Of each month are given the records that count, those that may, and all of them.
    """
    row, before = 0, None
    for month in months_between(min(months), max(months)):
        part, perhaps, total = months.get(month, (0, 0, 0))
        enough = total >= least
        row = row + 1 if enough and before is not None and part / total > before else 0
        before = (part + perhaps) / total if enough else None
        if row >= wanted:
            return True
    return False


def count(cell: list[int], part: bool) -> None:
    cell[0] += part
    cell[1] += 1
