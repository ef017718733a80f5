"""Problems as JUnit XML, one test case for each file that was looked at.

The strict schema has no place for a file and line, so they stand in the text of the failure; it wants a time and a host,
for which we name no machine and no clock: the day of judgement, or the beginning of time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from itsmctl.errors import Problem
from itsmctl.language import problem_line
from itsmctl.reports.problems.checked import Checked

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(checked: Checked) -> str:
    """A document with one suite."""
    by_file: dict[str, list[Problem]] = {file: [] for file in checked.files}
    for problem in checked.problems:
        by_file.setdefault(problem.where.file, []).append(problem)
    name = f"itsmctl.{checked.command}"
    suites = ElementTree.Element("testsuites")
    facts = {
        "name": checked.command,
        "package": "itsmctl",
        "id": "0",
        "timestamp": f"{checked.as_of or '1970-01-01'}T00:00:00",
        "hostname": "localhost",
        "tests": str(len(by_file)),
        "failures": str(sum(bool(problems) for problems in by_file.values())),
        "errors": "0",
        "time": "0",
    }
    suite = ElementTree.SubElement(suites, "testsuite", facts)
    ElementTree.SubElement(suite, "properties")
    for file, problems in sorted(by_file.items()):
        case = ElementTree.SubElement(
            suite, "testcase", {"name": xml_text(file) or name, "classname": name, "time": "0"}
        )
        if problems:
            _fail(case, problems, checked)
    ElementTree.SubElement(suite, "system-out")
    ElementTree.SubElement(suite, "system-err")
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _fail(case: ElementTree.Element, problems: Sequence[Problem], checked: Checked) -> None:
    lines = [xml_text(problem_line(problem, checked.language)) for problem in problems]
    gravest = "error" if any(problem.severity == "error" for problem in problems) else "warning"
    more = f" (+{len(lines) - 1})" if len(lines) > 1 else ""
    failure = ElementTree.SubElement(case, "failure", {"type": gravest, "message": lines[0] + more})
    failure.text = "\n".join(lines)


def xml_text(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
