"""What rules judged, by priority and by service: how many records there are, and how many failed or could not be tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock

from itsmctl.engine.context import Context
from itsmctl.engine.session import Session, as_much_as_fits, name
from itsmctl.engine.sql import Fragment, join
from itsmctl.engine.statements import in_scope
from itsmctl.engine.verdicts import by_rule
from itsmctl.model import Rule
from itsmctl.result import Share

BREAKDOWN_COLUMNS = ("priority", "service")
Totals = Mapping[tuple[int, str], int]
"""Records by the number of a column of the breakdown and its value, '' where it is empty."""
_BREAKDOWN = ", ".join(f"r.{name(column)}" for column in BREAKDOWN_COLUMNS)


def breakdown(session: Session, populations: Mapping[str, Totals]) -> Mapping[str, tuple[Share, ...]]:
    """What became of the records that some rules judged, by priority and by service; values sorted, '' where empty."""
    wrong = _wrong_by_value(session, sorted(populations))
    return by_rule(
        (rule, Share(BREAKDOWN_COLUMNS[which], value, n, *wrong.get((rule, which, value), (0, 0))))
        for rule, total in populations.items()
        for (which, value), n in sorted(total.items())
    )


class Populations:
    """How many records the scopes of some rules hold: counted once for all of one process, when somebody first asks for one of them.

    Several connections may ask at once; one of them counts, and the others wait.
    """

    def __init__(self, rules: Iterable[Rule], context: Context) -> None:
        self._scopes = {rule.id: (rule.process, in_scope(rule, context.about(rule.process))) for rule in rules}
        self._counted: dict[Fragment, Totals] = {}
        self._lock = Lock()

    def of(self, session: Session, rule: Rule) -> Totals:
        """The records in the scope of one of the rules by the values of each column."""
        process, scope = self._scopes[rule.id]
        with self._lock:
            if scope not in self._counted:
                scopes = list(dict.fromkeys(other for of, other in self._scopes.values() if of == process))
                totals = as_much_as_fits(lambda some: _by_scope(session, process, some), scopes)
                self._counted |= zip(scopes, totals, strict=True)
        return self._counted[scope]


def size_of(total: Totals) -> int:
    """How many records there are."""
    return sum(n for (which, _), n in total.items() if which == 0)


def totals_judged(session: Session, rule: Rule) -> Totals:
    """The same of the records that a rule judged, where these are not all in its scope."""
    own = " AND r.process = ?" if rule.process else ""
    found: Counter[tuple[int, str]] = Counter()
    for *values, n in session.rows(
        f"""SELECT {_BREAKDOWN}, count(*) FROM judgement AS j JOIN record AS r ON r.record_id = j.record_id
        WHERE j."rule" = ?{own} GROUP BY {_BREAKDOWN}""",
        (rule.id, rule.process) if rule.process else (rule.id,),
    ):
        for key in _values(values):
            found[key] += int(str(n))
    return found


def _wrong_by_value(session: Session, rules: Sequence[str]) -> Mapping[tuple[str, int, str], tuple[int, int]]:
    """How many records failed and could not be tested, by rule, column and value."""
    if not rules:
        return {}
    rows = session.rows(
        f"""SELECT {_BREAKDOWN}, count(*) FILTER (WHERE NOT j.passed AND j.waiver IS NULL), count(*) FILTER (WHERE j.passed IS NULL), j."rule"
        FROM record AS r JOIN tested AS j ON j.record_id = r.record_id
        WHERE j.passed IS NOT true AND j."rule" IN ({", ".join("?" * len(rules))}) GROUP BY {_BREAKDOWN}, j."rule\"""",
        tuple(rules),
    )
    failed: Counter[tuple[str, int, str]] = Counter()
    untested: Counter[tuple[str, int, str]] = Counter()
    for *values, wrong, unknown, rule in rows:
        for key in _values(values):
            failed[(str(rule), *key)] += int(str(wrong))
            untested[(str(rule), *key)] += int(str(unknown))
    return {key: (failed[key], untested[key]) for key in failed}


def _by_scope(session: Session, process: str, scopes: Sequence[Fragment]) -> Sequence[Totals]:
    """How many records of a process, or with '' of all, meet each of some conditions, by the values of each column.

    Each condition names the process too; but the database tests all conditions on all the records that it reads.
    """
    counted = join(", ", ("count(*) FILTER (WHERE " + scope + ")" for scope in scopes))
    own = Fragment(" WHERE r.process = ?", (process,)) if process else Fragment("")
    query = f"SELECT {_BREAKDOWN}, " + counted + " FROM record AS r" + own + f" GROUP BY {_BREAKDOWN}"
    found: list[Counter[tuple[int, str]]] = [Counter() for _ in scopes]
    columns = len(BREAKDOWN_COLUMNS)
    for row in session.rows(query.text, query.values):
        for total, n in zip(found, row[columns:], strict=True):
            for key in _values(row[:columns]) if n else ():
                total[key] += int(str(n))
    return found


def _values(values: Sequence[object]) -> Iterator[tuple[int, str]]:
    """The number of each column of the breakdown with its value, '' where it is empty."""
    for which, value in enumerate(values):
        yield which, "" if value is None else str(value)
