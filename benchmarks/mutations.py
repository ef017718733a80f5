"""Put one mistake at a time into the reference definitions, and see whether `validate` reports it at its own line.

    python benchmarks/mutations.py [--count N] [--seed S]

Each mutant differs from the reference set in one place of one file. It is caught where a problem is reported in that
file at the line of the fault; anything else escapes.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itsmctl.definitions import definition_files, validate
from itsmctl.definitions.aliases import references_of
from itsmctl.definitions.reading import read
from itsmctl.definitions.references import Entry, values_at
from itsmctl.definitions.registers.tables import named_by
from itsmctl.definitions.schema import schemas
from itsmctl.errors import Problem, Where
from itsmctl.reference import FOLDERS, reference_root

COUNT, SEED = 500, 1


@dataclass(frozen=True)
class Mutant:
    """One file with one mistake: what kind of mistake, and the lines at which it may rightly be reported."""

    fault: str
    file: str
    text: str
    lines: frozenset[int]
    what: str


@dataclass(frozen=True)
class Corpus:
    """The reference set: its lines by file, and its definitions."""

    lines: dict[str, list[str]]
    entries: tuple[Entry, ...]


Site = tuple[str, int, str, frozenset[int]]
"""A file, the line to change (from 0), what it becomes, and the lines (from 1) at which the mistake may be reported."""


def corpus() -> Corpus:
    """Read the reference set."""
    root = reference_root()
    files = [(path, path.relative_to(root).as_posix()) for path in definition_files(root)]
    entries, problems = read(files)
    if problems:
        raise RuntimeError(f"the reference set has problems of its own: {problems[0]}")
    rows = [(root / name, name) for entry in entries for name in named_by(entry.definition)]
    return Corpus({name: path.read_text("utf-8").split("\n") for path, name in (*files, *rows)}, tuple(entries))


def mutants(known: Corpus, count: int, seed: int) -> Iterator[Mutant]:
    """So many mutants, the kinds of fault in turn; the same seed gives the same ones."""
    chance = random.Random(seed)
    sites = {name: sorted(fault(known)) for name, fault in FAULTS.items()}
    for name, found in sites.items():
        if not found:
            raise RuntimeError(f"the reference set has no place for the fault {name!r}")
        chance.shuffle(found)
    for number in range(count):
        name = list(FAULTS)[number % len(FAULTS)]
        file, line, new, wanted = sites[name][number // len(FAULTS) % len(sites[name])]
        lines = list(known.lines[file])
        what = f"{lines[line].strip()} -> {new.strip()}"
        lines[line : line + 1] = new.split("\n") if new else []
        yield Mutant(name, file, "\n".join(lines), wanted, what)


def escaped(root: Path, mutant: Mutant) -> list[Problem] | None:
    """None where the mistake is reported at its line; else what was reported instead. `root` is a copy to break."""
    path = root / mutant.file
    whole = path.read_bytes()
    path.write_text(mutant.text, encoding="utf-8")
    try:
        problems = validate(root, [path])
    finally:
        path.write_bytes(whole)
    return None if any(problem.where.line in mutant.lines for problem in problems) else problems


def copy_of_reference(folder: Path) -> Path:
    """A copy of the reference set that may be broken."""
    for part in FOLDERS:
        shutil.copytree(reference_root() / part, folder / part)
    return folder


def _matching(pattern: str, new: str, files: str = "") -> Callable[[Corpus], Iterator[Site]]:
    """A fault in every line of some files that matches a pattern; the line is replaced."""
    wanted = re.compile(pattern)

    def sites(known: Corpus) -> Iterator[Site]:
        for file, lines in known.lines.items():
            for number, line in enumerate(lines):
                if file.startswith(files) and wanted.search(line) and not line.lstrip().startswith("#"):
                    yield file, number, wanted.sub(new, line, count=1), frozenset({number + 1})

    return sites


def _misspelt_references(known: Corpus) -> Iterator[Site]:
    for entry in known.entries:
        for path, word, _ in references_of(entry):
            yield from _misspelt(known, entry, entry.document.where(path), word)


def _misspelt(known: Corpus, entry: Entry, where: Where, word: str) -> Iterator[Site]:
    """The last letter of a word that stands at a place once more."""
    line = known.lines[entry.document.file][where.line - 1]
    start = where.column - 1 + (line[where.column - 1] in "\"'")
    if line[start:].startswith(word):
        new = line[: start + len(word)] + word[-1] + line[start + len(word) :]
        yield entry.document.file, where.line - 1, new, frozenset({where.line})


def _columns_of_registers(known: Corpus) -> Iterator[Site]:
    """The columns that indicators ask registers for: added up, divided by, and in conditions."""
    for entry in known.entries:
        for key in ("column", "over"):
            for path, word in values_at(entry.document.data, f"measure/register/{key}"):
                yield from _misspelt(known, entry, entry.document.where(path), word)
        for key in ("where", "of"):
            for path, _ in values_at(entry.document.data, f"measure/register/{key}/*"):
                yield from _misspelt(known, entry, entry.document.where(path, key=True), str(path[-1]))


def _codes_of_registers(known: Corpus) -> Iterator[Site]:
    """The codes that indicators ask registers for."""
    for entry in known.entries:
        for pattern in ("where/*", "where/*/*", "of/*", "of/*/*"):
            for path, word in values_at(entry.document.data, f"measure/register/{pattern}"):
                if isinstance(word, str):
                    yield from _misspelt(known, entry, entry.document.where(path), word)


def _top(known: Corpus) -> Iterator[tuple[Entry, str, int, str]]:
    """Every key at the top of a definition whose value stands on its line: entry, key, line from 0, the line."""
    for entry in known.entries:
        data: Any = entry.document.data
        lines = known.lines[entry.document.file]
        for key, value in data.items():
            number = entry.document.where((key,), key=True).line - 1
            if not isinstance(value, str) or f"{key}: " in lines[number] and ">-" not in lines[number]:
                after = lines[number + 1] if number + 1 < len(lines) else ""
                if lines[number].startswith(f"{key}: ") and not after.startswith((" ", "-")) or after == "---":
                    yield entry, key, number, lines[number]


def _twice(known: Corpus) -> Iterator[Site]:
    for entry, _, number, line in _top(known):
        yield entry.document.file, number, f"{line}\n{line}", frozenset({number + 2})


def _extra(known: Corpus) -> Iterator[Site]:
    for entry, _, number, line in _top(known):
        yield entry.document.file, number, f"{line}\nunexpected: 1", frozenset({number + 2})


def _missing(known: Corpus) -> Iterator[Site]:
    for entry, key, number, _ in _top(known):
        if key in schemas()[entry.definition.kind].get("required", ()):
            first = entry.document.where().line
            yield entry.document.file, number, "", frozenset({first, first - 1} if number + 1 < first else {first})


def _word_for_list(known: Corpus) -> Iterator[Site]:
    """A word where a list must stand; where the schema takes either, a word is no mistake."""
    for entry, key, number, line in _top(known):
        schema: Any = schemas()[entry.definition.kind]
        asked = schema["properties"][key]
        reference = asked.get("$ref", "")
        if reference.startswith("#/definitions/"):
            asked = schema["definitions"][reference.rpartition("/")[2]]
        if line.startswith(f"{key}: [") and "string" not in asked.get("type", ()):
            yield entry.document.file, number, f"{key}: word", frozenset({number + 1})


def _same_id(known: Corpus) -> Iterator[Site]:
    first: dict[str, str] = {}
    for entry in known.entries:
        earlier = first.setdefault(entry.definition.kind, entry.definition.id)
        if earlier != entry.definition.id:
            number = entry.document.where(("id",)).line
            yield entry.document.file, number - 1, f"id: {earlier}", frozenset({number})


def _dead_end(known: Corpus) -> Iterator[Site]:
    for entry in known.entries:
        data: Any = entry.document.data
        for position, state in enumerate(data.get("states", ()) if entry.definition.kind == "process" else ()):
            place = entry.document.where(("transitions", state["id"]), key=True).line - 1
            line = known.lines[entry.document.file][place]
            if state["phase"] not in ("closed", "cancelled") and line.strip().startswith(f"{state['id']}: ["):
                at = entry.document.where(("states", position, "id")).line
                new = line[: line.index("[")] + "[]"
                yield entry.document.file, place, new, frozenset({at, place + 1})


FAULTS: dict[str, Callable[[Corpus], Iterator[Site]]] = {
    "a reference misspelt": _misspelt_references,
    "a key twice": _twice,
    "an unknown key": _extra,
    "a required key missing": _missing,
    "an id twice": _same_id,
    "a number for a title": _matching(r"^title: .*$", "title: 12"),
    "a word for a list": _word_for_list,
    "an unknown kind": _matching(r"^kind: (\S+)$", r"kind: \1x"),
    "an unknown code": _matching(r"\b(severity|type|stage|phase|direction|level|quadrant): ([a-z]+)", r"\1: \2x"),
    "yes for true (YAML 1.1)": _matching(r"\b(initial|enquiry|reopens): true", r"\1: yes"),
    "a short time (YAML 1.1)": _matching(r"\b09:00-", "9:00-", "catalog/calendars/"),
    "a day without its zeros": _matching(r"\bfrom: 2025-01-01", "from: 2025-1-1"),
    "a day that is none": _matching(r"\bfrom: 2025-01-01", "from: 2025-02-30"),
    "an end before the start": _matching(r"\{from: 2025-01-01\}", "{from: 2025-01-01, to: 2001-12-31}"),
    "a second role accountable": _matching(r"\bA: \[([a-z-]+)\]", r"A: [\1, top-management]", "roles/raci/"),
    "nobody responsible": _matching(r"\bR: \[[a-z, -]+\]", "R: []", "roles/raci/"),
    "an unknown clause": _matching(r'"iso-20000-1:([0-9.]+)"', r'"iso-20000-1:\1.99"'),
    "an unknown zone": _matching(r"^zone: (\S+)$", r"zone: \1x", "catalog/calendars/"),
    "hours that overlap": _matching(r"09:00-12:00(\W+)13:30-", r"09:00-14:00\g<1>13:30-", "catalog/calendars/"),
    "an internal agreement longer than what it supports": _matching(r"\bwithin: \S+\}", "within: 900h}", "catalog/ola/"),
    "a contract longer than what it supports": _matching(r"\bwithin: \S+\}", "within: 900h}", "catalog/contracts/"),
    "a state without a way out": _dead_end,
    "an unknown column": _matching(r"\bcolumn: ([a-z_]+)", r"column: \1x", "policies/processes/"),
    "an unknown column of a register": _columns_of_registers,
    "an unknown code of a register": _codes_of_registers,
    "a day that is none, in a row": _matching(r",(20\d\d)-(\d\d)-\d\d\b", r",\1-\2-40", "audits/registers/data/"),
    "yes for true, in a row": _matching(r",(true|false)\b", ",yes", "audits/registers/data/"),
    "a column missing, in a row": _matching(r"^([^,]+),", "", "audits/registers/data/"),
    "a unit that means two things": _matching(r"\bwithin: [0-9]+(h|bd)", "within: 1d", "catalog/sla/"),
    "no blank after the colon": _matching(r"^(severity|kind|process): ", r"\1:", "policies/"),
    "no blank after the hyphen": _matching(r"^( +)- \{", r"\1-{", "catalog/sla/"),
    "a wide colon": _matching(r"^(\w+): ", r"\1：", "policies/"),
    "a wide comma in a list": _matching(r'^(clauses: \["[^"]+"), ', r"\1，", "policies/rules/"),
    "a wide bracket": _matching(r"^( +- )\{where", r"\1｛where", "catalog/sla/"),
    "wide quotes around a code": _matching(r"^severity: (\w+)$", r"severity: “\1”"),
    "wide digits": _matching(r"^version: (\d)$", "version: １"),
    "wide digits in a time": _matching(r"\bwithin: \d+", "within: ３０", "catalog/sla/"),
    "a wide blank for a blank": _matching(r"^  (response|resolution):", "\u3000\\1:", "catalog/sla/"),
    "a blank that is no space after the colon": _matching(r"^severity: ", "severity:\u00a0"),
    "a quote that is not closed": _matching(r'^title: (\{en: )?"?(.*)$', r'title: "\2', "policies/rules/"),
    "a bracket that is not closed": _matching(r"^(clauses: \[.*)\]$", r"\1", "policies/rules/"),
    "a colon within a value": _matching(r"^title: .*$", "title: P1: at once", "policies/rules/"),
    "a sign that begins no value": _matching(r"^title: .*$", "title: %90 and more", "policies/rules/"),
    "the mark of a merge": _matching(r"^(severity: .*)$", r"<<<<<<< HEAD", "policies/rules/"),
    "the middle of a merge": _matching(r"^severity: .*$", "=======", "policies/rules/"),
    "four hyphens between definitions": _matching(r"^---$", "----", "policies/rules/"),
    "an alias of nothing": _matching(r"^severity: .*$", "severity: *grave"),
    "a capital in a key": _matching(r"^severity:", "Severity:"),
    "a capital in a code": _matching(r"^severity: m", "severity: M"),
    "quotes around true": _matching(r"\b(initial|enquiry|reopens): true", r'\1: "true"'),
    "a Chinese word for true": _matching(r"\b(initial|enquiry|reopens): true", r"\1: 是"),
    "a day with slashes": _matching(r"\bfrom: (20\d\d)-(\d\d)-(\d\d)", r"from: \1/\2/\3"),
    "a day without hyphens": _matching(r"\bfrom: (20\d\d)-(\d\d)-(\d\d)", r"from: \1\2\3"),
    "a day in Chinese": _matching(r"\bfrom: (20\d\d)-(\d\d)-(\d\d)", r"from: \1年\2月\3日"),
    "a long hyphen between hours": _matching(r"\b(\d\d:\d\d)-(\d\d:\d\d)", r"\1–\2", "catalog/calendars/"),
    "a percent sign in a number": _matching(r"\bpercent: (\d+)", r"percent: \1%", "policies/rules/"),
    "a number in quotes": _matching(r"\bpercent: (\d+)", r'percent: "\1"', "policies/rules/"),
    "a control character": _matching(r"^severity: (.*)$", "severity: \\1\x08"),
    "a tab for blanks": _matching(r"^  (\S+: )", "\t\\1", "policies/processes/"),
}  # fmt: skip
"""Every kind of mistake by name, with the places at which it can be made."""


def measure(count: int, seed: int) -> tuple[Counter[str], list[tuple[Mutant, list[Problem]]]]:
    """Try so many mutants: how many of each kind, and those that escaped."""
    tried: Counter[str] = Counter()
    lost = []
    with tempfile.TemporaryDirectory(prefix="itsmctl-mutants-") as folder:
        root = copy_of_reference(Path(folder))
        for mutant in mutants(corpus(), count, seed):
            tried[mutant.fault] += 1
            found = escaped(root, mutant)
            if found is not None:
                lost.append((mutant, found))
    return tried, lost


def main(arguments: Sequence[str]) -> int:
    """Try the mutants and say what escaped; 1 where anything did."""
    parser = argparse.ArgumentParser(description="Put single mistakes into the reference definitions.")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    tried, lost = measure(options.count, options.seed)
    for mutant, found in lost:
        sys.stdout.write(f"escaped: {mutant.fault}: {mutant.file}:{sorted(mutant.lines)}: {mutant.what}\n")
        sys.stdout.writelines(f"    {problem}\n" for problem in found[:3])
    sys.stdout.write(
        f"{tried.total() - len(lost)} of {tried.total()} mistakes of {len(tried)} kinds reported at their line\n"
    )
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
