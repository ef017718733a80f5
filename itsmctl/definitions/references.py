"""Cross-checks: every name that one definition uses for another must exist; what the names add up to is for the laws."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from itsmctl import model
from itsmctl.checks import CHECKS
from itsmctl.definitions.schema import check_parameters, kinds
from itsmctl.errors import ItsmctlError, Problem, unknown_at
from itsmctl.source import Document, Path_
from itsmctl.worktime import parse_day

_Kind = TypeVar("_Kind", bound=model.Definition)
Known = Mapping[str, frozenset[str]]
"""The ids that exist, by kind, aliases included."""

CLAUSES = (
    "clauses/*",
    "alone/*/clauses/*",
    "criteria/*/clauses/*",
    "criteria/*/caps/*/coverage",
    "duties/*/clauses/*",
    "recommendations/*/clauses/*",
    "statements/*/clauses/*",
    "subjects/*/clauses/*",
)
"""Where a definition of any kind names requirements."""

EVIDENCE = ("rule", "process", "policy", "audit", "survey", "assessment", "nonconformity", "review")
"""Kinds that may be named as evidence."""

EVIDENCE_PLACES = (
    ("assessment", "answers/*/evidence/*"),
    ("nonconformity", "evidence/*"),
    ("nonconformity", "actions/*/evidence/*"),
    ("nonconformity", "effectiveness/evidence/*"),
    ("review", "inputs/*/evidence/*"),
)

REFERENCES: tuple[tuple[str, str, str], ...] = (
    ("assessment", "questionnaire", "questionnaire"),
    ("assessment", "processes/*", "process"),
    ("assessment", "assessors/*", "person"),
    ("assessment", "answers/*/by", "person"),
    ("assessment", "recommendations/*/owner", "role"),
    ("assignment", "role", "role"),
    ("assignment", "position", "position"),
    ("assignment", "delegate", "person"),
    ("assignment", "delegations/*/person", "person"),
    ("assignment", "appointed/by", "person"),
    ("audit", "mapping", "mapping"),
    ("audit", "processes/*", "process"),
    ("audit", "frameworks/*", "framework"),
    ("crosswalk", "frameworks/*", "framework"),
    ("complaint", "signs/*/rule", "rule"),
    ("complaint", "signs/*/kpi", "kpi"),
    ("complaint", "signs/*/question/survey", "survey"),
    ("kpi", "process", "process"),
    ("kpi", "position", "position"),
    ("kpi", "measure/rules/*", "rule"),
    ("kpi", "measure/clock/clock", "clock"),
    ("kpi", "measure/clock/process", "process"),
    ("kpi", "measure/records/process", "process"),
    ("kpi", "measure/attested/role", "role"),
    ("kpi", "measure/survey/survey", "survey"),
    ("kpi", "measure/register/register", "register"),
    ("kpi", "supports/*", "kpi"),
    ("audit", "programme", "programme"),
    ("audit", "areas/*", "role"),
    ("audit", "auditors/*", "person"),
    ("audit", "findings/*", "nonconformity"),
    ("baseline", "author", "person"),
    ("baseline", "approver", "person"),
    ("baseline", "authority", "role"),
    ("baseline", "findings/*/rule", "rule"),
    ("contract", "supplier", "supplier"),
    ("contract", "manager", "role"),
    ("contract", "supports/*", "sla"),
    ("contract", "services/*", "service"),
    ("contract", "calendar", "calendar"),
    ("contract", "clocks/*/leg", "clock"),
    ("contract", "subcontractors/*", "supplier"),
    ("customer", "part-of", "customer"),
    ("customer", "relationship-manager", "role"),
    ("mapping", "process", "process"),
    ("nonconformity", "audit", "audit"),
    ("nonconformity", "found-by", "person"),
    ("nonconformity", "rules/*", "rule"),
    ("nonconformity", "process", "process"),
    ("nonconformity", "service", "service"),
    ("nonconformity", "correction/by", "person"),
    ("nonconformity", "actions/*/owner", "person"),
    ("nonconformity", "effectiveness/by", "person"),
    ("nonconformity", "repeats", "nonconformity"),
    ("ola", "provider", "role"),
    ("ola", "supports/*", "sla"),
    ("ola", "services/*", "service"),
    ("ola", "calendar", "calendar"),
    ("ola", "clocks/*/leg", "clock"),
    ("policy", "owner", "role"),
    ("policy", "approver", "role"),
    ("policy", "statements/*/processes/*", "process"),
    ("policy", "statements/*/rules/*", "rule"),
    ("position", "roles/*", "role"),
    ("position", "kpis/*", "kpi"),
    ("priority-matrix", "process", "process"),
    ("procedure", "process", "process"),
    ("procedure", "owner", "role"),
    ("procedure", "under", "procedure"),
    ("procedure", "steps/*/role", "role"),
    ("process", "owner", "role"),
    ("process", "manager", "role"),
    ("process", "lanes/*/roles/*", "role"),
    ("process", "principles/*/*/rules/*", "rule"),
    ("process", "codes/*", "code-list"),
    ("process", "form/*/codes", "code-list"),
    ("process", "interfaces/*/process", "process"),
    ("process", "kpis/*", "kpi"),
    ("process", "activities/*/procedures/*", "procedure"),
    ("programme", "frameworks/*", "framework"),
    ("programme", "responsible", "role"),
    ("programme", "approver", "role"),
    ("questionnaire", "dimensions/*/process", "process"),
    ("questionnaire", "dimensions/*/fed-by/*/questionnaire", "questionnaire"),
    ("questionnaire", "criteria/*/caps/*/rule", "rule"),
    ("raci", "process", "process"),
    ("raci", "activities/*/*/*", "role"),
    ("register", "process", "process"),
    ("register", "owner", "role"),
    ("review", "chair", "person"),
    ("review", "attendees/*/person", "person"),
    ("review", "attendees/*/role", "role"),
    ("review", "outputs/*/owner", "person"),
    ("role", "process", "process"),
    ("rule", "process", "process"),
    ("rule", "rests-on/*", "rule"),
    ("separation", "duties/*/sides/*/roles/*", "role"),
    ("separation", "duties/*/sides/*/positions/*", "position"),
    ("separation", "duties/*/rules/*", "rule"),
    ("service", "owner", "role"),
    ("service", "customers/*", "customer"),
    ("service", "hours", "calendar"),
    ("service", "depends-on/*", "service"),
    ("service", "requests/*/approval", "role"),
    ("sla", "agreed/provider", "role"),
    ("sla", "calendar", "calendar"),
    ("sla", "customers/*", "customer"),
    ("supplier", "manager", "role"),
    ("supplier", "hours", "calendar"),
    ("supplier", "subcontractors/*", "supplier"),
    ("survey", "owner", "role"),
    ("survey", "questions/*/measured-by/*", "rule"),
    ("survey", "results/*/service", "service"),
    ("survey", "results/*/customer", "customer"),
    ("waiver", "rule", "rule"),
    ("waiver", "author", "person"),
    ("waiver", "approver", "person"),
    ("waiver", "authority", "role"),
    ("waiver", "nonconformity", "nonconformity"),
    *((place, f"{path}/{kind}", kind) for place, path in EVIDENCE_PLACES for kind in EVIDENCE),
)
"""(kind, path with `*` for any key or position, kind that it names)."""


_INSIDE = {"clock": "sla", "person": "assignment"}
"""What is named inside a kind of definition rather than by an id of its own."""
_OPENED = {
    "assessment": ("questionnaire",),
    "assignment": ("position", "role"),
    "complaint": ("kpi", "survey"),
    "kpi": ("register",),
    "questionnaire": ("questionnaire",),
    "register": ("assignment",),
    "rule": ("register", "separation", "sla"),
}
"""Kinds that must be open to check one, beside those that any may refer into."""


def looked_into(kinds: Collection[str]) -> frozenset[str]:
    """The kinds whose inside some kinds refer to: clauses, activities and states, clocks, people, competences."""
    named = {_INSIDE[target] for kind, _, target in REFERENCES if kind in kinds and target in _INSIDE}
    return frozenset({"framework", "process"} | named | {other for kind in kinds for other in _OPENED.get(kind, ())})


@dataclass(frozen=True)
class Entry:
    """A document beside the definition built from it."""

    document: Document
    definition: model.Definition


def cross_check(
    entries: Sequence[Entry],
    broken: Sequence[Document] = (),
    ids: Known | None = None,
    only: Collection[str] | None = None,
) -> list[Problem]:
    """Return every reference that leads nowhere, over the whole set, or over the files in `only`.

    Of documents that break their schema, only the references are looked at that stand where they should. `ids` are the
    names that exist by kind where `entries` does not hold all of them.
    """
    known = known_names(entries, ids)
    problems: list[Problem] = []
    processes = _by_name(entries, model.Process)
    frameworks = {e.definition.id: e.definition for e in entries if isinstance(e.definition, model.Framework)}
    states = {id_: frozenset(state.id for state in process.states) for id_, process in processes.items()}
    lanes = {id_: frozenset(lane.id for lane in process.lanes) for id_, process in processes.items()}
    roles = _by_name(entries, model.Role)
    positions = _by_name(entries, model.Position)
    questionnaires = _by_name(entries, model.Questionnaire)
    registers = _by_name(entries, model.Register)
    surveys, kpis = _by_name(entries, model.Survey), _by_name(entries, model.Kpi)
    for document in broken:
        kind = document.data.get("kind") if isinstance(document.data, dict) else None
        problems += _references(document, str(kind), known)
        problems += _clauses(document, frameworks)
    for entry in entries:
        if only is not None and entry.document.file not in only:
            continue
        problems += _references(entry.document, entry.definition.kind, known)
        problems += _clauses(entry.document, frameworks)
        match entry.definition:
            case model.Process() as process:
                problems += _process(entry.document, process, known.get("process", frozenset()))
            case model.Raci() as raci if raci.process in processes:
                problems += _raci(entry.document, raci, processes[raci.process])
            case model.Framework():
                problems += _framework(entry.document)
            case model.Rule() as rule:
                own = states.get(rule.process, frozenset().union(*states.values()))
                own_lanes = lanes.get(rule.process, frozenset())
                problems += _rule(entry.document, rule, {**known, "state": own, "lane": own_lanes}, registers)
            case model.Kpi() as kpi:
                for key in ("clock/where", "records/where", "records/of"):
                    problems += _condition_columns(entry.document, f"measure/{key}")
                if isinstance(kpi.measure, model.RegisterFigure) and kpi.measure.register in registers:
                    problems += _register_figure(entry.document, registers[kpi.measure.register])
            case model.Complaint():
                problems += _complaint(entry.document, surveys, kpis)
            case model.Procedure() as procedure:
                problems += _procedure(entry.document, procedure, processes)
            case model.Agreement() as agreement:
                problems += _agreement(entry.document, agreement, known, states)
            case model.OperationalAgreement() | model.Contract() as support:
                problems += _support(entry.document, support.terms, states)
            case model.Waiver():
                problems += _condition_columns(entry.document, "scope")
            case model.Assignment() as assignment:
                problems += _competences(entry.document, assignment, roles, positions)
            case model.Assessment() as assessment if assessment.questionnaire in questionnaires:
                problems += check_assessment(entry.document, questionnaires[assessment.questionnaire])
            case model.Questionnaire():
                problems += _fed_by(entry.document, questionnaires)
            case model.MappingDefinition() as mapping:
                problems += _mapping(entry.document, mapping, processes)
            case model.AuditPlan() as plan:
                problems += _plan(entry.document, plan, known.get("rule", frozenset()))
            case _:
                pass
    return problems


def known_names(entries: Sequence[Entry], ids: Known | None = None) -> Known:
    """What may be named, by kind: definitions, and the clocks, people and separated duties inside them."""
    known = dict(_ids(entries) if ids is None else ids)
    known["clock"] = frozenset(
        c for e in entries if isinstance(e.definition, model.Agreement) for c in e.definition.clocks
    )
    known["person"] = frozenset(e.definition.person for e in entries if isinstance(e.definition, model.Assignment))
    known["duty"] = frozenset(
        d.id for e in entries if isinstance(e.definition, model.Separation) for d in e.definition.duties
    )
    return known


def _by_name(entries: Iterable[Entry], kind: type[_Kind]) -> dict[str, _Kind]:
    """The definitions of a kind by id and by earlier id."""
    found = (entry.definition for entry in entries if isinstance(entry.definition, kind))
    return {name: definition for definition in found for name in (definition.id, *definition.aliases)}


def _ids(entries: Iterable[Entry]) -> Known:
    known: dict[str, set[str]] = {}
    for entry in entries:
        known.setdefault(entry.definition.kind, set()).update((entry.definition.id, *entry.definition.aliases))
    return {kind: frozenset(ids) for kind, ids in known.items()}


def values_at(data: Any, pattern: str) -> Iterator[tuple[Path_, Any]]:
    """Yield every value that a path pattern reaches, with its path."""
    yield from _reach(data, tuple(pattern.split("/")), ())


def _reach(data: Any, rest: tuple[str, ...], path: Path_) -> Iterator[tuple[Path_, Any]]:
    if not rest:
        yield path, data
    elif rest[0] == "*":
        pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        for key, child in pairs:
            yield from _reach(child, rest[1:], (*path, key))
    elif isinstance(data, dict) and rest[0] in data:
        yield from _reach(data[rest[0]], rest[1:], (*path, rest[0]))


def unknown(
    document: Document, path: Path_, word: str, what: str, allowed: frozenset[str] | list[str], *, key: bool = False
) -> Problem:
    """The problem of a word in a document that names nothing."""
    return unknown_at(document.where(path, key=key), word, what, allowed)


def _references(document: Document, kind: str, known: Known) -> Iterator[Problem]:
    for of_kind, pattern, target in REFERENCES:
        if of_kind != kind:
            continue
        for path, word in values_at(document.data, pattern):
            allowed = known.get(target, frozenset())
            if isinstance(word, str) and word not in allowed:
                yield unknown(document, path, word, target, allowed)


def _process(document: Document, process: model.Process, processes: frozenset[str]) -> Iterator[Problem]:
    lanes = frozenset(lane.id for lane in process.lanes)
    activities = frozenset(activity.id for activity in process.activities)
    states = frozenset(state.id for state in process.states)
    artefacts = frozenset(artefact.id for artefact in (*process.inputs, *process.outputs))
    for pattern, what, allowed in (
        ("activities/*/lane", "lane", lanes),
        ("activities/*/next/*/to", "activity", activities | {model.END}),
        ("activities/*/states/*", "state", states),
        ("interfaces/*/activity", "activity", activities),
        ("form/*/required-in", "state", states),
        ("transitions/*/*", "state", states),
        ("inputs/*/from/*", "process", processes | {model.OUTSIDE}),
        ("outputs/*/to/*", "process", processes | {model.OUTSIDE}),
        ("activities/*/inputs/*", "artefact", artefacts),
        ("activities/*/outputs/*", "artefact", artefacts),
    ):
        for path, word in values_at(document.data, pattern):
            if isinstance(word, str) and word not in allowed:
                yield unknown(document, path, word, what, allowed)
    for state in process.transitions:
        if state not in states:
            yield unknown(document, ("transitions", state), state, "state", states, key=True)
    yield from _columns(document, "form/*/column")


def _raci(document: Document, raci: model.Raci, process: model.Process) -> Iterator[Problem]:
    activities = frozenset(activity.id for activity in process.activities)
    for name in raci.activities:
        if name not in activities:
            yield unknown(document, ("activities", name), name, "activity", activities, key=True)


def _rule(
    document: Document, rule: model.Rule, known: Known, registers: Mapping[str, model.Register]
) -> Iterator[Problem]:
    yield from _condition_columns(document, "scope")
    check = CHECKS.get(rule.check)
    base: Path_ = ("check", rule.check)
    if check is None:
        yield unknown(document, base, rule.check, "check", frozenset(CHECKS), key=True)
        return
    data = document.data
    assert isinstance(data, dict)
    body: Any = data["check"]
    problems = check_parameters(check.PARAMETERS, body[rule.check], document, base)
    yield from problems
    if problems:
        return
    for pattern, kind in check.NAMES.items():
        for path, word in values_at(body[rule.check], pattern):
            if isinstance(word, dict | list):  # another form of the parameter, with patterns of its own
                continue
            if kind == "column":
                yield from _column(document, (*base, *path), str(word))
            elif kind == "expression":
                yield from _expression(document, (*base, *path), str(word))
            elif kind == "day":
                yield from _day(document, (*base, *path), word)
            elif word not in known.get(kind, frozenset()):
                yield unknown(document, (*base, *path), str(word), kind, known.get(kind, frozenset()))
    if rule.check == "register":
        if register := registers.get(str(rule.parameters["register"])):
            yield from _register_rule(document, rule, register)
        return
    for where in ("where", "*/where"):
        yield from _condition_columns(document, f"check/{rule.check}/{where}")


def _register_rule(document: Document, rule: model.Rule, register: model.Register) -> Iterator[Problem]:
    """A rule about a register asks for columns that it has, of a type that can answer."""
    from itsmctl.engine.registers import SUBJECT_KINDS

    of_types = {
        "required/*": frozenset(column.id for column in register.columns),
        "per": frozenset(c.id for c in register.columns if c.to in SUBJECT_KINDS or "listed" in rule.parameters)
        | {"row"},
        **dict.fromkeys(
            ("dated", "in-time/due", "in-time/done"),
            frozenset(c.id for c in register.columns if c.type in ("date", "moment")),
        ),
    }
    for pattern, names in of_types.items():
        for path, word in values_at(document.data, f"check/register/{pattern}"):
            if word not in names:
                yield unknown(document, path, str(word), "column", names)
    for key in ("where", "must"):
        yield from register_conditions(document, f"check/register/{key}", register)
    if not register.dated and "fresh-for" in rule.parameters and "dated" not in rule.parameters:
        template = "how old a row is can only be told with the key `dated`"
        yield Problem("no-date", template, document.where(("check", "register", "fresh-for")))


def _expression(document: Document, path: Path_, text: str) -> Iterator[Problem]:
    """What is wrong with an expression, each in its place."""
    from itsmctl.engine.expressions import compile_expression

    found = compile_expression(text)
    for problem in found if isinstance(found, list) else ():
        yield replace(problem, where=document.where_in(path, problem.where.line - 1, problem.where.column - 1))


def _day(document: Document, path: Path_, word: str) -> Iterator[Problem]:
    """A day of a rule's parameters exists."""
    try:
        parse_day(word, document.where(path))
    except ItsmctlError as error:
        yield from error.problems


