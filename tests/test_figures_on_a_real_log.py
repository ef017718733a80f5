"""The figures of scorecard, complaints and assessment a second time, in plain Python from the rows of the public incident log."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml
from assessment_case import rule
from public_log import UCI, Row, updates, write
from scorecard_case import kpi, moved, records, reference, values

from itsmctl.audit import AuditOptions
from itsmctl.complaints import ledger
from itsmctl.engine.results import read_verdicts
from itsmctl.experience import experience, periods_of
from itsmctl.importers.importing import import_files
from itsmctl.model import ClockShare, Condition, RuleShare
from itsmctl.reference import reference_root
from itsmctl.reports.folder import audit_to_folder
from itsmctl.scorecard.asking import Asked, sources
from itsmctl.scorecard.benefits import benefits_of
from itsmctl.scorecard.competence import able_to, key_people
from itsmctl.scorecard.figures import Indicator
from itsmctl.scorecard.handovers import hand_overs
from itsmctl.scorecard.measuring import Sources, measure
from itsmctl.scorecard.periods import parse_span
from itsmctl.scorecard.principles import principle_scores
from itsmctl.scorecard.suppliers import supplier_cards

MONTHS = ("2016-03", "2016-04", "2016-05", "2016-06")
TENTH = "7"
"""Every tenth ticket."""

pytestmark = pytest.mark.skipif(not UCI.exists(), reason="the public log does not lie beside the repository")


@pytest.fixture(scope="module")
def history() -> list[Row]:
    """Every update of these tickets."""
    return updates(TENTH)


@pytest.fixture(scope="module")
def last(history: list[Row]) -> list[Row]:
    """Each ticket as it was last."""
    return list({row["number"]: row for row in history}.values())


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uci")
    import_files([write(folder / "log.csv", TENTH)], None, reference().mappings, "UTC", folder / "dataset")
    return folder / "dataset"


@pytest.fixture(scope="module")
def found(dataset: Path) -> Iterator[Sources]:
    rules = [reference().rules[name] for name in ("INC-13", "INC-14")]
    with sources(reference(), rules, dataset, Asked(periods=12, legs=True)) as opened:
        yield opened


def at(text: str) -> datetime | None:
    return None if text == "?" else datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def by_month(rows: Sequence[Row], column: str) -> dict[str, list[Row]]:
    told: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if moment := at(row[column]):
            told[f"{moment:%Y-%m}"].append(row)
    return told


def hours(row: Row) -> float | None:
    """From opening to resolution; None where that runs backwards."""
    start, end = at(row["opened_at"]), at(row["resolved_at"])
    return (end - start).total_seconds() / 3600 if start and end and end >= start else None


def test_indicators(found: Sources, last: list[Row]) -> None:
    reopened, grave = Condition("reopen_count", "at-least", (1,)), Condition("priority", "in", ("P1",))
    asked = [
        kpi(records("share", [reopened], [Condition("resolved_at", "present")], dated="resolved_at"), direction="lower", target=3),
        kpi(records("share", [Condition("reassignment_count", "at-most", (0,))])),
        kpi(records("median", [grave], start="opened_at", stop="resolved_at"), direction="lower", target=3, unit="hours"),
        kpi(records("per-head", dated="resolved_at"), unit="count", target=1),
        kpi(records("count", [grave]), direction="lower", unit="count", target=9),
        kpi(RuleShare(("INC-14",)), target=90),
    ]  # fmt: skip
    told = measure(found, asked, 12).indicators
    opened, resolved = by_month(last, "opened_at"), by_month(last, "resolved_at")
    for month in MONTHS:
        done, begun = resolved[month], opened[month]
        took = [h for row in done if row["priority"].startswith("1") and (h := hours(row)) is not None]
        people = [row["resolved_by"] for row in done if row["resolved_by"] != "?"]
        assert [values(one)[month] for one in told[:5]] == [
            pytest.approx(100 * sum(int(row["reopen_count"]) >= 1 for row in done) / len(done)),
            pytest.approx(100 * sum(int(row["reassignment_count"]) == 0 for row in begun) / len(begun)),
            pytest.approx(median(took)) if took else None,
            pytest.approx(len(people) / len(set(people))),
            sum(row["priority"].startswith("1") for row in begun),
        ]
    assert sum(figure.tally.n for figure in told[5].figures)


def test_before_and_after(found: Sources, last: list[Row]) -> None:
    assert found.tickets is not None
    figures = {one.measure: one for one in benefits_of(found.tickets, parse_span("2016-03"), parse_span("2016-04")).benefits}  # fmt: skip
    for side, (since, until, days) in enumerate(((datetime(2016, 3, 1, tzinfo=UTC), datetime(2016, 4, 1, tzinfo=UTC), 31), (datetime(2016, 4, 1, tzinfo=UTC), datetime(2016, 5, 1, tzinfo=UTC), 30))):  # fmt: skip
        age, waited, down, done, right, people = [], [], 0.0, 0, 0, set()
        for row in last:
            start, solved = at(row["opened_at"]), at(row["resolved_at"])
            end = solved or at(row["closed_at"]) or until
            if start is None or start >= until or end < max(start, since):
                continue
            own = (min(end, until) - max(start, since)).total_seconds() / 3600
            age.append((min(end, until) - start).total_seconds() / 3600)
            waited.append(own)
            down += own if row["priority"].startswith("1") else 0
            resolver = row["resolved_by"] if solved and solved < until and row["resolved_by"] != "?" else ""
            done, right = done + bool(resolver), right + (bool(resolver) and int(row["reopen_count"]) == 0)
            # The same person is called otherwise as an assignee: the log has been anonymised column by column.
            people |= {name for name in (resolver, row["assigned_to"]) if name not in ("", "?")}
        wanted = {"repair-time": median(age), "waiting-time": 30 * sum(waited) / days, "down-time": 30 * down / days}
        wanted |= {"per-engineer": done / (len(people) * days / 30), "first-time-right": right / (len(people) * days / 30)}  # fmt: skip
        told = {name: (figures[name].before, figures[name].after)[side] for name in wanted}  # type: ignore[index]
        assert told == {name: pytest.approx(value) for name, value in wanted.items()}


@pytest.fixture(scope="module")
def promises(history: list[Row]) -> dict[str, list[tuple[str, bool]]]:
    """By the month of its end each ticket's last priority, and whether it was resolved in time.

    The log names no service, so the standard promise judges: around the clock, but for the time that a user is waited for.
    """
    hours = {"1": 8, "2": 24, "3": 72, "4": 120}
    whole: dict[str, list[Row]] = defaultdict(list)
    for row in history:
        whole[row["number"]].append(row)
    told: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for rows in whole.values():
        since, state, counted, stop = at(rows[0]["opened_at"]), "New", 0.0, None
        for row in rows:
            moment = at(row["sys_updated_at"])
            assert since is not None and moment is not None
            if state not in ("Resolved", "Closed"):
                counted, stop = counted + (state != "Awaiting User Info") * (moment - since).total_seconds(), row
            since, state = moment, row["incident_state"]
        assert stop is not None and state == "Closed"
        in_time = counted <= 3600 * hours[stop["priority"][0]]
        told[f"{at(stop['sys_updated_at']):%Y-%m}"].append((rows[-1]["priority"], in_time))
    return told


def test_promises(found: Sources, promises: dict[str, list[tuple[str, bool]]]) -> None:
    (told,) = measure(found, [kpi(ClockShare("resolution", "incident", ()))], 12).indicators
    counts = {one.span.label: (one.tally.n, one.tally.hits, one.tally.unknown) for one in told.figures if one.tally.n}
    assert counts == {month: (len(some), sum(ok for _, ok in some), 0) for month, some in sorted(promises.items())}


def test_promises_before_and_after(found: Sources, promises: dict[str, list[tuple[str, bool]]]) -> None:
    assert found.tickets is not None
    told = benefits_of(found.tickets, parse_span("2016-03"), parse_span("2016-04"))
    (kept,) = (one for one in told.benefits if one.measure == "in-time")
    sides = [promises[month] for month in ("2016-03", "2016-04")]
    shares = [sum(ok for _, ok in side) / len(side) for side in sides]
    assert (kept.before, kept.after) == tuple(pytest.approx(100 * share) for share in shares)
    assert kept.n == tuple(map(len, sides))
    # The later share of each priority, weighed as the priorities were before.
    before, after = sides
    later = {p: [ok for name, ok in after if name == p] for p, _ in before}
    as_before = sum(sum(later[p]) / len(later[p]) for p, _ in before) / len(before)
    assert told.mix is not None and (told.mix.compared, told.mix.standardised) == (1.0, pytest.approx(as_before))
    assert (told.mix.of_strata, told.mix.of_mix) == (pytest.approx(as_before - shares[0]), pytest.approx(shares[1] - as_before))  # fmt: skip


def test_hand_overs_and_links(found: Sources, last: list[Row]) -> None:
    assert found.tickets is not None
    told = {one.end: one for one in hand_overs(found.definitions, found.tickets)}
    for end, column in (("problem", "problem_id"), ("change", "rfc")):
        linked = sum(row[column] != "?" for row in last)
        assert (told[end].linked, told[end].found, told[end].lost) == (linked, 0, None)
        assert told[end].median_seconds is None
    assert {one.start for one in told.values()} == {"incident"}


def test_principles(found: Sources, history: list[Row], last: list[Row]) -> None:
    told = {(p.id, i.part): (i.there, i.wanted) for p, some in principle_scores(found, (), None) for s in some for i in s.inputs}  # fmt: skip
    process: dict[str, Any] = yaml.safe_load((reference_root() / "policies/processes/incident.yaml").read_text(encoding="utf-8"))  # fmt: skip
    moves = {(a, b) for a, some in process["transitions"].items() for b in some}
    codes = reference().mappings["servicenow-audit-log"].codes["state"]
    path: dict[str, bool] = {}
    before: dict[str, str] = {}
    for row in history:
        number, state = row["number"], codes.get(row["incident_state"], row["incident_state"])
        step = (before.get(number, state), state)
        path[number] = path.get(number, True) and (step[0] == step[1] or step in moves)
        before[number] = state
    walked = told["incident", "path"]
    assert walked == (sum(path.values()), len(path))
    assert ("incident", "linked") not in told, "neither problems nor changes are in the log"
    assert told["incident", "able"] == (0, sum(row["resolved_at"] != "?" or (row["resolved_by"] != "?" and row["closed_at"] != "?") for row in last))  # fmt: skip


def test_people_and_suppliers(found: Sources, last: list[Row]) -> None:
    assert found.tickets is not None
    people = Counter(row["resolved_by"] for row in last if row["resolved_by"] != "?")
    nobody = sum(row["resolved_by"] == "?" and row["resolved_at"] != "?" for row in last)
    (key,) = key_people(found.tickets)
    first = max(people.values()) + nobody
    assert (key.service, key.records, key.people) == ("", people.total() + nobody, len(people))
    assert key.share == pytest.approx(100 * first / key.records)
    able = able_to(found.definitions, found.tickets)
    assert (able.fitness, able.competent.hits, able.competent.n) == ((), 0, key.records)
    assert (able.unknown, able.unknown_in_group) == (people.total(), 0)
    cards = supplier_cards(found, parse_span("2016").start)
    assert cards and all((card.records, card.legs) == (0, ()) for card in cards)


def test_complaints(dataset: Path, last: list[Row]) -> None:
    told = {
        sign.indicator.kpi.id: {one.span.label: (one.tally.n, one.tally.hits) for one in sign.indicator.figures if one.tally.n}
        for heard in ledger(reference(), dataset, Asked(periods=12), "month", 1).complaints
        for sign in heard.signs
    }  # fmt: skip
    for month, rows in by_month(last, "resolved_at").items():
        if month in MONTHS:
            by_category: dict[str, Counter[str]] = defaultdict(Counter)
            for row in rows:
                by_category[row["category"]][row["resolved_by"]] += 1
            lost = by_category.pop(
                "?", Counter()
            ).total()  # each may be of any category, and of the one who does most there
            most = [(p.pop("?", 0), p) for p in by_category.values() if p.total() + lost >= 5]
            spread = [100 * (lost + nobody + max(p.values(), default=0)) <= 60 * (lost + nobody + p.total()) for nobody, p in most]  # fmt: skip
            assert told["key-person"][month] == (len(spread), sum(spread))
    twice = {month: (len(rows), sum(int(row["reopen_count"]) < 2 for row in rows)) for month, rows in by_month(last, "opened_at").items()}  # fmt: skip
    assert told["INC-13"] == {month: twice[month] for month in told["INC-13"]}
    assert set(MONTHS) <= set(told["INC-13"])
    assert re.fullmatch(r"\d+ \d+", "{} {}".format(*told["INC-14"]["2016-04"]))


def test_trends(found: Sources, last: list[Row]) -> None:
    """From each month to the next: of shares what is more than chance, of a median whatever it moved by."""
    once = Condition("reassignment_count", "at-most", (0,))
    asked = [
        kpi(records("share", [once])),
        kpi(records("share", [once]), direction="lower", target=50),
        kpi(records("median", [Condition("priority", "in", ("P3",))], start="opened_at", stop="resolved_at"), direction="lower", target=3, unit="hours"),
    ]  # fmt: skip
    told = measure(found, asked, 12).indicators
    opened = by_month(last, "opened_at")
    counts = {month: (sum(int(row["reassignment_count"]) == 0 for row in rows), len(rows)) for month, rows in opened.items()}  # fmt: skip
    medians = {m: median(h for row in rows if row["priority"].startswith("3") and (h := hours(row)) is not None) for m, rows in opened.items() if m in MONTHS}  # fmt: skip
    words = {1: "better", -1: "worse", 0: "steady"}
    seen = set()
    for then, month in zip(MONTHS, MONTHS[1:], strict=False):
        until = [Indicator(one.kpi, tuple(f for f in one.figures if f.span.label <= month)) for one in told]
        way = moved(counts[then], counts[month])
        by_hours = (medians[month] < medians[then]) - (medians[month] > medians[then])
        assert [one.trend for one in until] == [words[way], words[-way], words[by_hours]], month
        seen |= {words[way], words[by_hours]}
    assert len(seen) > 1


@pytest.fixture(scope="module")
def audited(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of an audit of the log by all rules about incidents, and by those that stand beside answers of customers."""
    beside = {name for one in reference().surveys["customer-experience"].questions.values() for name in one.measured_by}
    named = sorted({one.id for one in reference().rules.values() if one.process == "incident"} | beside)
    place = tmp_path_factory.mktemp("audited") / "result"
    audit_to_folder(reference(), dataset, AuditOptions(rules=tuple(named)), place)
    return place


