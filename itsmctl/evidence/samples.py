"""Samples that people examined, as part of a pack: what was fixed, what was drawn and answered, and what that means."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.evidence.reading import Judged
from itsmctl.evidence.write import Content
from itsmctl.reports.sampling import evaluation
from itsmctl.sampling.answers import answers
from itsmctl.sampling.drawing import recipe
from itsmctl.sampling.evaluating import evaluate
from itsmctl.sampling.fixed import read_paper
from itsmctl.sampling.planning import source_of
from itsmctl.sampling.population import POPULATION_FILE, TARGETED_FILE
from itsmctl.sampling.sample import PAPER_FILE, SAMPLE_FILE, WORKBOOK_FILE

FILES = (SAMPLE_FILE, POPULATION_FILE, TARGETED_FILE, PAPER_FILE, WORKBOOK_FILE)
"""What the folder of a sample holds; whatever else lies in it stays outside."""


@dataclass(frozen=True)
class Examined:
    """A sample in the pack: its folder, its files by their place in the pack, and how a reader draws it again."""

    folder: str
    files: Mapping[str, Content]
    commands: tuple[str, ...]
    """For a shell in the folder of the pack: from the population and the seed to the records that were drawn."""


def samples(papers: Sequence[Path], judged: Judged) -> tuple[Examined, ...]:
    """The samples whose filled-in working papers are named, each in a folder of its own by the name of the sample's folder.

    Raises ItsmctlError where one was altered, is not answered in full, or was drawn from other tickets than were audited.
    """
    examined: dict[str, Examined] = {}
    problems: list[Problem] = []
    for paper in papers:
        try:
            found = _sample(paper, judged)
        except ItsmctlError as error:
            problems += error.problems
            continue
        if found.folder in examined:
            template = "another sample has a folder of the same name: {name}; rename one"
            problems.append(Problem("same-name", template, Where(str(paper)), {"name": _name(paper)}))
        examined[found.folder] = found
    if problems:
        raise ItsmctlError(problems)
    return tuple(examined[folder] for folder in sorted(examined))


def _sample(paper: Path, judged: Judged) -> Examined:
    read, rows = read_paper(paper)
    if read.sample.source != source_of(judged.dataset_digest):
        template = "this sample was drawn from other tickets than the result judged ({source})"
        raise ItsmctlError(Problem("other-tickets", template, Where(str(paper)), {"source": read.sample.source}))
    told = evaluation.as_json(evaluate(read.sample, answers(read.paper, rows)))
    # The paper that was answered is named so; an unanswered one beside it would contradict it.
    kept = [name for name in FILES if name not in (PAPER_FILE, WORKBOOK_FILE)]
    files: dict[str, Content] = {f"{_place(paper)}/{name}": paper.parent / name for name in kept}
    files[f"{_place(paper)}/{PAPER_FILE}"] = paper.parent / PAPER_FILE
    files[f"{_place(paper)}/{paper.name}"] = paper
    files[f"{_place(paper)}/evaluation.json"] = told.encode("utf-8")
    commands = (
        f"cd {shlex.quote(_place(paper))}",
        *recipe(read.sample.seed, read.sample.sizes).splitlines(),
    )
    return Examined(_place(paper), files, commands)


def _place(paper: Path) -> str:
    return f"data/samples/{_name(paper)}"


def _name(paper: Path) -> str:
    return paper.resolve().parent.name
