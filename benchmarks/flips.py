"""Hold what a replay tells against two whole audits: the verdicts that flip must be those by which the audits differ.

    python benchmarks/flips.py [--kinds KIND...] [--most N] [--records N] [--seed S] [--together N]

Each edit changes one definition of the reference set in one place: a number, a time, a day, a word for another that stands in the
same place elsewhere, a key or an entry more or less, a whole definition. It is written, read and compared as a pull request is. Wrong is

- a flip that is told and is none, or that is not told, with enquiries and without;
- a rule that comes out differently and is not told, where all tickets are judged;
- a flip under an edit that is called nothing, or words only;
- an edit that is called loosened and makes a record fail, or that is called tightened and lets one off;
- a change that nobody must approve.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from directions import tickets
from mutations import copy_of_reference

from itsmctl.audit import AuditOptions, audit
from itsmctl.change import difference
from itsmctl.change.replay import Replay, ReplayOptions, replay
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.errors import ItsmctlError
from itsmctl.model import FIELD_OF_KIND, GROUPED, Definitions
from itsmctl.reference import reference_root
from itsmctl.source import Document, read_documents
from itsmctl.worktime import parse_duration

Spot = tuple[str | int, ...]
State = str
Flip = tuple[str, str, State, State]
"""Rule, record, state before, state after."""
OUT = "out_of_scope"
_WORST = ("fail", "not_testable", "waived", "pass")
_DAY = re.compile(r"20\d\d-\d\d-\d\d")
FOLLOWS = frozenset({"agreement", "reported-agrees", "register"})
"""Checks that hold something against a promise, or ask for definitions: what loosens the one may make them fail."""
_KEPT = ("kind", "id")
_MOST_KEYS = 14
_BY_SCHEMA = {("rule", "check")}


@dataclass(frozen=True)
class Edit:
    """One definition, edited in one place; `documents` are all of its file then, and None stands for a file that is gone."""

    kind: str
    what: str
    file: str
    documents: tuple[Any, ...] | None


@dataclass(frozen=True)
class Audited:
    """A whole audit: the state of every record under every rule, and what became of each rule."""

    states: Mapping[tuple[str, str], State]
    outcomes: Mapping[str, str]


def corpus(root: Path) -> dict[str, list[Document]]:
    """The documents of every definition file."""
    definitions = load(root)
    names = sorted({d.where.file for kind in FIELD_OF_KIND for d in definitions.of_kind(kind).values()})
    return {name: list(read_documents(root / name, name)) for name in names}


def edits(files: Mapping[str, Sequence[Document]], seed: int) -> Iterator[Edit]:
    """One edit of every sort in every sort of place, in an order that the seed gives."""
    dice = random.Random(seed)
    named = _named(files)
    pools = _pools(files, named)
    found: dict[tuple[str, ...], list[tuple[str, int, Spot, str]]] = defaultdict(list)
    for file, documents in files.items():
        for number, document in enumerate(documents):
            data: Any = document.data
            for path, value in _places(data):
                shape = _shape(data["kind"], path, named)
                for sort in _sorts(path, value):
                    found[data["kind"], sort, *shape].append((file, number, path, sort))
    keys = sorted(found)
    dice.shuffle(keys)
    for key in keys:
        file, number, path, sort = dice.choice(found[key])
        edited = [deepcopy(document.data) for document in files[file]]
        pool = pools[(key[0], *_shape(key[0], path, named))]
        if not _apply(edited, number, path, sort, pool, dice):
            continue
        data = files[file][number].data  # type: ignore[assignment]
        what = f"{data['kind']} {data['id']}: {sort} {'/'.join(map(str, path))}"
        yield Edit(str(data["kind"]), what, file, tuple(edited) or None)


def _places(value: Any, path: Spot = ()) -> Iterator[tuple[Spot, Any]]:
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        if path or key not in _KEPT:
            yield from _places(child, (*path, key))


Shape = tuple[str, ...]
"""A kind, and a path in which positions and names are `*`."""


def _shape(kind: str, path: Spot, named: Collection[Shape]) -> Shape:
    """The sort of place that a path is."""
    shape: Shape = (kind,)
    for step in path:
        shape = (*shape, "*" if isinstance(step, int) or shape in named else step)
    return shape[1:]


def _named(files: Mapping[str, Sequence[Document]]) -> set[Shape]:
    """The places whose keys are names that somebody gave, as they are too many for keys of a schema."""
    named: set[Shape] = set()
    while True:
        keys: dict[Shape, set[str]] = defaultdict(set)
        for documents in files.values():
            for document in documents:
                data: Any = document.data
                for path, value in _places(data):
                    if path and isinstance(value, dict):
                        keys[(data["kind"], *_shape(data["kind"], path, named))].update(value)
        more = {shape for shape, some in keys.items() if len(some) > _MOST_KEYS} - named - _BY_SCHEMA
        if not more:
            return named
        named.add(min(more, key=len))


def _pools(files: Mapping[str, Sequence[Document]], named: Collection[Shape]) -> dict[tuple[str, ...], list[Any]]:
    """The values that stand at the same place of definitions of the same kind."""
    found: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for documents in files.values():
        for document in documents:
            data: Any = document.data
            for path, value in _places(data):
                pool = found[(data["kind"], *_shape(data["kind"], path, named))]
                if value not in pool:
                    pool.append(value)
    return found


def _sorts(path: Spot, value: Any) -> Iterator[str]:
    """The sorts of edits that a place allows."""
    if not path:
        yield from ("removed", "copied", "renamed", "from later", "from never", "to earlier", "to sooner", "written anew", "key from another")  # fmt: skip
        return
    if isinstance(path[-1], str):
        yield "key gone"
    match value:
        case bool():
            yield "turned"
        case int() | float():
            yield from ("raised", "lowered", "doubled", "none")
        case str() if _DAY.match(value):
            yield from ("a year later", "a year earlier")
        case str():
            yield from ("another", "longer", "shorter") if _is_time(value) else ("another",)
        case list() if value:
            yield from ("entry gone", "entry more", "order turned")
        case dict():
            yield "key from another"
        case _:
            pass


def _is_time(value: str) -> bool:
    try:
        return bool(parse_duration(value))
    except ItsmctlError:
        return False


def _apply(documents: list[Any], number: int, path: Spot, sort: str, pool: Sequence[Any], dice: random.Random) -> bool:
    """Edit a document in place; False where that is no edit."""
    data = documents[number]
    if not path:
        return _whole(documents, number, sort, pool, dice)
    *way, last = path
    place: Any = data
    for step in way:
        place = place[step]
    value = place[last]
    if sort == "key gone":
        del place[last]
        return True
    new = _other(value, sort, pool, dice)
    place[last] = new
    return bool(new != value)


def _whole(documents: list[Any], number: int, sort: str, pool: Sequence[Any], dice: random.Random) -> bool:
    data = documents[number]
    term = data.get("effective", {})
    match sort:
        case "removed":
            del documents[number]
        case "copied":
            documents.append({**deepcopy(data), "id": _another_id(data)})
        case "renamed":
            data["aliases"] = [*data.get("aliases", ()), data["id"]]
            data["id"] = _another_id(data)
        case "from later":
            data["effective"] = {**term, "from": "2026-03-10"}
        case "from never":
            data["effective"] = {"from": "2040-01-01"}
        case "to earlier":
            data["effective"] = {**term, "to": "2026-03-10"}
        case "to sooner":
            data["effective"] = {"from": "2020-01-01", "to": "2025-12-31"}
        case "key from another":
            return _taken(data, [one for one in pool if one["id"] != data["id"]], dice)
        case _:
            pass  # written anew: comments and order are gone, and nothing else
    return True


def _another_id(data: Any) -> str:
    return re.sub(r"\d+$", "", str(data["id"])) + "97" if data["kind"] == "rule" else f"{data['id']}-x"


def _taken(value: Any, others: Sequence[Any], dice: random.Random) -> bool:
    keys = [(one, key) for one in others if isinstance(one, dict) for key in one if key not in (*_KEPT, "effective") and key not in value]  # fmt: skip
    if not keys:
        return False
    one, key = dice.choice(keys)
    value[key] = deepcopy(one[key])
    return True


def _other(value: Any, sort: str, pool: Sequence[Any], dice: random.Random) -> Any:
    match sort:
        case "turned":
            return not value
        case "raised" | "lowered":
            return value + (1 if sort == "raised" else -1)
        case "doubled" | "none":
            return value * 2 if sort == "doubled" else 0
        case "a year later" | "a year earlier":
            year = int(value[:4]) + (1 if sort == "a year later" else -1)
            return f"{year}{value[4:]}" if value[5:10] != "02-29" else f"{year}-02-28{value[10:]}"
        case "longer" | "shorter":
            time = parse_duration(value)
            return "1m" if sort == "shorter" else f"{time.business_days * 3}bd" if time.business_days else f"{max(1, time.seconds // 20)}m"  # fmt: skip
        case "another":
            others = [one for one in pool if isinstance(one, str) and one != value]
            return dice.choice(others) if others else f"{value}x"
        case "entry gone":
            at = dice.randrange(len(value))
            return [*value[:at], *value[at + 1 :]]
        case "entry more":
            more = [entry for one in pool if isinstance(one, list) for entry in one if entry not in value]
            return [*value, deepcopy(dice.choice(more))] if more else value
        case "order turned":
            return value[::-1]
        case _:
            new = deepcopy(value)
            _taken(new, pool, dice)
            return new


def whole_audit(definitions: Definitions, dataset: Path, scratch: Path) -> Audited:
    """Judge everything; the worst counts where a rule says several things about one group."""
    file = scratch / "verdicts.parquet"
    result = audit(definitions, dataset, AuditOptions(all_verdicts=True), verdicts=file)
    found: dict[tuple[str, str], str] = {}
    for v in read_verdicts(file):
        state = "pass" if v.passed else "not_testable" if v.passed is None else "waived" if v.waiver else "fail"
        key = (v.rule, v.record_id)
        assert key not in found or definitions.rules[v.rule].check in GROUPED, f"{key} is judged twice"
        found[key] = min(found.get(key, "pass"), state, key=_WORST.index)
    return Audited(found, {one.rule.id: one.outcome for one in (*result.rules, *result.enquiries)})


def differing(before: Audited, after: Audited) -> set[Flip]:
    """The flips between two audits."""
    a, b = before.states, after.states
    return {(*key, a.get(key, OUT), b.get(key, OUT)) for key in a.keys() | b.keys() if a.get(key) != b.get(key)}


def renamed_back(audited: Audited, rules: Mapping[str, str], values: Mapping[str, str]) -> Audited:
    """An audit under the ids that rules, and what keys of groups are made of, have now; rows may go on to name the old ones."""
    states = {
        (rules.get(rule, rule), " / ".join(values.get(part, part) for part in key.split(" / "))): state
        for (rule, key), state in audited.states.items()
    }
    return Audited(states, {rules.get(rule, rule): outcome for rule, outcome in audited.outcomes.items()})


def _renamed(base: Definitions, head: Definitions) -> tuple[dict[str, str], dict[str, str]]:
    """Today's ids by those of before: of rules, and of everything else."""
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for kind in FIELD_OF_KIND:
        for one in head.of_kind(kind).values():
            gone = [alias for alias in one.aliases if alias in base.of_kind(kind) and alias not in head.of_kind(kind)]
            kept = kind not in ("rule", "service", "customer") and any(
                id_ in head.of_kind(k) for k in FIELD_OF_KIND for id_ in gone
            )
            found[kind != "rule"].update({} if kept else dict.fromkeys(gone, one.id))
    return found


