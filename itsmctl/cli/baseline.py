"""`itsmctl baseline`: freeze the findings of today, and let them only shrink."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from itsmctl.audit import AuditOptions
from itsmctl.audit.freezing import freeze
from itsmctl.cli import options
from itsmctl.cli.progress import bar
from itsmctl.cli.tickets import opened
from itsmctl.definitions import load, own_root
from itsmctl.definitions.baselines import baseline_named, in_file, without
from itsmctl.definitions.writing import add, document_text, replace
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.reading import Reading
from itsmctl.language import iso, tr, trn
from itsmctl.model import Definitions, Language
from itsmctl.result import BaselineUse


@click.group("baseline")
def command() -> None:
    """Freeze the findings of today, one by one, so that only new ones count; and let the list only shrink."""


@command.command("take")
@click.argument("plan", required=False, default="")
@options.tickets
@options.as_of
@options.reading
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only these rules; `INC-*` is allowed; repeatable.")
@click.option("--id", "id_", required=True, metavar="ID", help="Its id; the file is audits/baselines/ID.yaml.")
@click.option("--title", default="", metavar="TEXT", help="Default: its id.")
@click.option("--reason", required=True, metavar="TEXT", help="Why these findings are left as they are.")
@click.option("--author", required=True, metavar="PERSON", help="Who asks for it.")
@click.option("--approver", required=True, metavar="PERSON", help="Who approved it; never its author.")
@click.option("--authority", required=True, metavar="ROLE", help="The role by which the approver may do so.")
@click.option("--approved", required=True, metavar="DAY", help="Day of approval.")
@click.option("--until", required=True, metavar="DAY", help="Last day on which the findings do not count.")
@options.root
@options.language
@options.quiet
def take(
    plan: str, tickets: tuple[Path, ...], as_of: str, reading: Reading, rules: tuple[str, ...], id_: str, title: str,
    reason: str, author: str, approver: str, authority: str, approved: str, until: str, root: Path | None, language: Language, quiet: bool,
) -> None:  # fmt: skip
    """Write every finding of an audit into a new baseline, each by its rule and its record.

    \b
    itsmctl baseline take --tickets export.csv --id old-desk \\
      --reason "The old tool is read-only." --author "Zhao Lei 赵磊" \\
      --approver "Lin Haiyan 林海燕" --authority top-management \\
      --approved 2026-07-01 --until 2026-12-31
    """
    folder, definitions = own_root(root), load(root)
    choices = AuditOptions(plan=plan, as_of=as_of, rules=rules)
    planned = definitions.plans.get(plan)
    with (
        bar(quiet, language) as progress,
        opened(tickets, definitions, planned, reading, progress=progress) as dataset,
    ):
        frozen = freeze(definitions, dataset, choices, progress)
    if not frozen.findings:
        raise ItsmctlError(Problem("no-findings", "this audit finds nothing, so there is nothing to freeze"))
    result = frozen.result
    commit = {"definitions": result.definitions.commit} if result.definitions.commit else {}
    data: dict[str, Any] = {"kind": "baseline", "id": id_, "title": title or id_, "taken": iso(result.as_of), **commit}
    data |= {"reason": reason, "author": author, "approver": approver, "authority": authority, "approved": approved}
    data |= {"expires": until, "zone": result.zone, "findings": frozen.findings}
    path = add(folder, f"audits/baselines/{id_}.yaml", data)
    number = sum(rule.failed for rule in result.rules)
    told = trn("{n} finding frozen", "{n} findings frozen", number, language)
    click.echo(tr("{path} is written; it counts once it is merged", language, path=path) + tr("; ", language) + told)


@command.command("shrink")
@click.argument("baseline", metavar="ID")
@click.argument("plan", required=False, default="")
@options.tickets
@options.as_of
@options.reading
@options.root
@options.language
@options.quiet
def shrink(
    baseline: str, plan: str, tickets: tuple[Path, ...], as_of: str, reading: Reading, root: Path | None,
    language: Language, quiet: bool,
) -> None:  # fmt: skip
    """Take out of a baseline what an audit looked at and no longer finds; nothing is ever added.

    \b
    itsmctl baseline shrink old-desk --tickets export.csv
    """
    folder, definitions = own_root(root), load(root)
    known = baseline_named(definitions, baseline, files=False)
    planned = definitions.plans.get(plan)
    with (
        bar(quiet, language) as progress,
        opened(tickets, definitions, planned, reading, progress=progress) as dataset,
    ):
        choices = AuditOptions(plan=plan, as_of=as_of, baseline=known)
        result = freeze(definitions, dataset, choices, progress).result
    use = result.baseline
    assert use is not None
    if use.known == 0 and use.problems and not use.gone:
        raise ItsmctlError(use.problems)
    for rule, record, observed in use.gone:
        click.echo(f"- {rule} {record}" + (f": {observed}" if observed else ""))
    _write(folder, definitions, use)
    new = sum(rule.failed - rule.known for rule in result.rules)
    click.echo(
        trn("{n} finding gone and taken out", "{n} findings gone and taken out", len(use.gone), language)
        + tr("; ", language)
        + trn("{n} new finding, not added", "{n} new findings, not added", new, language)
    )


def _write(folder: Path, definitions: Definitions, use: BaselineUse) -> None:
    """The baseline without what is gone, in its file; a file that somebody wrote by hand is left to them."""
    if not use.gone:
        return
    place = use.baseline.where.file
    _, document = in_file(folder / place)
    assert isinstance(document.data, dict)
    data: dict[str, Any] = document.data
    if (folder / place).read_text(encoding="utf-8") != document_text(data, folder, place):
        template = "this file was written by hand, and is left to you; take out what is gone"
        raise ItsmctlError(Problem("written-by-hand", template, Where(place)))
    today = {alias: rule.id for rule in definitions.rules.values() for alias in rule.aliases}
    left = without(data["findings"], use.gone, today)
    if not left:
        template = "every finding of this baseline is gone; delete the file"
        raise ItsmctlError(Problem("baseline-empty", template, Where(place)))
    replace(folder, place, {**data, "findings": left})
