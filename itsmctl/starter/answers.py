"""What is asked before a management system is written, and how answers are understood."""

from __future__ import annotations

import re
from dataclasses import dataclass

from itsmctl.errors import ItsmctlError, Problem, did_you_mean
from itsmctl.model import Text
from itsmctl.starter.readers import tools
from itsmctl.starter.slices import office_week
from itsmctl.starter.weeks import Week, week_of, week_text
from itsmctl.zones import zone_info

__all__ = ["DEFAULTS", "Answers", "organisation_of", "service_of", "tool_of", "usual_hours", "week_of", "week_text"]

FORGES = {"github": ("github",), "gitlab": ("gitlab",), "both": ("github", "gitlab")}
"""Answers to the question where the files are kept, and whose CI each of them means."""
OTHER_TOOL = "other"
_LONGEST = 80
_USUAL_HOURS = "mon-fri 09:00-17:00"
_TWO_LANGUAGES = re.compile(r"([^\u2e80-\uffef]*[^\u2e80-\uffef\s])\s+([\u2e80-\uffef].*)")


@dataclass(frozen=True)
class Answers:
    """Everything that the files of a new management system depend on."""

    organisation: Text
    zone: str
    week: Week
    service: Text
    tool: str
    """The name of a tool whose exports can be read, or `other`."""
    forges: tuple[str, ...]

    @property
    def service_id(self) -> str:
        """The id of the first service: its English name where that can be one."""
        words = re.sub(r"[^a-z0-9]+", "-", self.service.en.lower()).strip("-")
        return words[:40].strip("-") if self.service.en.isascii() and words else "first-service"


def organisation_of(words: str) -> Text:
    """The name of the organisation."""
    return _named(words)


def service_of(words: str) -> Text:
    """The name of a service, in one language or, as in `E-mail 邮件`, in both."""
    return _named(words)


def zone_of(words: str) -> str:
    """The name of an IANA zone; raises ItsmctlError with the nearest one."""
    return zone_info(words.strip()).key


def tool_of(words: str) -> str:
    """The tool of that name, whose exports can be read, or `other`; raises ItsmctlError with the nearest one."""
    known = {name.casefold(): name for name in (*tools(), OTHER_TOOL)}
    name = words.strip()
    if name.casefold() not in known:
        values = {"word": name, "allowed": ", ".join(known.values())}
        template = "{word!r} is none of these: {allowed}"
        raise ItsmctlError(
            Problem("unknown-tool", template, values=values, suggestion=did_you_mean(name, known.values()))
        )
    return known[name.casefold()]


def forges_of(words: str) -> tuple[str, ...]:
    """Whose CI is meant; raises ItsmctlError with the nearest answer."""
    name = words.strip().casefold()
    if name not in FORGES:
        values = {"word": words.strip(), "allowed": ", ".join(FORGES)}
        template = "{word!r} is none of these: {allowed}"
        raise ItsmctlError(Problem("unknown-forge", template, values=values, suggestion=did_you_mean(name, FORGES)))
    return FORGES[name]


def usual_hours(zone: str) -> str:
    """The office hours to suggest in a zone: those of the reference calendar, where there is one."""
    week = office_week(zone)
    return week_text(week) if week else _USUAL_HOURS


def _named(words: str) -> Text:
    name = " ".join(words.split())
    if not name or not name.isprintable():
        raise ItsmctlError(Problem("name-missing", "a name is needed, of letters, digits and the like"))
    if len(name) > _LONGEST:
        template = "the name has {n} characters; {most} are enough for a title"
        raise ItsmctlError(Problem("name-too-long", template, values={"n": len(name), "most": _LONGEST}))
    both = _TWO_LANGUAGES.fullmatch(name)
    return Text(both[1], both[2]) if both else Text(name, name)


DEFAULTS = {
    "organisation": "Our organisation 我们的组织",
    "zone": "Asia/Shanghai",
    "service": "E-mail 邮件",
    "tool": "ServiceNow",
    "forge": "github",
}
"""What `--yes` answers; the hours are those that are usual in the zone."""
