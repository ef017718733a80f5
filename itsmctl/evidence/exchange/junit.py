"""The rules as JUnit XML, one suite for each process and one test case for each rule.

What could not be tested is an error, since a server would show a skipped case as if all were well; only a rule that no record
concerns is skipped. Names and texts are those of the strict schema: no machine and no clock stands in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from itsmctl.evidence.reading import Judged, JudgedRule
from itsmctl.evidence.statement.words import population_text
from itsmctl.language import reason_text
from itsmctl.model import Definitions
from itsmctl.reports.problems.junit import xml_text


def document(definitions: Definitions, judged: Judged) -> bytes:
    """The whole document."""
    suites = ElementTree.Element("testsuites")
    by_process: dict[str, list[JudgedRule]] = {}
    for rule in sorted(judged.rules, key=lambda rule: rule.id):
        by_process.setdefault(definitions.rules[rule.id].process, []).append(rule)
    for number, (process, rules) in enumerate(sorted(by_process.items())):
        _suite(suites, number, process, rules, definitions, judged)
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _suite(
    suites: ElementTree.Element,
    number: int,
    process: str,
    rules: Sequence[JudgedRule],
    definitions: Definitions,
    judged: Judged,
) -> None:
    facts = {
        "name": process or "system",
        "package": "itsmctl.audit",
        "id": str(number),
        "timestamp": f"{judged.as_of:%Y-%m-%dT%H:%M:%S}",
        "hostname": "localhost",
        "tests": str(len(rules)),
        "failures": str(sum(rule.outcome == "fail" for rule in rules)),
        "errors": str(sum(rule.outcome == "not_testable" for rule in rules)),
        "skipped": str(sum(rule.outcome == "no_data" for rule in rules)),
        "time": "0",
    }
    suite = ElementTree.SubElement(suites, "testsuite", facts)
    ElementTree.SubElement(suite, "properties")
    for rule in rules:
        _case(suite, rule, definitions)
    ElementTree.SubElement(suite, "system-out")
    ElementTree.SubElement(suite, "system-err")


def _case(suite: ElementTree.Element, result: JudgedRule, definitions: Definitions) -> None:
    rule = definitions.rules[result.id]
    name = xml_text(f"{result.id} {rule.title}")
    case = ElementTree.SubElement(
        suite, "testcase", {"name": name, "classname": f"itsmctl.{rule.process or 'system'}", "time": "0"}
    )
    told = population_text(result, "en")
    if result.outcome == "no_data":
        ElementTree.SubElement(case, "skipped")
    elif result.outcome in ("fail", "not_testable"):
        kind, type_ = ("failure", result.severity) if result.outcome == "fail" else ("error", "not_testable")
        why = reason_text(result.why, "en") if result.why else ""
        element = ElementTree.SubElement(case, kind, {"type": type_, "message": xml_text(f"{told}. {why}".strip())})
        element.text = xml_text(f"{rule.where.file}:{rule.where.line}\n{rule.rationale}\n{rule.remedy}")