def _clauses(document: Document, frameworks: Mapping[str, model.Framework]) -> Iterator[Problem]:
    """Every requirement that a definition names, wherever it names it, exists."""
    for pattern in CLAUSES:
        for path, clause in values_at(document.data, pattern):
            if not isinstance(clause, str):
                continue
            framework, _, number = clause.partition(":")
            if framework not in frameworks:
                yield unknown(document, path, framework, "framework", frozenset(frameworks))
            elif number not in frameworks[framework].requirements:
                yield unknown(document, path, number, "clause", frozenset(frameworks[framework].requirements))


def _framework(document: Document) -> Iterator[Problem]:
    for key in ("kinds", "named"):
        for path, word in values_at(document.data, f"clauses/*/checked/*/{key}/*"):
            if word not in kinds():
                yield unknown(document, path, str(word), "kind", kinds())


def _procedure(
    document: Document, procedure: model.Procedure, processes: Mapping[str, model.Process]
) -> Iterator[Problem]:
    if procedure.process not in processes:
        return
    activities = frozenset(activity.id for activity in processes[procedure.process].activities)
    for position, activity in enumerate(procedure.activities):
        if activity not in activities:
            yield unknown(document, ("activities", position), activity, "activity", activities)


def _agreement(document: Document, agreement: model.Agreement, known: Known, states: Known) -> Iterator[Problem]:
    for position, service in enumerate(agreement.services):
        if service not in known.get("service", frozenset()):
            yield unknown(document, ("services", position), service, "service", known.get("service", frozenset()))
    for name, clock in agreement.clocks.items():
        allowed = _states_of_clock(clock.states, states)
        for key in ("pause", "stop", "cancel"):
            for pattern in (f"clocks/{name}/{key}/*", f"clocks/{name}/{key}/*/state"):
                for path, word in values_at(document.data, pattern):
                    if isinstance(word, str) and word not in allowed:
                        yield unknown(document, path, word, "state", allowed)
        for role in ("start", "pause", "stop", "cancel", "reset"):
            yield from _condition_columns(document, f"clocks/{name}/{role}/*/where")
        for key, column in (("starts-at", clock.starts_at), ("stops-at", clock.stops_at)):
            if column not in model.TIME_COLUMNS:
                yield unknown(document, ("clocks", name, key), column, "time column", frozenset(model.TIME_COLUMNS))
        for position in range(len(clock.targets)):
            yield from _condition_columns(document, f"clocks/{name}/targets/{position}/where")


