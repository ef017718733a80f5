"""`itsmctl assess next`: the next smallest useful step, by coverage and assessments together."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options, results, written
from itsmctl.cli.assess.showing import shown_by
from itsmctl.model import Language


@click.command("next")
@results.option
@click.option(
    "--steps", "most", type=click.IntRange(min=1), default=6, show_default=True, help="How many steps to show."
)
@options.root
@written.forms(written.OF_PAGES)
@options.language
def command(
    result: Path | None, most: int, root: Path | None, form: str, output: Path | None, language: Language
) -> None:
    """Propose the next smallest useful step, by what clauses lack and what assessments found (沿途下蛋).

    Smallest first; of those of a size, what serves most requirements of the framework and most gaps of the assessments.

    \b
    itsmctl assess next --result result
    """
    from itsmctl.assessment import assess
    from itsmctl.assessment.adopting import propose
    from itsmctl.assessment.finding import concluded
    from itsmctl.coverage import Judged, cover, main_framework
    from itsmctl.coverage.finding import need_frameworks
    from itsmctl.coverage.steps import steps
    from itsmctl.definitions import load
    from itsmctl.history import commit_of
    from itsmctl.views import adopting as view

    definitions = load(root)
    need_frameworks(definitions)
    told = results.read(result, definitions, language) if result else None
    judged = Judged({rule.id: rule.outcome for rule in told.rules}) if told else None
    commit = commit_of(definitions.root, definitions.files)
    entry = main_framework(cover(definitions, judged, controlled=commit is not None and not commit.dirty))
    shown = shown_by(definitions, told)
    assessed = [assess(definitions, one, shown) for one in concluded(definitions)]
    answered = {one.questionnaire.id for one in assessed}
    unasked = [one for one in definitions.questionnaires.values() if one.id not in answered]
    found = propose(steps(entry, definitions, judged), assessed, unasked)
    page = view.page(found, definitions, language, most)
    written.write_page(form, page, view.data(found, definitions), language, output)
