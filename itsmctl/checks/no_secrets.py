"""Texts of tickets hold no secrets and no personal data that do not belong there.

Looked for are private keys, passwords written after that word, access keys of well-known services, tokens, payment card numbers (with a
valid check digit) and Chinese identity numbers (likewise); `kinds` chooses among these, and mail addresses and mobile numbers.
What was found is never told, only its kind and the column. Test data may look alike, so rules mark it as an enquiry.

    check: {no-secrets: {columns: [title, resolution]}}
    check: {no-secrets: {columns: [resolution], kinds: [password, mail-address]}}

Passing: `Password was reset, the user chose a new one`. Flagged: `new password: Winter2026!`; `卡号 4111 1111 1111 1111`.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import texts
from itsmctl.engine.sql import Fragment, each_match, matches, name, quote
from itsmctl.model import TEXT_COLUMNS, Rule

ID = "no-secrets"
PATTERNS = {
    "private-key": "-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "password": r"(?i)(password|passwd|passphrase|\bpwd|passwort|密码|口令)\s*(is|was|ist|为|是|=|:|：)\s*[^\s，。,;]*[0-9!@#$%^&*][^\s，。,;]*",
    "access-key": r"\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[0-9A-Za-z_-]{35}|\bLTAI[0-9A-Za-z]{16,}",
    "token": r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|(?i)\bbearer\s+[A-Za-z0-9._~+/-]{20,}",
    "mail-address": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
    "mobile-number": r"(^|[^0-9])1[3-9][0-9]{9}($|[^0-9])",
}
NUMBERS = ("card-number", "identity-number")
USUAL = ("private-key", "password", "access-key", "token", *NUMBERS)
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["columns"],
    "properties": {
        "columns": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": list(TEXT_COLUMNS)},
            "description": "The columns with the texts that are searched.",
        },
        "kinds": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": [*PATTERNS, *NUMBERS]},
            "description": "What is looked for; default: everything but mail addresses and mobile numbers.",
        },
    },
}
NAMES = {"columns/*": "column"}
_LONG_NUMBER = r"[0-9]([ -]?[0-9]){12,30}[Xx]?"


def needs(rule: Rule) -> Needs:
    """The texts."""
    return Needs(columns=frozenset(texts(rule, "columns")))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` names the kinds found and where, never what was found."""
    kinds, columns = texts(rule, "kinds") or USUAL, texts(rule, "columns")
    found = " UNION ALL ".join(_found(kinds, column) for column in columns)
    return Fragment(
        f"""SELECT r.record_id, f.tix IS NULL AS passed, coalesce(f.told, 'none found') AS observed, ? AS expected, r.opened_at AS "at", CAST(NULL AS VARCHAR) AS reason
        FROM scoped AS r LEFT JOIN (SELECT tix, string_agg(told, ', ' ORDER BY told) AS told FROM ({found}) AS found GROUP BY tix) AS f ON f.tix = r.tix""",
        (f"none of: {', '.join(kinds)}",),
    )


def _found(kinds: Sequence[str], column: str) -> str:
    """SELECT of the records in whose column secrets stand: tix, told."""
    text = f"r.{name(column)}"
    every = f"SELECT DISTINCT {text} AS text FROM scoped AS r WHERE {text} IS NOT NULL"
    written = f"SELECT text FROM ({every}) AS every WHERE {matches('text', _any_of(kinds))}"
    secrets = " UNION ALL ".join(_secrets(kind, quote(f"{kind} ({column})")) for kind in kinds)
    return f"""SELECT r.tix, s.told FROM scoped AS r JOIN (
        WITH written AS MATERIALIZED ({written}) SELECT DISTINCT text, told FROM ({secrets}) AS every
    ) AS s ON s.text = {text}"""


def _any_of(kinds: Sequence[str]) -> str:
    """A pattern that matches where one of the kinds may stand: most texts hold none, and need be read only once for that."""
    patterns = dict.fromkeys(PATTERNS.get(kind, _LONG_NUMBER) for kind in kinds)
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _secrets(kind: str, told: str) -> str:
    """SELECT of the texts in which a secret of the kind stands: text, told."""
    if kind in PATTERNS:
        return f"SELECT text, {told} AS told FROM written WHERE {matches('text', PATTERNS[kind])}"
    valid = _valid_card("digits") if kind == "card-number" else _valid_identity("digits")
    return f"""SELECT text, {told} AS told FROM (SELECT text, upper(regexp_replace(found, '[ -]', '', 'g')) AS digits FROM (
            SELECT text, {each_match("text", _LONG_NUMBER)} AS found FROM written WHERE {matches("text", _LONG_NUMBER)}
        ) AS long) AS numbers WHERE {valid}"""


def _valid_card(digits: str) -> str:
    """SQL for Luhn's check over 13 to 19 digits that do not all look alike."""
    padded = f"lpad({digits}, 19, '0')"
    terms = []
    for place in range(1, 20):
        digit = f"CAST(substr({padded}, {place}, 1) AS BIGINT)"
        terms.append(digit if place % 2 else f"({digit} * 2 - CASE WHEN {digit} > 4 THEN 9 ELSE 0 END)")
    different = f"replace({digits}, substr({digits}, 1, 1), '') <> ''"
    return f"CASE WHEN {matches(digits, '^[2-6][0-9]{12,18}$')} AND {different} THEN ({' + '.join(terms)}) % 10 = 0 ELSE false END"


def _valid_identity(digits: str) -> str:
    """SQL for a Chinese identity number: eighteen places, a birthday, and ISO 7064's check."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = " + ".join(
        f"CAST(substr({digits}, {place}, 1) AS BIGINT) * {weight}" for place, weight in enumerate(weights, 1)
    )
    form = matches(digits, "^[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$")
    return f"CASE WHEN {form} THEN substr('10X98765432', CAST(({total}) % 11 AS BIGINT) + 1, 1) = substr({digits}, 18, 1) ELSE false END"
