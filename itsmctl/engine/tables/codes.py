"""What the exports say in the words of the definitions."""

from __future__ import annotations

from itsmctl.engine.session import Session, exported
from itsmctl.engine.tables.loading import Loading


def create_codes(session: Session, loading: Loading) -> None:
    """`code(process, "column", exported, code)`: where processes differ in theirs, for each; those for all are of ''."""
    session.run('CREATE TABLE code (process VARCHAR, "column" VARCHAR, exported VARCHAR, code VARCHAR)')
    processes = [""]
    if loading.codes_by_process:
        found = session.rows(f"SELECT DISTINCT process FROM {exported(loading.folder, 'record')} ORDER BY process")
        processes = [str(process) for (process,) in found]
    rows = [
        (process, column, exported, code)
        for process in processes
        for column in coded_columns(loading)
        for exported, code in sorted(
            {**loading.codes.get(column, {}), **loading.codes_by_process.get(process, {}).get(column, {})}.items()
        )
    ]
    session.insert("code", ("process", "column", "exported", "code"), rows)


def same_process(loading: Loading, code: str, row: str) -> str:
    """SQL that goes on with the condition that a code is of the process of the record."""
    return f" AND {code}.process = {row}.process" if loading.codes_by_process else ""


def coded_columns(loading: Loading) -> list[str]:
    """The columns that have codes."""
    every = (loading.codes, *loading.codes_by_process.values())
    return sorted({column for codes in every for column, table in codes.items() if table})


def filled(text: str) -> str:
    """SQL for a text as exported; nothing but blanks, also wide ones, is nothing.

    What begins with a visible ASCII character is something, which is quicker to see than by trimming.
    """
    return f"CASE WHEN {text} >= '!' AND {text} < '\u00a0' THEN {text} WHEN trim({text}, ' \t\r\n\u00a0\u3000') <> '' THEN {text} END"
