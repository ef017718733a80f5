"""Rules applied to the cases of other processes in plain Python, so that the truth is complete.

This is deliberately not what the audit runs: the truth must not repeat a mistake of what it tests. A check that is not
here is one that no case is bent for, and that whole histories pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from itsmctl.generate.book import FAVOUR, Book, Columns, words
from itsmctl.generate.case import Case
from itsmctl.generate.flow import leaves_flow, roles_of
from itsmctl.generate.hours import Hours
from itsmctl.generate.judge import Planted
from itsmctl.generate.rhythm import DAY, midnight, month_of
from itsmctl.generate.terms import holds
from itsmctl.generate.ticket_tests import rises
from itsmctl.model import Condition, Parameter, Rule
from itsmctl.worktime import parse_duration

DONE = ("resolved", "closed", "cancelled")
TOUCHED = ("state", "group", "assignee", "priority", "impact", "urgency", "category", "ci")
"""The columns of a problem whose history is exported."""

Ruling = Callable[[Rule, Case, Book], bool]
"""Whether an audit must find that a case breaks a rule; what cannot be told is not found."""


def rule_on(book: Book) -> Iterator[Planted]:
    """Everything that must be found on the cases."""
    for rule in book.definitions.rules.values():
        if rule.check == "share" and rule.parameters["per"] == ("month",) and rule.process in book.cases:
            yield from _months(rule, book)
        if rule.check == "trend" and rule.process in book.cases:
            yield from _rising(rule, book)
        if rule.check == "batch" and rule.process in book.cases:
            yield from _bursts(rule, book)
        ruling = RULINGS.get(rule.check)
        if ruling is None or rule.process not in book.cases:
            continue
        for case in book.in_scope(rule):
            if ruling(rule, case, book):
                yield Planted(rule.id, case.number, case.deed or str(rule.title))


def _months(rule: Rule, book: Book) -> Iterator[Planted]:
    """The months in which too many or too few cases meet a condition."""
    counts: dict[str, list[int]] = {}
    for case in book.in_scope(rule):
        cell = counts.setdefault(month_of(case.time("opened_at")), [0, 0])
        cell[0] += all(holds(condition, book.columns(case)) for condition in _where(rule))
        cell[1] += 1
    least, most = (float(str(rule.parameters.get(key, usual))) for key, usual in (("least", 0), ("most", 100)))
    for month, (part, total) in counts.items():
        if total >= _number(rule.parameters.get("minimum", 1)) and not least <= 100 * part / total <= most:
            yield Planted(rule.id, month, str(rule.title))


def _rising(rule: Rule, book: Book) -> Iterator[Planted]:
    """The share that rose month after month, over all cases."""
    months: dict[str, list[int]] = {}
    for case in book.in_scope(rule):
        cell, columns = months.setdefault(month_of(case.time("opened_at")), [0, 0, 0]), book.columns(case)
        met = [(holds(condition, columns), not columns.get(condition.column)) for condition in _where(rule)]
        surely = all(holding for holding, _ in met)
        cell[0] += surely
        cell[1] += not surely and all(holding or empty for holding, empty in met)
        cell[2] += 1
    if months and rises(months, _number(rule.parameters["months"]), _number(rule.parameters.get("minimum", 1))):
        yield Planted(rule.id, "-", str(rule.title))


def _bursts(rule: Rule, book: Book) -> Iterator[Planted]:
    """The cases approved among many others by one person within minutes."""
    done: dict[str, list[tuple[int, str]]] = {}
    for case in book.in_scope(rule):
        for approval in (a for a in case.approvals if a.decision == FAVOUR):
            done.setdefault(approval.approver.strip().lower(), []).append((approval.at, case.number))
    seconds, count = parse_duration(str(rule.parameters["within"])).seconds, _number(rule.parameters["count"])
    found: set[str] = set()
    for approvals in done.values():
        approvals.sort()
        for start, (at, _) in enumerate(approvals):
            burst = [number for moment, number in approvals[start:] if moment <= at + seconds]
            if len(burst) >= count:
                found.update(burst)
    yield from (Planted(rule.id, number, str(rule.title)) for number in sorted(found))


def _required(rule: Rule, case: Case, book: Book) -> bool:
    columns = book.columns(case)
    asked = words(rule.parameters["columns"])
    return set(asked) <= book.exported[case.process] and any(column not in columns for column in asked)


def _allowed(rule: Rule, case: Case, book: Book) -> bool:
    parameters, column = rule.parameters, str(rule.parameters["column"])
    if "codes" in parameters:
        listed = {code.id for code in book.definitions.code_lists[str(parameters["codes"])].codes}
    elif "states" in parameters:
        listed = {state.id for state in book.definitions.processes[str(parameters["states"])].states}
    else:
        listed = set(words(parameters.get("values", ())))
    values = [value for _, _, value in book.history(case, column)]
    return any(value not in listed for value in (values if parameters.get("history") else values[-1:]))


def _known(rule: Rule, case: Case, book: Book) -> bool:
    services = book.definitions.services
    offered = {request.id for service in services.values() for request in service.requests}
    names = offered if rule.parameters["kind"] == "offered-request" else set(services)
    return str(book.columns(case).get(str(rule.parameters["column"]), "")) not in names


def _ordered(rule: Rule, case: Case, book: Book) -> bool:
    moments = [book.moment(case, column) for column in words(rule.parameters["columns"])]
    there = [moment for moment in moments if moment is not None]
    return there != sorted(there)


def _elapsed(rule: Rule, case: Case, book: Book) -> bool:
    start, end = (book.moment(case, rule.parameters[key]) for key in ("from", "to"))
    if end is None and rule.parameters.get("running"):
        end = book.as_of
    if start is None or end is None or (end < start and not rule.parameters.get("may-precede")):
        return False
    return end > _by(rule, start, str(rule.parameters["most"]), book)


def _not_sooner(rule: Rule, case: Case, book: Book) -> bool:
    start, end = (book.moment(case, rule.parameters[key]) for key in ("from", "to"))
    if start is None or end is None or end < start:
        return False
    return end - start < parse_duration(str(rule.parameters["least"])).seconds


def _transition(rule: Rule, case: Case, book: Book) -> bool:
    allowed = book.definitions.processes[str(rule.parameters["process"])].transitions
    states = [state for _, _, state in book.history(case, "state")]
    return any(new not in allowed.get(old, ()) for old, new in zip(states, states[1:], strict=False))


def _conforms(rule: Rule, case: Case, book: Book) -> bool:
    process = book.definitions.processes[str(rule.parameters["process"])]
    states = [state for _, _, state in book.history(case, "state")]
    return leaves_flow(process, states, begins_anywhere=bool(rule.parameters.get("begins-anywhere")))


def _in_lane(rule: Rule, case: Case, book: Book) -> bool:
    process, columns = book.definitions.processes[str(rule.parameters["process"])], book.columns(case)
    excepted = {str(columns.get(column, "")).strip().lower() for column in words(rule.parameters.get("except", ()))}
    return any(
        book.roster.knows(person) and not book.roster.holds(person, roles, at)
        for at, person, state in book.history(case, "state")
        if (roles := roles_of(process, state)) and person.strip().lower() not in excepted
    )


def _init(rule: Rule, case: Case, book: Book) -> bool:
    return book.history(case, "state")[0][2] not in words(rule.parameters["activity"])


def _different_people(rule: Rule, case: Case, book: Book) -> bool:
    if "columns" in rule.parameters:
        people = [str(book.columns(case).get(column, "")).lower() for column in words(rule.parameters["columns"])]
        return all(people) and len(set(people)) == 1
    sides = rule.parameters["sides"]
    assert isinstance(sides, tuple)
    seen: set[str] = set()
    for side in sides:
        assert isinstance(side, tuple)
        here = {act.person.lower() for what in side for act in book.acts(case, what)}
        if here & seen:
            return True
        seen |= here
    return False


def _authorised(rule: Rule, case: Case, book: Book) -> bool:
    roles = words(rule.parameters.get("roles", ()))
    if "lane" in rule.parameters:
        lanes = book.definitions.processes[rule.process].lanes
        roles = next(lane.roles for lane in lanes if lane.id == rule.parameters["lane"])
    acts = rule.parameters["acts"]
    assert isinstance(acts, tuple)
    done = [act for what in acts for act in book.acts(case, what)]
    return any(book.roster.knows(a.person) and not book.roster.holds(a.person, roles, a.at) for a in done)


def _approved(rule: Rule, case: Case, book: Book) -> bool:
    parameters, roles = rule.parameters, words(rule.parameters.get("roles", ()))
    before = parameters.get("before")
    limit: int | None = None
    if before is not None:
        moment = book.moment(case, before)
        if moment is None:
            return False
        limit = _later(rule, moment, book)
        if "later" in parameters and limit > book.as_of:
            return False
    if "through" in parameters:
        given = [(act.person, act.at, True) for act in book.acts(case, parameters["through"])]
    else:
        given = [(a.approver, a.at, a.decision == "approved") for a in case.approvals]
    last = {person: (at, favour) for person, at, favour in given if limit is None or at <= limit}
    people = {
        person
        for person, (at, favour) in last.items()
        if favour and (not roles or book.roster.holds(person, roles, at))
    }
    if parameters.get("each"):
        return any(not any(book.roster.holds(p, (role,), last[p][0]) for p in people) for role in roles)
    least = parameters.get("least", 1)
    assert isinstance(least, int)
    return len(people) < least


def _later(rule: Rule, moment: int, book: Book) -> int:
    """The last moment at which an approval is in time."""
    return _by(rule, moment, str(rule.parameters["later"]), book) if "later" in rule.parameters else moment


def _by(rule: Rule, moment: int, time: str, book: Book) -> int:
    """The moment at which so much time has passed, on the rule's calendar if it has one."""
    duration = parse_duration(time)
    calendar = book.definitions.calendars.get(str(rule.parameters.get("calendar", "")))
    if calendar is None:
        return moment + duration.seconds
    hours = Hours(calendar, moment - 10 * DAY, moment + 60 * DAY)
    return hours.after(moment, duration.seconds_in(calendar.day_minutes))


