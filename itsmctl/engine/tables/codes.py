"""What the exports say in the words of the definitions."""

from __future__ import annotations

from itsmctl.blanks import BLANKS, NARROW, ODD, UNSEEN, WIDE, plainly_named
from itsmctl.engine.session import Session, exported, quote
from itsmctl.engine.sql import finds
from itsmctl.engine.tables.loading import Loading
from itsmctl.model import NAMING_COLUMNS


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
            {
                plainly_named(word) if column in NAMING_COLUMNS else word: code
                for table in (loading.codes, loading.codes_by_process.get(process, {}))
                for word, code in sorted(table.get(column, {}).items())
            }.items()
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
    """SQL for a text as exported; one in which nobody sees anything is nothing.

    What begins with a visible ASCII character is something, which is quicker to see than by looking for one.
    """
    seen = finds(text, f"[^{UNSEEN}]")
    return f"CASE WHEN {text} >= '!' AND {text} < '\x7f' THEN {text} WHEN {seen} THEN {text} END"


def bare(text: str) -> str:
    """SQL for a text as exported without the blanks around it; most have none, which is quicker to see than to trim."""
    around = f"^[{UNSEEN}]|[{UNSEEN}]$"
    return f"CASE WHEN {finds(text, around)} THEN trim({text}, {quote(UNSEEN)}) ELSE {text} END"


def named(text: str) -> str:
    """SQL for the name of a person or a thing as exported, in letters of plain width, with a single plain blank between its words and none around it: see `blanks`."""
    narrow = f"translate({text}, {quote(WIDE)}, {quote(NARROW)})"
    one = f"trim(regexp_replace({narrow}, {quote(BLANKS)}, ' ', 'g'), {quote(UNSEEN)})"
    return f"CASE WHEN {finds(text, ODD)} THEN nullif({one}, '') ELSE {filled(text)} END"
