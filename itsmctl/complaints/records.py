"""The tickets behind a complaint: which records broke a rule in a period, and how far work leans on one person."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.people import machines, person_key
from itsmctl.engine.session import quote
from itsmctl.model import ComplaintSign
from itsmctl.scorecard.figures import Tally
from itsmctl.scorecard.periods import Span
from itsmctl.scorecard.tickets import Tickets
from itsmctl.zones import midnight, midnight_after


def failing_records(tickets: Tickets, rule: str, span: Span) -> list[str]:
    """The records that broke a rule in a period, each once, by name."""
    moment = f'coalesce("at", {tickets.context.as_of - 1})'
    rows = tickets.session.rows(
        f"""SELECT DISTINCT record_id FROM verdict WHERE passed = false AND "rule" = {quote(rule)}
        AND {_within(moment, tickets, span)} ORDER BY record_id"""
    )
    return [str(record) for (record,) in rows]


def leaning(tickets: Tickets, spans: Sequence[Span], sign: ComplaintSign) -> dict[Span, Tally]:
    """Of the categories with enough resolved incidents, those of which nobody resolved most; who it is is nobody's business.

    An incident of which nobody knows who resolved it may be one more of the first.
    """
    return {span: _leaning(tickets, span, sign) for span in spans}


def _leaning(tickets: Tickets, span: Span, sign: ComplaintSign) -> Tally:
    person = person_key("resolved_by")
    rows = tickets.session.rows(
        f"""SELECT count(*), count(*) FILTER (WHERE 100 * most <= {sign.most_by_one} * resolved) FROM (
            SELECT category, sum(n) AS resolved,
                coalesce(max(n) FILTER (WHERE person IS NOT NULL), 0) + coalesce(sum(n) FILTER (WHERE person IS NULL), 0) AS most
            FROM (
                SELECT category, {person} AS person, count(*) AS n FROM record
                WHERE process = 'incident' AND category IS NOT NULL AND (resolved_by IS NULL OR {person} NOT IN {machines()})
                AND {_within("resolved_at", tickets, span)} GROUP BY category, person
            ) AS one GROUP BY category
        ) AS c WHERE resolved >= {sign.least_resolved}"""
    )
    n, spread = next(iter(rows))
    return Tally(int(str(n)), int(str(spread)))


def _within(moment: str, tickets: Tickets, span: Span) -> str:
    zone, as_of = tickets.context.zone, tickets.context.as_of
    until = min(midnight_after(span.end, zone), as_of + 1)
    return f"{moment} >= {midnight(span.start, zone)} AND {moment} < {until}"