def _support(document: Document, terms: model.SupportTerms, states: Known) -> Iterator[Problem]:
    for name, leg in terms.clocks.items():
        allowed = _states_of_clock(leg.pauses, states)
        for path, word in values_at(document.data, f"clocks/{name}/pause/*"):
            if word not in allowed:
                yield unknown(document, path, str(word), "state", allowed)
    yield from _condition_columns(document, "clocks/*/targets/*/where")


def _states_of_clock(named: Collection[str], states: Known) -> frozenset[str]:
    """The states of the one process that a clock measures: that which knows most of the states named.

    A state of another process is as wrong there as one that nobody knows: the clock would never see it. Where no process
    knows any of them, it may be any.
    """
    best = max(states.values(), key=lambda own: len(own.intersection(named)), default=frozenset())
    return best if best.intersection(named) else frozenset().union(*states.values())


def check_mapping(
    document: Document, mapping: model.MappingDefinition, processes: Mapping[str, model.Process]
) -> list[Problem]:
    """Return what is wrong with one mapping among the processes given."""
    known = frozenset(processes)
    wrong = mapping.process and mapping.process not in known
    problems = [unknown(document, ("process",), mapping.process, "process", known)] if wrong else []
    return problems + list(_mapping(document, mapping, processes))


def _mapping(
    document: Document, mapping: model.MappingDefinition, processes: Mapping[str, model.Process]
) -> Iterator[Problem]:
    allowed = frozenset(model.MAPPED_COLUMNS[mapping.table])
    for column in mapping.columns:
        if column not in allowed:
            yield unknown(document, ("columns", column), column, "column", allowed, key=True)
    needed: list[tuple[Path_, str, bool]] = [(("columns",), "record_id", "record_id" in mapping.columns)]
    if mapping.table == "record":
        needed.append(((), "process", bool(mapping.process or mapping.process_column)))
    for path, key, there in needed:
        if not there:
            template = "key {key!r} is missing{hint}"
            yield Problem("missing-key", template, document.where(path, key=True), {"key": key, "hint": ""})
    for position, column in enumerate(mapping.history):
        if column not in mapping.columns:
            yield unknown(document, ("history", position), column, "column", frozenset(mapping.columns))
    coded = frozenset(mapping.columns) | ({"process"} if mapping.process_column else set())
    for column in mapping.codes:
        if column not in coded:
            yield unknown(document, ("codes", column), column, "column", coded, key=True)
    yield from _mapped_codes(document, mapping, processes)


