"""Figures of complaints, suppliers, principles, positions and registers, computed a second time in plain Python from the files.

Nothing here goes through the engine: rows come from the dataset's own files, registers from their CSV, definitions from their YAML.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from plain_definitions import documents, holders, table
from scorecard_case import end_of, reference, rows_of

from itsmctl.complaints import ledger
from itsmctl.generate import generate
from itsmctl.importers.importing import import_files
from itsmctl.model import RegisterFigure
from itsmctl.reference import reference_root
from itsmctl.scorecard.asking import Asked, sources
from itsmctl.scorecard.comparing import Proportion
from itsmctl.scorecard.competence import able_to, key_people
from itsmctl.scorecard.figures import Figure, Indicator, Tally
from itsmctl.scorecard.measuring import Sources, measure
from itsmctl.scorecard.periods import parse_span
from itsmctl.scorecard.principles import principle_scores
from itsmctl.scorecard.suppliers import LegFigure, supplier_cards

ZONE = "Asia/Shanghai"
DAY = date(2026, 6, 30)
CUT = end_of(DAY, ZONE)
ROOT = reference_root()
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twice")
    generate(reference(), 250, 32, folder / "export", start=date(2026, 1, 1), months=6)
    import_files(sorted((folder / "export").glob("*.csv")), None, reference().mappings, ZONE, folder / "dataset")
    return folder / "dataset"


@pytest.fixture(scope="module")
def found(dataset: Path) -> Iterator[Sources]:
    with sources(reference(), [], dataset, Asked(period="2026-06", legs=True)) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows(dataset: Path) -> list[Row]:
    return [row for row in rows_of(dataset) if row["opened_at"] is None or row["opened_at"] <= CUT]


# --- Indicators over registers ---------------------------------------------------------------------------------------

KEPT = sorted(
    kpi.id
    for kpi in reference().kpis.values()
    if isinstance(kpi.measure, RegisterFigure)
    and (register := reference().registers[kpi.measure.register]).files
    and not register.sources
)


def cell(text: str) -> object:
    """A cell as it is meant: true, false, a number, a text, or nothing."""
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text or None


def meets(row: Mapping[str, str], asked: Mapping[str, tuple[object, ...]]) -> bool | None:
    told = [None if cell(row[c]) is None else cell(row[c]) in wanted for c, wanted in asked.items()]
    return False if False in told else None if None in told else True


@pytest.mark.parametrize("name", KEPT)
def test_an_indicator_over_a_register_is_that_of_its_file(name: str) -> None:
    kpi = reference().kpis[name]
    figure = kpi.measure
    assert isinstance(figure, RegisterFigure)
    dated = figure.dated or reference().registers[figure.register].dated
    with sources(reference(), [], None, Asked(as_of="2026-10-31", periods=4)) as kept:
        (indicator,) = measure(kept, [kpi], 4).indicators
    told = {one.span: one.tally for one in indicator.figures}
    checked = 0
    undated = sum(not row[dated] and meets(row, figure.of) is True for row in table(figure.register))
    for place, (span, tally) in enumerate(told.items()):
        own = [r for r in table(figure.register) if r[dated] and span.start.isoformat() <= r[dated] <= min(span.end.isoformat(), "2026-10-31")]  # fmt: skip
        own = [r for r in own if meets(r, figure.of) is True]
        hits = [r for r in own if meets(r, figure.where) is True]
        last = undated if place == len(told) - 1 else 0
        if figure.figure in ("share", "count"):
            assert (tally.n, tally.hits) == (len(own) + last, len(hits)), span
        elif figure.figure == "mean":
            known = [float(r[figure.column]) for r in hits if r[figure.column]]
            assert tally.value == (pytest.approx(sum(known) / len(known)) if known else None)
        else:
            known_pairs = [
                (float(r[figure.column]), float(r[figure.over])) for r in hits if r[figure.column] and r[figure.over]
            ]
            over = sum(b for _, b in known_pairs)
            assert tally.value == (pytest.approx(100 * sum(a for a, _ in known_pairs) / over) if over else None)
        checked += len(own)
    assert checked, "the register of the reference company says nothing about these periods"


# --- Suppliers -------------------------------------------------------------------------------------------------------


def test_suppliers_again(found: Sources, dataset: Path, rows: list[Row]) -> None:
    moved: dict[str, set[str]] = defaultdict(set)
    for event in rows_of(dataset, "event"):
        if event["field"] == "group" and (event["at"] is None or event["at"] < CUT):
            moved[event["record_id"]].add(event["new"])
    cards = {card.supplier.id: card for card in supplier_cards(found, date(2025, 7, 1))}
    wanted = {one["id"]: one for one in documents("catalog", "supplier") if one["status"] != "candidate"}
    assert set(cards) == set(wanted)
    for name, one in wanted.items():
        groups = set(one.get("groups", ()))
        lay = [r for r in rows if r["group"] in groups or moved[r["record_id"]] & groups or r.get("supplier") == name]
        assert cards[name].records == len(lay), name
        reviews = [r for r in table("supplier-reviews") if r["supplier"] == name and "2025-07-01" <= r["due_on"] <= "2026-06-30"]  # fmt: skip
        held = [r for r in reviews if r["held"] == "true"]
        assert (cards[name].reviews.hits, cards[name].reviews.n) == (len(held), len(reviews))
        marks = [float(r["score"]) for r in held if r["score"]]
        assert cards[name].score == (pytest.approx(sum(marks) / len(marks)) if marks else None)
        ended = [r for r in table("disputes") if r["supplier"] == name and "2025-07-01" <= r["raised"] <= "2026-06-30" and r["state"] in ("settled", "closed", "late")]  # fmt: skip
        assert (cards[name].disputes.hits, cards[name].disputes.n) == (sum(r["in_time"] == "true" for r in ended), len(ended))  # fmt: skip
        in_force = [c for c in documents("catalog/contracts", "contract") if c["supplier"] == name and within(c, DAY)]
        assert {c.id for c in cards[name].contracts} == {c["id"] for c in in_force}
        ends = [str(c["effective"]["to"]) for c in in_force if "to" in c.get("effective", {})]
        proofs = [str(c["valid-until"]) for c in one.get("certifications", ()) if "valid-until" in c]
        flags = {
            "no-contract": one["status"] != "ended" and not in_force,
            "watched": one["status"] == "watched",
            "dispute-late": any(r["in_time"] != "true" for r in ended),
            "certificate-ended": any(day < DAY.isoformat() for day in proofs),
            "no-review": one["status"] != "ended" and not held,
            "contract-ends": any(DAY.isoformat() <= day <= "2026-09-28" for day in ends),
            "below-agreed": any(below(leg) for leg in cards[name].legs or ()),
        }
        assert set(cards[name].flags) == {flag for flag, told in flags.items() if told}, name
    assert any(card.records for card in cards.values())


def within(one: Mapping[str, Any], day: date) -> bool:
    days = one.get("effective", {})
    return str(days.get("from", "0")) <= day.isoformat() <= str(days.get("to", "9"))


def below(leg: LegFigure) -> bool:
    """Less kept than is agreed in the file of the contract; what nobody can judge is not kept."""
    (contract,) = (one for one in documents("catalog/contracts", "contract") if one["id"] == leg.contract)
    agreed = contract.get("attainment", {}).get(leg.leg)
    return agreed is not None and 100 * leg.met < agreed * (leg.judged + leg.unknown)


def test_the_promise_of_a_supplier_again(found: Sources, dataset: Path, rows: list[Row]) -> None:
    """The line counts around the clock, while a ticket lies with the supplier and does not wait for its user."""
    (contract,) = (one for one in documents("catalog/contracts", "contract") if one["id"] == "contract-nordlicht-line")
    (supplier,) = (one for one in documents("catalog", "supplier") if one["id"] == contract["supplier"])
    carried = {s for one in documents("catalog/sla", "sla") if one["id"] in contract["supports"] for s in one["services"] if one["services"] != "any"}  # fmt: skip
    titles = {name: one["id"] for one in documents("catalog/services", "service") for name in (one["id"], *one["title"].values())}  # fmt: skip
    hours = {"1": 1.5, "2": 3, "3": 12, "4": 16}
    events: dict[str, list[Row]] = defaultdict(list)
    for event in sorted(rows_of(dataset, "event"), key=lambda e: (e["record_id"], e["seq"])):
        if event["field"] in ("group", "state") and event["at"] < CUT:
            events[event["record_id"]].append(event)
    kept = []
    for row in rows:
        counted_seconds, since, group, state = 0, 0, "", ""
        for event in events[row["record_id"]]:
            if group in supplier["groups"] and state not in ("Awaiting User Info", "Resolved", "Closed"):
                counted_seconds += event["at"] - since
            since = event["at"]
            group, state = (event["new"], state) if event["field"] == "group" else (group, event["new"])
        lay = any(event["new"] in supplier["groups"] for event in events[row["record_id"]])
        if lay and titles.get(row["service"]) in carried and state in ("Resolved", "Closed"):
            kept.append(counted_seconds <= 3600 * hours[row["priority"][0]])
    (leg,) = next(card.legs for card in supplier_cards(found, date(2025, 7, 1)) if card.supplier.id == supplier["id"])  # type: ignore[misc]
    assert (leg.met, leg.judged, leg.unknown) == (sum(kept), len(kept), 0)
    assert len(set(kept)) == 2, "some are kept and some are not"


# --- Principles and positions ----------------------------------------------------------------------------------------


def responsible(letters: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for matrix in documents("roles/raci", "raci"):
        for cells in matrix["activities"].values():
            for letter in letters:
                some = cells.get(letter, [])
                found[matrix["process"]] |= {some} if isinstance(some, str) else set(some)
    return found


def local_day(moment: int) -> str:
    return datetime.fromtimestamp(moment, ZoneInfo(ZONE)).date().isoformat()


def test_principles_again(found: Sources, dataset: Path, rows: list[Row]) -> None:
    told = {
        (process.id, part.part): (part.there, part.wanted)
        for process, scores in principle_scores(found, (), None)
        for score in scores
        for part in score.inputs
        if part.part != "definitions"
    }
    by_id = {row["record_id"]: row for row in rows}
    held, may = holders(), responsible("RA")
    groups = {one["id"]: set(one.get("groups", ())) for one in documents("roles", "role")}
    able: dict[str, list[bool]] = defaultdict(list)
    named = {row["process"] for row in rows if row["resolved_by"]}
    for row in rows:
        done = row["resolved_at"] or (row["closed_at"] if row["resolved_by"] else None)
        if done and row["process"] in named:
            day, who = local_day(done), (row["resolved_by"] or "").strip().lower()
            by_group = any(row["group"] in groups[role] for role in may[row["process"]])
            able[row["process"]].append(by_group or any(n == who and r in may[row["process"]] and a <= day <= b for n, r, _, a, b in held))  # fmt: skip
    assert {p: w for (p, part), w in told.items() if part == "able"} == {
        p: (sum(some), len(some)) for p, some in able.items() if (p, "able") in told
    }
    assert set(able) >= {p for p, part in told if part == "able"}
    moves = {
        one["id"]: {(a, b) for a, some in one["transitions"].items() for b in some}
        for one in documents("policies/processes", "process")
        if one.get("transitions")
    }
    codes = {
        (one["process"], word): code
        for one in documents("audits", "mapping")
        if "process" in one
        for word, code in one.get("codes", {}).get("state", {}).items()
    }
    states: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for event in rows_of(dataset, "event"):
        if event["field"] == "state" and event["record_id"] in by_id and (event["at"] is None or event["at"] < CUT):
            process = by_id[event["record_id"]]["process"]
            states[event["record_id"]].append(tuple(codes.get((process, w), w) for w in (event["old"], event["new"])))
    path: dict[str, list[bool]] = defaultdict(list)
    for record, steps in states.items():
        process = by_id[record]["process"]
        if process in moves:
            path[process].append(all(a is None or a == b or (a, b) in moves[process] for a, b in steps))
    assert {p: w for (p, part), w in told.items() if part == "path"} == {p: (sum(s), len(s)) for p, s in path.items()}
    words = {word for row in rows for word in (row["record_id"], row["number"]) if word}
    links: dict[str, list[bool]] = defaultdict(list)
    for link in rows_of(dataset, "link"):
        if link["record_id"] in by_id and link["type"] != "knowledge":
            named = [word for word in re.split(r"[,;\s、，；]+", link["target"]) if word]
            links[by_id[link["record_id"]]["process"]] += [word in words for word in named]
    assert {p: w for (p, part), w in told.items() if part == "linked"} == {p: (sum(s), len(s)) for p, s in links.items()}  # fmt: skip


def test_indicators_that_have_a_value_again(found: Sources) -> None:
    """As if every third indicator had one."""
    span = parse_span("2026-06")
    values = {name: float(place) if place % 3 == 0 else None for place, name in enumerate(sorted(reference().kpis))}
    indicators = [Indicator(reference().kpis[name], (Figure(span, value, value, Tally(1), True, "reached"),)) for name, value in values.items()]  # fmt: skip
    told = {p.id: (i.there, i.wanted) for p, some in principle_scores(found, indicators, None) for s in some for i in s.inputs if i.part == "computed"}  # fmt: skip
    wanted = {one["id"]: [values[name] is not None for name in one.get("kpis", ())] for one in documents("policies/processes", "process")}  # fmt: skip
    assert told == {name: (sum(own), len(own)) for name, own in wanted.items()}


def test_key_people_again(found: Sources, rows: list[Row]) -> None:
    assert found.tickets is not None
    by_service: dict[str, Counter[str]] = defaultdict(Counter)
    nobody: Counter[str] = Counter()
    named = {row["process"] for row in rows if row["resolved_by"]}
    titles = {name: one["id"] for one in documents("catalog/services", "service") for name in (one["id"], one["title"]["en"], one["title"]["zh"], *one.get("also-called", ()))}  # fmt: skip
    for row in rows:
        service = titles.get(row["service"], row["service"] or "")
        if row["resolved_by"]:
            by_service[service][row["resolved_by"].strip().lower()] += 1
        nobody[service] += bool(row["resolved_at"]) and not row["resolved_by"] and row["process"] in named
    told = {one.service: one for one in key_people(found.tickets)}
    for service, people in by_service.items():
        if service in told and service in {one["id"] for one in documents("catalog/services", "service")}:
            every = sum(people.values()) + nobody[service]
            assert told[service].share == pytest.approx(100 * (max(people.values()) + nobody[service]) / every)
            assert (told[service].records, told[service].people) == (every, len(people))
    assert len(told) > 5


def test_competence_on_the_day_of_the_work_again(found: Sources, rows: list[Row]) -> None:
    assert found.tickets is not None
    known = {n for one in documents("roles", "assignment") for n in (one["person"].strip().lower(), *(c.strip().lower() for c in one.get("also-called", ())))}  # fmt: skip
    done = [row for row in rows if row["resolved_by"] and (row["resolved_at"] or row["closed_at"])]
    told = able_to(reference(), found.tickets)
    assert told.unknown == sum(row["resolved_by"].strip().lower() not in known for row in done)
    may, held = responsible("R"), holders()
    roles = {one["id"]: one for one in documents("roles", "role")}
    strangers = [row for row in done if row["resolved_by"].strip().lower() not in known]
    assert told.unknown_in_group == sum(row["group"] in roles[r].get("groups", ()) for row in strangers for r in may[row["process"]])  # fmt: skip
    assert told.unknown_in_group
    positions = {one["id"]: one for one in documents("roles", "position")}
    proofs = [(n.strip().lower(), p["competence"], str(p.get("from", "0000")), str(p.get("to", "9999"))) for one in documents("roles", "assignment") for n in (one["person"], *one.get("also-called", ())) for p in one.get("competences", ())]  # fmt: skip
    wanted: Counter[tuple[str, str]] = Counter()
    competent = 0
    for row in done:
        day, who = local_day(row["resolved_at"] or row["closed_at"]), row["resolved_by"].strip().lower()
        asked: set[tuple[str, str]] = set()
        for name, role, position, start, end in held:
            if name == who and role in may[row["process"]] and start <= day <= end:
                asked |= {(role, c["id"]) for c in roles[role].get("competences", ())}
                asked |= {(position, c["id"]) for c in positions.get(position, {}).get("competences", ())}
        wanted.update(asked)
        acting = any(name == who and role in may[row["process"]] and start <= day <= end for name, role, _, start, end in held)  # fmt: skip
        competent += acting and all(any(n == who and c == of and a <= day <= b for n, c, a, b in proofs) for _, of in asked)  # fmt: skip
    assert {(one.role, one.competence): one.records for one in told.fitness} == dict(wanted)
    named = {row["process"] for row in rows if row["resolved_by"]}
    unnamed = sum(bool(row["resolved_at"]) and not row["resolved_by"] and row["process"] in named for row in rows)
    assert told.competent == Proportion(competent, len(done) + unnamed)


# --- Complaints ------------------------------------------------------------------------------------------------------


def test_signs_of_surveys_and_of_rules_again(dataset: Path, rows: list[Row]) -> None:
    told = {
        sign.indicator.kpi.id: {one.span.label: one.tally for one in sign.indicator.figures}
        for heard in ledger(reference(), dataset, Asked("2026-06", zone=ZONE), "month", 5).complaints
        for sign in heard.signs
    }
    (survey,) = (one for one in documents("audits/surveys", "survey") if one["id"] == "customer-experience")
    good = [step.get("satisfied", False) for step in survey["scale"]]
    wanted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for run in survey["results"]:
        end = str(run["period"]["to"])
        counts = run["counts"].get("attitude", [])
        half = f"{end[:4]}-H{1 if end[5:7] <= '06' else 2}"
        wanted[half][0] += sum(counts)
        wanted[half][1] += sum(n for n, ok in zip(counts, good, strict=False) if ok)
    asked = told["customer-experience/attitude"]
    assert {label: [t.n, t.hits] for label, t in asked.items() if t.n} == {k: v for k, v in wanted.items() if k in asked and v[0]}  # fmt: skip
    reopened: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        if row["process"] == "incident" and row["reopen_count"] is not None and row["opened_at"]:
            reopened[local_day(row["opened_at"])[:7]].append((row["reopen_count"] or 0) < 2)
    twice = {label: (t.n, t.hits) for label, t in told["INC-13"].items() if t.n}
    assert twice == {month: (len(some), sum(some)) for month, some in sorted(reopened.items()) if month in twice}
