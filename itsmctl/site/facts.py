"""What the portal is made from: the definitions, their history in git, and what an audit found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from itsmctl import coverage
from itsmctl.control.record import ControlRecord, record_of
from itsmctl.coverage import FrameworkCoverage
from itsmctl.errors import ItsmctlError
from itsmctl.evidence.reading import Judged
from itsmctl.history import Commit, commit_of
from itsmctl.history.log import LogEntry, log_of
from itsmctl.language import Language
from itsmctl.model import Definitions

CONTROLLED = ("policy",)
"""Kinds whose pages carry the whole record of a controlled document."""


@dataclass(frozen=True)
class Portal:
    """Everything that the pages show, in whatever language."""

    definitions: Definitions
    languages: tuple[Language, ...]
    day: date | None = None
    """On which roles are held and agreements in force; None: all that is written down."""
    judged: Judged | None = None
    commit: Commit | None = None
    """None outside git."""
    changes: Mapping[str, LogEntry] | None = None
    """The last commit that touched each file; None where git cannot tell."""
    records: Mapping[tuple[str, str], ControlRecord] | None = None
    covered: Mapping[str, FrameworkCoverage] = field(default_factory=dict)
    """What stands for every clause, by framework."""


def gather(
    definitions: Definitions, languages: tuple[Language, ...], day: date | None = None, judged: Judged | None = None
) -> Portal:
    """Everything for the portal of some definitions."""
    commit = commit_of(definitions.root, definitions.files)
    found = coverage.Judged({rule.id: rule.outcome for rule in judged.rules}) if judged else None
    controlled = commit is not None and not commit.dirty
    covered = {one.framework.id: one for one in coverage.cover(definitions, found, controlled=controlled)}
    if commit is None:
        return Portal(definitions, languages, day, judged, covered=covered)
    changes: dict[str, LogEntry] = {}
    for entry in log_of(definitions.root, definitions.files).entries:
        changes.setdefault(entry.path, entry)
    return Portal(definitions, languages, day, judged, commit, changes, _records(definitions), covered)


def _records(definitions: Definitions) -> Mapping[tuple[str, str], ControlRecord]:
    """The records of controlled documents, but of a clone that is not whole, which could only tell half of it."""
    found: dict[tuple[str, str], ControlRecord] = {}
    for kind in CONTROLLED:
        for id_, one in definitions.of_kind(kind).items():
            try:
                found[kind, id_] = record_of(definitions.root, definitions, one)
            except ItsmctlError:
                return {}
    return found
