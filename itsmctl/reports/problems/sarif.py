"""Problems as SARIF 2.1.0, for code scanning and for editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from itsmctl import __version__
from itsmctl.errors import Problem
from itsmctl.language import Language, problem_text
from itsmctl.reports.problems.checked import Checked, ranked
from itsmctl.reports.problems.fingerprints import fingerprints

if TYPE_CHECKING:
    from itsmctl.definitions.lint.law import Page

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST = 5_000
"""GitHub shows no more results of one run; the gravest come first."""


def render(checked: Checked) -> str:
    """One run with the rules that were broken and a result for each problem."""
    from itsmctl.definitions.lint import LAWS  # most who write another form need no laws
    from itsmctl.definitions.lint.law import page_of

    problems = ranked(checked)
    codes = sorted({problem.code for problem in problems})
    pages = {page.code: page for page in (page_of(law) for law in LAWS)}
    driver = {
        "name": "itsmctl",
        "version": __version__,
        "rules": [_rule(code, pages.get(code), checked.language) for code in codes],
    }
    results = [
        _result(problem, codes.index(problem.code), fingerprint, checked)
        for problem, fingerprint in list(zip(problems, fingerprints(problems), strict=True))[:MOST]
    ]
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"itsmctl/{checked.command}/"},
        "columnKind": "unicodeCodePoints",
        "properties": {"problems": len(problems)},
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str, page: Page | None, language: Language) -> dict[str, object]:
    if page is None:  # the schema and references have no page of their own
        return {"id": code, "defaultConfiguration": {"level": "error"}}
    why, remedy = page.why.in_(language), page.remedy.in_(language)
    return {
        "id": code,
        "shortDescription": {"text": page.title.in_(language)},
        "fullDescription": {"text": why},
        "help": {"text": f"{why}\n\n{remedy}"},
        "defaultConfiguration": {"level": page.severity},
    }


def _result(problem: Problem, index: int, fingerprint: str, checked: Checked) -> dict[str, object]:
    where = problem.where
    region = {"startLine": where.line or 1} | ({"startColumn": where.column} if where.column else {})
    location: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {
                "uri": quote(checked.path(where.file), errors="surrogateescape"),
                "uriBaseId": "%SRCROOT%",
            },
            "region": region,
        }
    }
    if problem.subject:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.subject}]
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": problem.severity,
        "message": {"text": problem_text(problem, checked.language)},
        "locations": [location],
        "partialFingerprints": {"itsmctl/v1": fingerprint},
    }