def _mapped_codes(
    document: Document, mapping: model.MappingDefinition, processes: Mapping[str, model.Process]
) -> Iterator[Problem]:
    """The codes of a mapping that stand for a process, a state or a column are ones."""
    own = [processes[name] for name in mapping.processes if name in processes]
    known: dict[str, frozenset[str]] = {"process": frozenset(processes)}
    if own and all(process.states for process in own):
        known["state"] = frozenset(state.id for process in own for state in process.states)
    if mapping.table == "event":
        known["field"] = frozenset(model.MAPPED_COLUMNS["record"]) - {"record_id"}
    for column, allowed in known.items():
        what = "column" if column == "field" else column
        for word, code in mapping.codes.get(column, {}).items():
            if code not in allowed:
                yield unknown(document, ("codes", column, word), code, what, allowed)


def check_assessment(document: Document, questionnaire: model.Questionnaire) -> Iterator[Problem]:
    """Answers are to criteria of the questionnaire, in steps of its scale; targets are for its dimensions."""
    criteria = frozenset(questionnaire.criteria)
    places = [(path, word, False) for path, word in values_at(document.data, "recommendations/*/criteria/*")]
    data: Any = document.data
    places += [(("answers", word), word, True) for word in data["answers"]]
    for path, word, key in places:
        if word not in criteria:
            yield unknown(document, path, word, "criterion", criteria, key=key)
    steps = frozenset(step.id for step in questionnaire.scale)
    for path, word in values_at(document.data, "answers/*/rating"):
        if word not in steps:
            yield unknown(document, path, str(word), "rating", steps)
    dimensions = frozenset(dimension.id for dimension in questionnaire.dimensions)
    for word in data.get("targets", {}):
        if word not in dimensions:
            yield unknown(document, ("targets", word), word, "dimension", dimensions, key=True)


