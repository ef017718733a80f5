"""A law can be set aside in place, for a reason and for a time; schema and references never."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from itsmctl.definitions import load, validate
from itsmctl.errors import ItsmctlError
from itsmctl.reference import FOLDERS, reference_root
from itsmctl.source import comments

RACI = "roles/raci/again.yaml"
MATRIX = """kind: raci
id: raci-again
title: Again
process: incident
activities:
  IM1: {R: [service-desk-agent], A: [incident-process-manager]}
  IM2: {R: [service-desk-agent], A: [incident-process-manager]}
  IM3: {R: [service-desk-agent], A: [incident-process-manager]}
  IM4: {R: [service-desk-agent], A: [incident-process-manager]}
  IM5: {A: [incident-process-manager]}
"""
GOOD = '# itsmctl: ignore[no-responsible] reason="until the desk is staffed" until=2026-12-31'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The reference definitions with a second matrix, in which nobody is Responsible for the last activity."""
    for folder in FOLDERS:
        shutil.copytree(reference_root() / folder, tmp_path / folder)
    return tmp_path


def told(root: Path, text: str, as_of: date | None = None) -> list[tuple[str, int]]:
    path = root / RACI
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [(problem.code, problem.where.line) for problem in validate(root, [path], as_of)]


def on_the_line(comment: str) -> str:
    return MATRIX.replace("IM5: {A: [incident-process-manager]}", f"IM5: {{A: [incident-process-manager]}}  {comment}")


def above(comment: str) -> str:
    return MATRIX.replace("  IM5:", f"  {comment}\n  IM5:")


def test_on_the_line_or_the_line_above(root: Path) -> None:
    assert told(root, MATRIX) == [("no-responsible", 10)]
    assert told(root, on_the_line(GOOD)) == []
    assert told(root, above(GOOD)) == []
    assert told(root, above(f"{GOOD}\n  # and another comment between")) == []
    assert load(root).racis["raci-again"]


def test_elsewhere_it_does_nothing_and_says_so(root: Path) -> None:
    text = MATRIX.replace("  IM4:", f"  {GOOD}\n  IM4:")
    assert told(root, text) == [("ignore-unused", 9), ("no-responsible", 11)]
    with pytest.raises(ItsmctlError):
        load(root)


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("# itsmctl: ignore[no-responsible] until=2026-12-31", "ignore-without-reason"),
        ('# itsmctl: ignore[no-responsible] reason=" " until=2026-12-31', "ignore-without-reason"),
        ('# itsmctl: ignore[no-responsible] reason="why"', "ignore-without-expiry"),
        ('# itsmctl: ignore[no-responsible] reason="why" until=2026-02-30', "ignore-without-expiry"),
        ('# itsmctl: ignore reason="why" until=2026-12-31', "ignore-not-understood"),
        ('# itsmctl: ignore[] reason="why" until=2026-12-31', "ignore-not-understood"),
        ('# itsmctl: ingore[no-responsible] reason="why" until=2026-12-31', "ignore-not-understood"),
        ('# itsmctl: ignore[no-responsible] reason="why" untill=2026-12-31', "ignore-not-understood"),
        ('# itsmctl: ignore[no-responsible] reason="why" until=2026-12-31 for now', "ignore-not-understood"),
        ('# itsmctl: ignore[no-responsable] reason="why" until=2026-12-31', "ignore-unknown"),
    ],
)
def test_one_that_does_not_say_all_does_nothing(comment: str, code: str, root: Path) -> None:
    assert {("no-responsible", 10), (code, 10)} <= set(told(root, on_the_line(comment)))


def test_its_last_day_is_judged_at_the_day_named_only(root: Path) -> None:
    text = on_the_line(GOOD)
    assert told(root, text) == []
    assert told(root, text, date(2026, 12, 31)) == []
    assert sorted(told(root, text, date(2027, 1, 1))) == [("ignore-expired", 10), ("no-responsible", 10)]


def test_schema_and_references_are_never_set_aside(root: Path) -> None:
    comment = GOOD.replace("no-responsible", "unknown-role, no-responsible")
    text = MATRIX.replace("IM5: {", "IM5: {R: [nobody-at-all], ").replace("manager]}\n", f"manager]}}  {comment}\n")
    codes = {code for code, line in told(root, text) if line == 10}
    assert codes >= {"unknown-role", "ignore-unknown"}


def test_several_laws_in_one_comment_are_each_needed(root: Path) -> None:
    comment = GOOD.replace("[no-responsible]", "[no-responsible, one-accountable]")
    assert told(root, on_the_line(comment)) == [("ignore-unused", 10)]
    both = on_the_line(comment).replace("IM5: {A: [incident-process-manager]}", "IM5: {C: [user]}")
    assert told(root, both) == []


def test_what_stands_inside_a_value_is_no_comment() -> None:
    text = 'a: "x # no"\nb: >-  # yes\n  x # no\n  # no\nc: x#no\n# yes, alone\n\nd: y # yes\n'
    assert [(c.text, c.line, c.speaks_of) for c in comments(text)] == [
        ("# yes", 2, 2),
        ("# yes, alone", 6, 8),
        ("# yes", 8, 8),
    ]
