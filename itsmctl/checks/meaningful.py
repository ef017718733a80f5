"""A text that says something: no placeholder, not too short, not the same on many records, not a copy of another column.

Compared are the words without capitals, blanks and punctuation. `placeholders` replaces the list that comes with the check (done,
ok, fixed, n/a, 已处理, 已解决, …). `unlike` names a column that the text may not repeat: at most `similar` per cent of their words
(for Chinese, pairs of characters) may be common to both. `repeated` is the number of records from which the same text is a
pattern. An empty text is not judged here; `required` asks for one.

    check: {meaningful: {column: resolution, shortest: 5, repeated: 30}}
    check: {meaningful: {column: root_cause, unlike: title, similar: 80}}

Passing: `Disk of db01 was full; logs rotated`. Failing: `done`; `已处理。`; the text that stands on 30 others too.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import PERCENT, TEXTS, number_of, texts
from itsmctl.engine.sql import Fragment, literal_rows, name
from itsmctl.engine.tokens import plain_text, tokens
from itsmctl.model import TEXT_COLUMNS, Rule

ID = "meaningful"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column"],
    "properties": {
        "column": {"enum": list(TEXT_COLUMNS), "description": "The column with the text."},
        "placeholders": {
            **TEXTS,
            "description": "Words that say nothing, instead of the list that comes with the check (done, ok, n/a, …).",
        },
        "shortest": {
            "type": "integer",
            "minimum": 1,
            "description": "The smallest number of letters, without blanks and punctuation, that passes; default: 1.",
        },
        "repeated": {
            "type": "integer",
            "minimum": 2,
            "description": "From how many records with the same text on it says nothing; default: it is not counted.",
        },
        "unlike": {"enum": list(TEXT_COLUMNS), "description": "A column that the text may not repeat."},
        "similar": {
            **PERCENT,
            "description": "How many of their words may be common to both columns, in per cent; default: 80.",
        },
    },
    "dependencies": {"similar": ["unlike"]},
}
NAMES = {"column": "column", "unlike": "column"}
PLACEHOLDERS = (
    "done", "ok", "okay", "fixed", "solved", "resolved", "closed", "completed", "complete", "finished", "n/a", "na", "none", "nil", "null",
    "test", "tbd", "todo", "xxx", "see above", "as above", "same", "no comment", "restore backup", "restore from backup", "rollback", "roll back",
    "已处理", "已解决", "已完成", "已关闭", "已修复", "处理完毕", "处理完成", "完成", "解决", "好了", "可以了", "正常", "无", "同上", "略", "测试", "回退", "恢复备份",
)  # fmt: skip


def needs(rule: Rule) -> Needs:
    """The text, and what it is compared with."""
    return Needs(columns=frozenset(str(rule.parameters[key]) for key in ("column", "unlike") if key in rule.parameters))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record with a text; `observed` says what is wrong with it."""
    column = f"r.{name(str(rule.parameters['column']))}"
    copied, unlike = Fragment("CAST(NULL AS VARCHAR)"), rule.parameters.get("unlike")
    if unlike:
        copies = _copies(column, f"r.{name(str(unlike))}", rule)
        copied = Fragment(f"CASE WHEN coalesce(r.tix IN ({copies}), false) THEN 'a copy of {unlike}' END")
    return (
        """SELECT record_id, wrong IS NULL AS passed, coalesce(wrong, 'meaningful') AS observed, 'a meaningful text' AS expected,
            opened_at AS "at", CAST(NULL AS VARCHAR) AS reason
        FROM (SELECT r.record_id, r.opened_at, coalesce(w.wrong, """
        + copied
        + ") AS wrong FROM scoped AS r LEFT JOIN ("
        + _wrong(column, rule)
        + f") AS w ON w.text = {column} WHERE {column} IS NOT NULL) AS judged"
    )


def _wrong(column: str, rule: Rule) -> Fragment:
    """SELECT of the texts that say nothing, and why: each is looked at once, on however many records it stands."""
    listed = texts(rule, "placeholders") or PLACEHOLDERS
    placeholders = f"SELECT {plain_text('w.word')} FROM " + literal_rows([(word,) for word in listed], "w", ("word",))
    shortest, repeated = number_of(rule, "shortest", 1), rule.parameters.get("repeated")
    often = f"same >= {repeated}" if repeated else "false"
    return (
        "SELECT text, wrong FROM (SELECT text, CASE WHEN plain = '' OR plain IN ("
        + placeholders
        + f""") THEN 'a placeholder' WHEN length(plain) < {shortest} THEN concat('characters: ', length(plain))
            WHEN {often} THEN concat('the same on records: ', same) END AS wrong
        FROM (SELECT text, plain, sum(n) OVER (PARTITION BY plain) AS same FROM (SELECT text, {plain_text("text")} AS plain, n FROM (
            SELECT {column} AS text, count(*) AS n FROM scoped AS r WHERE {column} IS NOT NULL GROUP BY 1
        ) AS written) AS plainly) AS counted) AS judged_text WHERE wrong IS NOT NULL"""
    )


def _copies(column: str, other: str, rule: Rule) -> str:
    """SQL for the records whose two texts have more words in common than allowed."""
    similar = rule.parameters.get("similar", 80)
    mine = tokens(f"SELECT r.tix AS id, {column} AS text FROM scoped AS r WHERE {column} IS NOT NULL")
    theirs = tokens(f"SELECT r.tix AS id, {other} AS text FROM scoped AS r WHERE {other} IS NOT NULL")
    return f"""SELECT tix FROM (
        SELECT id AS tix, count(*) FILTER (WHERE n = 2) AS shared, count(*) AS words FROM (
            SELECT id, token, count(*) AS n FROM (SELECT id, token FROM ({mine}) AS m UNION ALL SELECT id, token FROM ({theirs}) AS t) AS words GROUP BY id, token
        ) AS pooled GROUP BY id
    ) AS compared WHERE 100.0 * shared / words > {similar}"""