def _in_window(rule: Rule, case: Case, book: Book) -> bool:
    actual = words(rule.parameters["actual"])
    start, end = (book.moment(case, column) for column in actual)
    if start is None:
        return False
    end = (book.as_of if book.columns(case)["state"] == "implementing" else start) if end is None else end
    if any(start < high and (low < end or low <= start) for low, high in _forbidden(rule)):
        return True
    if "planned" not in rule.parameters:
        return False
    low, high = (book.moment(case, column) for column in words(rule.parameters["planned"]))
    if low is None or high is None:
        return False
    return max(low - start, end - high) > parse_duration(str(rule.parameters.get("tolerance", "0m"))).seconds


def _forbidden(rule: Rule) -> Iterator[tuple[int, int]]:
    never = rule.parameters.get("never", ())
    assert isinstance(never, tuple)
    for one in never:
        assert isinstance(one, Mapping)
        first, last = (date.fromisoformat(str(one[key])) for key in ("from", "to"))
        yield midnight(first), midnight(last) + DAY


def _overlap(rule: Rule, case: Case, book: Book) -> bool:
    where = _where(rule)
    keys = [str(rule.parameters[key]) for key in ("same", "from", "to")]
    mine = [book.columns(case).get(key) for key in keys]
    if not all(mine):
        return False
    scope = book.numbers_in_scope(rule)
    for other in book.on_item(rule.process, keys[0], str(mine[0])):
        columns = book.columns(other)
        theirs = [columns.get(key) for key in keys]
        counts = other.number in scope or all(holds(condition, columns) for condition in where)
        if other is case or not counts or not all(theirs):
            continue
        if int(str(theirs[1])) < int(str(mine[2])) and int(str(mine[1])) < int(str(theirs[2])):
            return True
    return False


