"""Every rule of the reference numbering exists: none is lost when the library is rearranged."""

from __future__ import annotations

from itsmctl.definitions import load
from itsmctl.reference import reference_root

SEVERITIES = {
    "DQ": "HHHMHHCMMMLMHH", "INC": "HMMHMMMMMLLMMMLMLLMMML", "MI": "HMMHHMMM", "REQ": "MHHMHHH", "PRB": "MMMLHMLLM", "KNW": "MLLML",
    "CHG": "HCHMHCMMHHMHMHMHMMMHMMMCCHHMLM", "REL": "LHHMLMHH", "CFG": "MHMMHML", "SLM": "HHMMMMMHMHCM", "SUP": "HHHHHMMMH", "AVL": "MHHM",
    "CON": "HHMM", "CAP": "MML", "SEC": "HHCMH", "RPT": "MM", "BRM": "MM", "IMP": "HMHH", "DOC": "HMHCHM", "INT": "CCHHHHMMHLHHMLMCMCM",
}  # fmt: skip
"""What the reference numbering calls each of a family's rules: critical, high, medium, low, information."""
MEANT = {"C": "major", "H": "major", "M": "minor", "L": "observation", "I": "observation"}
ELSEWHERE = {"DQ-03": "minor"}
"""Where the library departs from it on purpose; docs/decisions/0010-deviations.md says why."""

NUMBERED = {
    "DQ": 14, "INC": 22, "MI": 8, "REQ": 7, "PRB": 9, "KNW": 5, "CHG": 30, "REL": 8, "CFG": 7, "SLM": 12, "SUP": 9,
    "AVL": 4, "CON": 4, "CAP": 3, "SEC": 5, "RPT": 2, "BRM": 2, "IMP": 4, "DOC": 6, "INT": 19,
}  # fmt: skip
"""How many rules each family has, numbered from 01; what comes after these is of this library's own."""


def test_every_number_is_a_rule() -> None:
    wanted = {f"{family}-{number:02}" for family, last in NUMBERED.items() for number in range(1, last + 1)}
    assert len(wanted) == 180
    assert wanted - set(load(reference_root()).rules) == set()


def test_severities_are_those_of_the_numbering_or_recorded() -> None:
    rules = load(reference_root()).rules
    for family, letters in SEVERITIES.items():
        assert len(letters) == NUMBERED[family], family
        for number, letter in enumerate(letters, 1):
            rule = rules[f"{family}-{number:02}"]
            wanted = "observation" if rule.enquiry else ELSEWHERE.get(rule.id, MEANT[letter])
            assert rule.severity == wanted, rule.id


def test_most_rules_judge_by_data_and_the_rest_asks_people() -> None:
    rules = load(reference_root()).rules.values()
    attested = {rule.id for rule in rules if rule.parameters.get("register") == "attestations"}
    assert len(rules) - len(attested) >= 150
    for rule in rules:
        frameworks = {clause.partition(":")[0] for clause in rule.clauses}
        assert {"iso-20000-1", "fitsm-1"} <= frameworks, rule.id
        if rule.id in attested:
            (about,) = (c for c in rule.parameters["where"] if c.column == "about")  # type: ignore[attr-defined]
            assert about.values == (rule.id,), "a statement about another rule says nothing about this one"
