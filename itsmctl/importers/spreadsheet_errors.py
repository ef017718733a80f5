"""Errors of a spreadsheet in columns of names and codes: `#N/A` is nobody's name, and no service.

Where people write what they like such a word stays; of a moment, a number or a yes it is none anyway.
"""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.engine.session import Session, quote
from itsmctl.importers.export import RAW, REJECT, Staged
from itsmctl.importers.recognition import Source
from itsmctl.model import FREE_TEXT_COLUMNS, TEXT_COLUMNS

REASON = "spreadsheet-error"
ERRORS = (
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!",
    "#UNKNOWN!", "#BUSY!", "#GETTING_DATA", "#ERROR!", "#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#VALEUR!", "#NOM?", "#NOMBRE!",
    "#¡REF!", "#¡VALOR!", "#¡NUM!", "#¡DIV/0!", "#¿NOMBRE?",
)  # fmt: skip
"""What spreadsheets write for what they could not compute, in English and in the languages in which they call it otherwise."""

_TOLD = {*TEXT_COLUMNS, "approver", "role", "decision"} - {*FREE_TEXT_COLUMNS}


def is_error(cell: str, formulas_in: str = "") -> str:
    """SQL for whether a text is an error; `formulas_in` are the files in which one that begins with = is a formula without a result."""
    listed = ", ".join(map(quote, ERRORS))
    # Hardly any text begins so, and to look at its first letter costs next to nothing.
    error = f"{cell} >= '#' AND {cell} < '$' AND trim({cell}) IN ({listed})"
    return f"({error} OR {cell} >= '=' AND {cell} < '>' AND file IN ({formulas_in}))" if formulas_in else f"({error})"


def workbooks(staged: Staged) -> str:
    """The files in which a formula may stand that was never computed, for `is_error`."""
    return ", ".join(str(export.number) for export in staged.exports if export.format == "xlsx")


def set_errors_aside(session: Session, staged: Staged, found: Mapping[str, Source]) -> None:
    """Move errors from RAW to REJECT: the cells are empty then, and nobody knows what belongs there."""
    cells = {
        staged.sql(exported): source.shown
        for column, source in found.items()
        if column in _TOLD
        for exported in source.exported
    }
    tests = {cell: is_error(cell, workbooks(staged)) for cell in cells}
    if not tests:
        return
    counts = session.one(
        f"SELECT {', '.join(f'count(CASE WHEN {test} THEN 1 END)' for test in tests.values())} FROM {RAW}"
    )
    for (cell, test), n in zip(tests.items(), counts, strict=True):
        if n:
            session.run(
                f"INSERT INTO {REJECT} SELECT file, row, {found['record_id'].sql(staged)}, NULL, ?, {cell}, ?, false FROM {RAW} WHERE {test}",
                [cells[cell], REASON],
            )
            session.run(f"UPDATE {RAW} SET {cell} = NULL WHERE {test}")
