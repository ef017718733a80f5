"""The frameworks of the reference set: complete, in two languages, in our own words, and closed towards each other."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from itsmctl.definitions import load, validate
from itsmctl.definitions.schema import kinds
from itsmctl.model import Clause, Definitions, Text, covers

ROOT = Path(__file__).resolve().parents[1]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load(ROOT)


@pytest.fixture(scope="module")
def iso(definitions: Definitions) -> list[Clause]:
    return definitions.frameworks["iso-20000-1"].leaves()


def bilingual(text: Text) -> bool:
    return bool(text.en) and not HAN.search(text.en) and bool(HAN.search(text.zh))


def test_iso_has_57_leaves_each_with_objectives_evidence_and_checks(iso: list[Clause]) -> None:
    assert len(iso) == 57
    for clause in iso:
        assert clause.objectives and clause.evidence and clause.checked, clause.number
        # A paragraph without a heading (6.1.2, 9.2.1) has its number in the objective's id.
        assert all(re.match(rf"C{re.escape(clause.number)}(\.\d)?-\d+$", o.id) for o in clause.objectives), (
            clause.number
        )
        texts = [*(o.text for o in clause.objectives), *clause.evidence, *(way.how for way in clause.checked)]
        assert all(bilingual(text) for text in texts), clause.number
    ids = [objective.id for clause in iso for objective in clause.objectives]
    assert len(ids) == len(set(ids)) > 57


def test_the_leading_class_of_evidence_is_told_honestly(iso: list[Clause]) -> None:
    """The estimate: 16 clauses led by tickets, 21 by definitions and git, 14 by registers, 6 by people."""
    leading = Counter(clause.checked[0].by for clause in iso)
    assert leading["tickets"] == 16
    assert leading["definitions"] + leading["history"] == 21
    assert (leading["registers"], leading["attestation"]) == (14, 6)


def test_every_clause_names_kinds_that_exist_and_most_name_some(iso: list[Clause]) -> None:
    for clause in iso:
        for way in clause.checked:
            assert set(way.kinds) | set(way.named) <= set(kinds()), clause.number
    silent = [c.number for c in iso if not any(way.kinds or way.named for way in c.checked)]
    assert set(silent) <= {"5.2.2", "7.1", "7.3"}, "what no definition can stand for is for people to show"


def test_the_amendment_is_where_it_belongs(definitions: Definitions) -> None:
    framework = definitions.frameworks["iso-20000-1"]
    assert [n for n, clause in framework.requirements.items() if clause.news.en] == ["4.1", "4.2"]
    assert [o.id for clause in framework.leaves() for o in clause.objectives if o.news.en] == ["C4.1-2"]


@pytest.mark.parametrize("framework", load(ROOT).frameworks)
def test_titles_are_bilingual_and_headings_exist(framework: str, definitions: Definitions) -> None:
    requirements = definitions.frameworks[framework].requirements
    for number, clause in requirements.items():
        assert bilingual(clause.title) or clause.title.en == clause.title.zh, number
        above = number.rpartition(".")[0]
        assert not above or above in requirements, number
        assert not clause.news.en or bilingual(clause.news), number


def test_fitsm_is_attributed(definitions: Definitions) -> None:
    framework = definitions.frameworks["fitsm-1"]
    assert len(framework.leaves()) == 82
    for text in (framework.attribution.en, framework.attribution.zh):
        assert "ITEMO e.V." in text and "CC BY 4.0" in text


def test_the_crosswalk_joins_all_frameworks_and_maps_every_clause_of_operation(definitions: Definitions) -> None:
    (crosswalk,) = definitions.crosswalks.values()
    assert set(crosswalk.frameworks) == set(definitions.frameworks)
    mapped = [clause for subject in crosswalk.subjects for clause in subject.clauses]
    for clause in definitions.frameworks["iso-20000-1"].leaves():
        reference = f"iso-20000-1:{clause.number}"
        assert covers([*mapped, *crosswalk.alone], reference), reference
        if clause.number.startswith("8."):
            assert covers(mapped, reference), reference
    for subject in crosswalk.subjects:
        assert bilingual(subject.title), subject.id
        assert len({clause.partition(":")[0] for clause in subject.clauses}) >= 2, f"{subject.id} joins nothing"


def changed(folder: Path, old: str, new: str) -> list[tuple[str, int]]:
    """Problems of a copy of the frameworks alone in which the crosswalk was changed, with their lines."""
    (folder / "policies").mkdir()
    for path in (ROOT / "policies" / "frameworks").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "crosswalk":
            assert old in text
            text = text.replace(old, new, 1)
        (folder / "policies" / path.name).write_text(text, encoding="utf-8")
    return [(problem.code, problem.where.line) for problem in validate(folder)]


def line_of(text: str) -> int:
    lines = (ROOT / "policies" / "frameworks" / "crosswalk.yaml").read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if text in line)


def test_a_clause_that_loses_its_place_is_missed(tmp_path: Path) -> None:
    place = line_of("frameworks: [")
    assert changed(tmp_path, '      - "iso-20000-1:8.6.3"\n', "") == [("clause-not-mapped", place)]


def test_a_clause_cannot_be_mapped_and_alone(tmp_path: Path) -> None:
    found = changed(tmp_path, "alone:\n", 'alone:\n  - {clauses: ["iso-20000-1:8.6.3"], why: Nothing like it.}\n')
    assert found == [("mapped-and-alone", line_of("alone:") + 1)]


def test_a_misspelt_clause_is_found_where_it_stands(tmp_path: Path) -> None:
    place = line_of('"iso-20000-1:8.6.3"')
    found = changed(tmp_path, '"iso-20000-1:8.6.3"', '"iso-20000-1:8.6.33"')
    assert ("unknown-clause", place) in found


def number_of(definitions: Definitions, framework: str, type_: str) -> int:
    return sum(leaf.type == type_ for leaf in definitions.frameworks[framework].leaves())


def test_itil_is_complete(definitions: Definitions) -> None:
    assert (number_of(definitions, "itil-v2", "process"), number_of(definitions, "itil-v2", "function")) == (14, 1)
    assert (number_of(definitions, "itil-v3", "process"), number_of(definitions, "itil-v3", "function")) == (26, 4)
    assert number_of(definitions, "itil-4", "practice") == 34
    v3 = definitions.frameworks["itil-v3"]
    stages = [number for number in v3.requirements if v3.is_heading(number)]
    assert stages == ["strategy", "design", "transition", "operation", "improvement"]
    practices = Counter(leaf.number.partition(".")[0] for leaf in definitions.frameworks["itil-4"].leaves())
    assert practices == {"general": 14, "service": 17, "technical": 3}


def test_what_v3_brought_is_marked(definitions: Definitions) -> None:
    """What was in v2 already is not marked; everything else is."""
    old = {leaf.number for leaf in definitions.frameworks["itil-v3"].leaves() if not leaf.news.en}
    assert old == {
        "strategy.financial", "design.service-level", "design.capacity", "design.availability", "design.continuity",
        "transition.change", "transition.release", "operation.incident", "operation.problem", "operation.service-desk",
    }  # fmt: skip


@pytest.mark.parametrize("framework", ["itil-v2", "itil-v3", "itil-4"])
def test_incident_and_event_are_told_apart_in_chinese(framework: str, definitions: Definitions) -> None:
    """事件 is the incident, 事态 the event; v3 slides say 事件 for the event."""
    for number, clause in definitions.frameworks[framework].requirements.items():
        if number.endswith("incident"):
            assert "事件" in clause.title.zh and "incident" in clause.title.zh
        if number.endswith("event"):
            assert "事态" in clause.title.zh and "事件" not in clause.title.zh and "event" in clause.title.zh