def _complaint(
    document: Document, surveys: Mapping[str, model.Survey], kpis: Mapping[str, model.Kpi]
) -> Iterator[Problem]:
    """Questions are those of their survey, and an indicator is a share that would be whole without the complaint."""
    for path, one in values_at(document.data, "signs/*/question"):
        survey = surveys.get(str(one["survey"]))
        if survey and one["id"] not in survey.questions:
            yield unknown(document, (*path, "id"), str(one["id"]), "question", list(survey.questions))
    for path, word in values_at(document.data, "signs/*/kpi"):
        kpi = kpis.get(str(word))
        if kpi and (kpi.unit, kpi.direction) != ("percent", "higher"):
            template = "{word} is no share of what is as it should be: a sign is an indicator in per cent of which more is better"
            yield Problem("sign-not-a-share", template, document.where(path), {"word": str(word)})


def _fed_by(document: Document, questionnaires: Mapping[str, model.Questionnaire]) -> Iterator[Problem]:
    for path, one in values_at(document.data, "dimensions/*/fed-by/*"):
        other = questionnaires.get(one["questionnaire"])
        dimensions = frozenset(dimension.id for dimension in other.dimensions) if other else frozenset()
        if other and one["dimension"] not in dimensions:
            yield unknown(document, (*path, "dimension"), one["dimension"], "dimension", dimensions)


