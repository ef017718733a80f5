"""A part of the public incident log (UCI machine learning repository, set 498): whole tickets, by how their number ends."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping
from pathlib import Path

from itsmctl.reference import reference_root

UCI = reference_root().parent / "shared/data/uci-incident-event-log/incident_event_log.zip"
Row = Mapping[str, str]


def lines(ending: str) -> list[str]:
    """The head of the log, and every update of the tickets whose number ends so."""
    with zipfile.ZipFile(UCI) as archive:
        head, *updates = archive.read("incident_event_log.csv").decode().splitlines()
    return [head, *(line for line in updates if line.partition(",")[0].endswith(ending))]


def updates(ending: str) -> list[Row]:
    """The same as rows."""
    return list(csv.DictReader(lines(ending)))


def write(path: Path, ending: str) -> Path:
    """The same as a file to import."""
    path.write_text("\n".join(lines(ending)) + "\n", encoding="utf-8")
    return path
