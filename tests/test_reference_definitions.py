"""The reference definitions and their schemas: complete, bilingual, consistent, and right about the facts they state."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from itsmctl import definitions, language
from itsmctl.checks import CHECKS
from itsmctl.model import BOOLEAN_COLUMNS
from itsmctl.source import read_documents

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "schemas").glob("*.json"))
}
KINDS = sorted(name.removesuffix(".schema.json") for name in SCHEMAS if not name.startswith(("any.", "common.")))
FILES = sorted(path for part in ("catalog", "roles", "policies", "audits") for path in (ROOT / part).rglob("*.yaml"))
REGISTRY: Registry[Any] = Registry().with_resources(
    (name, Resource.from_contents(body, DRAFT7)) for name, body in SCHEMAS.items()
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def documents(kind: str) -> dict[str, Any]:
    """Every reference document of a kind, by id."""
    return {data["id"]: data for path in FILES for data in contents(path) if data["kind"] == kind}


@cache
def contents(path: Path) -> list[Any]:
    return [document.data for document in read_documents(path, shown(path))]


def validator(schema: dict[str, Any]) -> Draft7Validator:
    return Draft7Validator(schema, registry=REGISTRY)


def complaints(kind: str, data: Any) -> list[str]:
    found = validator({"$ref": f"{kind}.schema.json"}).iter_errors(data)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def subschemas(schema: Any, pointer: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every schema inside a schema as (JSON pointer, keyword that holds it, schema); `if` only tests, and says nothing."""
    for keyword in ("properties", "definitions"):
        for name, child in schema.get(keyword, {}).items():
            place = f"{pointer}/{keyword}/{name.replace('~', '~0').replace('/', '~1')}"
            yield place, keyword, child
            yield from subschemas(child, place)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield f"{pointer}/{keyword}", keyword, schema[keyword]
            yield from subschemas(schema[keyword], f"{pointer}/{keyword}")


ALL_SUBSCHEMAS = [(name, *found) for name, body in SCHEMAS.items() for found in subschemas(body)]


