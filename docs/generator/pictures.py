"""The drawings that the documentation shows, made from the reference definitions."""

from __future__ import annotations

from itsmctl.definitions import load
from itsmctl.language import LANGUAGES
from itsmctl.views import calendar, raci, service_map, swimlane_svg


def pictures() -> dict[str, str]:
    """Every drawing by its file name under docs/images/."""
    definitions = load()
    found: dict[str, str] = {}
    for language in LANGUAGES:
        end = ".svg" if language == "en" else f".{language}.svg"
        titles = {id_: process.title.in_(language) for id_, process in definitions.processes.items()}
        year = calendar.year_of(definitions.calendars["cn-office"])
        found |= {
            f"process-incident{end}": swimlane_svg.svg(definitions.processes["incident"], language, titles),
            f"raci-incident{end}": raci.svg(definitions, definitions.racis["raci-incident"], language),
            f"calendar-cn-office{end}": calendar.svg(definitions.calendars["cn-office"], language, year),
            f"service-map{end}": service_map.svg(definitions, definitions.services["network-vpn"], language),
        }
    return found