def _unchanged(rule: Rule, case: Case, book: Book) -> bool:
    parameters = rule.parameters
    grace = parse_duration(str(parameters.get("grace", "0m"))).seconds
    approvals = [a.at for a in case.approvals if a.decision == "approved"]
    for column in words(parameters["columns"]):
        history = book.history(case, column)
        since = book.moment(case, parameters["after"]) if "after" in parameters else (history or [(0, "", "")])[0][0]
        for at, _, _ in history[1:]:
            again = bool(parameters.get("approved-again")) and any(a >= at for a in approvals)
            if since is not None and at > since + grace and not again:
                return True
    return False


def _linked(rule: Rule, case: Case, book: Book) -> bool:
    parameters = rule.parameters
    types, process = words(parameters["types"]), str(parameters.get("process", ""))
    if not process:
        total = sum(bool(book.columns(case).get(kind)) for kind in types)
        return total < _number(parameters.get("least", 1))
    if process != "incident" and process not in book.cases:
        return False
    ends = book.ends(case, types, process, incoming=bool(parameters.get("incoming")))
    unclear = sum(end is None for end in ends) if parameters.get("unresolved") != "fail" else 0
    fulfilled = sum(end is not None and _fulfils(rule, case, end, book) for end in ends)
    least = _number(parameters.get("least", 0 if "most" in parameters else 1))
    most = parameters.get("most")
    wrong = fulfilled + unclear < least or (most is not None and fulfilled > _number(most))
    return wrong or (bool(parameters.get("every")) and fulfilled + unclear < len(ends))