# --- Schemas


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_draft_07_and_named_for_its_file(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert SCHEMAS[name]["$id"] == name


def test_every_property_has_a_description_and_an_example() -> None:
    bare = [
        f"{name}#{pointer}"
        for name, pointer, _, body in ALL_SUBSCHEMAS
        if not str(body.get("description", "")).endswith((".", "?")) or not body.get("examples")
    ]
    assert bare == []


def test_every_example_is_valid_for_its_own_property() -> None:
    wrong = [
        f"{name}#{pointer}: {error.message}"
        for name, pointer, _, body in [*ALL_SUBSCHEMAS, *((n, "", "", b) for n, b in SCHEMAS.items())]
        for example in body.get("examples", [])
        for error in validator({"$ref": f"{name}#{pointer}"}).iter_errors(example)
    ]
    assert wrong == []


def test_every_schema_of_a_mapping_is_closed() -> None:
    whole = [(n, "", "", b) for n, b in SCHEMAS.items() if n not in ("any.schema.json", "common.schema.json")]
    parameters = "/properties/check/properties/"  # the check modules carry the schemas of their own parameters
    still_open = [
        f"{name}#{pointer}"
        for name, pointer, _, body in [*ALL_SUBSCHEMAS, *whole]
        if "object" in body.get("type", []) and "additionalProperties" not in body and parameters not in pointer
    ]
    assert still_open == []
    keys_of_any_form = [
        f"{name}#{pointer}"
        for name, pointer, _, body in ALL_SUBSCHEMAS
        if isinstance(body.get("additionalProperties"), dict) and "propertyNames" not in body
    ]
    assert keys_of_any_form == [  # the tool's own words, and the names of its columns
        "mapping.schema.json#/properties/only",
        "mapping.schema.json#/properties/without",
        "mapping.schema.json#/properties/links",
        "mapping.schema.json#/definitions/values",
        "sla.schema.json#/definitions/clock-policy/properties/zones",
    ]


def test_any_schema_dispatches_on_every_kind() -> None:
    body = SCHEMAS["any.schema.json"]
    assert body["properties"]["kind"]["enum"] == KINDS
    branches = {
        branch["if"]["properties"]["kind"]["const"]: branch["then"]["$ref"].removesuffix(".schema.json")
        for branch in body["allOf"]
    }
    assert branches == {kind: kind for kind in KINDS}


def test_any_schema_complains_about_the_one_kind_only() -> None:
    errors = list(validator({"$ref": "any.schema.json"}).iter_errors({"kind": "role", "id": "x", "title": "X"}))
    assert [error.message for error in errors] == ["'responsibilities' is a required property"]


def test_rule_schema_names_every_check_and_shows_valid_parameters() -> None:
    named = SCHEMAS["rule.schema.json"]["properties"]["check"]["properties"]
    assert list(named) == sorted(CHECKS)
    for check, body in named.items():
        for example in body["examples"]:
            assert [error.message for error in validator(dict(CHECKS[check].PARAMETERS)).iter_errors(example)] == [], (
                check
            )


BROKEN: list[tuple[str, str, str, Any, str]] = [
    ("sla", "sla-network-vpn", "clocks/resolution/targets/0/within", "1d", "does not match"),
    ("sla", "sla-network-vpn", "clocks/resolution/targets/0/where", {"priorty": "P1"}, "'priorty' was unexpected"),
    ("sla", "sla-network-vpn", "services", "all", "does not match '^any$'"),
    ("calendar", "cn-office", "days/0/date", "2026-1-1", "does not match"),
    ("calendar", "cn-office", "week/mon/0", "9-12", "does not match"),
    ("calendar", "cn-office", "week/monday", [], "'monday' was unexpected"),
    ("rule", "INC-06", "check", {"clock-within": {}, "readable": {}}, "has too many properties"),
    ("rule", "INC-06", "severity", "high", "is not one of"),
    ("rule", "INC-06", "tolerance", {"percent": 101}, "greater than the maximum"),
    ("rule", "INC-06", "clauses/0", "8.6.1", "does not match"),
    ("priority-matrix", "incident-priority", "cells/0/impact", 1, "is not of type 'string'"),
    ("service", "network-vpn", "title", {"de": "Netz"}, "'de' was unexpected"),
    ("process", "incident", "transitions/In Progress", [], "does not match"),
]


@pytest.mark.parametrize(
    ("kind", "id_", "path", "value", "message"), BROKEN, ids=lambda x: x if isinstance(x, str) else ""
)
def test_schema_refuses(kind: str, id_: str, path: str, value: Any, message: str) -> None:
    data = copy.deepcopy(documents(kind)[id_])
    place: Any = data
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    for part in parents:
        place = place[part]
    place[last] = value
    found = complaints(kind, data)
    assert len(found) == 1, found
    assert message in found[0]


# --- Every file


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_modeline_names_the_schema_of_the_file(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named, first
    schema = (path.parent / named[1]).resolve()
    assert schema.is_file()
    kinds = {data["kind"] for data in contents(path)}
    assert schema.name == (f"{kinds.pop()}.schema.json" if len(kinds) == 1 else "any.schema.json")


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_documents_follow_their_schema(path: Path) -> None:
    for data in contents(path):
        assert complaints(data["kind"], data) == [], data["id"]
        assert complaints("any", data) == [], data["id"]


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_every_text_is_in_both_languages(path: Path) -> None:
    for data in contents(path):
        wrong = [
            f"{data['id']}: {value!r}"
            for value in texts(data, SCHEMAS[f"{data['kind']}.schema.json"], f"{data['kind']}.schema.json")
            if not isinstance(value, dict) or not value.get("en") or not CHINESE.search(value.get("zh", ""))
        ]
        assert wrong == []


def texts(data: Any, schema: dict[str, Any], name: str) -> Iterator[Any]:
    """Every value that stands where the schema wants words for people."""
    if "$ref" in schema:
        file, _, pointer = schema["$ref"].partition("#/definitions/")
        if pointer == "text":
            yield data
            return
        name = file or name
        yield from texts(data, SCHEMAS[name]["definitions"][pointer] if pointer else SCHEMAS[name], name)
    elif isinstance(data, dict):
        others = schema.get("additionalProperties")
        for key, child in data.items():
            inside = schema.get("properties", {}).get(key, others)
            yield from texts(child, inside if isinstance(inside, dict) else {}, name)
    elif isinstance(data, list):
        for child in data:
            yield from texts(child, schema.get("items", {}), name)


def test_loads_without_a_problem() -> None:
    assert [str(problem) for problem in definitions.validate(ROOT)] == []
    loaded = definitions.load(ROOT)
    assert sorted(loaded.rules) == sorted(documents("rule"))
    assert sorted(loaded.services) == sorted(documents("service"))


def test_every_kind_has_an_example_in_the_reference_set() -> None:
    assert sorted({data["kind"] for path in FILES for data in contents(path)}) == KINDS


# --- Catalogue


def working_days(calendar: dict[str, Any], year: int) -> set[date]:
    special = {date.fromisoformat(day["date"]): bool(day.get("hours")) for day in calendar["days"]}
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    days = (date(year, 1, 1) + timedelta(n) for n in range(366))
    return {d for d in days if d.year == year and special.get(d, bool(calendar["week"][names[d.weekday()]]))}


@pytest.mark.parametrize("year", [2025, 2026])
def test_chinese_calendar_balances(year: int) -> None:
    """Holidays bought with make-up days cancel out: what stays are the 13 statutory holidays (law of November 2024)."""
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
    weekdays = sum(day.weekday() < 5 for day in days)
    assert len(working_days(documents("calendar")["cn-office"], year)) == weekdays - 13


def test_chinese_calendar_of_2026_agrees_with_the_published_notice() -> None:
    calendar = documents("calendar")["cn-office"]
    of_2026 = [day for day in calendar["days"] if day["date"].startswith("2026")]
    make_up = [day["date"] for day in of_2026 if day.get("hours")]
    assert make_up == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    off = Counter(day["title"]["en"] for day in of_2026 if not day.get("hours"))
    assert off == {
        "New Year": 3,
        "Spring Festival": 9,
        "Qingming": 3,
        "Labour Day": 5,
        "Dragon Boat Festival": 3,
        "Mid-Autumn Festival": 3,
        "National Day": 7,
    }


@pytest.mark.parametrize("easter", ["2025-04-20", "2026-04-05", "2027-03-28"])
def test_european_calendar_follows_easter(easter: str) -> None:
    calendar = documents("calendar")["eu-office"]
    titles = {day["date"]: day["title"]["en"] for day in calendar["days"]}
    for name, offset in {"Good Friday": -2, "Easter Monday": 1, "Ascension Day": 39, "Whit Monday": 50}.items():
        day = date.fromisoformat(easter) + timedelta(offset)
        assert titles[str(day)] == name
        assert day not in working_days(calendar, day.year)


@pytest.mark.parametrize("id_", documents("calendar"))
def test_special_days_are_sorted_and_single(id_: str) -> None:
    dates = [day["date"] for day in documents("calendar")[id_].get("days", [])]
    assert dates == sorted(set(dates))


def minutes(duration: str, day: int) -> int:
    if duration.endswith("bd"):
        return int(duration[:-2]) * day
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?", duration)
    assert match
    return int(match[1] or 0) * 60 + int(match[2] or 0)


@pytest.mark.parametrize("id_", documents("sla"))
def test_agreement_promises_something_to_every_priority_and_more_to_the_graver_one(id_: str) -> None:
    agreement = documents("sla")[id_]
    length = documents("calendar")[agreement["calendar"]].get("day-length", "24h")
    day = minutes(length, 0)
    promised: dict[str, list[int]] = {}
    for name, clock in agreement["clocks"].items():
        assert [target["where"] for target in clock["targets"]] == [{"priority": [p]} for p in ("P1", "P2", "P3", "P4")]
        promised[name] = [minutes(target["within"], day) for target in clock["targets"]]
        assert promised[name] == sorted(set(promised[name])), name
    assert all(a < b for a, b in zip(promised["response"], promised["resolution"], strict=True))
    assert set(agreement["attainment"]) == set(agreement["clocks"])


def test_only_time_in_the_hands_of_the_customer_pauses_a_promise_to_the_customer() -> None:
    for id_, agreement in documents("sla").items():
        assert agreement["clocks"]["resolution"]["pause"] == ["awaiting-user"], id_
        assert "pause" not in agreement["clocks"]["response"], id_


def test_every_customer_of_a_live_service_has_one_agreement_and_the_rest_has_the_standard_one() -> None:
    agreements, services = documents("sla"), documents("service")
    promised = Counter(
        (service, customer)
        for agreement in agreements.values()
        for service in (agreement["services"] if agreement["services"] != "any" else ())
        for customer in agreement.get("customers") or services[service]["customers"]
    )
    wanted = [(id_, c) for id_, s in services.items() if s["stage"] == "live" for c in s["customers"]]
    assert promised == Counter(wanted)
    assert [id_ for id_, a in agreements.items() if a["services"] == "any"] == ["sla-incident-standard"]
    assert "effective" not in agreements["sla-incident-standard"]


def test_the_portfolio_holds_every_stage_of_life_and_both_types() -> None:
    services = documents("service").values()
    assert {s["stage"] for s in services} == {"pipeline", "live", "retired"}
    assert Counter(s["type"] for s in services if s["stage"] == "live") == {"business": 8, "technical": 6}
    assert {s["offering"] for s in services} == {"support", "managed", "designed"}
    assert all(s["for-users"] and s["for-technicians"]["groups"] for s in services if s["stage"] == "live")
    order = documents("service")["order-management"]
    assert list(order["capabilities"]) == ["management", "organisation", "processes", "knowledge", "people"]
    assert list(order["resources"]) == ["information", "applications", "infrastructure", "financial-capital", "people"]


def test_a_service_depends_on_live_services_and_never_on_itself() -> None:
    services = documents("service")
    below = {id_: set(s.get("depends-on", ())) for id_, s in services.items()}
    for id_, service in services.items():
        assert all(services[other]["stage"] == "live" for other in below[id_])
        reached, frontier = set(), set(below[id_])
        while frontier:
            reached |= frontier
            frontier = {o for f in frontier for o in below[f]} - reached
        assert id_ not in reached
        assert not any(other == id_ for other in service.get("depends-on", ()))


def supports() -> dict[str, dict[str, Any]]:
    """The agreements that support others, by id."""
    return {**documents("ola"), **documents("contract")}


def test_every_promise_to_a_customer_has_its_legs() -> None:
    for id_, agreement in documents("sla").items():
        legs = [
            (leg["leg"], leg.get("step", 1))
            for support in supports().values()
            if id_ in support["supports"]
            for leg in support["clocks"].values()
        ]
        assert {clock for clock, _ in legs} == set(agreement["clocks"]), id_
        assert {1, 2} <= {step for clock, step in legs if clock == "resolution"}, id_


def test_legs_name_clocks_and_pauses_of_every_agreement_that_they_support() -> None:
    agreements = documents("sla")
    for id_, support in supports().items():
        for leg in support["clocks"].values():
            for supported in support["supports"]:
                clock = agreements[supported]["clocks"][leg["leg"]]
                assert set(leg.get("pause", ())) <= set(clock.get("pause", ())), (id_, supported)


@pytest.mark.parametrize("id_", documents("contract"))
def test_contract_is_watched_and_ends_well(id_: str) -> None:
    contract, supplier = documents("contract")[id_], documents("supplier")[documents("contract")[id_]["supplier"]]
    assert supplier["status"] != "ended"
    assert "2026-06-30" < contract["renewal"]["decide-by"] < contract["effective"]["to"]
    for key in ("ours", "theirs", "interfaces", "reporting", "remedies", "disputes", "exit"):
        assert contract[key], key


def test_no_single_supplier_has_a_part_in_every_service() -> None:
    part: dict[str, set[str]] = {}
    for contract in documents("contract").values():
        part.setdefault(contract["supplier"], set()).update(contract["services"])
    live = {id_ for id_, service in documents("service").items() if service["stage"] == "live"}
    assert all(len(services) < len(live) / 2 for services in part.values())
    assert set(part) == set(documents("supplier")) - {"haiyuan-cable"}, "a lead supplier's own supplier has no contract"


def test_names_of_services_are_not_shared() -> None:
    services = documents("service").values()
    names = [name.casefold() for s in services for name in (s["id"], *s["title"].values(), *s.get("also-called", ()))]
    assert [name for name, count in Counter(names).items() if count > 1] == []


# --- Policies


def test_frameworks_are_complete() -> None:
    iso = [clause["number"] for clause in documents("framework")["iso-20000-1"]["clauses"]]
    leaves = [number for number in iso if not any(other.startswith(number + ".") for other in iso)]
    assert len(leaves) == 57
    assert all(number.rpartition(".")[0] in ("", *iso) for number in iso)
    assert iso == sorted(iso, key=lambda number: [int(part) for part in number.split(".")])
    fitsm = [clause["number"] for clause in documents("framework")["fitsm-1"]["clauses"]]
    general = [number for number in fitsm if re.fullmatch(r"GR\d\.\d", number)]
    process = [number for number in fitsm if re.fullmatch(r"PR\d+\.\d", number)]
    assert (len(general), len(process)) == (17, 65)
    assert {number.partition(".")[0] for number in fitsm} == {f"GR{n}" for n in range(1, 8)} | {
        f"PR{n}" for n in range(1, 15)
    }


@pytest.mark.parametrize("id_", documents("rule"))
def test_rule_gives_evidence_for_leaf_clauses_of_both_frameworks(id_: str) -> None:
    clauses = [clause.partition(":")[::2] for clause in documents("rule")[id_]["clauses"]]
    assert {framework for framework, _ in clauses} == {"iso-20000-1", "fitsm-1"}
    for framework, number in clauses:
        known = [clause["number"] for clause in documents("framework")[framework]["clauses"]]
        assert number in known
        assert not any(other.startswith(number + ".") for other in known), f"{number} is a heading"


def test_rules_are_many_and_of_many_kinds() -> None:
    rules = documents("rule")
    assert len(rules) > 60
    assert {check for rule in rules.values() for check in rule["check"]} <= set(CHECKS)
    enquiries = {id_ for id_, rule in rules.items() if rule.get("enquiry")}
    assert enquiries > {"INC-14", "INT-04"}
    assert {rules[id_]["severity"] for id_ in enquiries} == {"observation"}


WITHOUT_CODES = {"cause_code"}
"""Columns that no form lists yet, though exports have them."""


def test_conditions_of_rules_and_targets_use_codes_that_exist() -> None:
    seen = 0
    for rule in documents("rule").values():
        asked = [(rule["process"], rule.get("scope", {}))]
        asked += [
            (body.get("process", rule["process"]), body.get("where", {}))
            for name, body in rule["check"].items()
            if name != "register"
        ]
        for process, where in asked:
            allowed = codes_of(documents("process")[process])
            for column, wanted in where.items():
                if column in BOOLEAN_COLUMNS or column in WITHOUT_CODES:
                    continue
                for value in wanted.get("not", []) if isinstance(wanted, dict) else wanted:
                    assert value in allowed[column]
                    seen += 1
    assert seen > 5


def codes_of(process: dict[str, Any]) -> dict[str, set[str]]:
    """What may stand in the columns of a process's records."""
    lists = documents("code-list")
    found = {
        field["column"]: {code["id"] for code in lists[field["codes"]]["codes"]}
        for field in process.get("form", [])
        if "column" in field and "codes" in field
    }
    return {**found, "state": {state["id"] for state in process.get("states", [])}}


def test_priority_matrix_is_full_and_never_runs_backwards() -> None:
    lists = {d["id"]: [code["id"] for code in d["codes"]] for d in documents("code-list").values()}
    cells = {
        (c["impact"], c["urgency"]): c["priority"] for c in documents("priority-matrix")["incident-priority"]["cells"]
    }
    assert sorted(cells) == sorted(product(lists["impact"], lists["urgency"]))
    assert set(cells.values()) == set(lists["priority"])
    for a, b in product(cells, cells):
        if a[0] <= b[0] and a[1] <= b[1]:
            assert cells[a] <= cells[b], (a, b)


def test_incident_process_has_all_sections_of_the_design() -> None:
    process = documents("process")["incident"]
    assert [activity["id"] for activity in process["activities"]] == ["IM1", "IM2", "IM3", "IM4", "IM5"]
    subjects = ["general", "responsibility", "assignment", "closure", "notification", "escalation"]
    assert list(process["principles"]) == subjects
    assert all(principle["rules"] for subject in subjects for principle in process["principles"][subject])
    assert {i["process"] for i in process["interfaces"]} >= {
        "configuration",
        "knowledge",
        "change",
        "problem",
        "service-level",
    }
    assert [lane["id"] for lane in process["lanes"]] == ["user", "first-line", "second-line", "other-processes"]
    columns = {field["column"]: field.get("codes") for field in process["form"]}
    lists = documents("code-list")
    assert {lists[codes]["column"] for codes in process["codes"].values()} <= set(columns)
    assert all(lists[codes]["column"] == column for column, codes in columns.items() if codes)


def test_transitions_of_the_incident_process() -> None:
    process = documents("process")["incident"]
    states, transitions = [state["id"] for state in process["states"]], process["transitions"]
    assert sorted(transitions) == sorted(states)
    assert [state for state in states if not transitions[state]] == ["closed", "cancelled"]
    assert transitions["resolved"] == ["in-progress", "closed"]
    assert [state for state in states if "closed" in transitions[state]] == ["resolved"]
    assert "resolved" in transitions["new"], "a fault solved on the phone"
    assert all(state not in to and "new" not in to for state, to in transitions.items())


def test_every_state_has_a_name_in_reports() -> None:
    states = {state["id"] for process in documents("process").values() for state in process.get("states", ())}
    assert states == set(language.STATES)


def test_rule_families_stand_in_the_file_named_for_them() -> None:
    families = {
        "availability": "AVL",
        "capacity": "CAP",
        "change": "CHG",
        "configuration": "CFG",
        "continuity": "CON",
        "data-quality": "DQ",
        "document-control": "DOC",
        "improvement": "IMP",
        "incident": "INC",
        "integrity": "INT",
        "knowledge": "KNW",
        "major-incident": "MI",
        "problem": "PRB",
        "relationship": "BRM",
        "release": "REL",
        "reporting": "RPT",
        "request": "REQ",
        "security": "SEC",
        "service-level": "SLM",
        "supplier": "SUP",
    }
    for path in sorted((ROOT / "policies" / "rules").glob("*.yaml")):
        ids = [data["id"] for data in contents(path)]
        assert ids == sorted(ids)
        assert {id_.partition("-")[0] for id_ in ids} == {families[path.stem]}


# --- Roles


def test_raci_has_one_accountable_and_somebody_responsible_in_every_activity() -> None:
    raci = documents("raci")["raci-incident"]
    assert sorted(raci["activities"]) == ["IM1", "IM2", "IM3", "IM4", "IM5"]
    for activity, cells in raci["activities"].items():
        assert len(cells["A"]) == 1, activity
        assert cells["R"], activity
        assert set(cells["A"] + cells["R"] + cells.get("C", []) + cells.get("I", [])) <= set(documents("role")), (
            activity
        )


def test_ten_positions_with_all_attributes() -> None:
    positions = documents("position")
    assert len(positions) == 10
    for id_, position in positions.items():
        for attribute in ("responsibilities", "standards", "competences", "assessment", "training", "roles"):
            assert position[attribute], f"{id_}: {attribute}"


def holders() -> dict[str, set[str]]:
    """Who holds which role, directly or through a position."""
    found: dict[str, set[str]] = {}
    for assignment in documents("assignment").values():
        assert ("role" in assignment) != ("position" in assignment), assignment["id"]
        roles = [assignment["role"]] if "role" in assignment else documents("position")[assignment["position"]]["roles"]
        for role in roles:
            found.setdefault(role, set()).add(assignment["person"])
    return found


def test_no_role_and_no_position_is_vacant() -> None:
    assert sorted(holders()) == sorted(documents("role"))
    filled = {assignment.get("position") for assignment in documents("assignment").values()}
    assert set(documents("position")) <= filled


def test_the_auditor_and_the_people_audited_are_different() -> None:
    held = holders()
    for role in documents("role"):
        if role != "internal-auditor":
            assert not held["internal-auditor"] & held[role], role
