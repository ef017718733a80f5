"""Every format has a hand-made export with five kinds of awkward row, and what becomes of each stands beside it.

That an import gives just what stands there is tested with the other exports; here, that no format and no kind is missing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from importing.mappings import shipped

from itsmctl.errors import ItsmctlError
from itsmctl.importers.export import Format
from itsmctl.importers.importing import import_files

AWKWARD = Path(__file__).parent / "importing" / "awkward"
KINDS = frozenset({"newline", "bad encoding", "no id", "id twice", "impossible date"})
REASONS = {
    "bad-encoding": "bad encoding",
    "no-record-id": "no id",
    "duplicate-id": "id twice",
    "bad-time": "impossible date",
}
SECTIONS = {"record": ("records", "events"), "event": ("events",), "approval": ("approvals",)}

FORMATS = frozenset(
    [
        "servicenow-names",
        "servicenow-labels",
        "servicenow-wide",
        "servicenow-xml",
        "servicenow-json",
        "servicenow-api",
        "servicenow-change",
        "servicenow-request-item",
        "servicenow-request-task",
        "servicenow-task-sla",
        "servicenow-history",
        "servicenow-approval",
        "jira-csv",
        "jira-rest",
        "glpi-en",
        "glpi-fr",
        "glpi-pt",
        "glpi-es",
        "glpi-de",
        "glpi-zh",
        "otrs",
        "zammad",
        "itop-csv",
        "itop-xml",
        "helix",
        "manageengine",
        "manageengine-csv",
        "freshservice",
        "freshservice-csv",
        "zendesk",
        "zendesk-csv",
        "freshdesk",
        "topdesk",
        "redmine",
        "gitlab",
        "azure-devops",
        "cherwell",
        "xes",
        "ocel-json",
        "ocel-xml",
        "ocel-sqlite",
        "parquet",
        "json-lines",
        "xlsx",
        "sqlite",
    ]
)
"""What is promised, besides a file for every mapping and every reader."""

ONE_ENCODING = "the format has one encoding, and a file with bytes outside of it is refused whole"
CANNOT = {
    **{(case, "bad encoding"): ONE_ENCODING for case in ("servicenow-xml", "itop-xml", "xes", "ocel-xml", "xlsx", "parquet")},
    ("servicenow-task-sla", "newline"): "of an SLA its times and whether it was met are kept, and no text that could hold one",
    ("xes", "id twice"): "a trace with the name of an earlier one goes on with the same ticket",
}  # fmt: skip
"""Which kind a format cannot hold, and why."""
WITHIN = {
    "jira-history": "jira-rest", "jira-sla": "jira-rest", "jira-link": "jira-rest", "ocel-change": "ocel-json", "ocel-event": "ocel-json",
    "ocel-relation": "ocel-json",
}  # fmt: skip
"""Tables that lie within the tickets of another, and have no rows of their own in a file."""


@cache
def expected(case: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((AWKWARD / case / "expected.yaml").read_text("utf-8"), yaml.BaseLoader)
    return found


def cases() -> list[str]:
    return sorted(path.parent.name for path in AWKWARD.glob("*/expected.yaml"))


def kinds(case: str, mapping: str) -> set[str]:
    """The kinds of awkward row that a mapping meets in a case."""
    said = expected(case)
    names = {name for name, reader in said["mappings"].items() if reader == mapping}
    found = {REASONS[reason] for file, _, _, _, _, reason in said["rejects"] if file in names and reason in REASONS}
    rows = [row for section in SECTIONS.get(shipped()[mapping].table, ()) for row in said.get(section, [])]
    if any("\n" in cell for row in rows for cell in (row.values() if isinstance(row, dict) else row)):
        found.add("newline")
    return found | ({"id twice"} if "duplicates" in said["warnings"] else set())


def test_every_format_has_its_file() -> None:
    assert set(cases()) >= FORMATS
    readers = {Path(name.partition("#")[0]).suffix for case in cases() for name in expected(case)["mappings"]}
    suffixes = {"database": ".sqlite"}  # a query gives the same rows, and has tests with real servers
    assert {suffixes.get(reader, f".{reader}") for reader in get_args(Format)} <= readers


@pytest.mark.parametrize("case", cases())
def test_a_format_has_every_kind_of_awkward_row(case: str) -> None:
    found = {kind for mapping in expected(case)["mappings"].values() for kind in kinds(case, mapping)}
    excused = {kind for other, kind in CANNOT if other == case}
    assert found | excused == KINDS
    assert not found & excused, "what is excused is there"


def test_every_mapping_meets_every_kind_of_awkward_row() -> None:
    lacking = {}
    for mapping in sorted(set(shipped()) - set(WITHIN)):
        read = [case for case in cases() if mapping in expected(case)["mappings"].values()]
        found = {kind for case in read for kind in kinds(case, mapping)}
        found |= {kind for case, kind in CANNOT if case in read}
        if found != KINDS:
            lacking[mapping] = KINDS - found
    assert lacking == {}
    assert set(WITHIN) <= set(shipped())
    assert set(WITHIN.values()) <= set(cases())


@pytest.mark.parametrize(
    "name", ["servicenow-xml/problem.xml", "itop-xml/requests.xml", "xes/log.xes", "ocel-xml/log.xml"]
)
def test_bytes_outside_the_one_encoding_of_xml_are_refused_with_their_place(tmp_path: Path, name: str) -> None:
    file = tmp_path / Path(name).name
    file.write_bytes((AWKWARD / name).read_bytes().replace(b"lines", b"li\xffnes").replace(b"Anna", b"An\xffna"))
    with pytest.raises(ItsmctlError, match=rf"{file.name}:\d+:\d+: not readable as XML: not well-formed"):
        import_files([file], None, shipped(), "UTC", tmp_path / "out")
    assert not (tmp_path / "out").exists()
