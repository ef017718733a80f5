"""The folder of a sample: the population, fixed first; then, once there is a seed, the working papers."""

from __future__ import annotations

from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.filling import check_empty, filling, undo_unfinished
from itsmctl.language import Language
from itsmctl.reports.sampling.paper import paper
from itsmctl.reports.sampling.workbook import workbook
from itsmctl.sampling.fixed import drawn_rows, fixed_sample
from itsmctl.sampling.planning import with_seed
from itsmctl.sampling.population import POPULATION_FILE, TARGETED_FILE, Population
from itsmctl.sampling.reading_yaml import read_sample
from itsmctl.sampling.sample import PAPER_FILE, SAMPLE_FILE, WORKBOOK_FILE, Sample


def fix(sample: Sample, population: Population, folder: Path, language: Language) -> None:
    """Write a population and the plan for its sample into a new folder, all of it or nothing."""
    check_empty(folder)
    with filling(folder) as place:
        (place / POPULATION_FILE).write_bytes(population.text.encode())
        (place / TARGETED_FILE).write_bytes(population.targeted_text.encode())
        (place / SAMPLE_FILE).write_bytes(paper(sample, {}, language).encode())


def draw_into(folder: Path, seed: str, origin: str, digest: str, language: Language) -> tuple[Sample, list[str]]:
    """Draw from the population of a folder and write the working papers; returns the sample and the units drawn."""
    undo_unfinished(folder)
    fixed, population = fixed_sample(folder, digest)
    if (folder / PAPER_FILE).is_file():
        with_seed(read_sample(folder / PAPER_FILE).sample, seed, origin)  # refused: it was drawn
    if (folder / WORKBOOK_FILE).exists():
        template = "a working paper stands here already; nothing was touched"
        raise ItsmctlError(Problem("output-exists", template, Where(str(folder / WORKBOOK_FILE))))
    sample = with_seed(fixed, seed, origin)
    rows = drawn_rows(sample, population)
    with filling(folder) as place:
        (place / PAPER_FILE).write_bytes(paper(sample, rows, language).encode())
        (place / WORKBOOK_FILE).write_bytes(workbook(sample, rows, language))
    return sample, [one.unit for one in rows["units"]]
