"""`sample.yaml` back from disk: the sample, and the answers that people wrote into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from itsmctl.definitions.schema import check_parameters
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.sampling.answers import COLUMN_NAMES, PARTS, Paper, Part, Row
from itsmctl.sampling.population import unescape
from itsmctl.sampling.sample import Sample, fingerprint_of, sample_of, sample_schema
from itsmctl.source import Document, read_documents


@dataclass(frozen=True)
class ReadSample:
    """A sample and what its working paper says."""

    sample: Sample
    paper: Paper


def read_sample(path: Path) -> ReadSample:
    """Read a sample; raises ItsmctlError where it is none, or where something sealed in it was changed."""
    documents = read_documents(path)
    if len(documents) != 1 or not isinstance(documents[0].data, dict):
        template = "this is not the working paper of a sample: there must be one YAML document, written by `itsmctl sample draw`"
        raise ItsmctlError(Problem("not-a-sample", template, Where(str(path))))
    document = documents[0]
    problems = check_parameters(sample_schema(), document.data, document, ())
    if problems:
        raise ItsmctlError(problems)
    data = documents[0].data
    assert isinstance(data, dict)
    if fingerprint_of(data) != data["fingerprint"]:
        template = (
            "the plan, the population or the draw was changed after the fingerprint had been taken; "
            "only the rows and the reviewer are filled in by hand"
        )
        raise ItsmctlError(Problem("sample-altered", template, document.where(("fingerprint",))))
    rows = tuple(row for part in PARTS for row in _rows(document, part))
    places = {part: document.where((part,), key=True) for part in PARTS}
    return ReadSample(sample_of(data), Paper(rows, places))


def _rows(document: Document, part: Part) -> list[Row]:
    assert isinstance(document.data, dict)
    listed = document.data.get(part) or []
    assert isinstance(listed, list)
    return [_row(document, part, number, cells) for number, cells in enumerate(listed) if isinstance(cells, dict)]


def _row(document: Document, part: Part, number: int, cells: Mapping[str, object]) -> Row:
    texts = {key: "" if value is None else str(value).strip() for key, value in cells.items() if key in COLUMN_NAMES}
    places = {key: document.where((part, number, key)) for key in texts}
    return Row(part, texts | {"unit": unescape(str(cells["unit"]))}, places)
