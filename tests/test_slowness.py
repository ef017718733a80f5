"""The list of slow tests names what takes long, however it is cut into cases."""

from __future__ import annotations

import pytest
import slowness


def test_cases_of_a_test_count_together_and_what_a_file_makes_counts_for_all_of_it() -> None:
    took = [
        ("tests/test_a.py::test_x[1]", "call", 1.5),
        ("tests/test_a.py::test_x[2]", "call", 1.0),
        ("tests/test_a.py::test_y", "call", 1.9),
        ("tests/test_a.py::test_y", "setup", 0.2),
        ("tests/test_b.py::test_first", "setup", 9.0),
        ("tests/test_b.py::test_first", "call", 3.0),
        ("tests/test_b.py::test_second", "call", 0.1),
    ]
    assert slowness.slow_among(took) == {"tests/test_a.py::test_x", "tests/test_b.py"}


def test_what_takes_much_longer_and_is_not_listed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slowness, "listed", lambda: frozenset({"tests/test_a.py::test_x", "tests/test_b.py"}))
    took = [
        ("tests/test_a.py::test_x[1]", "call", 90.0),
        ("tests/test_a.py::test_y[1]", "call", 3.0),
        ("tests/test_a.py::test_y[2]", "call", 3.0),
        ("tests/test_a.py::test_z", "call", 3.0),
        ("tests/test_b.py::test_first", "call", 90.0),
        ("tests/test_c.py::test_first", "setup", 9.0),
    ]
    assert slowness.missing(took) == ["tests/test_a.py::test_y", "tests/test_c.py"]


def test_the_longest_tests_are_on_the_list(request: pytest.FixtureRequest) -> None:
    listed = slowness.LIST.read_text("utf-8").split()
    assert listed == sorted(set(listed))
    assert "tests/test_docs.py::test_transcripts_are_what_the_commands_print" in listed
    assert request.node.get_closest_marker("slow") is None


def test_what_is_listed_is_there() -> None:
    for name in slowness.LIST.read_text("utf-8").split():
        file, _, test = name.partition("::")
        text = (slowness.LIST.parent.parent / file).read_text("utf-8")
        assert f"def {test.rpartition('::')[2]}(" in text or not test, name
