"""JSON with indents: the text that Python's own module gives."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as some

from itsmctl.reports.indented import indented

VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.tuples(inner) | some.dictionaries(some.text(), inner),
)


@given(VALUES)
def test_it_is_what_the_standard_library_writes(value: object) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
