"""A Declare template as a check type: its page, its parameters, and the SQL that its shape makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from itsmctl.checks.declare.activity import APPROVAL, STATE, Activity, activity
from itsmctl.checks.declare.trace import sources
from itsmctl.engine.acts import unclear
from itsmctl.engine.context import Context, Named, Needs
from itsmctl.engine.doubts import doubted
from itsmctl.engine.openings import Opening, bound_of
from itsmctl.engine.spans import WITH_STATES
from itsmctl.engine.sql import Fragment, join
from itsmctl.model import Rule

EITHER = "either"
"""For both activities, where one of them is enough."""


@dataclass(frozen=True)
class Demand:
    """What one rule asks: its activities, its number or its bound in seconds (open ones by a calendar)."""

    first: Activity
    then: Activity | None
    number: int
    within: int | None
    opening: Opening | None
    wanted: str
    """The demand in words, without the bound."""
    bound: str
    """The bound in words, `4h` or `1bd of cn-office`, or ''."""
    now: int | None
    """The moment of the audit on the clock of the bound; None where the calendar is not known that far."""

    @property
    def expected(self) -> str:
        """The whole demand in words."""
        return f"{self.wanted}, within {self.bound}" if self.bound else self.wanted

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of events that it looks at."""
        return sources([self.first, self.then] if self.then else [self.first])