def told(found: Replay) -> set[Flip]:
    """The flips that a replay lists."""
    flips = {(f.rule, f.record_id, f.before, f.after) for f in found.flips}
    assert len(flips) == len(found.flips) == found.total
    return flips


def wrong(base: Definitions, head: Definitions, dataset: Path, before: Audited, scratch: Path) -> Iterator[str]:
    """Everything that is told wrongly of a change."""
    changes = difference(base, head)
    every = replay(base, head, dataset, changes, ReplayOptions(enquiries=True))
    some = replay(base, head, dataset, changes)
    after = whole_audit(head, dataset, scratch)
    names = _renamed(base, head)
    now, after = renamed_back(before, *names), renamed_back(after, *names)
    truth = differing(now, after)
    rules = {**base.rules, **head.rules}
    asked = {rule.id for rule in rules.values() if _only_asks(rule.id, base, head)}
    if told(every) != truth:
        yield f"flips: {_apart(truth, told(every))}"
    some_truth = {flip for flip in truth if flip[0] not in asked}
    if told(some) != some_truth:
        yield f"flips without enquiries ({some.reached} of {some.records} reached): {_apart(some_truth, told(some))}"
    if {flip[0] for flip in truth} & asked - set(some.enquiries):
        yield "an enquiry that comes out differently is not named"
    if some.reached in (0, some.records):
        outcomes = {(one.rule.id, one.before, one.after) for one in every.outcomes}
        both = now.outcomes.keys() & after.outcomes.keys()
        differ = {(r, now.outcomes[r], after.outcomes[r]) for r in both if now.outcomes[r] != after.outcomes[r]}
        if outcomes != differ:
            yield f"outcomes: told {sorted(outcomes)[:4]}, true {sorted(differ)[:4]}"
    effects = {change.effect for change in changes}
    if truth and effects <= {"neutral"}:
        yield f"{len(truth)} flips and {'no change' if not changes else 'neutral'}: {sorted(truth)[:3]}"
    judged = {flip for flip in truth if rules[flip[0]].check not in FOLLOWS and not rules[flip[0]].enquiry}
    newly = {flip for flip in judged if flip[3] == "fail"}
    freed = {flip for flip in judged if flip[2] == "fail"}
    for effect, against in (("loosened", newly), ("tightened", freed)):
        if effect in effects and effects <= {effect, "neutral", "structural"} and against:
            yield f"called {effect}, and {len(against)} verdicts say otherwise: {sorted(against)[:3]}"
    for change in changes:
        if change.effect != "neutral" and not change.approvers:
            yield f"nobody approves {change.code}"


