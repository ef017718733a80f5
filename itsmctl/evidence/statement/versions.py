"""At which version a definition stood: the one that it states, and the last commit that touched its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.history import DocumentLog, LogEntry
from itsmctl.language import iso
from itsmctl.model import Definition


@dataclass(frozen=True)
class Version:
    """`stated` is what the definition says of itself; the rest is empty where git does not tell."""

    stated: str
    commit: str
    committed_at: str


class Versions:
    """The versions of definitions by the document-control log of an audit."""

    def __init__(self, log: DocumentLog) -> None:
        self._newest: Mapping[str, LogEntry] = {entry.path: entry for entry in reversed(log.entries)}

    def of(self, definition: Definition) -> Version:
        """The version of a definition."""
        entry = self._newest.get(definition.where.file)
        stated = str(getattr(definition, "version", "") or "")
        return Version(stated, entry.hash if entry else "", (iso(entry.committed_at) or "") if entry else "")