def _competences(
    document: Document,
    assignment: model.Assignment,
    roles: Mapping[str, model.Role],
    positions: Mapping[str, model.Position],
) -> Iterator[Problem]:
    """A competence that was shown is one that the position, or one of the roles, asks for."""
    if (assignment.position and assignment.position not in positions) or (
        assignment.role and assignment.role not in roles
    ):
        return  # nobody can say what a position or role asks for that there is none of
    position = positions.get(assignment.position)
    names = [assignment.role, *(position.roles if position else ())]
    asked = [
        *(position.competences if position else ()),
        *(c for n in names if n in roles for c in roles[n].competences),
    ]
    allowed = frozenset(competence.id for competence in asked)
    for path, word in values_at(document.data, "competences/*/competence"):
        if word not in allowed:
            yield unknown(document, path, str(word), "competence", allowed)


def _plan(document: Document, plan: model.AuditPlan, rules: frozenset[str]) -> Iterator[Problem]:
    for position, pattern in enumerate(plan.rules):
        if not any(fnmatchcase(rule, pattern) for rule in rules):
            yield unknown(document, ("rules", position), pattern, "rule", rules)


def _register_figure(document: Document, register: model.Register) -> Iterator[Problem]:
    """The columns of an indicator are those of its register, and so are the codes that it asks for."""
    names = frozenset(column.id for column in register.columns)
    for key in ("column", "over"):
        for path, word in values_at(document.data, f"measure/register/{key}"):
            column = register.column(word)
            if column is None:
                yield unknown(document, path, word, "column", names)
            elif column.type != "number":
                yield _cannot_ask(document, path, column)
    for path, word in values_at(document.data, "measure/register/dated"):
        dated = register.column(word)
        if dated is None:
            yield unknown(document, path, word, "column", names)
        elif dated.type not in ("date", "moment"):
            yield _cannot_ask(document, path, dated)
    for key in ("where", "of"):
        yield from register_conditions(document, f"measure/register/{key}", register)


