"""Hold what `itsmctl diff` calls loosened and tightened against tickets: the records that fail must agree.

    python benchmarks/directions.py [--rounds N] [--records N] [--seed S]

In each round every rule, or every agreement, gets one edit of a parameter, a scope, a target or a pause. Those that the
comparison calls loosened are judged together over generated tickets, and so are those that it calls tightened. Rules do not rest
on each other here, so each rule shows its own edits alone. Contradicted is an edit that is called loosened and makes a record fail
that did not, or that is called tightened and lets one off.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from itsmctl.audit import AuditOptions, audit
from itsmctl.change import Effect
from itsmctl.change.judging import At
from itsmctl.change.walking import differences
from itsmctl.checks import CHECKS
from itsmctl.definitions import load
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.schema import check_document, check_parameters
from itsmctl.engine.results import read_verdicts
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.model import Agreement, Definition, Definitions, Rule
from itsmctl.reference import reference_root
from itsmctl.source import Document, read_documents
from itsmctl.worktime import parse_duration

Failing = Mapping[str, frozenset[str]]
"""The records that fail, by rule."""
CLOCKED = ("clock-within", "attainment")
"""The checks whose failures follow from the time that an agreement allows and nothing else."""
SCOPES: tuple[tuple[str, Any], ...] = (
    ("priority", ["P1", "P2"]), ("priority", {"not": ["P4"]}), ("channel", {"not": ["monitoring"]}), ("ci", {"present": True}),
    ("urgency", ["1", "2"]), ("group", {"present": True}),
)  # fmt: skip


@dataclass(frozen=True)
class Edited:
    """One definition after an edit, and what the comparison says of it."""

    effect: Effect
    definition: Definition
    told: str


@dataclass(frozen=True)
class Outcome:
    """How many edits were judged, and those that the tickets contradict."""

    judged: Mapping[Effect, int]
    flipped: int
    contradicted: Sequence[str]


def alone(definitions: Definitions) -> Definitions:
    """The same definitions with rules that rest on no others, and that nothing excuses."""
    rules = {id_: replace(rule, rests_on=()) for id_, rule in definitions.rules.items()}
    return replace(definitions, rules=rules, waivers={}, baselines={})


def documents_of(definitions: Definitions, kind: str) -> dict[str, Document]:
    """The documents of a kind by id."""
    files = sorted({d.where.file for d in definitions.of_kind(kind).values()})
    found = (document for file in files for document in read_documents(definitions.root / file, file))
    return {str(one.data["id"]): one for one in found if isinstance(one.data, dict) and one.data["kind"] == kind}


def edits(definitions: Definitions, documents: Mapping[str, Document], dice: random.Random) -> Iterator[Edited]:
    """One edit of each definition that stays sound and that the comparison calls looser or tighter."""
    for id_, document in sorted(documents.items()):
        for _ in range(6):
            data: Any = deepcopy(document.data)
            mutate = _agreement if data["kind"] == "sla" else _rule
            mutate(data, dice)
            after = Document(data, document.file, document.index)
            if data == document.data or not _is_sound(after):
                continue
            builder = Builder(after)
            definition = build(builder)
            at = At(definitions, definitions, id_, id_, (), document.data, data)
            found = list(differences(str(data["kind"]), document.data, data, at))
            effects = {one.effect for one in found}
            if not builder.problems and len(effects) == 1 and effects & {"loosened", "tightened"}:
                told = "; ".join(f"{'/'.join(one.names)}: {one.old} → {one.new}" for one in found)
                yield Edited(found[0].effect, definition, f"{id_} {told}")
                break


def _is_sound(document: Document) -> bool:
    data: Any = document.data
    if check_document(document):
        return False
    if data["kind"] != "rule":
        return True
    ((check, parameters),) = data["check"].items()
    return not check_parameters(CHECKS[check].PARAMETERS, parameters, document, ("check", check))


def _rule(data: Any, dice: random.Random) -> None:
    """Another scope, or another value of a parameter."""
    ((_, parameters),) = data["check"].items()
    if dice.random() < 0.3 or not parameters:
        _scope(data, dice)
        return
    name = dice.choice(sorted(parameters))
    parameters[name] = _other(parameters[name], dice)


def _scope(data: Any, dice: random.Random) -> None:
    scope = data.setdefault("scope", {})
    if scope and dice.random() < 0.5:
        scope.pop(dice.choice(sorted(scope)))
    else:
        column, wanted = dice.choice(SCOPES)
        scope[column] = wanted
    if not scope:
        del data["scope"]


def _agreement(data: Any, dice: random.Random) -> None:
    """Another target, pause or attainment."""
    clock = data["clocks"][dice.choice(sorted(data["clocks"]))]
    match dice.randrange(5):
        case 0 | 1:
            target = dice.choice(clock["targets"])
            target["within"] = _other(target["within"], dice)
        case 2:
            dice.shuffle(clock["targets"])
        case 3 if clock.get("pause"):
            clock["pause"] = [*clock["pause"], "awaiting-change"] if dice.random() < 0.5 else clock["pause"][:-1]
            if not clock["pause"]:
                del clock["pause"]
        case _:
            if data.get("attainment"):
                name = dice.choice(sorted(data["attainment"]))
                data["attainment"][name] = min(100, max(1, data["attainment"][name] + dice.choice([-9, -4, 3, 8])))


def _other(value: Any, dice: random.Random) -> Any:
    """A value of the same sort."""
    match value:
        case bool():
            return not value
        case int() | float():
            return dice.choice([value + 1, value * 2, value - 1, value // 2])
        case list() if len(value) > 1:
            return [one for one in value if one is not value[-1]] if dice.random() < 0.7 else value[::-1]
        case str():
            return _other_time(value, dice)
        case _:
            return value


def _other_time(value: str, dice: random.Random) -> str:
    from itsmctl.errors import ItsmctlError

    try:
        found = parse_duration(value)
    except ItsmctlError:
        return value
    if found.business_days:
        return f"{dice.choice([found.business_days * 2, found.business_days + 1, max(1, found.business_days - 1)])}bd"
    return f"{max(1, found.seconds // 60 * dice.choice([1, 2, 4, 8, 16]) // dice.choice([1, 4, 16]))}m"


def failing(definitions: Definitions, dataset: Path, place: Path, rules: Sequence[str]) -> Failing:
    """The records that fail under some rules."""
    audit(definitions, dataset, AuditOptions(rules=tuple(rules)), verdicts=place)
    found: dict[str, set[str]] = {}
    for verdict in read_verdicts(place):
        if verdict.passed is False:
            found.setdefault(verdict.rule, set()).add(verdict.record_id)
    return {rule: frozenset(records) for rule, records in found.items()}


def hold(definitions: Definitions, dataset: Path, kind: str, seed: str, scratch: Path) -> Outcome:
    """One round: the edits of one kind of definition, judged in both directions."""
    base = alone(definitions)
    dice = random.Random(seed)
    found = list(edits(base, documents_of(base, kind), dice))
    clocked = [rule.id for rule in base.rules.values() if rule.check in CLOCKED]
    asked = clocked if kind == "sla" else [str(one.definition.id) for one in found]
    before = failing(base, dataset, scratch / "before.parquet", asked)
    contradicted: list[str] = []
    flipped = 0
    for effect in ("loosened", "tightened"):
        these = {one.definition.id: one for one in found if one.effect == effect}
        after = failing(
            _with(base, kind, [one.definition for one in these.values()]), dataset, scratch / "after.parquet", asked
        )
        for rule in clocked if kind == "sla" else these:
            old, new = before.get(rule, frozenset()), after.get(rule, frozenset())
            flipped += len(old ^ new)
            wrong = new - old if effect == "loosened" else old - new
            if wrong:
                told = "; ".join(one.told for one in these.values()) if kind == "sla" else these[rule].told
                contradicted.append(f"{rule} ({told}) is called {effect}: {sorted(wrong)[:5]}")
    count = {effect: sum(one.effect == effect for one in found) for effect in ("loosened", "tightened")}
    return Outcome(count, flipped, contradicted)  # type: ignore[arg-type]


def _with(base: Definitions, kind: str, changed: Sequence[Definition]) -> Definitions:
    if kind == "sla":
        return replace(base, agreements={**base.agreements, **{d.id: d for d in changed if isinstance(d, Agreement)}})
    rules = {d.id: replace(d, rests_on=()) for d in changed if isinstance(d, Rule)}
    return replace(base, rules={**base.rules, **rules})


def tickets(definitions: Definitions, records: int, seed: int, place: Path) -> Path:
    """Generated tickets as a dataset folder."""
    truth = generate(definitions, records, seed, place / "export")
    import_files([place / "export" / name for name in truth.rows], None, definitions.mappings, ZONE, place / "dataset")
    return place / "dataset"


def main() -> int:
    """Hold as many rounds as asked; 1 where the tickets contradict any edit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    definitions = load(reference_root())
    judged = flipped = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        dataset = tickets(definitions, chosen.records, chosen.seed, Path(folder))
        for number in range(chosen.rounds):
            for kind in ("rule", "sla"):
                outcome = hold(definitions, dataset, kind, f"{chosen.seed} {number} {kind}", Path(folder))
                judged, flipped = judged + sum(outcome.judged.values()), flipped + outcome.flipped
                wrong += len(outcome.contradicted)
                for line in outcome.contradicted:
                    print(line)
    print(f"{judged} edits judged, {flipped} verdicts flipped, {wrong} contradictions")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
