"""Verdicts that do not stand, as something is not known of the record that might turn them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from itsmctl.engine.sql import Fragment, quote

Resting = Literal["any", "failures", "passes"]
"""Which verdicts rest on what is not known: the other kind shows enough."""

_STANDS = {"any": "false", "failures": "coalesce(j.passed, false)", "passes": "NOT coalesce(j.passed, true)"}


def unknown_in(columns: Iterable[str]) -> str:
    """SQL for the records of which nobody knows what they have in some of the columns: `(SELECT tix …)`, each once."""
    return f"""(SELECT DISTINCT tix FROM lacking WHERE "column" IN ({", ".join(map(quote, columns))}))"""


def others_lack(columns: Iterable[str]) -> str:
    """SQL for the reason of a verdict that other records could turn, of which nobody knows the columns."""
    return quote("others-lack:" + ",".join(columns))


def doubted(body: Fragment, doubtful: Fragment, resting: Resting, *, observed_stays: bool = False) -> Fragment:
    """The verdicts of a check, whose statement is `body`; of the records that are `doubtful` none that rests on what is not known.

    `doubtful` is a SELECT of `record_id, opened_at, reason`, each record in the scope at most once. Such a record is not testable
    either where the check leaves it out: what is not known may be what the check is about.
    """
    stands = f"(u.record_id IS NULL OR {_STANDS[resting]})"
    observed = "j.observed" if observed_stays else f"CASE WHEN {stands} THEN j.observed END"
    return (
        f"""SELECT coalesce(j.record_id, u.record_id) AS record_id, CASE WHEN {stands} THEN j.passed END AS passed, {observed} AS observed,
        j.expected, CASE WHEN j.record_id IS NULL THEN u.opened_at ELSE j."at" END AS "at", CASE WHEN {stands} THEN j.reason ELSE u.reason END AS reason FROM ("""
        + body
        + ") AS j FULL JOIN ("
        + doubtful
        + ") AS u ON u.record_id = j.record_id"
    )
