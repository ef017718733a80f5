"""A small management system to begin with: answers to a few questions in, the text of every file out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from itsmctl.definitions.editor_schemas import editor_schemas
from itsmctl.editor import SCHEMAS, merged, vscode_settings
from itsmctl.model import Language, Text
from itsmctl.starter.answers import (
    DEFAULTS,
    FORGES,
    OTHER_TOOL,
    Answers,
    forges_of,
    organisation_of,
    service_of,
    tool_of,
    usual_hours,
    week_of,
    week_text,
    zone_of,
)
from itsmctl.starter.readers import mapping_of, mappings, tools
from itsmctl.starter.slices import code_lists, complaints, frameworks, questionnaires, rules, special_days
from itsmctl.starter.weeks import day_length

if TYPE_CHECKING:  # slow to load, and the questions do not need it
    from jinja2 import Environment

__all__ = [
    "DEFAULTS",
    "FORGES",
    "OTHER_TOOL",
    "Answers",
    "files",
    "forges_of",
    "organisation_of",
    "service_of",
    "tool_of",
    "tools",
    "usual_hours",
    "week_of",
    "week_text",
    "zone_of",
]

SETTINGS = ".vscode/settings.json"
_CI = {"github": {".github/workflows/itsmctl.yaml": "github.yaml.j2"}, "gitlab": {".gitlab-ci.yml": "gitlab.yaml.j2"}}
_WRITTEN = {
    "README.md": "README.md.j2",
    ".gitignore": "gitignore.j2",
    ".pre-commit-config.yaml": "pre-commit.yaml.j2",
    "catalog/services/{service}.yaml": "catalog/service.yaml.j2",
    "catalog/sla/{service}.yaml": "catalog/sla.yaml.j2",
    "catalog/calendars/office.yaml": "catalog/calendar.yaml.j2",
    "roles/roles.yaml": "roles/roles.yaml.j2",
    "roles/positions.yaml": "roles/positions.yaml.j2",
    "roles/assignments.yaml": "roles/assignments.yaml.j2",
    "roles/separation.yaml": "roles/separation.yaml.j2",
    "roles/raci/incident.yaml": "roles/raci-incident.yaml.j2",
    "roles/raci/change.yaml": "roles/raci-change.yaml.j2",
    "policies/processes/incident.yaml": "policies/incident.yaml.j2",
    "policies/processes/change.yaml": "policies/change.yaml.j2",
    "policies/kpis.yaml": "policies/kpis.yaml.j2",
    "audits/monthly.yaml": "audits/monthly.yaml.j2",
}
"""The files that we write ourselves, and their templates under `templates/init/`."""


def files(answers: Answers, language: Language) -> Mapping[str, str]:
    """Every file of the small system by its path, with schemas in a language: the same answers give the same bytes."""
    made: dict[str, str] = {}
    for path, template in (_WRITTEN | _ci(answers)).items():
        place = path.format(service=answers.service_id)
        made[place] = _environment().get_template(template).render(_words(answers, place))
    for path, text in (
        *code_lists(),
        *frameworks(),
        *mappings(answers.tool),
        *questionnaires(),
        *complaints(),
        *rules(),
    ):
        made[path] = text.replace("{schemas}", _schemas_from(path))
    made |= {f"{SCHEMAS}/{name}": text for name, text in editor_schemas(language).items()}
    here = Path("/")  # whatever folder it is, the settings name what lies in it relative to it
    made[SETTINGS] = merged(vscode_settings(here, here / SCHEMAS, here), "", SETTINGS)
    return dict(sorted(made.items()))


def _ci(answers: Answers) -> dict[str, str]:
    return {path: name for forge in answers.forges for path, name in _CI[forge].items()}


def _schemas_from(path: str) -> str:
    """The folder of the schemas as a file at that path names it."""
    return "../" * (len(PurePosixPath(path).parts) - 1) + SCHEMAS


def _words(answers: Answers, path: str) -> dict[str, object]:
    organisation, service = answers.organisation, answers.service
    return {
        "schemas": _schemas_from(path),
        "organisation": organisation,
        "title": Text(f"Service management of {organisation.en}", f"{organisation.zh}服务管理体系"),
        "service": {"id": answers.service_id, "title": service, "called": _called(service)},
        "agreement": Text(f"{service.en}: service level agreement", f"{service.zh}服务级别协议"),
        "zone": answers.zone,
        "week": answers.week,
        "day_length": day_length(answers.week),
        "special": special_days(answers.zone, answers.week),
        "tool": answers.tool,
        "mapping": mapping_of(answers.tool),
        "export": _export(answers.tool),
        "ci": ", ".join(f"`{path}`" for path in _ci(answers)),
    }


def _called(service: Text) -> list[str]:
    """The names under which a ticket tool may know the service."""
    if service.en == service.zh:
        return [service.en]
    return [service.en, service.zh, f"{service.en} {service.zh}"]


def _export(tool: str) -> Text:
    if mapping_of(tool):
        return Text(
            f"Export the incidents of {tool} with their history (the mappings under `audits/` name the columns) into `exports/tickets.csv`",
            f"将 {tool} 中的事件连同历史（所需列见 `audits/` 下的映射）导出到 `exports/tickets.csv`",
        )
    return Text(
        "Export the incidents of your tool with their history into `exports/tickets.csv`, let `itsmctl import exports/tickets.csv --suggest -o audits/our-tool.yaml` propose how to read it, and answer what it asks",
        "将工具中的事件连同历史导出到 `exports/tickets.csv`，用 `itsmctl import exports/tickets.csv --suggest -o audits/our-tool.yaml` 提出读取方式，并回答其中的问题",
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("itsmctl", "templates/init"),
        autoescape=False,  # noqa: S701 - YAML, not HTML: what was answered goes through the filters below
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = _yaml
    environment.filters["text"] = lambda text: f"{{en: {_yaml(text.en)}, zh: {_yaml(text.zh)}}}"
    return environment


def _yaml(value: object) -> str:
    """A value in the quoted form of YAML, which JSON is: no answer can be anything but text there."""
    return json.dumps(value, ensure_ascii=False)
