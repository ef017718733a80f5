"""What a replay tells of edits of any kind of definition is what two whole audits differ by, and a wrong answer is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from benches import bench

from itsmctl.change import Change

mutations, directions = bench("mutations"), bench("directions")  # flips imports them by name
flips = bench("flips")
KINDS = (
    "rule",
    "sla",
    "ola",
    "calendar",
    "process",
    "service",
    "assignment",
    "waiver",
    "code-list",
    "register",
    "role",
)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return flips.Bench(tmp_path_factory.mktemp("flips"), 120, 5)


@pytest.fixture(scope="module")
def edits(ours: Any) -> Iterator[Any]:
    return iter([one for one in flips.edits(ours.files, 11) if one.kind in KINDS])


def test_edits_of_every_kind_flip_what_two_audits_differ_by(ours: Any, edits: Iterator[Any]) -> None:
    tried = list(islice(flips.judged(ours, edits, 8), 16))
    assert [(edit.what, found) for edit, found in tried if found] == []
    assert len({edit.kind for edit, _ in tried}) > 5


def test_a_file_written_anew_is_no_change(ours: Any) -> None:
    for edit in (one for one in flips.edits(ours.files, 1) if "written anew" in one.what):
        with ours.edited([edit]) as head:
            assert head is not None and flips.difference(ours.base, head) == (), edit.what


def _shorter(ours: Any) -> Any:
    file = "catalog/sla/email-collaboration.yaml"
    (document,) = ours.files[file]
    data = flips.deepcopy(document.data)
    for clock in data["clocks"].values():
        for target in clock["targets"]:
            target["within"] = "1m"
    return flips.Edit("sla", "all targets shorter", file, (data,))


def test_a_flip_that_is_not_told_and_a_wrong_direction_are_found(ours: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = _shorter(ours)
    assert ours.wrong([edit]) == []
    replay, difference = flips.replay, flips.difference

    def silent(*asked: Any) -> Any:
        found = replay(*asked)
        return replace(found, flips=(), tallies=(), rules=())

    def turned(*asked: Any) -> tuple[Change, ...]:
        return tuple(replace(change, effect="loosened", approvers=()) for change in difference(*asked))

    monkeypatch.setattr(flips, "replay", silent)
    assert any(line.startswith("flips: ") and "not told" in line for line in ours.wrong([edit]))
    monkeypatch.setattr(flips, "replay", replay)
    monkeypatch.setattr(flips, "difference", turned)
    told = ours.wrong([edit])
    assert any("called loosened" in line for line in told) and any("nobody approves" in line for line in told)
    monkeypatch.setattr(flips, "difference", lambda *asked: ())
    assert any("no change" in line for line in ours.wrong([edit]))
