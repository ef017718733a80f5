"""Every law keeps its page: the passing example passes, the failing one fails at its line; each has a Chinese page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from law_examples import marked_lines, system_of

from itsmctl.definitions.lint import LAWS, broken_laws
from itsmctl.definitions.lint.law import Law, page_of, told_at
from itsmctl.definitions.schema import kinds
from itsmctl.definitions.subjects import with_subjects
from itsmctl.errors import Problem
from itsmctl.reference import reference_root

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PACKAGE = Path(__file__).parent.parent / "itsmctl" / "definitions" / "lint"
PARTS = {path.stem for path in PACKAGE.glob("*.py") if "\nCODE = " not in path.read_text(encoding="utf-8")}
"""Modules of the package that are no laws."""

each_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.CODE)


@each_law
def test_the_passing_example_passes(law: Law) -> None:
    assert [str(problem) for problem in law.check(system_of(page_of(law).passes))] == []


@each_law
def test_the_failing_example_fails_at_its_line(law: Law) -> None:
    page = page_of(law)
    found = list(law.check(system_of(page.fails)))
    wanted = marked_lines(page.fails)
    assert wanted, "no line is marked"
    assert sorted((p.code, p.where.line, p.severity) for p in found) == [
        (law.CODE, line, law.SEVERITY) for line in wanted
    ]
    assert all(problem.message for problem in found)


@each_law
def test_a_law_about_time_says_nothing_without_a_day(law: Law) -> None:
    page = page_of(law)
    if page.as_of is None:
        assert list(law.check(system_of(page.fails))) != []
        return
    undated = page.fails.replace(f"# --as-of {page.as_of}", "")
    assert list(law.check(system_of(undated))) == []


@each_law
def test_the_page_is_in_both_languages(law: Law) -> None:
    page = page_of(law)
    for text in (page.title, page.why, page.remedy):
        assert text.en and not text.en.startswith(text.zh)
        assert CHINESE.search(text.zh)


@each_law
def test_a_law_names_itself_and_what_it_reads(law: Law) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", law.CODE)
    assert law.READS and set(law.READS) <= set(kinds())
    assert set(re.findall(r"^kind: (\S+)", page_of(law).fails, re.MULTILINE)) <= set(law.READS)


def test_every_law_is_in_the_table_in_order_and_no_law_is_left_out() -> None:
    codes = [law.CODE for law in LAWS]
    assert codes == sorted(set(codes))
    assert {path.stem for path in PACKAGE.glob("*.py")} - PARTS == {code.replace("-", "_") for code in codes}


def test_a_law_that_reads_a_broken_kind_is_not_asked() -> None:
    system = system_of(page_of(next(law for law in LAWS if law.CODE == "no-responsible")).fails)
    assert [problem.code for problem in broken_laws(system)] == ["no-responsible"]
    assert list(broken_laws(system, {"raci"})) == []
    assert [problem.code for problem in broken_laws(system, {"calendar"})] == ["no-responsible"]


def test_laws_have_pages_in_the_documentation() -> None:
    folder = reference_root() / "docs" / "reference" / "lint"
    pages = {f"{name}{suffix}" for name in ("index", *(law.CODE for law in LAWS)) for suffix in (".md", ".zh.md")}
    assert {path.name for path in folder.glob("*.md")} == pages


@each_law
def test_a_law_reports_at_the_kinds_that_it_says(law: Law) -> None:
    kinds_told = {problem.subject.partition(" ")[0] for problem in _told(law)}
    assert kinds_told <= set(told_at(law)) <= set(law.READS)


def _told(law: Law) -> Iterator[Problem]:
    system = system_of(page_of(law).fails)
    return with_subjects(law.check(system), [entry.document for entry in system.entries])


def test_targets_with_too_many_conditions_to_compare_are_not_passed_over_in_silence() -> None:
    law = next(law for law in LAWS if law.CODE == "target-does-not-fit")
    passes = page_of(law).passes
    columns = {column: [f"{column} {n}" for n in range(30)] for column in ("service", "category", "priority")}
    crowded = passes.replace("[{within: 2h}]", f"[{{where: {columns}, within: 2h}}, {{within: 2h}}]", 1)
    assert crowded != passes
    (problem,) = law.check(system_of(crowded))
    assert problem.message.startswith("could not compare ola-network repair with sla-order resolution")
    assert (problem.code, problem.values["count"]) == (law.CODE, 32**3)
    assert crowded.splitlines()[problem.where.line - 1].strip().startswith("repair:")
