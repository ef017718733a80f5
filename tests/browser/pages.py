"""Every page that itsmctl makes, in both languages: of generated tickets, of the result made by hand, and of one that means harm."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import evidence_case
from click.testing import CliRunner
from report_cases import audit_result, banking_breach, hostile_result

from itsmctl.assessment import assess
from itsmctl.assessment.finding import latest
from itsmctl.assessment.shown import Shown, clauses_shown
from itsmctl.audit import AuditOptions
from itsmctl.audit.people import key_of_tickets
from itsmctl.cli import group
from itsmctl.definitions import load
from itsmctl.delivery import Asked, period_of, service_quality
from itsmctl.evidence.documents import statement_page
from itsmctl.evidence.reading import read_result
from itsmctl.evidence.statement import statements
from itsmctl.evidence.statement.versions import Versions
from itsmctl.evidence.statement.words import in_words
from itsmctl.generate import ZONE, generate
from itsmctl.history import DocumentLog
from itsmctl.importers.importing import import_files
from itsmctl.language import LANGUAGES, Language
from itsmctl.model import Definitions
from itsmctl.reports import assessment_html, html, timeline
from itsmctl.reports.folder import audit_to_folder
from itsmctl.reports.service.forms import render

RECORDS, SEED = 150, 7


@dataclass(frozen=True)
class Made:
    """One page: what it is called, its language, whether it is looked at from all sides, and scanned for accessibility."""

    name: str
    language: Language
    visited: bool
    scanned: bool

    def file(self, folder: Path) -> Path:
        """Where it lies once all pages are made."""
        return folder / f"{self.name}.{self.language}.html"


TICKETS = "TICKETS"
"""Stands for the generated tickets."""
COMMANDS = {
    "scorecard": ("scorecard", "--period", "2026-05", "--tickets", TICKETS),
    "hand-overs": ("scorecard", "hand-overs", "--tickets", TICKETS),
    "positions": ("scorecard", "positions", "--as-of", "2026-06-30"),
    "principles": ("scorecard", "principles", "--as-of", "2026-06-30"),
    "suppliers": ("scorecard", "suppliers", "--period", "2026-05", "--tickets", TICKETS),
    "benefits": ("scorecard", "benefits", "--before", "2026-03", "--period", "2026-05", "--tickets", TICKETS),
    "complaints": ("assess", "complaints", "--tickets", TICKETS),
    "experience": ("assess", "experience"),
    "next": ("assess", "next"),
}
"""Pages of commands."""
SMALL = ("result", "hostile", "record", "maturity", "capability", "five-aspects", "statement", "service", *COMMANDS)
LARGE = ("report", "evidence")
"""Of generated tickets by the reference definitions: the same templates with all that a real page holds."""
PAGES = tuple(
    Made(name, language, place % 2 == turn, name in SMALL and place % 2 == turn)
    for place, name in enumerate((*SMALL, *LARGE))
    for turn, language in enumerate(LANGUAGES)
)
"""The languages share their templates: what a page does is tried in one of them, by turns, and its words in both."""


def make(folder: Path) -> Path:
    """Make every page in a folder, once for all processes that run tests."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            for name, language, text in _pages(folder / "data"):
                Made(name, language, True, True).file(folder).write_text(text, encoding="utf-8")
            (folder / "made").touch()
    return folder


def _pages(folder: Path) -> Iterator[tuple[str, Language, str]]:
    definitions = load()
    report = _reports(definitions, folder)
    root = evidence_case.write_definitions(folder / "small")
    small = evidence_case.write_result(folder / "small-result", root, "")
    for language in LANGUAGES:
        yield "result", language, html.render(audit_result(), language)
        yield "hostile", language, html.render(hostile_result(), language)
        yield "record", language, timeline.explanation_html(banking_breach(), language)
        yield "report", language, report(language)
        yield "statement", language, _statement(load(root), small, language)
        yield "service", language, _service(definitions, folder / "dataset", language)
        yield "evidence", language, _statement(definitions, folder / "result", language)
        for made in PAGES:
            if made.name in COMMANDS and made.language == language:
                named = (str(folder / "dataset") if one == TICKETS else one for one in COMMANDS[made.name])
                yield made.name, language, _told(*named, "--format", "html", "--lang", language)
        for one in latest(definitions):
            assessed = assess(definitions, one, Shown(None, clauses_shown(definitions)))
            yield one.questionnaire, language, assessment_html.render(assessed, definitions, language)


def _reports(definitions: Definitions, folder: Path) -> Callable[[Language], str]:
    """The reports of generated tickets, as the audit writes them."""
    truth = generate(definitions, RECORDS, SEED, folder / "export")
    exports = [folder / "export" / name for name in truth.rows]
    import_files(exports, None, definitions.mappings, ZONE, folder / "dataset")
    options = AuditOptions(people=key_of_tickets(folder / "dataset"))
    audit_to_folder(definitions, folder / "dataset", options, folder / "result")
    names = {"en": "report.html", "zh": "report.zh.html"}
    return lambda language: (folder / "result" / names[language]).read_text(encoding="utf-8")


def _told(*arguments: str) -> str:
    """What a command prints."""
    told = CliRunner().invoke(group, arguments)
    assert told.exit_code == 0, told.output
    return told.stdout


def _service(definitions: Definitions, dataset: Path, language: Language) -> str:
    asked = Asked(period_of("2026-05", ""), compare=period_of("2026-03", ""))
    return str(render("html", service_quality(definitions, dataset, asked), definitions, language))


def _statement(definitions: Definitions, result: Path, language: Language) -> str:
    judged = read_result(result / "result.json")
    found, versions = statements(definitions, judged), Versions(DocumentLog("unavailable"))
    return statement_page(in_words(definitions, judged, found, versions, language)).decode("utf-8")
