"""Texts as sets of words, the same in every engine and language: what similarity of texts is measured by.

Words are runs of letters and digits in small letters; of Chinese, Japanese and Korean, which write no blanks, every two
characters that stand side by side (a single one alone is a word). Similarity is Jaccard's: words in both by words in either.
"""

from __future__ import annotations

from itsmctl.engine.sql import each_match, numbers_between

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
_PUNCTUATION = r"[\s\p{P}\p{S}]+"


def plain_text(text: str) -> str:
    """SQL for a text without capitals, blanks, punctuation and signs."""
    return f"regexp_replace(lower({text}), '{_PUNCTUATION}', '', 'g')"


def tokens(named: str) -> str:
    """SQL for the distinct words of texts: `id, token`, from a query of `id, text`."""
    run = each_match("lower(text)", f"[{_HAN}]+|[^\\s\\p{{P}}\\p{{S}}{_HAN}]+")
    return f"""SELECT DISTINCT id, CASE WHEN han THEN substr(run, CAST(place AS BIGINT), 2) ELSE run END AS token FROM (
        SELECT id, run, han, {numbers_between("1", "CASE WHEN han THEN greatest(length(run) - 1, 1) ELSE 1 END")} AS place FROM (
            SELECT id, run, regexp_matches(run, '^[{_HAN}]') AS han FROM (SELECT id, {run} AS run FROM ({named}) AS named) AS runs
        ) AS kinds
    ) AS places"""
