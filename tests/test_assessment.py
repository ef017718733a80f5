"""Assessment: levels, caps, shares of data, gaps, advice and comparison, each figure worked out by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from assessment_case import (
    BANDED,
    NUMBERED,
    F,
    L,
    N,
    P,
    answer,
    assessment,
    criterion,
    questionnaire,
    rule,
    system,
    tickets,
)

from itsmctl.assessment import Assessed, assess
from itsmctl.assessment.limits import NO_DATA, NOT_JUDGED, highest_step
from itsmctl.assessment.shown import Shown
from itsmctl.model import Assessment, Cap, Dimension, Effort, Questionnaire, Recommendation, ScaleStep, Text

STAGED = questionnaire(
    [
        criterion("S.1", "A", 1, symptom=True),
        criterion("A.2", "A", 2),
        criterion("A.3", "A", 3, caps=[Cap("R1", 95)], clauses=["iso:1.1"]),
        criterion("B.2", "B", 2, caps=[Cap("", 80, "iso:1")], clauses=["iso:1.2"]),
        criterion("B.3", "B", 3),
    ]
)
ANSWERS = {"S.1": "F", "A.2": "F", "A.3": "F", "B.2": "F", "B.3": "L"}
COVERED = {"iso:1.1": True, "iso:1.2": True, "iso:2": False}
UNCOVERED = {"iso:1.1": True, "iso:1.2": False, "iso:2": True}


def judge(
    given: Assessment, shown: Shown, model: Questionnaire = STAGED, others: Sequence[Assessment] = ()
) -> Assessed:
    return assess(system([model], [given, *others]), given, shown)


def places(found: Assessed) -> dict[str, int | None]:
    return {one.criterion.id: one.shown for one in found.rated}


def levels(found: Assessed) -> dict[str, int | None]:
    return {one.dimension.id: one.shown.level for one in found.dimensions}


# --- How far evidence lets an answer go -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "wanted", "place"),
    [
        (95, 95, F), (94.9, 95, L), (85.1, 95, L), (85, 95, L), (50.1, 95, L), (50, 95, P), (15.1, 95, P), (15, 95, N),
        (0, 95, N), (100, 100, F), (60, 60, F), (59, 60, L), (0, 0, F), (100, None, L), (40, None, P),
    ],
)  # fmt: skip
def test_the_band_that_a_share_falls_in_is_the_highest_step_and_the_top_needs_what_is_wanted(
    share: float, wanted: float | None, place: int
) -> None:
    assert highest_step(BANDED, share, wanted) == place


@pytest.mark.parametrize(
    ("share", "place"), [(98, 4), (97.9, 3), (73.5, 3), (73.4, 2), (49, 2), (48.9, 1), (24.5, 1), (24.4, 0), (0, 0)]
)
def test_a_scale_without_bands_allows_the_share_of_the_way(share: float, place: int) -> None:
    assert highest_step(NUMBERED, share, 98) == place  # steps at 24.5, 49, 73.5 and 98


def test_what_tickets_show_lowers_an_answer_and_says_by_what() -> None:
    found = judge(assessment(ANSWERS), tickets(rule("R1", 60), clauses=COVERED))
    lowered = found.lowered[0]
    assert [one.criterion.id for one in found.lowered] == ["A.3"]
    assert (lowered.said, lowered.shown) == (F, L)
    limit = lowered.lowered_by[0]
    assert (limit.source, limit.id, limit.share, limit.wanted, limit.ceiling) == ("rule", "R1", 60.0, 95, L)


def test_what_definitions_show_lowers_an_answer() -> None:
    found = judge(assessment(ANSWERS), tickets(rule("R1", 100), clauses=UNCOVERED))
    limit = found.lowered[0].lowered_by[0]
    assert (limit.source, limit.id, limit.share, limit.ceiling) == ("coverage", "iso:1", 50.0, P)
    assert places(found)["B.2"] == P


def test_a_good_result_raises_nothing() -> None:
    found = judge(assessment(ANSWERS | {"A.3": "P"}), tickets(rule("R1", 100), clauses=COVERED))
    assert places(found)["A.3"] == P
    assert found.lowered == ()


def test_nothing_looked_at_shows_nothing() -> None:
    whys = []
    for shown in (
        tickets(clauses=COVERED),
        tickets(rule("R1", 0, 0, outcome="no_data"), clauses=COVERED),
        tickets(rule("R1", 0, 20, outcome="not_testable", why="missing:impact"), clauses=COVERED),
    ):
        found = judge(assessment(ANSWERS), shown)
        assert places(found)["A.3"] == N
        assert {one.criterion.id: one.basis for one in found.rated}["A.3"] == "attested"
        whys.append(found.lowered[0].lowered_by[0].why)
    assert whys == [NOT_JUDGED, NO_DATA, "missing:impact"]


def test_without_tickets_the_answer_stands_as_said_and_is_called_unchecked() -> None:
    found = judge(assessment(ANSWERS), Shown(None, COVERED))
    assert not found.with_tickets
    assert places(found)["A.3"] == F
    assert [one.criterion.id for one in found.rated if one.unchecked] == ["A.3"]
    assert {one.criterion.id: one.basis for one in found.rated}["A.3"] == "attested"


def test_a_rule_that_an_answer_calls_on_limits_it_too() -> None:
    given = assessment(ANSWERS | {"B.3": answer("F", rule="R2")})
    failed = judge(given, tickets(rule("R1", 100), rule("R2", 99), clauses=COVERED))
    assert places(failed)["B.3"] == L
    tolerated = judge(given, tickets(rule("R1", 100), rule("R2", 99, outcome="pass"), clauses=COVERED))
    assert places(tolerated)["B.3"] == F


# --- Levels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "a", "b"),
    [
        ({}, 3, 3),
        ({"A.2": "L"}, 2, 3),  # largely reaches its level, but carries no higher one
        ({"A.2": "P"}, 1, 3),
        ({"B.3": "P"}, 3, 2),
        ({"B.2": "N", "B.3": "F"}, 3, 1),
        ({"S.1": "N"}, 3, 3),  # a symptom counts for nothing, either way
    ],
)
def test_a_level_needs_its_own_criteria_largely_and_all_below_fully(answers: dict[str, str], a: int, b: int) -> None:
    found = judge(assessment(ANSWERS | answers), tickets(rule("R1", 100), clauses=COVERED))
    assert levels(found) == {"A": a, "B": b}
    assert found.shown.level == min(a, b)


def test_an_open_criterion_holds_its_level_back_and_is_not_counted_as_nothing() -> None:
    answers = {key: value for key, value in ANSWERS.items() if key != "A.3"}
    found = judge(assessment(answers), tickets(rule("R1", 100), clauses=COVERED))
    result = found.dimensions[0]
    assert (result.shown.level, result.shown.score, result.open) == (2, 1.0, ("A.3",))
    assert result.by_level == {1: None, 2: 1.0, 3: None}


def test_the_level_below_the_lowest_is_told_where_not_even_that_is_reached() -> None:
    model = questionnaire([criterion("A.1", "A", 1)])
    assert judge(assessment({"A.1": "P"}), Shown(), model).shown.level == 0


def test_scores_said_and_shown_and_what_they_rest_on() -> None:
    given = assessment(ANSWERS | {"B.3": answer("L", survey="users")})
    found = judge(given, tickets(rule("R1", 60), clauses=COVERED))
    a, b = found.dimensions
    assert a.said.score == pytest.approx((1 + 1) / 2)
    assert a.shown.score == pytest.approx((1 + 0.67) / 2)  # A.3 is lowered to largely
    assert b.shown.score == pytest.approx((1 + 0.67) / 2)
    assert found.shown.score == pytest.approx(0.835)
    # A.2 is people's word (1), A.3 rests on tickets (0.67), B.2 on definitions (1), B.3 on a register (0.67).
    assert {basis: round(share * 4, 2) for basis, share in found.rests_on.items()} == {
        "tickets": 0.67, "definitions": 1.0, "registers": 0.67, "attested": 1.0,
    }  # fmt: skip
    assert found.data_share == pytest.approx(2.34 / 3.34)


def test_there_is_no_share_of_nothing() -> None:
    found = judge(assessment(dict.fromkeys(ANSWERS, "N")), tickets(rule("R1", 100), clauses=COVERED))
    assert found.shown.score == 0
    assert found.data_share is None


def test_capability_is_the_lowest_and_the_mean() -> None:
    model = questionnaire(
        [criterion("C.A", "A", caps=[Cap("R1", 98)]), criterion("C.B", "B"), criterion("C.C", "C")],
        "levels", scale=NUMBERED, levels=range(5),
    )  # fmt: skip
    found = judge(assessment({"C.A": "4", "C.B": "2"}), tickets(rule("R1", 75)), model)
    assert levels(found) == {"A": 3, "B": 2, "C": None}
    assert found.shown.level is None  # one dimension is open
    assert judge(assessment({"C.A": "4", "C.B": "2", "C.C": "3"}), tickets(rule("R1", 75)), model).shown.level == 2
    assert found.said.score == pytest.approx((4 / 4 + 2 / 4) / 2)
    assert found.shown.score == pytest.approx((3 / 4 + 2 / 4) / 2)


def test_an_aspect_is_fed_by_the_last_assessment_of_another_questionnaire() -> None:
    fed = Dimension("X", Text("X"), Text(), "", (("q", "A"),))
    aspects = questionnaire([criterion("X.1", "X"), criterion("X.2", "X")], "mean", name="five", dimensions=[fed])
    given = assessment({"X.1": "L", "X.2": "N"}, name="five-now", of="five")
    feeding = assessment(ANSWERS, name="m2", on=date(2026, 6, 20))
    older = assessment(dict.fromkeys(ANSWERS, "N"), name="m1", on=date(2025, 6, 20))
    later = assessment(dict.fromkeys(ANSWERS, "N"), name="m3", on=date(2026, 6, 25))
    definitions = system([STAGED, aspects], [given, older, feeding, later])
    found = assess(definitions, given, tickets(rule("R1", 60), clauses=COVERED))
    own, other = (0.67 + 0) / 2, (1 + 0.67) / 2
    assert found.dimensions[0].fed_by == ("m2",)
    assert found.dimensions[0].shown.score == pytest.approx((own + other) / 2)
    assert found.dimensions[0].rests_on["tickets"] == pytest.approx(0.67 / 2 / 2)
    assert found.shown.level is None


# --- Gaps and advice --------------------------------------------------------------------------------------------------


def recommendation(
    name: str, criteria: Sequence[str], effort: Effort = "M", done: date | None = None
) -> Recommendation:
    return Recommendation(name, Text(name), "near", tuple(criteria), (), "owner", effort, date(2026, 6, 1), done)


def test_gaps_are_what_the_target_asks_for() -> None:
    given = assessment({"A.2": "L", "A.3": "F", "B.2": "F", "B.3": "P"}, targets={"A": 3, "B": 2})
    found = judge(given, tickets(rule("R1", 40), clauses=COVERED))
    assert [(gap.rated.criterion.id, gap.wanted, gap.short) for gap in found.gaps] == [("A.2", F, 1), ("A.3", L, 1)]
    assert [limit.id for limit in found.gaps[1].held_back_by] == ["R1"]


def test_without_a_target_the_next_level_is_aimed_at() -> None:
    found = judge(assessment(ANSWERS | {"A.2": "P"}), tickets(rule("R1", 100), clauses=COVERED))
    assert found.targets == {"A": 2, "B": 3}


def test_advice_is_ranked_by_severity_requirements_and_services_over_effort_and_can_be_traced() -> None:
    shown = tickets(
        rule("R1", 40, severity="major", clauses=["iso:1.1", "iso:2"], services=["mail", "web", "erp"]),
        clauses=UNCOVERED,
    )
    given = assessment(ANSWERS | {"A.2": "N"}, targets={"A": 3, "B": 3})
    about = {one.id: one for one in judge(given, shown).advice}
    assert set(about) == {"A.2", "R1", "iso:1"}
    rule_, coverage, word = about["R1"], about["iso:1"], about["A.2"]
    assert (rule_.source, rule_.horizon, rule_.effort, rule_.criteria) == ("rule", "near", "M", ("A.3",))
    assert (rule_.clauses, rule_.services) == (("iso:1.1", "iso:2"), ("erp", "mail", "web"))
    assert rule_.rank == pytest.approx(3 * 2 * 3 / 3)  # major, two requirements, three services, weeks
    assert (coverage.source, coverage.clauses, coverage.horizon) == ("coverage", ("iso:1.2",), "near")
    assert coverage.rank == pytest.approx(2 * 1 * 1 / 3)  # two steps short (P where F is wanted)
    assert (word.source, word.effort, word.rank) == ("criterion", "L", pytest.approx(3 / 9))  # three steps short
    assert [one.id for one in judge(given, shown).advice] == ["R1", "iso:1", "A.2"]


def test_one_rule_that_holds_two_criteria_back_is_one_piece_of_advice() -> None:
    model = questionnaire([criterion(name, "A", 2, caps=[Cap("R1", 90)]) for name in ("A.1", "A.2")])
    found = judge(assessment({"A.1": "F", "A.2": "F"}), tickets(rule("R1", 10)), model)
    assert [(one.id, one.criteria, one.horizon) for one in found.advice] == [("R1", ("A.1", "A.2"), "mid")]


def test_what_nobody_could_look_at_is_looked_at_first() -> None:
    found = judge(assessment(ANSWERS), tickets(clauses=COVERED))
    assert [(one.id, one.horizon, one.effort) for one in found.advice] == [("R1", "near", "S")]


def test_a_written_recommendation_stands_for_its_gaps_and_one_that_is_done_for_none() -> None:
    shown = tickets(rule("R1", 10, severity="major", services=["mail", "web"]), clauses=COVERED)
    given = assessment(ANSWERS, recommendations=[recommendation("R-01", ["A.3"], "L")])
    [written] = judge(given, shown).advice
    assert (written.source, written.rules, written.criteria) == ("written", ("R1",), ("A.3",))
    assert written.clauses == ("iso:1.1",)
    assert written.rank == pytest.approx(3 * 1 * 2 / 9)
    done = assessment(ANSWERS, recommendations=[recommendation("R-01", ["A.3"], "L", date(2026, 5, 1))])
    assert [one.source for one in judge(done, shown).advice] == ["rule"]


def test_the_top_level_is_long_term() -> None:
    found = judge(
        assessment(ANSWERS | {"B.3": "P"}, targets={"A": 3, "B": 3}), tickets(rule("R1", 100), clauses=COVERED)
    )
    assert [(one.id, one.horizon) for one in found.advice] == [("B.3", "long")]


# --- Comparison -------------------------------------------------------------------------------------------------------


def test_what_moved_since_the_assessment_before() -> None:
    work = [recommendation("R-01", ["A.2"], done=date(2026, 5, 1)), recommendation("R-02", ["B.3"])]
    before = assessment(
        {"S.1": "N", "A.2": "L", "B.2": "F", "B.3": "F"}, name="before", on=date(2025, 12, 1), recommendations=work
    )
    oldest = assessment(ANSWERS, name="oldest", on=date(2024, 12, 1))
    later = assessment(ANSWERS, name="later", on=date(2026, 12, 1))
    found = judge(assessment(ANSWERS), tickets(rule("R1", 0), clauses=UNCOVERED), others=[oldest, before, later])
    compared = found.comparison
    assert compared is not None
    assert compared.earlier.id == "before"
    assert [(one.criterion, one.before, one.now) for one in compared.moved] == [("A.2", L, F), ("B.3", F, L)]
    assert (compared.answered, compared.dropped) == (("A.3",), ())
    assert {name: standing.level for name, standing in compared.dimensions.items()} == {"A": 2, "B": 3}
    assert compared.overall.level == 2
    assert ([one.id for one in compared.done], [one.id for one in compared.overdue]) == (["R-01"], ["R-02"])


def test_the_first_assessment_is_compared_with_nothing() -> None:
    assert judge(assessment(ANSWERS), Shown()).comparison is None


# --- Laws -------------------------------------------------------------------------------------------------------------


def chance_case(dice: random.Random) -> tuple[Questionnaire, Assessment, Shown]:
    """A questionnaire of any method with caps, answers and results by chance."""
    method = dice.choice(["staged", "levels", "mean"])
    scale: Sequence[ScaleStep] = NUMBERED if method == "levels" else BANDED
    criteria = [
        criterion(
            f"C.{n}", dice.choice("AB"), dice.randint(1, 3),
            caps=[Cap(f"R{k}", dice.choice([50, 90, 95])) for k in range(3) if dice.random() < 0.4]
            + [Cap("", 80, "iso:1")] * (dice.random() < 0.3),
        )
        for n in range(8)
    ]  # fmt: skip
    given = assessment({one.id: dice.choice(scale).id for one in criteria if dice.random() < 0.9})
    rules = [rule(f"R{k}", dice.randint(0, 20), 20) for k in range(3)]
    clauses = {f"iso:1.{n}": dice.random() < 0.7 for n in range(5)}
    return questionnaire(criteria, method, scale=scale), given, tickets(*rules, clauses=clauses)


def figures(found: Assessed) -> dict[str, float]:
    """Every level and every score that is shown."""
    told = {"all": found.shown, **{one.dimension.id: one.shown for one in found.dimensions}}
    named = {f"{name} {what}": getattr(one, what) for name, one in told.items() for what in ("level", "score")}
    return {name: value for name, value in named.items() if value is not None}


def worse(dice: random.Random, shown: Shown) -> Shown:
    """One rule passes for fewer records than before, or could not be tested, or a clause loses its definition."""
    assert shown.rules is not None
    if dice.random() < 0.3:
        return replace(shown, clauses={**shown.clauses, dice.choice(list(shown.clauses)): False})
    one = shown.rules[dice.choice(list(shown.rules))]
    if dice.random() < 0.2:
        return replace(shown, rules={name: found for name, found in shown.rules.items() if name != one.id})
    fallen = replace(one, passed=dice.randint(0, one.passed), outcome="fail")
    return replace(shown, rules={**shown.rules, one.id: fallen})


@pytest.mark.parametrize("seed", range(150))
def test_worse_tickets_and_fewer_definitions_never_raise_anything(seed: int) -> None:
    dice = random.Random(seed)
    model, given, shown = chance_case(dice)
    before, after = judge(given, shown, model), judge(given, worse(dice, shown), model)
    assert all(value <= figures(before)[name] for name, value in figures(after).items())
    assert figures(before).keys() == figures(after).keys()


@pytest.mark.parametrize("seed", range(150))
def test_no_answer_lifts_anything_above_what_the_best_answers_would(seed: int) -> None:
    dice = random.Random(seed)
    model, given, shown = chance_case(dice)
    top = model.scale[-1].id
    best = judge(assessment(dict.fromkeys(model.criteria, top)), shown, model)
    for one in best.rated:
        assert one.shown == min([len(model.scale) - 1, *(limit.ceiling for limit in one.limits)])
    changed = dict(given.answers) | {dice.choice(list(model.criteria)): answer(dice.choice(model.scale).id)}
    for one in (judge(given, shown, model), judge(assessment(changed), shown, model)):
        known = figures(best)
        # A mean leaves open questions out; a level never gains by them.
        whole = all(rated.said is not None for rated in one.rated)
        assert all(value <= known[name] + 1e-12 for name, value in figures(one).items() if whole or "level" in name)
        ceilings = {rated.criterion.id: rated.shown for rated in best.rated}
        assert all((rated.shown or 0) <= (ceilings[rated.criterion.id] or 0) for rated in one.rated)


@pytest.mark.parametrize("seed", range(20))
def test_an_answer_above_its_limit_changes_nothing_that_is_shown(seed: int) -> None:
    model, given, shown = chance_case(random.Random(seed))
    found = judge(given, shown, model)
    lifted = {
        one.criterion.id: replace(one.answer, rating=model.scale[-1].id)
        for one in found.rated
        if one.answer and one.shown == min((limit.ceiling for limit in one.limits), default=-1)
    }
    again = judge(assessment({**given.answers, **lifted}), shown, model)
    assert figures(again) == figures(found)
    assert {name: again.rests_on[name] for name in again.rests_on} == pytest.approx(dict(found.rests_on))


def test_the_same_is_found_whatever_the_order_of_answers() -> None:
    shown = tickets(rule("R1", 60), clauses=UNCOVERED)
    found = judge(assessment(ANSWERS), shown)
    turned = judge(assessment(dict(reversed(ANSWERS.items()))), shown)
    assert replace(turned, assessment=found.assessment) == found
