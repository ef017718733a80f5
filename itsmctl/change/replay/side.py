"""One side of a replay: some rules of one set of definitions over the tickets, down to the state of every record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from itsmctl.audit.choices import with_foundations
from itsmctl.audit.judging import Judged, because
from itsmctl.audit.preparing import load_records, prepare, registers_named
from itsmctl.audit.waivers import applied
from itsmctl.change.replay.basis import MADE_WITH_CLOCKS, Bases
from itsmctl.checks import CHECKS
from itsmctl.engine.evaluate import Counts, evaluate
from itsmctl.engine.flips import write_states
from itsmctl.engine.session import JUDGING, Session
from itsmctl.engine.statements import Task, missing_in_file
from itsmctl.engine.tables.loading import ALWAYS, WHOLE, Part
from itsmctl.importers.receipt import Receipt
from itsmctl.model import GROUPED, Definitions, Rule

_AT_ONCE = 12
"""Rules whose verdicts are held at once, before they are written down."""
_MORE_THAN_COLUMNS = MADE_WITH_CLOCKS | {
    "approval",
    "broken",
    "event",
    "every_approval",
    "every_event",
    "link",
    "named",
}


@dataclass(frozen=True)
class Tickets:
    """The tickets of a replay, the same for all sides: a dataset, and the one moment at which it is judged."""

    folder: Path
    receipt: Receipt
    as_of: int
    zone: str
    memory_limit: str = ""

    def bases(self, definitions: Definitions) -> Bases:
        """What the rules of some definitions rest on over these tickets."""
        return Bases(definitions, self.receipt, self.as_of, self.zone)


@dataclass(frozen=True)
class Names:
    """What a side calls things, and what the comparison calls them: rules, and values in the keys of groups."""

    rules: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True)
class Side:
    """Where the states of one side lie, and what became of each rule by its own id."""

    files: tuple[Path, ...]
    judged: Judged


@contextmanager
def loaded(definitions: Definitions, tickets: Tickets, part: Part = WHOLE) -> Iterator[Session]:
    """The tickets as some definitions read them, which is alike for all that call services and customers alike."""
    with Session(memory_limit=tickets.memory_limit, program=JUDGING) as session:
        load_records(session, definitions, tickets.folder, tickets.receipt, tickets.as_of, (None, None), tickets.zone, part)  # fmt: skip
        yield session


def judge_side(
    session: Session, bases: Bases, tickets: Tickets, rules: Sequence[Rule], names: Names, place: Path, known: Judged
) -> Side:
    """Judge loaded tickets by some rules and those that they rest on, and write the states into the folder `place`.

    Rules whose outcome is `known` are not judged again.
    """
    place.mkdir(parents=True)
    definitions = bases.definitions
    tiers = [[rule for rule in tier if rule.id not in known] for tier in with_foundations(definitions, rules)]
    every = [rule for tier in tiers for rule in tier]
    grouped = {rule.id for rule in every if rule.check in GROUPED}
    clocks = any(bases.of(rule).reads_clocks for rule in every)
    waivers = applied(definitions)
    judged: dict[str, tuple[Rule, Counts]] = dict(known)
    files: list[Path] = []
    registers = registers_named(definitions, every, tickets.as_of, tickets.zone)
    with session.undone():
        context = prepare(session, definitions, tickets.receipt, every, registers, tickets.as_of, (None, None), tickets.zone, clocks=clocks)  # fmt: skip
        for some in (tier[start : start + _AT_ONCE] for tier in tiers for start in range(0, len(tier), _AT_ONCE)):
            tasks = [Task(rule, CHECKS[rule.check], because(rule, judged), waivers.get(rule.id, ())) for rule in some]
            found = evaluate(session, tasks, context, all_verdicts=True, with_texts=False)
            judged |= {rule.id: (rule, found[rule.id]) for rule in some}
            files.append(place / f"{len(files)}.parquet")
            write_states(session, files[-1], names.rules, grouped, names.values)
    return Side(tuple(files), judged)


def judge_foundations(bases: Bases, tickets: Tickets, rules: Sequence[Rule]) -> Judged | None:
    """What becomes of the rules that some rest on, over all tickets but only the columns that they read.

    None where that is not enough: they read histories, clocks or other records, or some of the rules are about groups and a
    file lacks what these rest on, which makes all groups untestable.
    """
    definitions = bases.definitions
    wanted = {rule.id for rule in rules}
    below = [[rule for rule in tier if rule.id not in wanted] for tier in with_foundations(definitions, rules)]
    every = [rule for tier in below for rule in tier]
    if any(bases.of(rule).tables & _MORE_THAN_COLUMNS for rule in every):
        return None
    read = {word for rule in every for word in bases.of(rule).words}
    groups = [Task(rule, CHECKS[rule.check]) for rule in rules if rule.check in GROUPED]
    part = Part(columns=ALWAYS | read, history=False)
    judged: dict[str, tuple[Rule, Counts]] = {}
    registers = registers_named(definitions, every, tickets.as_of, tickets.zone)
    with loaded(definitions, tickets, part) as session:
        context = prepare(session, definitions, tickets.receipt, every, registers, tickets.as_of, (None, None), tickets.zone, clocks=False)  # fmt: skip
        if any(missing_in_file(session, task, context) for task in groups):
            return None
        for tier in below:
            tasks = [Task(rule, CHECKS[rule.check], because(rule, judged)) for rule in tier]
            found = evaluate(session, tasks, context, all_verdicts=False, with_texts=False) if tasks else {}
            judged |= {rule.id: (rule, found[rule.id]) for rule in tier}
    return judged


@dataclass(frozen=True)
class Judging:
    """Judges one set of definitions after the other: on the session that holds the tickets, where they read these alike."""

    session: Session
    head: Bases
    tickets: Tickets
    names: Names
    part: Part
    known: Judged
    scratch: Path

    def __call__(self, bases: Bases, rules: Sequence[Rule], called: str) -> Side:
        """The side of some definitions; what it writes lies under the name `called`."""
        place = self.scratch / called
        if bases.codes == self.head.codes:
            return judge_side(self.session, bases, self.tickets, rules, self.names, place, self.known)
        with loaded(bases.definitions, self.tickets, self.part) as other:
            return judge_side(other, bases, self.tickets, rules, self.names, place, self.known)
