"""What is taken from the reference set as it stands there, comments included: rules, frameworks, codes, holidays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from itsmctl.reference import reference_root
from itsmctl.source import Value, decode, parse_documents, read_bytes
from itsmctl.starter.weeks import AROUND_THE_CLOCK, DAYS, Week, ordinary

PROCESSES = ("incident", "change")
_RULES = ("data-quality", "incident", "integrity", "service-level")
_FRAMEWORKS = ("iso-20000-1", "fitsm-1")
_CODES = ("incident", "incident-priority", "change")
_OF_THE_EXAMPLE = ("INC-08",)
_CALENDAR = re.compile(r"\bcalendar: cn-office\b")
_SIGN = re.compile(r"  - \{(?:rule: ([A-Z]+-\d+)|question: |kpi: )")
_LIMITS = re.compile(r"caps: \[(\{.*\})\](, |,?)")
_LIMIT = re.compile(r"\{[^}]*\}")
_RULE = re.compile(r"\{rule: ([A-Z]+-\d+)")
_MODELINE = re.compile(r"\A(# yaml-language-server: \$schema=).*/(.+)$", re.MULTILINE)
_BETWEEN = re.compile(r"^---[ \t]*\n", re.MULTILINE)

File = tuple[str, str]
"""A path and its text, in which `{schemas}` stands for the folder of the schemas."""
Data = Mapping[str, Value]


def rules() -> Iterator[File]:
    """The rules about incidents that need nothing but their tickets, one agreement and one calendar."""
    for name in _RULES:
        yield from file_of(f"policies/rules/{name}.yaml", _is_general, _in_own_calendar)


def _is_general(rule: Data) -> bool:
    """Whether a rule is about these processes, asks no register, and names no group of the example company: it would pass."""
    check = rule.get("check")
    asks_register = isinstance(check, dict) and "register" in check
    return rule.get("process") in PROCESSES and not asks_register and rule.get("id") not in _OF_THE_EXAMPLE


def _in_own_calendar(text: str, rule: Data) -> str:
    return _CALENDAR.sub("calendar: office", text)


def questionnaires() -> Iterator[File]:
    """The maturity model, limited by those of its rules that are here too."""
    own = _own_rules()
    yield from file_of("audits/questionnaires/maturity.yaml", lambda _: True, lambda text, _: _limited_by(text, own))


def complaints() -> Iterator[File]:
    """The complaints of which at least one sign can be seen here."""
    own = _own_rules()
    yield from file_of(
        "policies/complaints.yaml",
        lambda one: any(_is_sign_here(sign, own) for sign in _list(one.get("signs"))),
        lambda text, _: _with_signs(text, own),
    )


def _is_sign_here(sign: Value, own: set[str]) -> bool:
    """Of the rules those that are here; definitions and figures always, surveys and indicators of the example never."""
    return isinstance(sign, dict) and (sign.get("rule") in own or "definitions" in sign or "figure" in sign)


def _with_signs(text: str, own: set[str]) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not (found := _SIGN.match(line)) or found[1] in own)


def _own_rules() -> set[str]:
    files = (documents(reference_root() / f"policies/rules/{name}.yaml")[1] for name in _RULES)
    return {str(rule["id"]) for file in files for _, rule in file if _is_general(rule)}


def _limited_by(text: str, own: set[str]) -> str:
    """The questions with the limits that no rule sets, or one of these."""

    def kept(found: re.Match[str]) -> str:
        limits = [one for one in _LIMIT.findall(found[1]) if not (rule := _RULE.match(one)) or rule[1] in own]
        return f"caps: [{', '.join(limits)}]{found[2]}" if limits else ""

    return re.sub(r" +,?$", "", _LIMITS.sub(kept, text), flags=re.MULTILINE)


def frameworks() -> Iterator[File]:
    """The frameworks that those rules and processes name."""
    for name in _FRAMEWORKS:
        yield from file_of(f"policies/frameworks/{name}.yaml", lambda data: data.get("kind") == "framework")


def code_lists() -> Iterator[File]:
    """The code lists of both processes, and the priority matrix."""
    for name in _CODES:
        yield from file_of(f"policies/codes/{name}.yaml", lambda data: data.get("process", PROCESSES[0]) in PROCESSES)


# Calendars


def office_week(zone: str) -> Week | None:
    """The ordinary week of the reference calendar of an office in a zone: a warehouse's is no suggestion for an office."""
    calendar = _calendar(zone)
    return _week(calendar[1]) if calendar and str(calendar[1].get("id")).endswith("office") else None


def special_days(zone: str, week: Week) -> str:
    """The special days of the reference calendar of a zone, as YAML, with the hours of `week` on make-up working days.

    Days whose hours are a custom of the reference organisation are left out; who works around the clock has none.
    """
    calendar = _calendar(zone)
    if calendar is None or week == AROUND_THE_CLOCK:
        return ""
    text, data = calendar
    theirs, ours = _hours(ordinary(_week(data))), _hours(ordinary(week))
    lines = [line for key in ("source", "known-until", "days") if key in data for line in _block(text, key)]
    return "\n".join(line.replace(theirs, ours) for line in lines if "hours: " not in line or theirs in line)


def _week(data: Data) -> Week:
    week = data.get("week")
    hours = week if isinstance(week, dict) else {}
    return tuple((day, tuple(str(slot) for slot in _list(hours.get(day)))) for day in DAYS)


def _hours(slots: tuple[str, ...]) -> str:
    return "hours: [" + ", ".join(f'"{slot}"' for slot in slots) + "]"


@cache
def _calendar(zone: str) -> tuple[str, Data] | None:
    for path in sorted((reference_root() / "catalog" / "calendars").glob("*.yaml")):
        for text, data in documents(path)[1]:
            if data.get("kind") == "calendar" and data.get("zone") == zone and data.get("days"):
                return text, data
    return None


def _block(text: str, key: str) -> Iterator[str]:
    """The lines of one key of a document, up to the next key."""
    inside = False
    for line in text.splitlines():
        if re.match(r"[a-z]", line):
            inside = line.startswith(f"{key}:")
        if inside and line.strip() and not line.startswith("#"):
            yield line


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


# Documents with their comments


def file_of(
    path: str, wanted: Callable[[Data], bool], edited: Callable[[str, Data], str] = lambda text, _: text
) -> Iterator[File]:
    """A file with those of its documents that are wanted, each as it stands there or edited."""
    head, parts = documents(reference_root() / path)
    kept = [edited(text, data) for text, data in parts if wanted(data)]
    if kept:
        yield path, _MODELINE.sub(r"\1{schemas}/\2", head + "---\n".join(kept))


@cache
def documents(path: Path) -> tuple[str, list[tuple[str, Data]]]:
    """The comment at the top of a file, and the text and data of each document."""
    text = decode(read_bytes(path, path.name), path.name)
    head = re.match(r"(?:#.*\n|\n)*", text)
    start = head.end() if head else 0
    parts = _BETWEEN.split(text[start:])
    read = [document.data for document in parse_documents(text, path.name)]
    data = [value for value in read if isinstance(value, dict)]
    assert len(parts) == len(data), f"{path.name} is not written as one document between two lines of hyphens"
    return text[:start], list(zip(parts, data, strict=True))