@dataclass(frozen=True)
class Template:
    """One template; an instance is a `Check`, and its `__doc__` the page of the check type."""

    ID: str
    page: str
    wanted: str
    """The demand in words, with `{first}`, `{then}` or `{n}`."""
    PARAMETERS: Mapping[str, object]
    NAMES: Mapping[str, str]
    judge: Callable[[Demand, Context], Fragment]
    count: str = ""
    """The parameter that is the number, where there is one."""
    default: int = 0
    passes_without: tuple[str, ...] = ()
    """The activities without which a record passes: those that are forbidden, or that ask for another."""
    fails_without: tuple[str, ...] = ()
    """The activities without which a record fails, or is waited for."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "__doc__", self.page)

    def needs(self, rule: Rule) -> Needs:
        """The history of the fields that its activities are of, the columns that they ask about, and words for their values."""
        demand = self._activities(rule)
        columns = {c.column for one in demand.values() for c in one.where}
        kinds = frozenset(one.source for one in demand.values())
        return Needs(columns=frozenset(columns), history=kinds - {APPROVAL}, named=frozenset(self._named(demand)))

    def compile(self, rule: Rule, context: Context) -> Fragment:
        """One row per record; `observed` says what its history shows."""
        return self._with_undated(self.judge(self._demand(rule, context), context), rule, context)

    def _with_undated(self, body: Fragment, rule: Rule, context: Context) -> Fragment:
        """Leave untested what an approval without a moment, or one that may be such a decision, might turn: a failure for want of it,
        a pass that it would forbid.

        Where it matters what stands next to what, or first or last, an approval without a moment may lie anywhere, whatever was
        decided, and turns both.
        """
        by_place = any(part in ("chain", "alternate", "init", "end") for part in self.ID.split("-"))
        forgives, forbids = [], []
        for key, one in self._activities(rule).items():
            if one.source == APPROVAL:
                turning = Fragment("true") if by_place else one.test()
                if by_place or key in self.fails_without or EITHER in self.fails_without:
                    forgives.append(turning)
                if by_place or key in self.passes_without:
                    forbids.append(turning)
        if forgives:
            body = doubted(body, self._unsure(forgives, rule, context), "failures")
        return doubted(body, self._unsure(forbids, rule, context), "passes") if forbids else body

    def _unsure(self, tests: Sequence[Fragment], rule: Rule, context: Context) -> Fragment:
        """SELECT of the records with an approval `e` that meets one of the tests and has no moment, or, of which nobody can say what
        was decided, may be one of the decisions that are named."""
        return (
            """SELECT r.record_id, min(r.opened_at) AS opened_at, max(e.reason) AS reason FROM (
            SELECT tix, 'approval' AS kind, decision AS value, "role", 'undated-approval' AS reason FROM approval WHERE moment IS NULL"""
            + self._unclear(rule, context)
            + ") AS e JOIN scoped AS r ON r.tix = e.tix WHERE "
            + join(" OR ", tests)
            + " GROUP BY r.record_id"
        )

    def _unclear(self, rule: Rule, context: Context) -> Fragment:
        """UNION ALL of the approvals of which nobody can say what was decided, as each of the decisions that are named."""
        named = sorted({v for one in self._activities(rule).values() if one.source == APPROVAL for v in one.values})
        if not context.undecided:
            return Fragment("")
        return join(
            "",
            (
                Fragment(
                    """ UNION ALL SELECT tix, 'approval' AS kind, ? AS value, "role", 'unclear-decision' AS reason FROM approval WHERE """,
                    (value,),
                )
                + unclear("decision", named)
                for value in named
            ),
        )

    def _activities(self, rule: Rule) -> Mapping[str, Activity]:
        keys = ("activity", "first", "then")
        return {key: activity(rule.parameters[key]) for key in keys if key in rule.parameters}

    def _named(self, demand: Mapping[str, Activity]) -> Iterator[Named]:
        """The values of its activities; those of which one or the other may come are one thing."""
        for key, one in demand.items():
            for column, values in one.named.items():
                yield Named(column, values, key in self.passes_without, key in self.fails_without)
        if EITHER in self.fails_without:
            together: dict[str, tuple[str, ...]] = {}
            for one in demand.values():
                together |= {column: together.get(column, ()) + values for column, values in one.named.items()}
            yield from (Named(column, values, fails_without=True) for column, values in together.items())

    def _demand(self, rule: Rule, context: Context) -> Demand:
        first, *rest = self._activities(rule).values()
        then = rest[0] if rest else None
        number = int(str(rule.parameters.get(self.count, self.default)))
        bound = bound_of(rule.parameters, "within", context.openings) if "within" in rule.parameters else None
        opening = bound.opening if bound else None
        words = {"first": first.text, "then": then.text if then else "", "n": number}
        return Demand(
            first=first,
            then=then,
            number=number,
            within=bound.seconds if bound else None,
            opening=opening,
            wanted=self.wanted.format(**words),
            now=context.as_of if opening is None else opening.until if context.as_of <= opening.known_before else None,
            bound=bound.text if bound else "",
        )


def verdict(demand: Demand, facts: Fragment, passed: Fragment, observed: Fragment, at: str, doubt: str) -> Fragment:
    """The rows of a check from the facts `m` that were gathered of each record.

    `doubt` is SQL for the reason why an open question stays open. A record is always in some state: one without any in
    its history has none of it. Of other fields, no change is a history too.
    """
    unknown = ["WHEN k.tix IS NULL THEN 'no-history:state'"] if STATE in demand.kinds else []
    unknown += (
        ["WHEN (SELECT count(*) FROM every_approval) = 0 THEN 'no-approvals'"] if APPROVAL in demand.kinds else []
    )
    blind = f"CASE {' '.join(unknown)} END" if unknown else "CAST(NULL AS VARCHAR)"
    known = WITH_STATES if STATE in demand.kinds else ""
    return (
        "SELECT j.record_id, CASE WHEN j.blind IS NULL THEN j.passed END AS passed, "
        "CASE WHEN j.blind IS NULL THEN j.observed END AS observed, "
        + Fragment('? AS expected, j."at", CASE WHEN j.blind IS NOT NULL THEN j.blind WHEN j.passed IS NULL THEN j.doubt END AS reason FROM (', (demand.expected,))
        + f"SELECT r.record_id, {blind} AS blind, " + passed + " AS passed, " + observed + " AS observed, "
        + f'coalesce({at}, r.opened_at) AS "at", {doubt} AS doubt FROM scoped AS r LEFT JOIN ('
        + facts + f") AS m ON m.tix = r.tix{known}) AS j"
    )  # fmt: skip
