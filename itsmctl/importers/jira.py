"""Jira's REST JSON: an issue becomes one row of its fields, its changelog one row per change, its SLAs one per cycle, its links
one each.

Fields of Jira Service Management that hold an SLA have another id on every site, so they are told by what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsmctl.importers.json_text import Value

ISSUES = "issues"
CHANGES = "issues.changelog"
CYCLES = "issues.sla"
LINKS = "issues.links"

Row = tuple[str, dict[str, Value]]


def is_issue(value: Mapping[str, Value]) -> bool:
    """Tell an issue by its key and fields."""
    return isinstance(value.get("key"), str) and isinstance(value.get("fields"), dict)


def rows(issue: Mapping[str, Value]) -> Iterator[Row]:
    """The rows of one issue with their tables, the issue first."""
    fields = _object(issue.get("fields"))
    agreements = {name: _object(field) for name, field in fields.items() if _is_agreement(field)}
    apart = {*agreements, "issuelinks"}
    plain = {name: _plain(field) for name, field in fields.items() if name not in apart}
    head: dict[str, Value] = {"id": issue.get("id"), "key": issue.get("key")}
    cycles = [cycle for field in agreements.values() for cycle in _cycles(field, head)]
    yield ISSUES, {**head, **plain}
    for history in _objects(_object(issue.get("changelog")).get("histories")):
        author = _object(history.get("author"))
        person = author.get("displayName") or author.get("emailAddress") or author.get("accountId")
        for item in _objects(history.get("items")):
            yield CHANGES, {**head, "created": history.get("created"), "author": person, **item}
    for cycle in cycles:
        yield CYCLES, cycle
    for link in _objects(fields.get("issuelinks")):
        for way, other in (("outward", "outwardIssue"), ("inward", "inwardIssue")):
            if other in link:
                yield (
                    LINKS,
                    {**head, "relation": _object(link.get("type")).get(way), "target": _object(link[other]).get("key")},
                )


def cut_history(issue: Mapping[str, Value]) -> str:
    """The names of an issue of whose changelog the answer holds only a page, as it says itself; '' where it is whole."""
    log = _object(issue.get("changelog"))
    told, held = log.get("total"), len(list(_objects(log.get("histories"))))
    if not is_issue(issue) or not isinstance(told, str) or not told.isdecimal() or int(told) <= held:
        return ""
    return ", ".join(name for name in (issue.get("id"), issue.get("key")) if isinstance(name, str))


def _is_agreement(field: Value) -> bool:
    return isinstance(field, dict) and ("completedCycles" in field or "ongoingCycle" in field)


def _cycles(field: Mapping[str, Value], head: dict[str, Value]) -> Iterator[dict[str, Value]]:
    for state, cycle in (
        *(("completed", cycle) for cycle in _objects(field.get("completedCycles"))),
        *(("ongoing", cycle) for cycle in [field.get("ongoingCycle")] if isinstance(cycle, dict)),
    ):
        times = {name: _moment(inner) for name, inner in cycle.items()}
        yield {**head, "name": field.get("name"), "cycle": state, **times}


def _plain(field: Value) -> Value:
    """A person or an option is its name; what has more to say stays as it is."""
    if isinstance(field, list) and field and all(isinstance(one, dict) for one in field):
        names = [_plain(one) for one in field]
        return names if all(isinstance(name, str) for name in names) else field
    if isinstance(field, dict):
        for name in ("displayName", "name", "value", "key"):
            if isinstance(field.get(name), str):
                return field[name]
    return field


def _moment(value: Value) -> Value:
    """Times of an SLA come in several spellings; `iso8601` has the offset."""
    if isinstance(value, dict) and "iso8601" in value:
        return value["iso8601"]
    if isinstance(value, dict) and "millis" in value:
        return value["millis"]
    return value


def _object(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, dict) else {}


def _objects(value: Value) -> Iterator[Mapping[str, Value]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
