"""Two judgements of the same records compared: which verdicts flip, counted and attributed without leaving the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from itsmctl.engine.people import unmarked
from itsmctl.engine.session import Row, Session, file_text, quote

OUT_OF_SCOPE = "out_of_scope"
"""The state of a record that a rule does not judge."""
_WORST_FIRST = ("fail", "not_testable", "waived", "pass")


def write_states(
    session: Session, path: Path, names: Mapping[str, str], groups: Collection[str], called: Mapping[str, str]
) -> None:
    """Write what `verdict` says as (rule, record_id, state, reason), each pair once, and the worst of what is said of it.

    `names` are the ids that rules bear in the comparison. The verdicts of the rules `groups` are about groups, whose keys
    consist of values; `called` gives for a value of old what it is called in the comparison.
    """
    session.run('CREATE OR REPLACE TEMP TABLE rule_name ("rule" VARCHAR, name VARCHAR, grouped BOOLEAN)')
    session.insert("rule_name", ("rule", "name", "grouped"), [(old, new, old in groups) for old, new in names.items()])
    key = unmarked("v.record_id")
    if called:
        cases = " ".join(f"WHEN {quote(old)} THEN {quote(new)}" for old, new in sorted(called.items()))
        key = f"array_to_string(list_transform(string_split({key}, ' / '), lambda x: CASE x {cases} ELSE x END), ' / ')"
    rank = f"""list_position({list(_WORST_FIRST)!r}, CASE WHEN v.passed THEN 'pass' WHEN v.passed IS NULL THEN 'not_testable'
        WHEN v.waiver IS NOT NULL THEN 'waived' ELSE 'fail' END)"""
    session.write_parquet(
        f"""SELECT n.name AS "rule", v.record_id, CAST({rank} AS TINYINT) AS state, v.reason
            FROM verdict AS v JOIN rule_name AS n ON n."rule" = v."rule" AND NOT n.grouped
        UNION ALL SELECT n.name AS "rule", {key} AS record_id, CAST(min({rank}) AS TINYINT) AS state, max(v.reason) AS reason
            FROM verdict AS v JOIN rule_name AS n ON n."rule" = v."rule" AND n.grouped GROUP BY ALL""",
        path,
    )
    for table in ("tested", "untested", "unlooked"):
        session.run(f"DELETE FROM {table}")


def compare(
    session: Session, before: Sequence[Path], after: Sequence[Path], places: Mapping[str, tuple[int, int]]
) -> int:
    """Create `flip(rule, record_id, before, after, reason, service, month)` from the states on both sides; how many there are.

    The session holds the records of the later side. `places` says of rules about groups which parts of their keys are the
    service and the month, from 1; 0 where there is no such part.
    """
    session.run('CREATE OR REPLACE TEMP TABLE key_part ("rule" VARCHAR, service_at BIGINT, month_at BIGINT)')
    session.insert("key_part", ("rule", "service_at", "month_at"), [(rule, *at) for rule, at in sorted(places.items())])
    session.run(
        f"""CREATE OR REPLACE TABLE flip AS SELECT f."rule", f.record_id, f.before, f.after, f.reason,
            coalesce(r.service, CASE WHEN k.service_at > 0 THEN string_split(f.record_id, ' / ')[k.service_at] END, '') AS service,
            coalesce(r.month, CASE WHEN k.month_at > 0 THEN string_split(f.record_id, ' / ')[k.month_at] END, '') AS month
        FROM (
            SELECT coalesce(b."rule", a."rule") AS "rule", coalesce(b.record_id, a.record_id) AS record_id,
                {_state("b.state")} AS before, {_state("a.state")} AS after, coalesce(a.reason, '') AS reason
            FROM ({_states(before)}) AS b FULL JOIN ({_states(after)}) AS a ON a."rule" = b."rule" AND a.record_id = b.record_id
            WHERE a.state IS DISTINCT FROM b.state
        ) AS f LEFT JOIN key_part AS k ON k."rule" = f."rule"
        LEFT JOIN record AS r ON r.record_id = f.record_id AND k."rule" IS NULL"""
    )
    session.run('CREATE OR REPLACE TABLE cause ("rule" VARCHAR, record_id VARCHAR, cause BIGINT)')
    (count,) = session.one("SELECT count(*) FROM flip")
    return int(str(count))


def blame(session: Session, rules: Collection[str], cause: int, states: Sequence[Path] = ()) -> None:
    """Name a cause of the flips of some rules: of all, or of those whose verdict is as after where only this cause acts."""
    among = f'f."rule" IN ({", ".join(quote(rule) for rule in sorted(rules))})'
    alone = ""
    if states:
        alone = f"""LEFT JOIN ({_states(states)}) AS s ON s."rule" = f."rule" AND s.record_id = f.record_id"""
        among += f" AND {_state('s.state')} = f.after"
    session.run(f'INSERT INTO cause SELECT f."rule", f.record_id, {int(cause)} FROM flip AS f {alone} WHERE {among}')


def blame_together(session: Session, causes: Mapping[str, Sequence[int]]) -> None:
    """Name the causes of flips that none of them brings about alone: all that touch the rule, as negative numbers."""
    session.run('CREATE OR REPLACE TEMP TABLE toucher ("rule" VARCHAR, cause BIGINT)')
    rows = [(rule, -1 - number) for rule, numbers in sorted(causes.items()) for number in numbers]
    session.insert("toucher", ("rule", "cause"), rows)
    session.run(
        """INSERT INTO cause SELECT f."rule", f.record_id, t.cause FROM flip AS f JOIN toucher AS t ON t."rule" = f."rule"
        WHERE NOT EXISTS (SELECT 1 FROM cause AS c WHERE c."rule" = f."rule" AND c.record_id = f.record_id)"""
    )


def counted(session: Session) -> list[Row]:
    """(rule, before, after, service, month, flips), sorted."""
    return session.rows(
        'SELECT "rule", before, after, service, month, count(*) FROM flip GROUP BY ALL ORDER BY ALL',
    )


def counted_by_cause(session: Session) -> list[Row]:
    """(cause, rule, flips), sorted; a flip of several causes counts for each."""
    return session.rows('SELECT cause, "rule", count(*) FROM cause GROUP BY ALL ORDER BY ALL')


def flipping(session: Session) -> list[str]:
    """The rules of which any verdict flips, by id."""
    return [str(rule) for (rule,) in session.rows('SELECT DISTINCT "rule" FROM flip ORDER BY 1')]


def listed(session: Session, each: int) -> list[Row]:
    """(rule, record_id, before, after, reason, service, month, causes): of each rule, before and after so many, or all of 0."""
    some = (
        f'QUALIFY row_number() OVER (PARTITION BY f."rule", before, after ORDER BY f.record_id) <= {each}'
        if each
        else ""
    )
    return session.rows(
        f"""SELECT f.*, coalesce(c.causes, '') FROM (
            SELECT * FROM flip AS f {some}
        ) AS f LEFT JOIN (
            SELECT "rule", record_id, string_agg(CAST(cause AS VARCHAR), ',' ORDER BY cause DESC) AS causes FROM cause GROUP BY ALL
        ) AS c ON c."rule" = f."rule" AND c.record_id = f.record_id ORDER BY f."rule", f.before, f.after, f.record_id"""
    )


def _states(files: Sequence[Path]) -> str:
    if not files:
        return """SELECT CAST(NULL AS VARCHAR) AS "rule", CAST(NULL AS VARCHAR) AS record_id, CAST(NULL AS TINYINT) AS state,
            CAST(NULL AS VARCHAR) AS reason WHERE false"""
    names = ", ".join(quote(file_text(path)) for path in files)
    return f"SELECT * FROM read_parquet([{names}])"


def _state(column: str) -> str:
    cases = " ".join(f"WHEN {number} THEN {quote(state)}" for number, state in enumerate(_WORST_FIRST, 1))
    return f"CASE {column} {cases} ELSE {quote(OUT_OF_SCOPE)} END"