def _fulfils(rule: Rule, case: Case, end: Columns, book: Book) -> bool:
    if not all(holds(condition, end) for condition in _where(rule)):
        return False
    gaps: list[int] = []
    for key, sign in (("before", 1), ("after", -1)):
        order = rule.parameters.get(key)
        if not isinstance(order, Mapping):
            continue
        mine = book.moment(case, order["mine"])
        theirs = (
            book.first_approval(str(end["number"])) if order["theirs"] == "approval" else end.get(str(order["theirs"]))
        )
        if mine is None or not isinstance(theirs, int) or sign * (theirs - mine) > 0:
            return False
        gaps.append(abs(theirs - mine))
    if "within" in rule.parameters:
        opened = end.get("opened_at")
        gaps = gaps or [abs(int(str(opened)) - case.time("opened_at"))]
        return all(gap <= parse_duration(str(rule.parameters["within"])).seconds for gap in gaps)
    return True


def _meaningful(rule: Rule, case: Case, book: Book) -> bool:
    text = _plain(str(book.columns(case).get(str(rule.parameters["column"]), "")))
    listed = {_plain(word) for word in words(rule.parameters.get("placeholders", ()))}
    shortest = _number(rule.parameters.get("shortest", 1))
    copied = "unlike" in rule.parameters and text == _plain(
        str(book.columns(case).get(str(rule.parameters["unlike"]), ""))
    )
    return bool(text) and (text in listed or len(text) < shortest or copied)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _matrix(rule: Rule, case: Case, book: Book) -> bool:
    cells = book.definitions.matrices[str(rule.parameters["matrix"])].cells
    columns = book.columns(case)
    right = cells.get((str(columns.get("impact", "")), str(columns.get("urgency", ""))))
    return right is not None and "priority" in columns and columns["priority"] != right


def _expression(rule: Rule, case: Case, book: Book) -> bool:
    """Expressions are told by the rule: this is what those of the reference rules ask."""
    columns = book.columns(case)
    match rule.id:
        case "REQ-07":
            return "change" not in columns and "model" not in columns
        case "REL-06":
            looked_at = book.moment(case, "reviewed_at")
            return looked_at is None or looked_at - case.time("resolved_at") < 14 * DAY
        case "REL-08":
            built, deployed = columns.get("built_digest"), columns.get("deployed_digest")
            return built is not None and deployed is not None and built != deployed
    return False


def _response(rule: Rule, case: Case, book: Book) -> bool:
    """The first activity begins the life of the records that have such rules; one that is still in time is no breach."""
    first, then = rule.parameters["first"], rule.parameters["then"]
    assert isinstance(then, Mapping)
    began = next((at for at, _, state in book.history(case, "state") if state == first), None)
    if began is None:
        return False
    answered = next((at for at, _, _ in book.changes(case, then)), book.as_of)
    return answered > _by(rule, began, str(rule.parameters["within"]), book)


def _untouched(rule: Rule, case: Case, book: Book) -> bool:
    limit = parse_duration(str(rule.parameters["most"])).seconds
    touches = {at for column in TOUCHED for at, _, _ in book.history(case, column)} | {a.at for a in case.approvals}
    over = next((at for at, _, state in book.history(case, "state") if state in DONE), book.as_of)
    moments = sorted({case.time("opened_at"), over, *(at for at in touches if at < over)})
    return any(later - earlier > limit for earlier, later in zip(moments, moments[1:], strict=False))


def _no_later(rule: Rule, case: Case, book: Book) -> bool:
    """Whether an incident about the same thing was opened soon after."""
    after = book.moment(case, rule.parameters["after"])
    columns, same = book.columns(case), words(rule.parameters["same"])
    if after is None or not all(columns.get(column) for column in same):
        return False
    openings = book.openings.get((same, tuple(str(columns[column]) for column in same)), ())
    return any(after < at <= after + parse_duration(str(rule.parameters["within"])).seconds for at in openings)


def _where(rule: Rule) -> list[Condition]:
    where = rule.parameters.get("where", ())
    assert isinstance(where, tuple)
    return [condition for condition in where if isinstance(condition, Condition)]


def _number(value: Parameter) -> int:
    assert isinstance(value, int)
    return value


RULINGS: dict[str, Ruling] = {
    "allowed": _allowed,
    "approved": _approved,
    "authorised": _authorised,
    "conforms": _conforms,
    "different-people": _different_people,
    "elapsed-within": _elapsed,
    "expression": _expression,
    "in-lane": _in_lane,
    "in-window": _in_window,
    "init": _init,
    "known": _known,
    "linked": _linked,
    "matrix": _matrix,
    "meaningful": _meaningful,
    "not-sooner": _not_sooner,
    "no-later": _no_later,
    "ordered-times": _ordered,
    "overlap": _overlap,
    "required": _required,
    "response": _response,
    "transition": _transition,
    "unchanged": _unchanged,
    "untouched": _untouched,
}
