"""`itsmctl gate`: one verdict about a change of the definitions, for a pull request."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click

from itsmctl.change import Change, difference
from itsmctl.change.replay import Replay, ReplayOptions, replay
from itsmctl.change.sides import Side, sides
from itsmctl.cli import options
from itsmctl.cli.progress import bar
from itsmctl.cli.speaking import Misused
from itsmctl.cli.tickets import opened
from itsmctl.control import approvals
from itsmctl.definitions import find_root, shown_files
from itsmctl.errors import Problem, Where
from itsmctl.gate import Gate, new_problems, waiver_problems
from itsmctl.gate.formats import FORMATS
from itsmctl.gate.judged import Judged
from itsmctl.gate.markdown import whole
from itsmctl.history import at_revision, changes_seen, commit_of
from itsmctl.importers.reading import Reading
from itsmctl.model import Language
from itsmctl.output import write_file
from itsmctl.reports.replay import Replayed
from itsmctl.reports.replay.replayed import how_read
from itsmctl.worktime import parse_day

_SAMPLED = 3


def _other_forms(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, Path]]:
    """Each FORMAT=FILE as a pair."""
    pairs = []
    for value in values:
        form, equals, file = value.partition("=")
        if form not in FORMATS or not file:
            raise Misused(
                "{value!r} is not FORMAT=FILE; FORMAT is one of {formats}", value=value, formats=", ".join(FORMATS)
            )
        pairs.append((form, Path(file)))
    return pairs


@click.command("gate")
@options.base
@options.head
@options.tickets
@options.choice(tuple(FORMATS), "text")
@options.output("Write the answer into this file.")
@click.option(
    "--also", multiple=True, metavar="FORMAT=FILE", callback=_other_forms,
    help="Tell it in another form as well, in the same run, as in markdown=comment.md (repeatable).",
)  # fmt: skip
@click.option("--full", type=click.Path(path_type=Path), metavar="FILE", help="Also write the whole Markdown, without the limit of a comment, for an artifact.")  # fmt: skip
@options.fail_on("From which findings on the exit code is 1.")
@click.option("--as-of", "day", default="", metavar="DATE", help="The day to judge definitions at: what is overdue or has expired.")  # fmt: skip
@click.option(
    "--approved-by", "vouched", multiple=True, metavar="WHO",
    help="Who approved the change, as the forge says: `Name <mail>`, or either (repeatable).",
)  # fmt: skip
@options.reading
@options.root
@options.language
@options.quiet
def command(
    base: str, head: str, tickets: tuple[Path, ...], form: str, output: Path | None, also: tuple[tuple[str, Path], ...], full: Path | None, fail_on: str,
    day: str, vouched: tuple[str, ...], reading: Reading, root: Path | None, language: Language, quiet: bool,
) -> int:  # fmt: skip
    """Judge a change of the definitions from BASE to HEAD: is it valid, what does it loosen, who must approve it, and which
    past tickets would be judged differently?

    \b
    itsmctl gate --base origin/main --tickets dataset/
    itsmctl gate --base origin/main --format markdown -o comment.md --full gate.md

    Only what the change brings is told; what was wrong before is counted. Exit code 0: nothing stands in the way; 1: not to
    be merged; 2: no answer.
    """
    asked = _Asked(root, base, head, parse_day(day) if day else None, vouched, tickets, reading, fail_on)
    with ExitStack() as stack:
        found = _valid(asked, stack)
        replayed = None
        if found.gate.compared:
            old, new = stack.enter_context(sides(root, base, head or None))
            changes = difference(old.definitions, new.definitions)
            if tickets:
                progress = stack.enter_context(bar(quiet, language))
                dataset = stack.enter_context(
                    opened(tickets, new.definitions, None, reading, progress=progress, kept=True)
                )
                judged = replay(old.definitions, new.definitions, dataset, changes, ReplayOptions(each=_SAMPLED))
                replayed = _replayed(judged, changes, asked, old, new, language)
            found = _judged(found, _approvals(asked, old, new, changes), new, changes, replayed)
        failed = found.gate.fails(fail_on)
        told = replace(
            found, failed=failed, replayed=replayed, language=language, name=str(root or "."),
            command=_again(asked), place="" if head else options.base_of(find_root(root)),
        )  # fmt: skip
        text = FORMATS[form](told)
        for other, file in also:
            write_file(file, FORMATS[other](told))
        if full:
            write_file(full, whole(told))
    if output:
        write_file(output, text)
    else:
        click.echo(text, nl=False)
    return int(failed)


@dataclass(frozen=True)
class _Asked:
    root: Path | None
    base: str
    head: str
    as_of: date | None
    vouched: tuple[str, ...]
    tickets: tuple[Path, ...]
    reading: Reading
    fail_on: str


def _valid(asked: _Asked, stack: ExitStack) -> Judged:
    """What is wrong with the definitions of the head that was not wrong before."""
    folder = find_root(asked.root)
    before = stack.enter_context(at_revision(folder, asked.base))
    after = stack.enter_context(at_revision(folder, asked.head)) if asked.head else None
    place, kept_as = (after.folder, after.kept_as) if after else (folder, None)
    problems, known = new_problems((before.folder, before.kept_as), (place, kept_as), asked.as_of)
    gate = Gate(problems, known, (), None, (), None, asked.as_of)
    return Judged(gate, False, place, tuple(shown_files(place)), asked.base, asked.head, "", None)


def _approvals(asked: _Asked, old: Side, new: Side, changes: tuple[Change, ...]) -> tuple[Problem, ...] | None:
    """What is wrong with the approvals; None where the sides are no two commits of one history."""
    if not old.commit:
        return None
    folder, after = find_root(asked.root), new.commit
    if not asked.head and (here := commit_of(folder, new.definitions.files)):
        if here.dirty and not changes_seen(folder):
            return (_unlike(here.unlike),)
        after = "" if here.dirty else here.hash
    if not after:
        return None
    return tuple(approvals(folder, old.commit, after, changes, old.definitions, vouched=asked.vouched))


def _unlike(files: Sequence[str]) -> Problem:
    """Files that are committed, and yet not what the commit holds: nobody approved what is judged here."""
    template = (
        "not as the commit holds them, though git sees no change: {files}; a symbolic link, a submodule, attributes of the repository or a rule "
        "of what to ignore stands between. Commit plain files, or nobody can tell who approved what is judged here"
    )
    told = ", ".join(files[:_SAMPLED]) + (" …" if len(files) > _SAMPLED else "")
    return Problem("not-as-committed", template, Where(files[0]), {"files": told})


def _judged(
    found: Judged,
    approved: tuple[Problem, ...] | None,
    new: Side,
    changes: tuple[Change, ...],
    replayed: Replayed | None,
) -> Judged:
    """The same with what changed, and what that means."""
    result = replayed.replay if replayed else None
    gate = replace(
        found.gate,
        changes=changes,
        approvals=approved,
        waivers=waiver_problems(new.definitions, changes, result),
        replay=result,
    )
    return replace(found, gate=gate)


def _replayed(
    found: Replay, changes: tuple[Change, ...], asked: _Asked, old: Side, new: Side, language: Language
) -> Replayed:  # fmt: skip
    return Replayed(
        found, changes, asked.base, asked.head, tuple(map(str, asked.tickets)), str(asked.root or ""), asked.reading, "", (),
        (old.commit, new.commit), (old.definitions.digest, new.definitions.digest), language,
    )  # fmt: skip


def _again(asked: _Asked) -> str:
    """The command that tells the same again."""
    words = ["itsmctl", "gate", "--base", asked.base, *(["--head", asked.head] if asked.head else [])]
    words += how_read(asked.tickets, asked.reading, asked.root)
    words += ["--as-of", asked.as_of.isoformat()] if asked.as_of else []
    words += ["--fail-on", asked.fail_on] if asked.fail_on != "error" else []
    return shlex.join([*words, *(word for who in asked.vouched for word in ("--approved-by", who))])
