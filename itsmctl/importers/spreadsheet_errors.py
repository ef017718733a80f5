"""Errors of a spreadsheet in columns of names and codes: `#N/A` is nobody's name, and no service.

Where people write what they like such a word stays; of a moment, a number or a yes it is none anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsmctl.engine.session import Session, quote
from itsmctl.importers.export import RAW, REJECT, Export, Staged
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


def is_error(cell: str, exports: Sequence[Export] = ()) -> str:
    """SQL for whether a text is an error, or in one of the exports a formula without a result."""
    listed = ", ".join(map(quote, ERRORS))
    # Hardly any text begins so, and to look at its first letter costs next to nothing.
    error = f"{cell} >= '#' AND {cell} < '$' AND trim({cell}) IN ({listed})"
    formulas = " OR ".join(_is_formula(cell, export) for export in exports if export.format == "xlsx")
    return f"({error} OR {cell} >= '=' AND {cell} < '>' AND ({formulas}))" if formulas else f"({error})"


def _is_formula(cell: str, export: Export) -> str:
    """SQL for whether a text that begins with = is no text that somebody typed into a workbook."""
    typed = f" AND {cell} NOT IN ({', '.join(map(quote, sorted(export.typed)))})" if export.typed else ""
    return f"file = {export.number}{typed}"


def set_errors_aside(session: Session, staged: Staged, found: Mapping[str, Source]) -> None:
    """Move errors from RAW to REJECT: the cells are empty then, and nobody knows what belongs there."""
    cells = {
        staged.sql(exported): source.shown
        for column, source in found.items()
        if column in _TOLD
        for exported in source.exported
    }
    tests = {cell: is_error(cell, staged.exports) for cell in cells}
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
