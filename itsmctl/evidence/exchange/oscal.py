"""OSCAL assessment results: an observation for every clause and rule, a finding for every clause that a rule breaks.

UUIDs are of version 5, from what the audit rests on: the same inputs give the same ones. OSCAL says `satisfied` for what was
found to hold; we never say it, since records cannot show conformity by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from itsmctl import __version__
from itsmctl.evidence.reading import Judged, JudgedRule
from itsmctl.evidence.statement import ClauseStatement, FrameworkStatement
from itsmctl.evidence.statement.words import lacking_text, population_text
from itsmctl.language import reason_text
from itsmctl.model import Definitions
from itsmctl.reports.plain import shown

OSCAL_VERSION = "1.2.1"
NAMESPACE = "https://itsmctl.invalid/ns/oscal"
"""Whose the property names are; `.invalid` belongs to nobody, by RFC 2606."""
_NOT_TOKEN = re.compile(r"[^\w.-]", re.ASCII)


def document(definitions: Definitions, judged: Judged, found: Sequence[FrameworkStatement]) -> dict[str, object]:
    """The assessment results, one result for each framework."""
    writer = _Writer(definitions, judged)
    moment = f"{judged.as_of:%Y-%m-%dT%H:%M:%SZ}"
    results: dict[str, object] = {
        "uuid": writer.uuid("document"),
        "metadata": {
            "title": _line(str(judged.title) or "Service management audit"),
            "last-modified": moment,
            "version": judged.commit or judged.definitions_digest,
            "oscal-version": OSCAL_VERSION,
            "props": _props(("tool", f"itsmctl {__version__}"), ("dataset-sha256", judged.dataset_digest)),
        },
        "import-ap": {
            "href": f"#{writer.uuid('plan')}",
            "remarks": "The audit's definitions say what was to be assessed.",
        },
        "results": [writer.result(framework) for framework in found],
        "back-matter": {
            "resources": [
                {
                    "uuid": writer.uuid("plan"),
                    "title": "Definitions that judged",
                    "description": "The rules, frameworks and plans at the audited commit, as they are in the evidence pack.",
                    "rlinks": [{"href": "../definitions.json", "media-type": "application/json"}],
                }
            ]
        },
    }
    return {"assessment-results": results}


@dataclass(frozen=True)
class _Writer:
    """Writes the parts of a document whose identifiers follow from what was judged by what."""

    definitions: Definitions
    judged: Judged

    def uuid(self, name: str) -> str:
        judged = self.judged
        seed = (judged.definitions_digest, judged.dataset_digest, judged.as_of.isoformat(), name)
        return str(uuid5(_space(), "\n".join(seed)))

    def result(self, found: FrameworkStatement) -> dict[str, object]:
        id_, judged = found.framework.id, self.judged
        end = f"{judged.as_of:%Y-%m-%dT%H:%M:%SZ}"
        rules = {rule.id: rule for clause in found.clauses for rule in clause.rules}
        findings = [self._finding(id_, clause) for clause in found.clauses if clause.coverage.outcome == "fail"]
        result: dict[str, object] = {
            "uuid": self.uuid(id_),
            "title": _line(f"{found.framework.title.en or found.framework.title.zh} {found.framework.version}"),
            "description": "Records can show operation; they cannot show conformity by themselves. "
            "A finding is a candidate nonconformity: the auditor decides.",
            "start": judged.period_from or end,
            "end": judged.period_to or end,
            "reviewed-controls": {
                "control-selections": [
                    {"include-controls": [{"control-id": _control(id_, clause.number)} for clause in found.clauses]}
                ]
            },
            "observations": [
                *(self._examined(id_, clause) for clause in found.clauses),
                *(self._tested(id_, rules[name]) for name in sorted(rules)),
            ],
        }
        return {**result, "findings": findings} if findings else result

    def _examined(self, framework: str, clause: ClauseStatement) -> dict[str, object]:
        """What stands for a clause, and what is not evidenced."""
        standing = clause.coverage.standing
        told = [
            f"{len(standing.definitions)} definitions and {len(standing.registers)} registers stand for the clause.",
            *(lacking_text(one, "en") for one in clause.lacking),
        ]
        return {
            "uuid": self.uuid(f"{framework}/clause/{clause.number}"),
            "title": _line(f"{clause.number} {clause.coverage.clause.title}"),
            "description": "\n".join(map(shown, told)),
            "props": _props(
                ("control-id", _control(framework, clause.number)),
                ("strength", clause.coverage.strength),
                ("outcome", clause.coverage.outcome or ""),
            ),
            "methods": ["EXAMINE"],
            "types": ["control-objective"],
            "relevant-evidence": [
                {"href": "../statement.json", "description": "The statement, clause by clause."},
            ],
            "collected": f"{self.judged.as_of:%Y-%m-%dT%H:%M:%SZ}",
        }

    def _tested(self, framework: str, result: JudgedRule) -> dict[str, object]:
        """What became of the records in a rule's scope."""
        rule = self.definitions.rules[result.id]
        description = f"{shown(rule.title)}: {population_text(result, 'en')}."
        if result.why:
            description += f" {shown(reason_text(result.why, 'en'))}"
        return {
            "uuid": self.uuid(f"{framework}/rule/{result.id}"),
            "title": _line(f"{result.id} {rule.title}"),
            "description": description,
            "props": _props(
                ("rule", result.id),
                ("rule-version", str(result.version)),
                ("severity", result.severity),
                ("outcome", result.outcome),
                *((name.replace("_", "-"), str(n)) for name, n in result.counts.items()),
            ),
            "methods": ["TEST"],
            "types": ["finding" if result.outcome == "fail" else "control-objective"],
            "relevant-evidence": [
                {"href": "../tables/findings.parquet", "description": "The records that failed."},
                {
                    "href": quote(f"../definitions/{rule.where.file}"),
                    "description": f"The rule, in line {rule.where.line}.",
                },
            ],
            "collected": f"{self.judged.as_of:%Y-%m-%dT%H:%M:%SZ}",
        }

    def _finding(self, framework: str, clause: ClauseStatement) -> dict[str, object]:
        broken = [rule for rule in clause.rules if rule.outcome == "fail"]
        told = [
            f"{rule.id} {shown(self.definitions.rules[rule.id].title)}: {population_text(rule, 'en')}"
            for rule in broken
        ]
        return {
            "uuid": self.uuid(f"{framework}/finding/{clause.number}"),
            "title": _line(f"{clause.number} {clause.coverage.clause.title}: candidate nonconformity"),
            "description": "\n".join(told),
            "target": {
                "type": "objective-id",
                "target-id": _control(framework, clause.number),
                "status": {"state": "not-satisfied", "reason": "fail"},
            },
            "related-observations": [
                {"observation-uuid": self.uuid(f"{framework}/clause/{clause.number}")},
                *({"observation-uuid": self.uuid(f"{framework}/rule/{rule.id}")} for rule in broken),
            ],
        }


def _space() -> UUID:
    return uuid5(NAMESPACE_URL, NAMESPACE)


def _control(framework: str, number: str) -> str:
    """A token for a clause: those of OSCAL begin with a letter and hold no colon."""
    token = _NOT_TOKEN.sub("_", f"{framework}_{number}")
    return token if token[0].isalpha() else f"_{token}"


def _props(*facts: tuple[str, str]) -> list[dict[str, str]]:
    return list(_listed(facts))


def _listed(facts: Sequence[tuple[str, str]]) -> Iterator[dict[str, str]]:
    for name, value in facts:
        if value:
            yield {"name": name, "ns": NAMESPACE, "value": value}


def _line(text: str) -> str:
    return shown(text).strip() or "–"
