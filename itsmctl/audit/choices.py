"""What an audit is asked to do: which plan, rules, moment and period, said or chosen by default."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean, unknown_at
from itsmctl.importers.receipt import Receipt
from itsmctl.model import TIME_COLUMNS, AuditPlan, Definitions, Rule, covers
from itsmctl.worktime import parse_moment
from itsmctl.zones import midnight, midnight_after


def plan_named(definitions: Definitions, name: str) -> AuditPlan | None:
    """The plan of that id; None where none is named."""
    if not name:
        return None
    if name not in definitions.plans:
        raise ItsmctlError(unknown_at(Where(), name, "plan", definitions.plans))
    return definitions.plans[name]


def chosen_rules(definitions: Definitions, plan: AuditPlan | None, asked: Sequence[str]) -> list[Rule]:
    """The rules asked for, else the plan's, else all; patterns such as `INC-*` are allowed."""
    patterns = list(asked) or list(plan.rules if plan else ())
    chosen = dict(definitions.rules)
    if patterns:
        by_alias = {alias: rule.id for rule in definitions.rules.values() for alias in rule.aliases}
        names = [by_alias.get(pattern, pattern) for pattern in patterns]
        unknown = [n for n in names if not any(fnmatch.fnmatchcase(rule, n) for rule in definitions.rules)]
        if unknown:
            raise ItsmctlError(unknown_at(Where(), word, "rule", definitions.rules) for word in unknown)
        chosen = {rule: d for rule, d in definitions.rules.items() if any(fnmatch.fnmatchcase(rule, n) for n in names)}
    if plan and plan.processes:
        chosen = {rule: d for rule, d in chosen.items() if not d.process or d.process in plan.processes}
    if plan and plan.frameworks:
        chosen = {
            rule: d for rule, d in chosen.items() if any(c.partition(":")[0] in plan.frameworks for c in d.clauses)
        }
    if plan and plan.clauses:
        chosen = {rule: d for rule, d in chosen.items() if any(covers(plan.clauses, c) for c in d.clauses)}
    if not chosen:
        template = "no rule is left to judge by: the plan's processes, frameworks and clauses leave out every rule"
        raise ItsmctlError(Problem("no-rules", template, plan.where if plan else Where()))
    return sorted(chosen.values(), key=lambda rule: rule.id)


def rule_named(definitions: Definitions, word: str, others: Iterable[str] = ()) -> Rule:
    """The rule of that id or alias; `others` are names that could have been meant besides."""
    for rule in definitions.rules.values():
        if word == rule.id or word in rule.aliases:
            return rule
    problem = unknown_at(Where(), word, "rule", definitions.rules)
    raise ItsmctlError(replace(problem, suggestion=did_you_mean(word, [*definitions.rules, *others])))


def with_foundations(definitions: Definitions, rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules and all that they rest on, in tiers, each after its foundations: none must stand on air."""
    every = {rule.id: rule for rule in rules}
    waiting = list(rules)
    while waiting:
        for name in waiting.pop().rests_on:
            if name not in every:
                every[name] = definitions.rules[name]
                waiting.append(definitions.rules[name])
    tiers: dict[int, list[Rule]] = {}
    for rule in sorted(every.values(), key=lambda rule: rule.id):
        tiers.setdefault(_tier(rule, every), []).append(rule)
    return [tiers[number] for number in sorted(tiers)]


def zone_of_audit(receipt: Receipt, plan: AuditPlan | None) -> str:
    """The one zone in which days and months begin: the plan's, else the export's, else UTC."""
    return (plan.zone if plan else "") or receipt.zone or "UTC"


def moment_of_judgement(receipt: Receipt, plan: AuditPlan | None, asked: str) -> int:
    """The moment of judgement; a bare day means the end of that day in the zone of the audit."""
    text = asked or (plan.as_of if plan else "")
    zone = zone_of_audit(receipt, plan)
    if text:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return parse_moment(text, zone, Where("--as-of"))
        return midnight_after(day, zone)
    if not receipt.last_moment:
        raise ItsmctlError(_no_moment(receipt))
    return int(datetime.fromisoformat(receipt.last_moment).timestamp())


def _no_moment(receipt: Receipt) -> Problem:
    if not receipt.records and receipt.rows_read:
        template = "of {rows} rows none could be read as a ticket; `itsmctl import` tells why each was set aside, and `itsmctl import EXPORT --suggest` proposes a mapping of your own"
        return Problem("no-records", template, values={"rows": receipt.rows_read})
    unread = dict.fromkeys(one.exported for one in receipt.unread if one.column in TIME_COLUMNS)
    if not unread and not set(TIME_COLUMNS) & set(receipt.mapped):
        template = "no moment was read, as mapping {mapping} names no column of moments that the export has: name at least `opened_at` under its `columns`; or say with --as-of when all else is judged"
        return Problem("no-moment", template, values={"mapping": receipt.mapping})
    if not unread:
        return Problem("no-moment", "the dataset holds no moment at all; say with --as-of when it is judged")
    template = (
        "no time under {columns} could be read, so nothing can be judged by it; `itsmctl import` tells why. Where they have a form of "
        "their own, name it under `time-formats` of a mapping of your own (`itsmctl import EXPORT --suggest` proposes one)"
    )
    return Problem("no-moment", template, values={"columns": ", ".join(unread)})


def audited_period(receipt: Receipt, plan: AuditPlan | None) -> tuple[int | None, int | None]:
    """[from, until) of the plan in the zone of the audit; None where the plan leaves it open."""
    if plan is None:
        return None, None
    zone = zone_of_audit(receipt, plan)
    start, end = plan.period_start, plan.period_end
    return (midnight(start, zone) if start else None, midnight_after(end, zone) if end else None)


def chosen_by_default(
    definitions: Definitions, plan: AuditPlan | None, rules: Sequence[str], as_of: str
) -> tuple[str, ...]:
    """What nobody named, of `plan`, `period`, `as_of` and `definitions`."""
    chosen = [] if plan or rules else ["plan"]
    if not plan or not (plan.period_start or plan.period_end):
        chosen.append("period")
    if not as_of and not (plan and plan.as_of):
        chosen.append("as_of")
    if definitions.is_reference:
        chosen.append("definitions")
    return tuple(chosen)


def _tier(rule: Rule, chosen: Mapping[str, Rule], above: tuple[str, ...] = ()) -> int:
    if rule.id in above:
        values = {"circle": " → ".join((*above, rule.id))}
        raise ItsmctlError(
            Problem("rests-on-cycle", "the rules rest on each other in a circle: {circle}", rule.where, values)
        )
    return max((1 + _tier(chosen[r], chosen, (*above, rule.id)) for r in rule.rests_on if r in chosen), default=0)
