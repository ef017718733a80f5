"""The complaints ledger as a page: each complaint with its signs, their way through the periods, and the records behind them."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.charts.sparkline import GOES_ON, sparkline
from itsmctl.complaints import Heard, Ledger, Sign
from itsmctl.language import Language, msg, tr
from itsmctl.output import schema_beside
from itsmctl.reports.json import titles
from itsmctl.reports.scorecard.words import going_on, population_text, untold_text
from itsmctl.scorecard.figures import Figure, Trend
from itsmctl.views.page import Facts, Grid, Page, Section, Words

FORMAT = "itsmctl/complaints/v1"
LOUD = "!"
TRENDS: Mapping[Trend, str] = {"better": "▲", "worse": "▼", "steady": "≈", "": ""}


def page(ledger: Ledger, language: Language) -> Page:
    """The whole ledger: what each complaint comes to, then its signs one by one."""
    note = (
        "" if ledger.with_tickets else tr("No tickets were looked at: most signs need them. Give --tickets.", language)
    )
    return Page(
        tr("Complaints ledger", language),
        tr("at the end of {day} ({zone})", language, day=ledger.day, zone=ledger.zone),
        (Words(note), Words(tr("Per cent of what is not as it should be, {mark} where it has come to its threshold; the bars go from the oldest period to the newest, and end in {goes_on} where that is not whole.", language, mark=LOUD, goes_on=GOES_ON))),
        (
            Section(tr("How loud each is", language), (_overview(ledger, language),)),
            *(_section(one, language) for one in ledger.complaints),
        ),
        tr("The signs and thresholds are definitions of the kind complaint; their rules: itsmctl rules show RULE", language),
    )  # fmt: skip


def _section(heard: Heard, language: Language) -> Section:
    records = _records(heard, language)
    blocks = (_signs(heard, language), *((Facts(records),) if any(told for _, told in records) else ()))
    return Section(heard.complaint.title.in_(language), blocks)


def _overview(ledger: Ledger, language: Language) -> Grid:
    heads = (msg("complaint"), msg("loudest sign"), msg("amiss"), msg("trend"))
    rows = tuple(_loudest(one, language) for one in ledger.complaints)
    return Grid(tuple(tr(head, language) for head in heads), rows)


def _loudest(heard: Heard, language: Language) -> tuple[str, ...]:
    title, sign = heard.complaint.title.in_(language), heard.worst
    if sign is None:
        return title, tr("nothing can be computed", language), "–", ""
    return title, sign_text(sign, language), _loudness(sign), f"{bars(sign)} {TRENDS[sign.indicator.trend]}"


def sign_text(sign: Sign, language: Language) -> str:
    """What should be, with the rule that looks at it."""
    title = sign.indicator.kpi.title.in_(language)
    return f"{sign.rule} {title}" if sign.rule else title


def amiss(figure: Figure | None) -> str:
    """Per cent that is not as it should be, and of how many."""
    if figure is None or figure.value is None:
        return "–"
    share = 100 - figure.value
    shown = f"{share:.0f}%" if share in (0, 100) or 0.5 <= share < 99.5 else "<1%" if share < 50 else ">99%"
    return f"{shown} / {figure.tally.n}"


def bars(sign: Sign) -> str:
    """The share amiss in each period, from nothing (▁) to all (█); a dot where there is no figure, `…` behind one that is not whole."""
    values = [figure.value for figure in sign.indicator.figures]
    drawn = sparkline([None if value is None else 100 - value for value in values], 0, 100)
    return drawn + going_on(sign.indicator)


def _signs(heard: Heard, language: Language) -> Grid:
    heads = (msg("sign"), msg("amiss"), msg("trend"))
    rows = []
    for sign in heard.signs:
        indicator = sign.indicator
        if indicator.untold:
            rows.append((sign_text(sign, language), untold_text(indicator.untold, indicator.kpi, language), ""))
        else:
            rows.append((sign_text(sign, language), _now(sign, language), f"{bars(sign)} {TRENDS[indicator.trend]}"))
    return Grid(tuple(tr(head, language) for head in heads), tuple(rows))


def _now(sign: Sign, language: Language) -> str:
    """The present figure; where there is none, why."""
    now = sign.indicator.now
    if now is None or now.standing == "none":
        return tr("nothing to look at", language)
    if now.standing == "few":
        return population_text(sign.indicator.kpi, now, language)
    return _loudness(sign)


def _loudness(sign: Sign) -> str:
    """What is amiss, with a mark where it has come to the threshold."""
    return f"{LOUD} {amiss(sign.indicator.now)}" if sign.loud else amiss(sign.indicator.now)


def _records(heard: Heard, language: Language) -> tuple[tuple[str, str], ...]:
    """The records behind each rule in the present period."""
    rows = []
    for sign in heard.signs:
        more = sign.failing - len(sign.records)
        names = tr(", ", language).join(sign.records)
        told = tr("{names} and {n} more", language, names=names, n=more) if more > 0 and names else names
        rows.append((sign.rule, told))
    return tuple(rows)


def complaints_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of `data`."""
    return schema_beside(__file__, "complaints")


def data(ledger: Ledger) -> dict[str, object]:
    """The same for a program; figures are per cent as it should be."""
    return {
        "format": FORMAT,
        "day": ledger.day,
        "zone": ledger.zone,
        "with_tickets": ledger.with_tickets,
        "complaints": [
            {
                "id": heard.complaint.id,
                "titles": titles(heard.complaint.title),
                "worst": heard.worst.indicator.kpi.id if heard.worst else None,
                "signs": [_sign_data(sign) for sign in heard.signs],
            }
            for heard in ledger.complaints
        ],
    }


def _sign_data(sign: Sign) -> dict[str, object]:
    indicator = sign.indicator
    return {
        "id": indicator.kpi.id,
        "titles": titles(indicator.kpi.title),
        "rule": sign.rule or None,
        "kept": None if sign.kept is None else round(sign.kept, 2),
        "loud_from": sign.loud_from,
        "loud": sign.loud,
        "trend": indicator.trend,
        "untold": indicator.untold,
        "periods": [
            {
                "period": figure.span.label,
                "kept": None if figure.value is None else round(figure.value, 2),
                "n": figure.tally.n,
                "complete": figure.complete,
            }
            for figure in indicator.figures
        ],
        "failing": sign.failing,
        "records": list(sign.records),
    }
