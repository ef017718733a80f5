"""A register whose newest row is too old shows how it once was, and the statement says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from evidence_case import write_definitions, write_result

from itsmctl.definitions import load
from itsmctl.evidence.reading import read_result
from itsmctl.evidence.statement import statements
from itsmctl.evidence.statement.words import lacking_text

_REGISTER = """\
kind: register
id: drills
title: {{en: Drills, zh: 演练}}
purpose: {{en: One row for each drill., zh: 每次演练一行。}}
process: incident
owner: owner
clauses: ["iso-20000-1:9.1"]
columns:
  - {{id: held_on, title: {{en: Held on, zh: 日期}}, type: date, required: true}}
key: [held_on]
dated: held_on
{fresh}entries: {entries}
"""
AS_OF = "2026-06-30T16:00:00Z"


def _lacking(folder: Path, fresh: str, *days: str) -> list[tuple[str, tuple[str, ...], str]]:
    root = write_definitions(folder / "system")
    entries = "[" + ", ".join(f"{{held_on: {day}}}" for day in days) + "]"
    (root / "audits").mkdir()
    (root / "audits/drills.yaml").write_text(_REGISTER.format(fresh=fresh, entries=entries), encoding="utf-8")
    result = write_result(folder / "result", root, "", AS_OF)
    (framework,) = statements(load(root), read_result(result / "result.json"))
    clause = next(clause for clause in framework.clauses if clause.number == "9.1")
    return [(one.code, one.what, lacking_text(one, "en")) for one in clause.lacking if one.code == "stale"]


@pytest.mark.parametrize(
    ("fresh", "days", "newest"),
    [
        ("fresh-for: 12mo\n", ("2024-01-10", "2025-06-29"), "2025-06-29"),
        ("fresh-for: 12mo\n", ("2024-01-10", "2025-06-30"), ""),
        ("fresh-for: 12mo\n", ("2025-01-10", "2026-07-15"), "2025-01-10"),
        ("", ("2020-01-10",), ""),
    ],
    ids=["a day too old", "just not too old", "a row that is still to come", "kept for ever"],
)
def test_a_stale_register_is_told_with_its_newest_row(
    tmp_path: Path, fresh: str, days: tuple[str, ...], newest: str
) -> None:
    found = _lacking(tmp_path, fresh, *days)
    if not newest:
        assert found == []
        return
    ((_, what, told),) = found
    assert what == (f"drills ({newest})",)
    assert told == f"Too old, by their own rule, to show how it is on the day of the audit: drills ({newest})."