def register_conditions(document: Document, pattern: str, register: model.Register) -> Iterator[Problem]:
    """Conditions on the rows of a register ask for columns that it has, and for values that these may hold."""
    names = frozenset(column.id for column in register.columns)
    for path, where in values_at(document.data, pattern):
        for name, wanted in where.items() if isinstance(where, dict) else ():
            column = register.column(name)
            if column is None:
                yield unknown(document, (*path, name), name, "column", names, key=True)
                continue
            for place, value in asked_values(wanted):
                if not _may_be(column, value):
                    yield _cannot_ask(document, (*path, name, *place), column)
                elif column.type == "code" and value not in column.values:
                    yield unknown(document, (*path, name, *place), str(value), "code", frozenset(column.values))


def asked_values(wanted: Any) -> Iterator[tuple[Path_, Any]]:
    """Every value that a condition names, with its path inside the condition; none for a bound or a presence."""
    inside: Path_ = ()
    if isinstance(wanted, dict):
        if "not" not in wanted:
            return
        wanted, inside = wanted["not"], ("not",)
    if isinstance(wanted, list):
        yield from (((*inside, position), value) for position, value in enumerate(wanted))
    else:
        yield inside, wanted


def _may_be(column: model.RegisterColumn, value: Any) -> bool:
    match column.type:
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "date" | "moment":
            return False
        case _:
            return isinstance(value, str)