def _only_asks(id_: str, base: Definitions, head: Definitions) -> bool:
    """Whether a rule is an enquiry on both sides."""
    aliases = {alias: rule.id for rule in head.rules.values() for alias in rule.aliases}
    sides = (base.rules.get(id_) or next((base.rules[a] for a in (head.rules[id_].aliases if id_ in head.rules else ()) if a in base.rules), None), head.rules.get(id_) or head.rules.get(aliases.get(id_, "")))  # fmt: skip
    return all(rule is None or rule.enquiry for rule in sides)


def _apart(truth: set[Flip], found: set[Flip]) -> str:
    lost, extra = sorted(truth - found), sorted(found - truth)
    return f"{len(lost)} not told {lost[:3]}, {len(extra)} told wrongly {extra[:3]}"


def write(root: Path, edit: Edit) -> None:
    """Write the file of an edit."""
    place = root / edit.file
    if edit.documents is None:
        place.unlink()
        return
    text = yaml.safe_dump_all(edit.documents, allow_unicode=True, sort_keys=False, width=10_000)
    place.write_text(text, encoding="utf-8")


class Bench:
    """The reference set in a folder to be broken, its tickets, and the audit of before."""

    def __init__(self, folder: Path, records: int, seed: int) -> None:
        self.root = copy_of_reference(folder / "ours")
        self.scratch = folder
        self.base = load(reference_root())
        self.dataset = tickets(self.base, records, seed, folder)
        self.before = whole_audit(self.base, self.dataset, folder)
        self.files = corpus(reference_root())

    @contextmanager
    def edited(self, some: Sequence[Edit]) -> Iterator[Definitions | None]:
        """The definitions with edits of different files; None where they have errors then."""
        kept = {edit.file: (self.root / edit.file).read_bytes() for edit in some}
        try:
            for edit in some:
                write(self.root, edit)
            try:
                yield load(self.root)
            except ItsmctlError:
                yield None
        finally:
            for name, raw in kept.items():
                (self.root / name).write_bytes(raw)

    def is_sound(self, edit: Edit) -> bool:
        """Whether the definitions have no errors after an edit."""
        with self.edited([edit]) as head:
            return head is not None

    def wrong(self, some: Sequence[Edit]) -> list[str]:
        """What is told wrongly of edits together; nothing where they do not go together."""
        with self.edited(some) as head:
            if head is None:
                return []
            return list(wrong(self.base, head, self.dataset, self.before, self.scratch))


