"""Links that lead to nothing, and the records that they may mean: written nearly as they are."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.blanks import NARROW, WIDE
from itsmctl.engine.sql import Fragment, numbers_between, quote
from itsmctl.engine.tokens import plain_text

_ENOUGH = 5
"""From how many letters and digits on an id may have one that is wrong: of shorter ones all are alike."""


def perhaps_meant(process: str, linking: str, types: Sequence[str]) -> Fragment:
    """SELECT of the records in `scoped` (tix), which are of a process, that a link of one of some types may mean, from records of
    the process `linking`, though it leads to nothing.

    It is written as their id or number is but for capitals, wide letters, signs, zeros in front of the number or the letters before
    it; or one letter is wrong, missing or too many. A number before the first of theirs has nothing wrong: it is an older record's,
    which the export does not hold.
    """
    named = Fragment(
        "SELECT n.tix, n.word FROM named AS n JOIN scoped AS r ON r.tix = n.tix WHERE n.process = ?", (process,)
    )
    leading_nowhere = Fragment(
        f"""SELECT DISTINCT CAST(NULL AS BIGINT) AS tix, l.target AS word FROM dangling AS l JOIN record AS o ON o.tix = l.tix
        WHERE o.process = ? AND l.type IN ({", ".join("?" * len(types))})""",
        (linking, *types),
    )
    return (
        "SELECT DISTINCT t.tix FROM ("
        + _forms(named, numbers_alone=True)
        + ") AS t JOIN ("
        + _forms(leading_nowhere)
        + ") AS d ON d.slip = t.slip AND d.form = t.form LEFT JOIN ("
        + f"SELECT {_front('letters')} AS front, min({_sorted('letters')}) AS lowest FROM ("
        + _bare(named)
        + f""") AS bare GROUP BY {_front("letters")}) AS f ON f.front = {_front("d.letters")}
        WHERE NOT t.slip OR (levenshtein(t.letters, d.letters) <= 1
            AND NOT (length(t.letters) = length(d.letters) AND coalesce({_sorted("d.letters")} < f.lowest, false)))"""
    )


def _bare(words: Fragment) -> Fragment:
    """SELECT of words (tix, word) without signs and blanks, in small and narrow letters: tix, letters."""
    letters = plain_text(f"translate(word, {quote(WIDE)}, {quote(NARROW)})")
    return f"SELECT tix, {letters} AS letters FROM (" + words + ") AS written"


def _front(letters: str) -> str:
    """SQL for what stands before the number at the end."""
    return f"regexp_replace({letters}, '[0-9]+$', '')"


def _number(letters: str) -> str:
    """SQL for the number at the end, without zeros in front."""
    return f"regexp_replace(regexp_replace({letters}, '^.*[^0-9]', ''), '^0+', '')"


def _sorted(letters: str) -> str:
    """SQL for the number at the end as a text that sorts as numbers do."""
    return f"lpad({_number(letters)}, 40, '0')"


def _forms(words: Fragment, *, numbers_alone: bool = False) -> Fragment:
    """SELECT of words (tix, word) in what is the same of two of them that are nearly the same (`form`): without signs and zeros in
    front, also the number alone; or without any one of their letters, which two with one slip between them have in common."""
    alone = (
        f"UNION ALL SELECT tix, letters, false, concat('-', {_number('letters')}) FROM bare WHERE {_number('letters')} <> ''"
        if numbers_alone
        else ""
    )
    return (
        "SELECT tix, letters, slip, form FROM (WITH bare AS (SELECT * FROM ("
        + _bare(words)
        + f""") AS plain WHERE letters <> '')
        SELECT tix, letters, false AS slip, concat({_front('letters')}, '-', {_number('letters')}) AS form FROM bare {alone}
        UNION ALL SELECT tix, letters, true, concat(substr(letters, 1, place - 1), substr(letters, place + 1)) FROM (
            SELECT tix, letters, CAST(place AS INTEGER) AS place FROM (
                SELECT tix, letters, {numbers_between("1", "length(letters) + 1")} AS place FROM bare WHERE length(letters) >= {_ENOUGH}
            ) AS places
        ) AS slips) AS forms"""
    )  # fmt: skip
