"""Tickets agree with the directions that `diff` tells: what is loosened makes no record fail, what is tightened lets none off."""

from __future__ import annotations

from pathlib import Path

import pytest
from benches import bench
from change_case import reference

from itsmctl.model import Definitions

__all__ = ["reference"]

directions = bench("directions")


@pytest.fixture(scope="module")
def dataset(reference: Definitions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found: Path = directions.tickets(reference, 400, 5, tmp_path_factory.mktemp("tickets"))
    return found


@pytest.mark.parametrize(("kind", "least"), [("rule", 100), ("sla", 10)])
def test_tickets_contradict_no_direction(
    reference: Definitions, dataset: Path, tmp_path: Path, kind: str, least: int
) -> None:
    outcome = directions.hold(reference, dataset, kind, f"test {kind}", tmp_path)
    assert outcome.contradicted == []
    assert sum(outcome.judged.values()) >= least
    assert min(outcome.judged.values()) >= 5, "both directions were asked"
    assert outcome.flipped > 0, "the edits did something"


def test_a_wrong_direction_is_found(
    reference: Definitions, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned = {"loosened": "tightened", "tightened": "loosened"}
    edits = directions.edits
    monkeypatch.setattr(
        directions,
        "edits",
        lambda *asked: [directions.Edited(turned[one.effect], one.definition, one.told) for one in edits(*asked)],
    )
    assert directions.hold(reference, dataset, "sla", "test sla", tmp_path).contradicted != []
