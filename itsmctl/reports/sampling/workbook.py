"""The working paper as XLSX: rows to fill in, and beside them the plan, the strata and how to draw again; all cells are text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.language import Language, msg, tr
from itsmctl.reports.workbooks import LONGEST_CELL, Book
from itsmctl.sampling.answers import COLUMN_NAMES, PART_NAMES, PARTS, RESULT_WORDS, Part
from itsmctl.sampling.drawing import Drawn, recipe
from itsmctl.sampling.population import escape
from itsmctl.sampling.reading_xlsx import FINGERPRINT, PLAN_SHEET
from itsmctl.sampling.sample import ANSWERS, Sample

_WIDTHS = {"unit": 22, "stratum": 22, "rank": 8, "result": 14, "examiner": 18, "date": 12, "evidence": 24, "remark": 40}
RECIPE_SHEET = msg("Draw again")
STRATA_SHEET = msg("Strata")
_SUMMARY = {
    "objective": msg("Objective"),
    "attribute": msg("A deviation is"),
    "control": msg("Rule"),
    "population.query": msg("Records meant"),
    "population.source": msg("Source"),
    "population.records": msg("Population"),
    "population.sha256": msg("Digest of the population"),
    "population.targeted-records": msg("Targeted records"),
    "population.outside": msg("Records outside"),
    "plan.method": msg("Method"),
    "plan.formula": msg("Formula"),
    "plan.confidence": msg("Confidence (per cent)"),
    "plan.tolerable": msg("Tolerable rate (per cent)"),
    "plan.expected": msg("Expected rate (per cent)"),
    "plan.allowed": msg("Deviations allowed"),
    "plan.n": msg("Records drawn"),
    "draw.seed": msg("Seed"),
    "draw.seed-origin": msg("Origin of the seed"),
    "draw.algorithm": msg("Way of drawing"),
    "tool": msg("Made by"),
}


def workbook(sample: Sample, rows: Mapping[Part, Sequence[Drawn]], language: Language) -> bytes:
    """The bytes of the working paper in XLSX, the same for the same sample."""
    _check_lengths(rows)
    book = Book(sample.objective, sample.tool)
    for part in PARTS:
        _part(book, part, rows.get(part, ()), sample, language)
    book.sheet(tr(PLAN_SHEET, language), [(tr("What", language), 28), ("", 90)], _plan(sample, language))
    book.sheet(
        tr(STRATA_SHEET, language),
        [
            (tr("Number", language), 10),
            (tr("Stratum", language), 40),
            (tr("Population", language), 14),
            (tr("Sample", language), 14),
        ],
        [(str(n), one.label, str(one.records), str(one.sample)) for n, one in enumerate(sample.strata, 1)],
    )
    lines = [(line,) for line in recipe(sample.seed, sample.sizes).splitlines()]
    book.sheet(tr(RECIPE_SHEET, language), [(tr("In a shell, beside the population file", language), 110)], lines)
    return book.finish()


def _part(book: Book, part: Part, drawn: Sequence[Drawn], sample: Sample, language: Language) -> None:
    columns = [(tr(COLUMN_NAMES[column], language), _WIDTHS[column]) for column in COLUMN_NAMES]
    labels = {number: stratum.label for number, stratum in enumerate(sample.strata, 1)}
    lines = [
        (escape(one.unit), labels.get(one.stratum, ""), str(one.rank or ""), *[""] * len(ANSWERS)) for one in drawn
    ]
    place = list(COLUMN_NAMES).index("result")
    allowed = [
        tr(word, language) for result, word in RESULT_WORDS.items() if part != "targeted" or result != "replaced"
    ]
    book.sheet(tr(PART_NAMES[part], language), columns, lines, (place, allowed))


def _plan(sample: Sample, language: Language) -> list[tuple[str, str]]:
    document = sample.document()
    told = [(tr(name, language), _value(document, path)) for path, name in _SUMMARY.items()]
    tests = ", ".join(f"{test.rule} {test.outcome}" for test in sample.completeness)
    return [*told, (tr("Completeness", language), tests or "–"), (FINGERPRINT, sample.fingerprint)]


def _value(document: Mapping[str, object], path: str) -> str:
    found: object = document
    for step in path.split("."):
        found = found.get(step, "") if isinstance(found, Mapping) else ""
    return str(found)


def _check_lengths(rows: Mapping[Part, Sequence[Drawn]]) -> None:
    too_long = [one.unit for drawn in rows.values() for one in drawn if len(escape(one.unit)) > LONGEST_CELL]
    if too_long:
        template = "the record {unit!r} has a name of {n} characters; a cell of a workbook holds {most}"
        raise ItsmctlError(
            Problem("name-too-long", template, values={"unit": unit[:40] + "…", "n": len(unit), "most": LONGEST_CELL})
            for unit in too_long
        )