def _cannot_ask(document: Document, path: Path_, column: model.RegisterColumn) -> Problem:
    kinds_ = {"boolean": "true or false", "number": "numbers", "date": "days", "moment": "moments"}
    values = {"column": column.id, "kind": kinds_.get(column.type, "text")}
    template = "column {column!r} holds {kind}, of which this cannot be asked"
    return Problem("wrong-condition", template, document.where(path), values)


def _columns(document: Document, pattern: str) -> Iterator[Problem]:
    for path, word in values_at(document.data, pattern):
        yield from _column(document, path, str(word))


def _column(document: Document, path: Path_, word: str, *, key: bool = False) -> Iterator[Problem]:
    if word not in model.RECORD_COLUMNS:
        yield unknown(document, path, word, "column", frozenset(model.RECORD_COLUMNS), key=key)


def _condition_columns(document: Document, pattern: str) -> Iterator[Problem]:
    for path, where in values_at(document.data, pattern):
        for column, wanted in where.items() if isinstance(where, dict) else ():
            yield from _column(document, (*path, column), column, key=True)
            if not _can_be_asked(column, wanted):
                values = {"column": column, "kind": _kind_of(column)}
                template = "column {column!r} holds {kind}, of which this cannot be asked"
                yield Problem("wrong-condition", template, document.where((*path, column)), values)


def _kind_of(column: str) -> str:
    if column in model.BOOLEAN_COLUMNS:
        return "true or false"
    return "numbers" if column in model.NUMBER_COLUMNS else "moments" if column in model.TIME_COLUMNS else "text"


def _can_be_asked(column: str, wanted: Any) -> bool:
    """Whether a condition fits what the column holds; one that does not would silently select nothing."""
    tests = wanted if isinstance(wanted, dict) else {"in": wanted}
    values = [
        v
        for key in ("in", "not")
        if key in tests
        for v in (tests[key] if isinstance(tests[key], list) else [tests[key]])
    ]
    compared = "at-least" in tests or "at-most" in tests
    match _kind_of(column):
        case "true or false":
            return not compared and all(isinstance(value, bool) for value in values)
        case "numbers":
            return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        case "moments":
            return not compared and not values
        case _:
            return not compared
