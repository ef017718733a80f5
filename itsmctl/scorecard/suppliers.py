"""Suppliers: what each has promised, what tickets and registers show of it, and what is to be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from itsmctl.definitions.registers import rows_of
from itsmctl.engine.session import quote
from itsmctl.model import Contract, Definitions, LegName, RegisterRow, Supplier
from itsmctl.model.periods import in_force
from itsmctl.scorecard.comparing import Proportion
from itsmctl.scorecard.measuring import Sources
from itsmctl.scorecard.promises import service_missing
from itsmctl.scorecard.tickets import Tickets
from itsmctl.zones import midnight, midnight_after

Flag = Literal[
    "no-contract", "contract-ends", "certificate-ended", "below-agreed", "no-review", "watched", "dispute-late"
]
SOON = timedelta(days=90)


@dataclass(frozen=True)
class LegFigure:
    """One promise of a contract in tickets: legs that met their target, of those judged, beside what is agreed."""

    contract: str
    leg: str
    name: LegName
    met: int
    judged: int
    unknown: int
    agreed: float | None

    @property
    def share(self) -> float | None:
        """Per cent met; what nobody can judge counts as not met."""
        return 100 * self.met / (self.judged + self.unknown) if self.judged + self.unknown else None

    @property
    def below(self) -> bool:
        """Whether it stays below what is agreed."""
        return self.share is not None and self.agreed is not None and self.share < self.agreed


@dataclass(frozen=True)
class SupplierCard:
    """A supplier on the day; figures over the days from `since` on."""

    supplier: Supplier
    contracts: tuple[Contract, ...]
    legs: tuple[LegFigure, ...] | None
    """None where no tickets were looked at."""
    records: int | None
    """Records that lay with one of its groups."""
    reviews: Proportion
    """Held, of those planned."""
    score: float | None
    """Mean score of the reviews that were held."""
    disputes: Proportion
    """Settled in time, of those raised and settled or late."""
    flags: tuple[Flag, ...]


def supplier_cards(sources: Sources, since: date) -> tuple[SupplierCard, ...]:
    """A card for each supplier that is or was used, the most critical first."""
    definitions = sources.definitions
    cards = [_card(sources, one, since) for one in definitions.suppliers.values() if one.status != "candidate"]
    order = {"high": 0, "medium": 1, "low": 2}
    return tuple(sorted(cards, key=lambda card: (order[card.supplier.criticality], card.supplier.id)))


def _card(sources: Sources, supplier: Supplier, since: date) -> SupplierCard:
    definitions, day = sources.definitions, sources.day
    contracts = tuple(c for c in definitions.contracts.values() if c.supplier == supplier.id)
    in_term = tuple(c for c in contracts if in_force(c.effective, day))
    legs = leg_figures(sources.tickets, supplier, contracts, since, day) if sources.tickets else None
    reviews = _rows(definitions, "supplier-reviews", supplier.id, "due_on", since, day)
    held = [row for row in reviews if row.values.get("held") is True]
    marks = [float(mark) for row in held if isinstance(mark := row.values.get("score"), int | float)]
    disputes = _rows(definitions, "disputes", supplier.id, "raised", since, day)
    ended = [row for row in disputes if row.values.get("state") in ("settled", "closed", "late")]
    settled = Proportion(sum(row.values.get("in_time") is True for row in ended), len(ended))
    card = SupplierCard(
        supplier, in_term, legs, _records(sources.tickets, supplier, since, day) if sources.tickets else None,
        Proportion(len(held), len(reviews)), sum(marks) / len(marks) if marks else None, settled, (),
    )  # fmt: skip
    return replace(card, flags=tuple(_flags(card, day)))


def _flags(card: SupplierCard, day: date) -> list[Flag]:
    """What somebody must look at, gravest first."""
    ends = [c.effective.end for c in card.contracts if c.effective.end]
    certificates = [c.valid_until for c in card.supplier.certifications if c.valid_until]
    found: list[tuple[bool, Flag]] = [
        (card.supplier.status != "ended" and not card.contracts, "no-contract"),
        (any(leg.below for leg in card.legs or ()), "below-agreed"),
        (card.supplier.status == "watched", "watched"),
        (card.disputes.hits < card.disputes.n, "dispute-late"),
        (any(until < day for until in certificates), "certificate-ended"),
        (card.supplier.status != "ended" and not card.reviews.hits, "no-review"),
        (any(day <= end <= day + SOON for end in ends), "contract-ends"),
    ]
    return [flag for told, flag in found if told]


def leg_figures(
    tickets: Tickets, supplier: Supplier, contracts: Sequence[Contract], since: date, day: date
) -> tuple[LegFigure, ...]:
    """The legs of a supplier's contracts that ended, or ran over, in the days from `since` to `day`.

    A ticket that lay with it and does not say its service, or when it was opened, may have been promised by each of them.
    """
    if not contracts:
        return ()
    zone, as_of = tickets.context.zone, tickets.context.as_of
    named = ", ".join(quote(one.id) for one in contracts)
    untold = f"{service_missing(tickets.context)} OR r.opened_at IS NULL"
    rows = tickets.session.rows(
        f"""SELECT agreement, clock, count(*) FILTER (WHERE verdict = 'met'),
            count(*) FILTER (WHERE verdict IN ('met', 'breached', 'running_breached')), count(*) FILTER (WHERE verdict = 'not_testable')
        FROM clock WHERE agreement IN ({named}) AND least(judged_at, ?) >= ? AND least(judged_at, ?) < ?
            AND tix NOT IN (SELECT tix FROM record AS r WHERE {untold})
        GROUP BY ALL ORDER BY ALL""",
        (as_of - 1, midnight(since, zone), as_of - 1, midnight_after(day, zone)),
    )
    nameless = _records(tickets, supplier, since, day, untold)
    agreed: Mapping[str, Mapping[str, float]] = {one.id: one.terms.attainment for one in contracts}
    names = tickets.context.definitions.leg_names()
    return tuple(
        LegFigure(
            str(contract), leg := str(clock).rpartition("/")[2], names[str(clock)], int(str(met)), int(str(judged)),
            int(str(unknown)) + nameless, agreed[str(contract)].get(leg),
        )
        for contract, clock, met, judged, unknown in rows
    )  # fmt: skip


def _records(tickets: Tickets, supplier: Supplier, since: date, day: date, among: str = "true") -> int:
    """Records opened in these days that lay with the supplier: by a group of its own, by its history, or named as such.

    One without a moment of opening could be of any of them.
    """
    zone, last = tickets.context.zone, tickets.context.as_of - 1
    groups = ", ".join(quote(group) for group in supplier.groups) or "NULL"
    (n,) = tickets.session.one(
        f"""SELECT count(*) FROM record AS r WHERE coalesce(r.opened_at, {last}) >= ? AND coalesce(r.opened_at, {last}) < ? AND ({among}) AND (
            r."group" IN ({groups}) OR r.supplier = {quote(supplier.id)}
            OR EXISTS (SELECT 1 FROM event AS e WHERE e.tix = r.tix AND e.field = 'group' AND e.new IN ({groups})))""",
        (midnight(since, zone), midnight_after(day, zone)),
    )
    return int(str(n))


def _rows(
    definitions: Definitions, register: str, supplier: str, dated: str, since: date, day: date
) -> list[RegisterRow]:
    """The rows of a register about a supplier, of these days; none where nobody keeps it."""
    found = definitions.registers.get(register)
    if found is None:
        return []
    return [
        row
        for row in rows_of(definitions, found, day)
        if row.values.get("supplier") == supplier
        and isinstance(moment := row.values.get(dated), date)
        and since <= moment <= day
    ]
