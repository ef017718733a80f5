"""A sample's folder: what was fixed before the seed was known, and whether it is still that."""

from __future__ import annotations

import hashlib
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.sampling.answers import Part
from itsmctl.sampling.drawing import Drawn, draw
from itsmctl.sampling.planning import with_seed
from itsmctl.sampling.population import POPULATION_FILE, TARGETED_FILE, Population, read_population
from itsmctl.sampling.reading_xlsx import read_workbook
from itsmctl.sampling.reading_yaml import ReadSample, read_sample
from itsmctl.sampling.sample import PAPER_FILE, SAMPLE_FILE, WORKBOOK_FILE, Sample

SHOWN = 10
"""Strata that a message names."""


def fixed_sample(folder: Path, digest: str = "") -> tuple[Sample, Population]:
    """The sample and the population of a folder; raises ItsmctlError where either is not what was fixed.

    `digest` is the population's as somebody wrote it down when it was fixed.
    """
    if not (folder / SAMPLE_FILE).is_file():
        template = "no population was fixed here: there is no {file}; draw without --seed first"
        raise ItsmctlError(Problem("no-sample", template, Where(str(folder)), {"file": SAMPLE_FILE}))
    sample = read_sample(folder / SAMPLE_FILE).sample
    if digest and digest.strip().lower() != sample.population_sha256:
        template = "the digest written down is not that of this population, which is {digest}"
        raise ItsmctlError(
            Problem("other-population", template, Where(str(folder)), {"digest": sample.population_sha256})
        )
    text = _text(folder / POPULATION_FILE, sample.population_sha256)
    population = read_population(text, _text(folder / TARGETED_FILE, sample.targeted_sha256))
    said, found = (
        [(one.label, one.records) for one in sample.strata],
        [(a, len(units)) for a, units in population.strata],
    )
    if (said, sample.targeted) != (found, len(population.targeted)):
        template = "the strata are not those of the population, which has: {strata}; the fingerprint was made anew over other numbers"
        strata = ", ".join(f"{label} {records}" for label, records in found[:SHOWN])
        raise ItsmctlError(Problem("sample-altered", template, Where(str(folder / SAMPLE_FILE)), {"strata": strata}))
    return sample, population


def drawn_rows(sample: Sample, population: Population) -> dict[Part, list[Drawn]]:
    """The rows of the working paper: the draw, its reserves, and what is examined in any case."""
    units, reserves = draw(population, sample.seed, sample.sizes)
    return {"units": units, "reserves": reserves, "targeted": [Drawn(unit, 0, 0) for unit in population.targeted]}


def read_paper(path: Path) -> tuple[ReadSample, dict[Part, list[Drawn]]]:
    """A working paper, YAML or XLSX, and the rows that the draw gives; raises ItsmctlError where they cannot belong together."""
    if path.is_dir():
        template = "name the working paper that was filled in: {yaml} or {xlsx} in this folder"
        values = {"yaml": PAPER_FILE, "xlsx": WORKBOOK_FILE}
        raise ItsmctlError(Problem("which-paper", template, Where(str(path)), values))
    is_workbook = path.suffix.lower() in (".xlsx", ".xlsm", ".ods", ".xls")
    beside = path.parent / PAPER_FILE if is_workbook else path
    if is_workbook and not beside.is_file():
        template = "{file} must stand beside the workbook: it says what was drawn"
        raise ItsmctlError(Problem("paper-missing", template, Where(str(path)), {"file": PAPER_FILE}))
    read = read_sample(beside)
    fixed, population = fixed_sample(path.parent)
    sample = read.sample
    if not sample.seed:
        template = "nothing was drawn yet: this is the population as it was fixed"
        raise ItsmctlError(Problem("not-drawn-yet", template, Where(str(beside))))
    if with_seed(fixed, sample.seed, sample.seed_origin).fingerprint != sample.fingerprint:
        template = "the working paper says something else about the sample than {file}, which was fixed before the draw"
        raise ItsmctlError(Problem("sample-altered", template, Where(str(beside)), {"file": SAMPLE_FILE}))
    paper = read_workbook(path, sample.fingerprint) if is_workbook else read.paper
    return ReadSample(sample, paper), drawn_rows(sample, population)


def _text(path: Path, digest: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        template = "cannot read the file: {why}"
        values = {"why": error.strerror or str(error)}
        raise ItsmctlError(Problem("unreadable-file", template, Where(str(path)), values)) from error
    if hashlib.sha256(content).hexdigest() != digest:
        template = (
            "this file was changed after the population was fixed: its digest is not {digest}; "
            "nothing can be drawn from it or proven by it"
        )
        raise ItsmctlError(Problem("population-altered", template, Where(str(path)), {"digest": digest}))
    return content.decode("utf-8")
