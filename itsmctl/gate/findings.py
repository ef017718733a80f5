"""The findings of the gate as problems: weightiest first, each on a line that the reviewer sees in the head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from itsmctl.change import Change
from itsmctl.change.replay import Replay
from itsmctl.errors import Problem, Where
from itsmctl.gate import VERSION
from itsmctl.gate.judged import Judged
from itsmctl.language import number_text, outcome_text, place_text, problem_text, tr, trn
from itsmctl.model import Rule
from itsmctl.reports.changes.words import effect_text, from_to, what
from itsmctl.reports.replay.replayed import counted

Part = Literal["validate", "approvals", "waivers", "diff", "replay"]


@dataclass(frozen=True)
class Finding:
    """One finding, and which part of the gate found it."""

    part: Part
    problem: Problem


def findings(judged: Judged) -> list[Finding]:
    """All of them: errors before warnings, and among each, what is broken before what must be decided and what follows."""
    found = [*_found(judged)]
    found.sort(key=lambda finding: finding.problem.severity != "error")
    return [replace(finding, problem=_anchored(finding.problem, judged)) for finding in found]


def _found(judged: Judged) -> Iterator[Finding]:
    gate = judged.gate
    yield from (Finding("validate", problem) for problem in gate.problems)
    yield from (Finding("approvals", problem) for problem in gate.approvals or ())
    yield from (Finding("waivers", problem) for problem in gate.waivers)
    yield from (Finding("diff", _of_change(change, judged)) for change in gate.told_changes)
    yield from (Finding("replay", problem) for problem in _of_replay(judged))


def _of_change(change: Change, judged: Judged) -> Problem:
    language = judged.language
    values: dict[str, object] = {
        "effect": effect_text(change.effect, language),
        "id": change.id,
        "what": what(change, language),
        "change": from_to(change, language),
        "roles": ", ".join(change.approvers) or "–",
    }
    template = "{effect}: {id}, {what}: {change}; to approve: {roles}"
    where = change.head_location or change.base_location or Where()
    severity: Literal["error", "warning"] = "error" if change.code == VERSION else "warning"
    subject = f"{change.kind} {change.id}" + (f"/{change.path}" if change.path else "")
    return Problem(change.code, template, where, values, severity, subject=subject)


def _of_replay(judged: Judged) -> Iterator[Problem]:
    """One problem for each definition whose change flips verdicts, those with most new failures first."""
    replay = judged.gate.replay
    yield from _of_outcomes(judged)
    if replay is None:
        return
    ordered = sorted(_flips_by_cause(replay).items(), key=lambda pair: -sum(pair[1].values()))
    for (kind, id_), counts in ordered:
        named = [change for change in judged.gate.changes if (change.kind, change.id) == (kind, id_)]
        places = (place for change in named for place in (change.head_location, change.base_location) if place)
        rules = tr(", ", judged.language).join(f"{rule} {number_text(n)}" for rule, n in counts.items())
        values = {"id": id_, "rules": rules}
        template = "past tickets judged differently because of {id}: {rules}"
        if len(ordered) == 1:  # of several definitions nobody can say which sort is whose
            values["kinds"] = _kinds(judged)
            template = "past tickets judged differently because of {id}: {rules} (in all {kinds})"
        yield Problem(
            "verdicts-flip", template, next(places, Where()), values, "warning", subject=f"{kind} {id_}/flips"
        )


def _flips_by_cause(replay: Replay) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """How many verdicts of each rule flip because of each definition, by its kind and id.

    What no definition flips, the rows of a register do. Of a rule that only rests on one that reads them, the rule itself is named.
    """
    found: dict[tuple[str, str], dict[str, int]] = {}
    for cause in replay.causes:
        found.setdefault((cause.group.kind, cause.group.id), {})[cause.rule] = cause.alone + cause.together
    caused = {cause.rule for cause in replay.causes}
    for one in replay.rules:
        n = sum(tally.flips for tally in replay.tallies if tally.rule == one.rule.id)
        if n and one.rule.id not in caused:
            found.setdefault(_read_by(one.rule) or ("rule", one.rule.id), {})[one.rule.id] = n
    return found


def _read_by(rule: Rule) -> tuple[str, str] | None:
    """The register that a rule reads."""
    register = rule.parameters.get("register")
    return ("register", str(register)) if register else None


def _of_outcomes(judged: Judged) -> Iterator[Problem]:
    """One problem for each rule that comes out differently: the next audit would, too."""
    replay = judged.gate.replay
    for one in replay.outcomes if replay else ():
        assert replay and one.before and one.after
        causes = {("rule", one.rule.id), *((c.group.kind, c.group.id) for c in replay.causes if c.rule == one.rule.id)}
        causes |= {read} if (read := _read_by(one.rule)) else set()
        named = [change for change in judged.gate.changes if (change.kind, change.id) in causes]
        places = (place for change in named for place in (change.head_location, change.base_location) if place)
        before, after = (outcome_text(outcome, judged.language) for outcome in (one.before, one.after))
        values = {"rule": one.rule.id, "before": before, "after": after}
        template = "{rule} as a whole comes out differently over the past tickets: {before} → {after}"
        where, subject = next(places, one.rule.where), f"rule {one.rule.id}/outcome"
        yield Problem("rule-comes-out-differently", template, where, values, "warning", subject=subject)


def _kinds(judged: Judged) -> str:
    assert judged.gate.replay is not None
    told = [counted(kind, n, judged.language) for kind, n in judged.gate.replay.by_kind()]
    return tr(", ", judged.language).join(told)


def _anchored(problem: Problem, judged: Judged) -> Problem:
    """The problem at a line of the head: what stood elsewhere, or stands no more, is shown nearby, and says where it stood."""
    where = problem.where
    if where.file and (judged.root / where.file).is_file():
        last = len((judged.root / where.file).read_bytes().splitlines()) or 1
        if where.line <= last:
            return problem
        near = Where(where.file, last)
    else:
        near = Where(_neighbour(where.file, judged), 1)
    text = problem_text(problem, judged.language)
    told = (
        tr("{text} (it stood at {place})", judged.language, text=text, place=place_text(where, judged.language))
        if str(where)
        else text
    )
    return replace(problem, template="{told}", values={**problem.values, "told": told}, where=near)


def _neighbour(file: str, judged: Judged) -> str:
    """A file of the head to show it on: one of the same folder, rather one that changed; '' where there is none at all."""
    changed = [c.head_location.file for c in judged.gate.changes if c.head_location]
    folder = file.rpartition("/")[0]
    choices = [one for one in (*changed, *judged.files) if one in judged.files]
    beside = [one for one in choices if one.rpartition("/")[0] == folder]
    return next(iter(beside or choices), "")


def counts_text(judged: Judged) -> str:
    """The verdict with its numbers, in a line."""
    gate, language = judged.gate, judged.language
    problems = [finding.problem for finding in findings(judged)]
    errors, warnings = (sum(p.severity == level for p in problems) for level in ("error", "warning"))
    if judged.failed:
        verdict = tr("Not to be merged", language)
    elif errors:
        verdict = tr("Not to be merged, though nothing is stopped here (--fail-on never)", language)
    else:
        verdict = tr("Nothing stands in the way", language)
    told = [
        trn("{n} error", "{n} errors", errors, language),
        trn("{n} warning", "{n} warnings", warnings, language),
    ]
    if gate.compared:
        told.append(trn("{n} change", "{n} changes", len(gate.changes), language))
    if gate.replay is not None:
        told.append(trn("{n} verdict flips", "{n} verdicts flip", gate.replay.total, language))
        if gate.replay.outcomes:
            n = len(gate.replay.outcomes)
            told.append(trn("{n} rule comes out differently", "{n} rules come out differently", n, language))
    return verdict + tr(": ", language) + tr(", ", language).join(told)


def unlooked(judged: Judged) -> Iterator[str]:
    """What the gate did not look at, so that silence is not taken for consent."""
    gate, language = judged.gate, judged.language
    if not gate.compared:
        yield tr(
            "What the change means, who approved it, and past tickets were not looked at: the definitions have errors.",
            language,
        )
    elif gate.approvals is None:
        yield tr(
            "Approvals were not checked: the two sides are not commits of one git history, as where files are not committed yet.",
            language,
        )
    if gate.compared and gate.replay is None:
        yield tr("No past tickets were judged: none were named (--tickets).", language)
    if gate.as_of is None:
        yield tr("Nothing was asked about time, such as expired waivers: no day was named (--as-of).", language)
    if gate.known:
        yield trn(
            "{n} problem was there before and is not told.",
            "{n} problems were there before and are not told.",
            gate.known,
            language,
        )
