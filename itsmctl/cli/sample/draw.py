"""`itsmctl sample draw`: fix the population first, draw from it once there is a seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from itsmctl.cli import options
from itsmctl.cli.speaking import Misused
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.reading import Reading
from itsmctl.model import Definitions, Language

if TYPE_CHECKING:
    from itsmctl.sampling.asking import Asked
    from itsmctl.sampling.population import Population
    from itsmctl.sampling.sample import Sample

_WITH_SEED = frozenset({"folder", "seed", "seed_origin", "digest", "form", "language", "quiet", "root"})
"""What may be said when the population is fixed already."""


@click.command("draw", short_help="Fix a population, then draw from it.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", default="", metavar="TEXT", help="Draw from the population fixed in FOLDER, with this seed.")
@click.option("--seed-origin", default="", metavar="TEXT", help="Who or what the seed comes from; goes with --seed.")
@click.option(
    "--digest", default="", metavar="SHA256", help="The population's digest as it was written down; with --seed."
)
@options.tickets
@click.option(
    "--result",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Result folder of an audit with --all-verdicts; goes with --rule.",
)
@click.option(
    "--plan", "plan", default="", metavar="ID", help="Audit plan whose `sampling` says what to draw, and how much."
)
@click.option("--rule", default="", metavar="ID", help="Draw from the records in scope of this rule.")
@click.option(
    "--where",
    multiple=True,
    metavar="YAML",
    help="Draw from records like this, as in a rule: 'priority: [P3, P4]'; repeatable.",
)
@click.option(
    "--always", multiple=True, metavar="YAML", help="Records that are all examined, apart from the draw; repeatable."
)
@click.option("--strata", multiple=True, metavar="COLUMN", help="Divide the population by this column; repeatable.")
@click.option(
    "--allocation",
    type=click.Choice(("proportional", "equal")),
    default="proportional",
    show_default=True,
    help="How strata share the sample.",
)
@click.option(
    "--minimum",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="M",
    help="Least number drawn from a stratum.",
)
@click.option(
    "--method",
    type=click.Choice(("binomial", "hypergeometric", "poisson")),
    help="Default: the plan's, else hypergeometric.",
)
@click.option("--confidence", default="", metavar="PERCENT", help="Confidence wanted; default: the plan's, else 95.")
@click.option(
    "--tolerable",
    default="",
    metavar="PERCENT",
    help="Rate of deviations that would still be acceptable; default: the plan's, else 5.",
)
@click.option(
    "--expected", default="", metavar="PERCENT", help="Rate of deviations expected; default: the plan's, else 0."
)
@click.option(
    "--allowed",
    type=click.IntRange(min=0),
    metavar="K",
    help="Deviations allowed in the sample; default: the plan's, else 0.",
)
@click.option(
    "--objective",
    default="",
    metavar="TEXT",
    help="What the sample is to show; default: the plan's, else the rule's title.",
)
@click.option("--attribute", default="", metavar="TEXT", help="What counts as a deviation.")
@options.as_of
@options.reading
@options.root
@options.choice(("text", "json"), "text")
@options.language
@options.quiet
@click.pass_context
def command(
    context: click.Context, folder: Path, seed: str, seed_origin: str, digest: str, tickets: tuple[Path, ...], result: Path | None, plan: str,
    rule: str, where: tuple[str, ...], always: tuple[str, ...], strata: tuple[str, ...], allocation: Literal["proportional", "equal"], minimum: int,
    method: str | None, confidence: str, tolerable: str, expected: str, allowed: int | None, objective: str, attribute: str, as_of: str,
    reading: Reading, root: Path | None, form: str, language: Language, quiet: bool,
) -> None:  # fmt: skip
    """Draw the records that people examine, in two steps, so that nobody can choose them.

    Without --seed the population is fixed: FOLDER gets the list of its records, and its digest is printed, to be written
    down. Then the seed is drawn where all can see it, and with --seed FOLDER gets the working papers to fill in.

    \b
    itsmctl sample draw sample-2026 --tickets dataset --rule INC-16
    itsmctl sample draw sample-2026 --seed 4711 --seed-origin "dice, on site"
    """
    from itsmctl.reports.sampling import drawn
    from itsmctl.reports.sampling.folder import draw_into
    from itsmctl.sampling.asking import Asked

    units: list[str] = []
    if seed:
        _check_alone(context)
        sample, units = draw_into(folder, seed, seed_origin, digest, language)
    elif seed_origin or digest:
        raise Misused("--seed-origin and --digest go with --seed")
    else:
        asked = Asked(
            plan, rule, where, always, strata, allocation, minimum, method, confidence, tolerable, expected, allowed, objective,
            attribute, as_of,
        )  # fmt: skip
        sample = _fix(folder, asked, tickets, reading, result, root, language, quiet)
    if form == "json":
        click.echo(drawn.as_json(sample, units), nl=False)
    else:
        told = drawn.drawn_text if seed else drawn.fixed_text
        click.echo(told(sample, folder, language, options.terminal_width(), units), nl=False)


def _check_alone(context: click.Context) -> None:
    """With a seed nothing may be said about the population: it is fixed."""
    given = (
        parameter for parameter in context.command.params
        if context.get_parameter_source(parameter.name or "") == click.core.ParameterSource.COMMANDLINE
    )  # fmt: skip
    for parameter in given:
        if parameter.name not in _WITH_SEED:
            raise Misused(
                "{option} belongs to fixing the population, which comes before the seed; leave it out",
                option=parameter.opts[0],
            )


def _fix(
    folder: Path, asked: Asked, tickets: tuple[Path, ...], reading: Reading, result: Path | None, root: Path | None,
    language: Language, quiet: bool,
) -> Sample:  # fmt: skip
    """Find the population in the tickets or in the result of an audit, and write it into the folder."""
    from itsmctl.cli.progress import bar
    from itsmctl.cli.tickets import opened
    from itsmctl.definitions import load
    from itsmctl.filling import check_empty
    from itsmctl.reports.sampling.folder import fix
    from itsmctl.sampling.asking import sample_of_dataset

    check_empty(folder)
    definitions = load(root)
    if result:
        if tickets:
            raise Misused("name --tickets or --result, not both")
        sample, population = _of_result(result, asked, definitions, language)
    else:
        planned = definitions.plans.get(asked.plan)
        with (
            bar(quiet, language) as progress,
            opened(tickets, definitions, planned, reading, progress=progress) as dataset,
        ):
            sample, population = sample_of_dataset(definitions, dataset, asked, language)
    fix(sample, population, folder, language)
    return sample


def _of_result(result: Path, asked: Asked, definitions: Definitions, language: Language) -> tuple[Sample, Population]:
    """The population of a rule in a result folder, with what `result.json` says about it."""
    from itsmctl.evidence.reading import read_result
    from itsmctl.sampling.asking import sample_of_result
    from itsmctl.sampling.frame import COMPLETENESS, Frame, Tested, rule_named
    from itsmctl.sampling.population import Population

    judged = read_result(result / "result.json")
    rule = rule_named(definitions, asked.rule)
    found = next((one for one in (*judged.rules, *judged.enquiries) if one.id == rule.id), None)
    if found is None:
        template = "the audit did not judge by {rule}"
        raise ItsmctlError(Problem("rule-not-judged", template, Where(str(result)), {"rule": rule.id}))
    tests = tuple(Tested(one.id, one.outcome) for one in judged.rules if one.id in COMPLETENESS)
    period = (judged.period_from, judged.period_to)
    about = Frame(Population(()), judged.dataset_digest, judged.records, period, tests)
    digest = judged.files.get("verdicts.parquet", "")
    return sample_of_result(
        definitions, result / "verdicts.parquet", digest, found.counts["in_scope"], about, asked, language
    )
