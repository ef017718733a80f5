"""`itsmctl audit`: judge tickets by the definitions, print the summary, write the result folder."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from itsmctl.audit import FAIL_ON, AuditOptions, audit, exceeds, make_ready
from itsmctl.audit.people import key_of_tickets, read_key
from itsmctl.cli import options, results
from itsmctl.cli.engines import engine
from itsmctl.cli.progress import bar
from itsmctl.cli.speaking import Misused
from itsmctl.cli.tickets import opened
from itsmctl.definitions import load
from itsmctl.definitions.baselines import baseline_named
from itsmctl.engine.spark.starting import SparkPlace
from itsmctl.importers.reading import Reading
from itsmctl.language import tr
from itsmctl.model import Language
from itsmctl.reports import FORMATS, render
from itsmctl.reports.folder import audit_to_folder, load_pages
from itsmctl.result import AuditResult


@click.command("audit")
@click.argument("plan", required=False, default="")
@options.tickets
@options.output("The result folder to write: result.json, verdicts.parquet, findings.csv, report.html.")
@options.choice(FORMATS, "text")
@options.as_of
@options.reading
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only these rules; `INC-*` is allowed; repeatable.")
@click.option("--all-verdicts", is_flag=True, help="Keep the passes too, not only what failed or could not be tested.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="From which severity findings give exit code 1; default: the plan's, else minor.",
)
@click.option(
    "--people-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Key for people's pseudonyms, so that they stay the same from audit to audit; default: one that follows from the tickets.",
)
@click.option("--with-names", is_flag=True, help="Name people instead of giving them pseudonyms.")
@click.option("--with-text", is_flag=True, help="Show free text, such as titles and resolutions, beside pseudonyms.")
@click.option(
    "--baseline",
    default="",
    metavar="ID|FILE",
    help="Findings known before, told apart: only new ones decide the exit code.",
)
@results.previous
@options.memory_limit
@options.spill
@options.threads
@engine
@click.option(
    "--verdicts",
    "partitioned",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also write the verdicts as Parquet partitioned by rule, for tables in a lake.",
)
@options.root
@options.language
@options.quiet
@options.no_color
def command(
    plan: str, tickets: tuple[Path, ...], output: Path | None, form: str, as_of: str, reading: Reading, rules: tuple[str, ...],
    all_verdicts: bool, fail_on: str | None, baseline: str, people_key: Path | None, with_names: bool, with_text: bool, previous: Path | None, memory_limit: str, spill: Path | None, threads: int | None, spark: SparkPlace | None, partitioned: Path | None, root: Path | None, language: Language, quiet: bool, no_color: bool,
) -> int:  # fmt: skip
    """Judge tickets by every rule in force, or by those of the audit plan PLAN.

    Nobody is named: people have pseudonyms, which `itsmctl evidence reveal` turns back into names for whoever has the key.

    \b
    itsmctl audit --tickets export.csv --zone Asia/Shanghai -o result
    itsmctl audit monthly --tickets dataset/ --as-of 2026-06-30 --fail-on major
    """
    definitions = load(root)
    planned = definitions.plans.get(plan)
    if with_names and (people_key or with_text):
        raise Misused("--with-names shows all there is: --people-key and --with-text do not go with it")
    key = read_key(people_key) if people_key else None
    known = baseline_named(definitions, baseline) if baseline else None
    earlier = results.before(previous) if previous else None
    choices = AuditOptions(
        plan, as_of, rules, all_verdicts, baseline=known, memory_limit=memory_limit, spill=spill, threads=threads or 0,
        people=key, free_text=with_text, own_registers=bool(plan) or not definitions.is_reference, charts=form == "html",
        spark=spark, partitioned=partitioned,
    )  # fmt: skip

    def meanwhile() -> None:
        make_ready(definitions, choices)
        if output is not None:
            load_pages(sealing=not with_names)

    with (
        bar(quiet, language) as progress,
        opened(tickets, definitions, planned, reading, progress=progress, meanwhile=meanwhile) as dataset,
    ):  # fmt: skip
        if not with_names:
            choices = replace(choices, people=key or key_of_tickets(dataset))
        if output is None:
            result = audit(definitions, dataset, choices, progress=progress)
        else:
            result = audit_to_folder(definitions, dataset, choices, output, before=earlier, progress=progress)
    if form == "text":
        from itsmctl.reports.text import render as render_text

        width, color = options.terminal_width(), options.use_color(no_color)
        click.echo(render_text(result, language, width, color, earlier), nl=False)
        if output is not None and not quiet:
            from itsmctl.reports.replay.replayed import how_read

            how = [*how_read(tickets, reading, root), *(["--as-of", as_of] if as_of else [])]
            click.echo("\n" + "\n".join(_next(result, output, how if tickets else [], language)))
    else:
        click.echo(render(form, result, language, earlier), nl=False)
    return int(exceeds(result, fail_on or (planned.fail_on if planned else "") or "minor"))


def _next(result: AuditResult, output: Path, how: Sequence[str], language: Language) -> Iterator[str]:
    """Where the report is, what explains one of the records in it, and how definitions of one's own begin."""
    yield tr("Where to look next", language)
    yield tr("The report, in a browser:", language)
    yield f"  {output / ('report.zh.html' if language == 'zh' else 'report.html')}"
    if how and result.explanations:
        yield tr("Why one ticket failed, minute by minute:", language)
        yield f"  {shlex.join(['itsmctl', 'explain', result.explanations[0].record_id, *how])}"
    if "definitions" in result.chosen_by_default:
        yield tr("Your own services, promises and rules, in place of an example company's:", language)
        yield "  itsmctl init our-services"
