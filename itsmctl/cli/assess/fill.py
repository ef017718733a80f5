"""`itsmctl assess fill`: answer a questionnaire in the terminal, or in a spreadsheet and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from itsmctl.cli import options, results
from itsmctl.cli.assess.form import ask
from itsmctl.cli.assess.showing import shown_by
from itsmctl.cli.speaking import Misused
from itsmctl.language import tr, trn
from itsmctl.model import Language

if TYPE_CHECKING:
    from itsmctl.assessment.answers import Given


@click.command("fill")
@click.argument("assessment", metavar="ASSESSMENT")
@click.option("--to", "to", type=click.Path(path_type=Path), metavar="FILE.xlsx", help="Write a workbook to fill in.")
@click.option(
    "--from", "source", type=click.Path(path_type=Path), metavar="FILE.xlsx", help="Take the answers of a workbook."
)
@results.option
@click.option("--by", default="", metavar="PERSON", help="Who answers, offered as the default.")
@click.option("--at", default="", metavar="CRITERION", help="Begin there; default: with the first open question.")
@options.root
@options.language
def command(
    assessment: str, to: Path | None, source: Path | None, result: Path | None, by: str, at: str, root: Path | None,
    language: Language,
) -> None:  # fmt: skip
    """Answer the questions of ASSESSMENT one by one, or in a spreadsheet; what limits an answer stands beside it.

    The answers go into the file of the assessment, all of them or none; everything else in it stays as it is.

    \b
    itsmctl assess fill maturity --result result --by "Chen Wei 陈薇"
    itsmctl assess fill maturity --to answers.xlsx
    itsmctl assess fill maturity --from answers.xlsx
    """
    from itsmctl.assessment.answer_sheet import read_answers
    from itsmctl.assessment.answers import people_of, write_answers
    from itsmctl.assessment.finding import find_assessment, find_criterion
    from itsmctl.assessment.rating import rate
    from itsmctl.definitions import load, own_root

    if to and source:
        raise Misused("--to and --from are two steps: write, fill in, then read")
    folder = None if to else own_root(root)
    definitions = load(root)
    chosen = find_assessment(definitions, assessment)
    questionnaire = definitions.questionnaires[chosen.questionnaire]
    judged = results.read(result, definitions, language) if result else None
    rated = rate(chosen, questionnaire, shown_by(definitions, judged))
    if to:
        from itsmctl.reports.answer_sheet import workbook, write_new

        write_new(to, workbook(chosen, questionnaire, rated, language))
        click.echo(tr("{path} written", language, path=to), err=True)
        return
    assert folder is not None
    given: Given
    if source:
        given = read_answers(source, chosen, questionnaire, definitions)
    else:
        start = find_criterion(questionnaire, at) if at else ""
        given = ask(questionnaire, rated, people_of(definitions), start, by, language, options.terminal_width(100))
    if given:
        write_answers(folder, chosen, questionnaire, given)
    click.echo(_told(given, chosen.where.file, language))


def _told(given: Given, file: str, language: Language) -> str:
    """How many answers went where."""
    if not given:
        return tr("no answer is new; {file} is as it was", language, file=file)
    taken_back = sum(answer is None for answer in given.values())
    new = len(given) - taken_back
    parts = [trn("{n} answer written", "{n} answers written", new, language)] if new else []
    parts += [trn("{n} taken back", "{n} taken back", taken_back, language)] if taken_back else []
    return tr("{file}: {parts}", language, file=file, parts=tr(", ", language).join(parts))
