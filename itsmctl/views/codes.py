"""Codes: the allowed values of a field, and the matrix that makes a priority of impact and urgency."""

from __future__ import annotations

from itsmctl.language import Language, column_text, tr
from itsmctl.model import CodeList, Definitions, PriorityMatrix
from itsmctl.views.page import Facts, Grid, Page
from itsmctl.views.wording import called, listed, period_text


def list_page(definitions: Definitions, codes: CodeList, language: Language) -> Page:
    """The page of a code list."""
    used = tuple(process.id for process in definitions.processes.values() if codes.id in process.codes.values())
    heads = (tr("code", language), tr("meaning", language), tr("in force", language))
    rows = tuple((one.id, one.title.in_(language), period_text(one.effective, language)) for one in codes.codes)
    field = column_text(codes.column, language) if codes.column else codes.attribute
    facts = ((tr("Field", language), field), (tr("Processes", language), listed(definitions.processes, used, language)))
    return Page(
        title=f"{codes.title.in_(language)} · {codes.id}",
        subtitle=tr("code list", language),
        blocks=(Facts(facts), Grid(heads, rows)),
        sections=(),
        source=str(codes.where),
    )


def matrix_page(definitions: Definitions, matrix: PriorityMatrix, language: Language) -> Page:
    """The page of a priority matrix: impact down, urgency across."""
    impacts = tuple(dict.fromkeys(impact for impact, _ in matrix.cells))
    urgencies = tuple(dict.fromkeys(urgency for _, urgency in matrix.cells))
    corner = tr("impact ↓ urgency →", language)
    rows = tuple((impact, *(matrix.cells.get((impact, urgency), "") for urgency in urgencies)) for impact in impacts)
    return Page(
        title=f"{matrix.title.in_(language)} · {matrix.id}",
        subtitle=tr("priority matrix", language),
        blocks=(
            Facts(((tr("Process", language), called(definitions.processes, matrix.process, language)),)),
            Grid((corner, *urgencies), rows),
        ),
        sections=(),
        source=str(matrix.where),
    )
