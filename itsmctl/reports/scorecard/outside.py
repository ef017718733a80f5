"""Suppliers and benefits as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import isinf

from itsmctl.language import Language, msg, number_text, points_text, tr
from itsmctl.reports.scorecard.sheets import Cell, Mark, Sheet, Table
from itsmctl.scorecard.benefits import Benefit, Benefits, Caveat, Measure
from itsmctl.scorecard.comparing import Change, Proportion
from itsmctl.scorecard.suppliers import Flag, SupplierCard

FLAGS: dict[Flag, str] = {
    "no-contract": msg("no contract in force"),
    "below-agreed": msg("below what is agreed"),
    "watched": msg("watched"),
    "dispute-late": msg("dispute not settled in time"),
    "certificate-ended": msg("certificate ended"),
    "no-review": msg("no review held"),
    "contract-ends": msg("contract ends within 90 days"),
}
MEASURES: dict[Measure, tuple[str, str]] = {
    "down-time": (msg("Down time: hours in which P1 incidents were open, in 30 days"), msg("down time of servers")),
    "repair-time": (
        msg("Time to repair: median hours to resolution, or so far"),
        msg("time to find and repair faults"),
    ),
    "per-engineer": (msg("Resolved incidents per engineer in 30 days"), msg("efficiency of operation")),
    "first-time-right": (msg("The same without those opened again"), msg("productivity of IT")),
    "waiting-time": (
        msg("Hours that users waited in 30 days"),
        msg("productivity of users, the other way round than hours of waiting"),
    ),
    "in-time": (msg("Promises kept"), ""),
}
CAVEATS: dict[Caveat, str] = {
    "few": msg("few"),
    "chance": msg("may be chance"),
    "mix": msg("mostly the mix"),
    "population": msg("There are a quarter more or fewer incidents than before: another load, another mix of work."),
    "seasons": msg("The periods are not the same months of two years: seasons differ."),
    "not-covered": msg("Tickets do not reach back over the whole of the first period."),
    "open": msg("What is still open at the end of a period counts up to there: nothing gets better by staying open."),
    "unknown": msg("Of some incidents nobody knows whether they were opened again; they count as such."),
    "unrated": msg("Of some incidents nobody knows the priority; they count as P1."),
}


def suppliers(cards: Sequence[SupplierCard], since: date, until: date, language: Language) -> Sheet:
    """One row for each supplier, and below its promises in tickets."""
    heads = (
        tr("supplier", language), tr("grade", language), tr("contracts", language), tr("tickets", language), tr("reviews held", language),
        tr("score", language), tr("disputes in time", language), tr("to look at", language),
    )  # fmt: skip
    rows = tuple(_supplier(card, language) for card in cards)
    legs = tuple(
        (
            Cell(card.supplier.title.in_(language)), Cell(leg.name.in_(language)),
            Cell("–" if leg.share is None else f"{leg.share:.1f}%", "bad" if leg.below else "good", (leg.share or 0) / 100),
            Cell("–" if leg.agreed is None else f"≥ {leg.agreed:g}%"), Cell(str(leg.judged)), Cell(str(leg.unknown)),
        )
        for card in cards
        for leg in card.legs or ()
    )  # fmt: skip
    told = any(card.legs is not None for card in cards)
    return Sheet(
        tr("Suppliers", language),
        (tr("From {since} to {until}; scores are from 0 to 5.", language, since=since.isoformat(), until=until.isoformat()),),
        (
            Table(tr("Cards", language), heads, rows, frozenset({2, 3, 4, 5, 6}), empty=tr("No supplier is defined.", language)),
            Table(
                tr("Promises in tickets", language),
                (tr("supplier", language), tr("promise", language), tr("met", language), tr("agreed", language), tr("judged", language), tr("unknown", language)),
                legs, frozenset({2, 3, 4, 5}),
                empty=tr("No leg of a contract ended in these days.", language) if told else tr("Needs tickets: give --tickets", language),
            ),
        ),
    )  # fmt: skip


def _supplier(card: SupplierCard, language: Language) -> tuple[Cell, ...]:
    graded = card.supplier.assessment
    flags = tr(", ", language).join(tr(FLAGS[flag], language) for flag in card.flags)
    return (
        Cell(card.supplier.title.in_(language)), Cell(graded.grade if graded else "–"), Cell(str(len(card.contracts))),
        Cell("–" if card.records is None else str(card.records)), Cell(_of(card.reviews)),
        Cell("–" if card.score is None else f"{card.score:.2f}"), Cell(_of(card.disputes)), Cell(flags, "bad" if flags else ""),
    )  # fmt: skip


def _of(share: Proportion) -> str:
    return f"{share.hits}/{share.n}" if share.n else "–"


def benefits(found: Benefits, language: Language) -> Sheet:
    """Before, after, the change with its interval, and what others quote."""
    heads = (
        tr("what", language), found.before.label, found.after.label, tr("moved", language), tr("interval (95%)", language),
        tr("quoted", language), tr("n", language), tr("note", language),
    )  # fmt: skip
    rows = tuple(_benefit(one, language) for one in found.benefits)
    quoted = tr("; ", language).join(
        f"{_signed(one.reference, points=False)} {tr(MEASURES[one.measure][1], language)}"
        for one in found.benefits
        if one.reference is not None
    )
    notes = [
        tr(
            "Quoted by others: changes that presentations ascribe to IDC ({quoted}), without a source or a method; each stands beside the nearest that tickets can tell.",
            language,
            quoted=quoted,
        )
    ]
    if found.mix:
        notes.append(tr(
            "Promises kept, with the services and priorities of before: {standardised}; the mix made {mix} points of the change. {compared} of the earlier tickets could be compared.",
            language, standardised=f"{100 * found.mix.standardised:.1f}%", mix=_signed(found.mix.of_mix, points=True), compared=f"{100 * found.mix.compared:.0f}%",
        ))  # fmt: skip
    notes += [tr(CAVEATS[caveat], language) for caveat in found.caveats]
    notes.append(tr("A change after something was introduced is no proof that it was the cause.", language))
    return Sheet(
        tr("Before and after", language), (),
        (Table(tr("{before} and {after}", language, before=found.before.label, after=found.after.label), heads, rows, frozenset({1, 2, 3, 4, 5, 6}), tuple(notes)),),
    )  # fmt: skip


def _benefit(one: Benefit, language: Language) -> tuple[Cell, ...]:
    points = one.measure == "in-time"
    better = one.measure in ("per-engineer", "first-time-right", "in-time")
    mark: Mark = "soft"
    minds = [CAVEATS[caveat] for caveat in one.caveats]
    if one.change and one.change.clear:
        mark = "good" if (one.change.value > 0) == better else "bad"
        minds.insert(0, msg("got better") if mark == "good" else msg("got worse"))
    mind = tr(", ", language).join(tr(text, language) for text in minds)
    return (
        Cell(tr(MEASURES[one.measure][0], language)), Cell(_value(one.before, points)), Cell(_value(one.after, points)),
        Cell(_change(one, points), mark), Cell(_interval(one.change, points)),
        Cell("–" if one.reference is None else _signed(one.reference, points=False)), Cell(" / ".join(map(number_text, one.n))), Cell(mind, "poor" if one.caveats else ""),
    )  # fmt: skip


def _value(value: float | None, points: bool) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}%" if points else f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"


def _change(one: Benefit, points: bool) -> str:
    if one.change is None or one.before is None or one.after is None:
        return "–"
    return points_text(one.after, one.before) if points else _signed(one.change.value, points)


def _interval(change: Change | None, points: bool) -> str:
    return (
        "–" if change is None else f"{_signed(change.interval.low, points)} … {_signed(change.interval.high, points)}"
    )


def _signed(value: float, points: bool) -> str:
    if isinf(value):
        return "∞" if value > 0 else "−∞"
    return (f"{100 * value:+z.1f}" if points else f"{value:+z.0%}").replace("-", "−")
