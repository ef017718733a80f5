"""Documents that passed their schema, turned into the typed model; nothing here can fail on a valid document
but dates, durations and opening hours, whose problems are collected."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from itsmctl import model
    from itsmctl.definitions.build.builder import Builder

_KINDS = {
    "catalog": "calendar contract customer ola service sla supplier",
    "roles": "assignment position raci role separation",
    "policies": "code-list priority-matrix rule",
    "frameworks": "crosswalk framework",
    "complaints": "complaint",
    "documents": "kpi procedure",
    "process": "process",
    "statements": "policy",
    "audits": "audit mapping programme",
    "deviations": "baseline waiver",
    "assessments": "assessment questionnaire",
    "surveys": "survey",
    "improvement": "nonconformity review",
    "registers": "register",
}
"""The kinds that each module here builds; it is loaded for the first of them."""
MODULES = {kind: module for module, kinds in _KINDS.items() for kind in kinds.split()}


def build(builder: Builder) -> model.Definition:
    """Return the definition that a document holds; what is wrong with it stands in the builder's problems."""
    kind = str(builder.data["kind"])
    module = importlib.import_module(f"{__name__}.{MODULES[kind]}")
    built: model.Definition = module.BUILDERS[kind](builder)
    return built
