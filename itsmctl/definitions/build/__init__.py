"""Documents that passed their schema, turned into the typed model; nothing here can fail on a valid document
but dates, durations and opening hours, whose problems are collected."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from itsmctl import model
from itsmctl.definitions.build import (
    assessments,
    audits,
    catalog,
    deviations,
    documents,
    frameworks,
    improvement,
    policies,
    process,
    roles,
    statements,
    surveys,
)
from itsmctl.definitions.build.builder import Builder

BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    **catalog.BUILDERS,
    **roles.BUILDERS,
    **policies.BUILDERS,
    **frameworks.BUILDERS,
    **documents.BUILDERS,
    **process.BUILDERS,
    **statements.BUILDERS,
    **audits.BUILDERS,
    **deviations.BUILDERS,
    **assessments.BUILDERS,
    **surveys.BUILDERS,
    **improvement.BUILDERS,
}
"""What builds each kind of definition, by the name of the kind."""


def build(builder: Builder) -> model.Definition:
    """Return the definition that a document holds; what is wrong with it stands in the builder's problems."""
    return BUILDERS[str(builder.data["kind"])](builder)