@pytest.fixture(scope="module")
def outcomes(audited: Path) -> Mapping[str, Mapping[str, Any]]:
    """What became of each rule, as the file of the result says."""
    told = json.loads((audited / "result.json").read_text(encoding="utf-8"))
    return {one["id"]: one for one in (*told["rules"], *told["enquiries"])}


def test_rules_that_could_be_tested_and_indicators_with_a_value(
    found: Sources, audited: Path, outcomes: Mapping[str, Mapping[str, Any]]
) -> None:
    """A rule is tested where some record was judged; an indicator has a value where its last whole period, or without records there the running one, has one."""
    judged: Counter[str] = Counter()
    unjudged: Counter[str] = Counter()
    for verdict in read_verdicts(audited / "verdicts.parquet"):
        judged[verdict.rule] += verdict.passed is False
        unjudged[verdict.rule] += verdict.passed is None
    tested = {name: one["outcome"] in ("pass", "fail") for name, one in outcomes.items()}
    for name, one in outcomes.items():
        assert (one["failed"] + one["waived"], one["not_testable"]) == (judged[name], unjudged[name]), name
        assert tested[name] <= (one["in_scope"] > one["not_testable"]), name
    kpis = [one for one in reference().kpis.values() if one.process == "incident"]
    indicators = measure(found, kpis, 12).indicators
    told = {(p.id, i.part): (i.there, i.wanted) for p, some in principle_scores(found, indicators, tested) for s in some for i in s.inputs}  # fmt: skip
    rules = yaml_documents("policies/rules")
    own = [one["id"] for one in rules if one["process"] == "incident"]
    assert told["incident", "tested"] == (sum(tested[name] for name in own), len(own))
    assert 0 < sum(tested[name] for name in own) < len(own)
    (process,) = (one for one in yaml_documents("policies/processes") if one["id"] == "incident")
    shown = [one for one in indicators if one.kpi.id in process["kpis"]]
    with_value = 0
    for one in shown:
        whole = [figure for figure in one.figures if figure.complete]
        running = one.figures[-1:] if not whole or not whole[-1].tally.n else []
        with_value += any(figure.value is not None for figure in (*whole[-1:], *running))
    assert told["incident", "computed"] == (with_value, len(process["kpis"]))
    assert 0 < with_value < len(process["kpis"])


