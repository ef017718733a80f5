"""A scorecard, or one of its views, as a page for a wiki or a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from itsmctl.language import Language, msg, tr
from itsmctl.model import Definitions
from itsmctl.reports.scorecard import words as say
from itsmctl.reports.scorecard.sheets import Sheet, Table
from itsmctl.scorecard.figures import Indicator
from itsmctl.scorecard.grouping import Group
from itsmctl.scorecard.measuring import Scorecard
from itsmctl.views.page import Block, Facts, Grid, Page, Points, Section, Words

_HEADS = (
    "", msg("Indicator"), msg("Value"), msg("Target"), msg("Trend"), msg("Period"), "n", msg("Process"),
    msg("Accountable position"),
)  # fmt: skip


def indicators_page(card: Scorecard, groups: Sequence[Group], definitions: Definitions, language: Language) -> Page:
    """The groups of indicators, a row for each."""
    every = list({one.kpi.id: one for group in groups for one in group.indicators}.values())
    example = tr("Registers, surveys and holders are those of the example company.", language)
    return Page(
        tr("Scorecard to {day}", language, day=card.day.isoformat()),
        say.summary(every, language),
        (Words(example if card.of_example else ""),),
        tuple(Section(group.title.in_(language), tuple(_blocks(group, definitions, language))) for group in groups),
        "   ".join(f"{sign} {tr(text, language)}" for sign, text in say.LEGEND if sign),
    )


def _blocks(group: Group, definitions: Definitions, language: Language) -> Iterator[Block]:
    heads = tuple(tr(head, language) if head else "" for head in _HEADS)
    yield Grid(heads, tuple(_row(one, definitions, language) for one in group.indicators if one.now))
    untold = [(one.kpi.title.in_(language), say.untold_text(one.untold, one.kpi, language)) for one in group.indicators if not one.now]  # fmt: skip
    yield Facts(tuple(untold))


def _row(one: Indicator, definitions: Definitions, language: Language) -> tuple[str, ...]:
    now, kpi = one.now, one.kpi
    assert now is not None
    return (
        say.STANDINGS[now.standing][0],
        kpi.title.in_(language),
        say.value_text(kpi, now.value, language),
        say.target_text(kpi, language),
        f"{say.sparkline(one)} {say.TRENDS[one.trend][0]}",
        say.period_label(now, language),
        say.population_text(kpi, now, language),
        definitions.processes[kpi.process].title.in_(language),
        definitions.positions[kpi.position].title.in_(language),
    )


def sheet_page(sheet: Sheet, source: str) -> Page:
    """A view as its tables; `source` says how it was made."""
    first, *more = sheet.lead or ("",)
    sections = tuple(Section(table.title, tuple(_table(table))) for table in sheet.tables)
    return Page(sheet.title, first, tuple(Words(one) for one in more), sections, source)


def _table(table: Table) -> Iterator[Block]:
    if table.rows:
        yield Grid(table.heads, tuple(tuple(cell.text for cell in row) for row in table.rows))
    else:
        yield Words(table.empty)
    yield Points(table.notes)
