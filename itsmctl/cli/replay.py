"""`itsmctl replay`: which past tickets a change of the definitions would judge differently."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.change import difference
from itsmctl.change.replay import ReplayOptions, replay
from itsmctl.change.sides import sides
from itsmctl.cli import options
from itsmctl.cli.progress import bar
from itsmctl.cli.tickets import opened
from itsmctl.importers.reading import Reading
from itsmctl.model import Language
from itsmctl.output import write_file
from itsmctl.reports.replay import FORMATS, Replayed

_SAMPLED = 3


@click.command("replay")
@options.base
@options.head
@options.tickets
@options.choice(tuple(FORMATS), "text")
@options.output("Write the replay into this file.")
@options.as_of
@options.reading
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only these rules; `INC-*` is allowed; repeatable.")
@click.option("--every-rule", is_flag=True, help="Judge by every rule, also by those that nothing changed for.")
@click.option("--enquiries", is_flag=True, help="Judge by enquiries, too, which ask people and find nothing.")
@options.memory_limit
@options.root
@options.language
@options.quiet
def command(
    base: str, head: str, tickets: tuple[Path, ...], form: str, output: Path | None, as_of: str, reading: Reading,
    rules: tuple[str, ...], every_rule: bool, enquiries: bool, memory_limit: str, root: Path | None, language: Language, quiet: bool,
) -> int:  # fmt: skip
    """Judge the same tickets by two versions of the definitions, and list the verdicts that flip.

    \b
    itsmctl replay --base origin/main --tickets dataset/
    itsmctl replay --base v1.4 --head v1.5 --tickets export.csv --format json

    BASE and HEAD are git revisions, folders or archives; without --head the files as they are. Only rules are judged that
    read something that changed. Exit code 0 where nothing comes out differently, 1 where something does, 2 when there
    is no answer.
    """
    with sides(root, base, head or None) as (old, new):
        changes = difference(old.definitions, new.definitions)
        choices = ReplayOptions(
            as_of,
            rules,
            each=0 if form == "json" else _SAMPLED,
            every_rule=every_rule,
            memory_limit=memory_limit,
            enquiries=enquiries,
        )
        with (
            bar(quiet, language) as progress,
            opened(tickets, new.definitions, None, reading, progress=progress, kept=True) as dataset,
        ):
            found = replay(old.definitions, new.definitions, dataset, changes, choices, progress=progress)
        told = Replayed(
            found, changes, base, head, tuple(map(str, tickets)), str(root or ""), reading,
            as_of, _options(rules, every_rule, enquiries), (old.commit, new.commit),
            (old.definitions.digest, new.definitions.digest), language,
        )  # fmt: skip
        text = FORMATS[form](told)
    if output:
        write_file(output, text)
    else:
        click.echo(text, nl=False)
    return int(found.differs)


def _options(rules: tuple[str, ...], every_rule: bool, enquiries: bool) -> list[str]:
    """What was said about the rules, as words of the command."""
    words = [word for rule in rules for word in ("--rule", rule)]
    return [*words, *(["--every-rule"] if every_rule else []), *(["--enquiries"] if enquiries else [])]
