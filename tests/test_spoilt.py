"""An export in which two of five cells are not what they were: it is judged by the whole library, whatever the engine has to do for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from benches import bench

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.reference import reference_root

spoil = bench("spark").spoil


@pytest.mark.parametrize("seed", [1, 2])
def test_a_spoilt_export_is_judged_alike_with_much_memory_and_with_little(tmp_path: Path, seed: int) -> None:
    """The ledgers of its clocks are compared with the SQL on the way."""
    definitions = load(reference_root())
    made = generate(definitions, 150, seed, tmp_path / "export")
    spoil(tmp_path / "export", seed)
    files = [tmp_path / "export" / name for name in made.rows]
    receipt = import_files(files, None, definitions.mappings, ZONE, tmp_path / "dataset")
    assert receipt.rejects > 500 and receipt.records > 150
    usual, limited = (
        (
            audit(definitions, tmp_path / "dataset", options, verdicts=tmp_path / "v.parquet"),
            (tmp_path / "v.parquet").read_bytes(),
        )
        for options in (
            AuditOptions(all_verdicts=True),
            AuditOptions(all_verdicts=True, memory_limit="450MiB", threads=1),
        )
    )
    assert limited == usual
    assert {rule.outcome for rule in usual[0].rules} >= {"fail", "not_testable"} and usual[0].explanations