def judged(bench: Bench, asked: Iterable[Edit], together: int) -> Iterator[tuple[Edit, list[str]]]:
    """Every sound edit with what is told wrongly of it; as many as `together` are judged at once, and apart where anything is wrong."""
    waiting: dict[str, Edit] = {}
    for edit in (*asked, None):
        if edit is not None and edit.file not in waiting and bench.is_sound(edit):
            waiting[edit.file] = edit
        if waiting and (edit is None or len(waiting) >= together):
            some = list(waiting.values())
            waiting.clear()
            alone = len(some) == 1 or bench.wrong(some)
            yield from ((one, bench.wrong([one]) if alone else []) for one in some)


def main() -> int:
    """Try the edits and say what is wrong; 1 where anything is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kinds", nargs="*", default=())
    parser.add_argument("--most", type=int, default=300)
    parser.add_argument("--records", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--together", type=int, default=1, help="So many edits at once, and apart where anything is wrong."
    )
    chosen = parser.parse_args()
    tried = bad = 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), chosen.records, chosen.seed)
        asked = (one for one in edits(bench.files, chosen.seed) if not chosen.kinds or one.kind in chosen.kinds)
        for edit, found in islice(judged(bench, asked, chosen.together), chosen.most):
            tried, bad = tried + 1, bad + bool(found)
            for line in found:
                print(f"{edit.what}: {line}", flush=True)
            print(f"\r{tried}", end="", file=sys.stderr)
    print(f"{tried} edits judged, {bad} told wrongly")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
