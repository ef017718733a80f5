"""What the exports say in the words of the definitions."""

from __future__ import annotations

import re

from itsmctl.engine.session import Session, exported, quote
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


_UNSEEN = "".join(
    map(chr, (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF))
)  # fmt: skip
"""Letters of which nobody sees anything: blanks, also wide ones and those without width, and the ends of lines."""


def filled(text: str) -> str:
    """SQL for a text as exported; one in which nobody sees anything is nothing.

    What begins with a visible ASCII character is something, which is quicker to see than by trimming.
    """
    return f"CASE WHEN {text} >= '!' AND {text} < '\x7f' THEN {text} WHEN trim({text}, {quote(_UNSEEN)}) <> '' THEN {text} END"


_BLANKS = "".join(letter for letter in _UNSEEN if letter not in "\u200c\u200d")
"""All of them but two that belong to a word where Persian or Hindi is written."""
_BLANKS_OF_A_NAME = f"[{_BLANKS}]+"
_ODD = f"[{_BLANKS.replace(' ', '')}]|  "


def named(text: str) -> str:
    """SQL for a person's name as exported, with a single plain blank between its words: wide or double ones name nobody else."""
    one = f"trim(regexp_replace({text}, {quote(_BLANKS_OF_A_NAME)}, ' ', 'g'), {quote(_UNSEEN)})"
    return f"CASE WHEN regexp_matches({text}, {quote(_ODD)}) THEN nullif({one}, '') ELSE {filled(text)} END"


def plainly_named(name: str) -> str:
    """A person's name as `named` has it."""
    return re.sub(_BLANKS_OF_A_NAME, " ", name).strip(_UNSEEN) if re.search(_ODD, name) else name
