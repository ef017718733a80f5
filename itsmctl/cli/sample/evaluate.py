"""`itsmctl sample evaluate`: what the answers in a working paper say of the whole population."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.model import Language


@click.command("evaluate", short_help="Say what the answers mean for all records.")
@click.argument("paper", type=click.Path(path_type=Path))
@click.option("--close", is_flag=True, help="Rows without an answer count as not examined, and so as deviations.")
@options.output("Write the evaluation into this file too, as JSON.")
@options.choice(("text", "json"), "text")
@options.language
def command(paper: Path, close: bool, output: Path | None, form: str, language: Language) -> int:
    """Evaluate PAPER, the filled-in working paper: working-paper.xlsx or working-paper.yaml in the folder of the sample.

    The population and the draw are checked again first. What could not be examined counts as a deviation; a row without an
    answer is refused unless the paper is closed. Exit codes: 0 supported, 1 not, 2 cannot answer.

    \b
    itsmctl sample evaluate sample-2026/working-paper.xlsx
    """
    from itsmctl.output import write_file
    from itsmctl.reports.sampling import evaluation
    from itsmctl.sampling.answers import answers
    from itsmctl.sampling.evaluating import evaluate
    from itsmctl.sampling.fixed import read_paper

    read, rows = read_paper(paper)
    found = evaluate(read.sample, answers(read.paper, rows), close=close)
    if output:
        write_file(output, evaluation.as_json(found))
    if form == "json":
        click.echo(evaluation.as_json(found), nl=False)
    else:
        click.echo(evaluation.render(found, language, options.terminal_width()), nl=False)
    return int(found.whole.conclusion != "supported")
