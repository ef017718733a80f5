"""The tickets behind a complaint: which records broke a rule in a period, and how far work leans on one person."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.people import known_as
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

    An incident of which nobody knows who resolved it, as through a shared account, may be one more of the first; one without a category may be that of any.
    """
    return {span: _leaning(tickets, span, sign) for span in spans}


def _leaning(tickets: Tickets, span: Span, sign: ComplaintSign) -> Tally:
    known = known_as("resolved_by", "w")
    lost = "CROSS JOIN (SELECT coalesce(sum(n), 0) AS lost FROM one WHERE category IS NULL) AS nowhere"
    spread = f"100 * (most + lost) <= {sign.most_by_one} * (resolved + lost)"
    unsure = f"NOT ({spread}) AND (resolved < {sign.least_resolved} OR 100 * most <= {sign.most_by_one} * resolved)"
    rows = tickets.session.rows(
        f"""WITH one AS (
            SELECT category, {known.one} AS person, count(*) AS n FROM record{known.join}
            WHERE process = 'incident' AND NOT {known.machine}
            AND {_within("resolved_at", tickets, span)} GROUP BY 1, 2
        ), c AS (
            SELECT category, sum(n) AS resolved,
                coalesce(max(n) FILTER (WHERE person IS NOT NULL), 0) + coalesce(sum(n) FILTER (WHERE person IS NULL), 0) AS most
            FROM one WHERE category IS NOT NULL GROUP BY category
        )
        SELECT count(*), count(*) FILTER (WHERE {spread}), count(*) FILTER (WHERE {unsure})
        FROM c {lost} WHERE resolved + lost >= {sign.least_resolved}"""
    )
    n, kept, unknown = next(iter(rows))
    return Tally(int(str(n)), int(str(kept)), int(str(unknown)))


def _within(moment: str, tickets: Tickets, span: Span) -> str:
    zone, as_of = tickets.context.zone, tickets.context.as_of
    until = min(midnight_after(span.end, zone), as_of + 1)
    return f"{moment} >= {midnight(span.start, zone)} AND {moment} < {until}"