def yaml_documents(folder: str) -> list[Mapping[str, Any]]:
    files = sorted((reference_root() / folder).glob("*.yaml"))
    return [one for file in files for one in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def test_what_customers_feel_beside_what_the_log_shows(outcomes: Mapping[str, Mapping[str, Any]]) -> None:
    """The answers are those of the example company, the measured half is that of the log."""
    (survey,) = (one for one in yaml_documents("audits/surveys") if one["id"] == "customer-experience")
    model = reference().surveys["customer-experience"]
    now = periods_of(model)[-1]
    rules = {name: rule(name, one["passed"], one["in_scope"], outcome=one["outcome"], why=one["untested_because"]) for name, one in outcomes.items()}  # fmt: skip
    stages = {one.stage: one for one in experience(model, rules, now).stages if not one.aspect}
    good = [bool(step.get("satisfied")) for step in survey["scale"]]
    runs = [run for run in survey["results"] if run["period"]["to"] == now.end]
    seen = 0
    for stage in ("sales", "deployment", "operation"):
        weights, feeling, shares, measured = 0.0, 0.0, 0.0, 0.0
        for question in (one for one in survey["questions"] if one.get("stage") == stage):
            counts = [run["counts"][question["id"]] for run in runs if question["id"] in run["counts"]]
            felt = sum(n for one in counts for n, ok in zip(one, good, strict=True) if ok) / sum(map(sum, counts))
            own = [outcomes[name] for name in question.get("measured-by", ()) if outcomes[name]["outcome"] != "no_data" and not outcomes[name]["untested_because"]]  # fmt: skip
            told = [one["passed"] / one["in_scope"] for one in own]
            weight = question.get("weight", 1)
            weights, feeling = weights + weight, feeling + weight * felt
            shares, measured = shares + weight * (sum(told) / len(told) if told else felt), measured + weight * bool(told)  # fmt: skip
            seen += bool(told)
        assert (stages[stage].felt, stages[stage].index, stages[stage].data_share) == tuple(
            pytest.approx(part / weights) for part in (feeling, shares, measured)
        )
    assert seen > 3


def test_the_records_behind_complaints_and_how_loud_they_are(dataset: Path, last: list[Row]) -> None:
    told = ledger(reference(), dataset, Asked(as_of="2016-05-31", periods=3), "month", 10_000).complaints
    signs = {sign.rule: sign for heard in told for sign in heard.signs if sign.rule}
    again = {row["number"] for row in by_month(last, "opened_at")["2016-05"] if int(row["reopen_count"]) >= 2}
    assert (set(signs["INC-13"].records), signs["INC-13"].failing) == (again, len(again))
    thresholds = {
        one["id"]: [sign.get("loud-from", one.get("loud-from")) for sign in one["signs"]]
        for one in yaml_documents("policies") if one["kind"] == "complaint"
    }  # fmt: skip
    loud = 0
    for heard in told:
        kept: dict[str, float] = {}
        for sign, wanted in zip(heard.signs, thresholds[heard.complaint.id], strict=True):
            whole = [figure for figure in sign.indicator.figures if figure.complete]
            name = sign.indicator.kpi.id
            tally = whole[-1].tally if whole else None
            if tally is not None and tally.n >= sign.indicator.kpi.minimum:
                kept[name] = 100 * tally.hits / tally.n if tally.value is None else tally.value
                assert sign.loud == (wanted is not None and 100 - kept[name] >= wanted), (heard.complaint.id, name)
                loud += sign.loud
        worst = heard.worst
        assert (worst.indicator.kpi.id if worst else None) == min(kept, key=lambda name: (kept[name], name), default=None)  # fmt: skip
    assert loud
