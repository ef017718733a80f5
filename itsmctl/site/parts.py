"""The parts of the portal in the order of its menu, and the kinds of definitions that each of them shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.language import msg


@dataclass(frozen=True)
class Part:
    """A part of the portal: its page, its name, what it is about, and its kinds in order."""

    id: str
    title: str
    about: str
    kinds: tuple[str, ...]


PARTS = (
    Part(
        "services",
        msg("Services"),
        msg("What we offer, what is promised, and how to ask for it."),
        ("service",),
    ),
    Part(
        "agreements",
        msg("Agreements"),
        msg("What is promised to customers, what teams and suppliers promise for it, and in which hours."),
        ("sla", "ola", "contract", "customer", "supplier", "calendar"),
    ),
    Part(
        "processes",
        msg("Processes"),
        msg("How we work: every process with its lanes, who answers for each step, and what it is measured by."),
        ("process", "raci", "procedure", "kpi", "priority-matrix", "code-list"),
    ),
    Part(
        "people",
        msg("People"),
        msg("Who answers for what: positions, roles, who holds them, and which duties stay apart."),
        ("position", "role", "person", "separation"),
    ),
    Part(
        "policies",
        msg("Policies"),
        msg("What management has decided, who approved it, and when it is looked at again."),
        ("policy",),
    ),
    Part(
        "rules",
        msg("Rules"),
        msg("What tickets are judged by, and which clauses of which framework that answers."),
        ("rule", "framework", "crosswalk"),
    ),
    Part(
        "assurance",
        msg("Assurance"),
        msg("How we know: audits, reviews, assessments, surveys, nonconformities, registers, and what is excused."),
        (
            "programme",
            "audit",
            "review",
            "nonconformity",
            "assessment",
            "questionnaire",
            "survey",
            "register",
            "waiver",
            "baseline",
            "mapping",
        ),
    ),
)

PLURALS: Mapping[str, str] = {
    "service": msg("Services"),
    "sla": msg("Service level agreements"),
    "ola": msg("Operational level agreements"),
    "contract": msg("Underpinning contracts"),
    "customer": msg("Customers"),
    "supplier": msg("Suppliers"),
    "calendar": msg("Calendars"),
    "process": msg("Processes"),
    "raci": msg("RACI matrices"),
    "procedure": msg("Procedures"),
    "kpi": msg("Indicators"),
    "priority-matrix": msg("Priority matrices"),
    "code-list": msg("Code lists"),
    "position": msg("Positions"),
    "role": msg("Roles"),
    "person": msg("People"),
    "separation": msg("Separation of duties"),
    "policy": msg("Policies"),
    "rule": msg("Rules"),
    "framework": msg("Frameworks"),
    "programme": msg("Audit programmes"),
    "audit": msg("Audit plans"),
    "review": msg("Management reviews"),
    "nonconformity": msg("Nonconformities"),
    "register": msg("Registers"),
    "waiver": msg("Waivers"),
    "baseline": msg("Baselines"),
    "questionnaire": msg("Questionnaires"),
    "assessment": msg("Assessments"),
    "survey": msg("Surveys"),
    "mapping": msg("Mappings of exports"),
    "crosswalk": msg("Crosswalks"),
}

PART_OF: Mapping[str, Part] = {kind: part for part in PARTS for kind in part.kinds}
