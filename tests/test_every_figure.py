"""Every figure that is computed has a calculation by hand, and a second, independent one on generated data and on the public log.

The list of figures is taken from the program itself, so a new one fails here until it stands in the table below.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

from itsmctl import model
from itsmctl.assessment import Assessed
from itsmctl.assessment.levels import DimensionResult
from itsmctl.complaints import Heard, Sign
from itsmctl.experience import Experience, Factor, StageIndex
from itsmctl.model.indicators import DefinitionFigure
from itsmctl.scorecard.benefits import Benefits, Measure
from itsmctl.scorecard.competence import Fitness, KeyPerson
from itsmctl.scorecard.figures import Indicator
from itsmctl.scorecard.handovers import HandOver
from itsmctl.scorecard.positions import Organisation, PositionState
from itsmctl.scorecard.principles import Part
from itsmctl.scorecard.suppliers import LegFigure, SupplierCard


class Shown(NamedTuple):
    """Where a figure is shown to be right: tests as `file:name`, without `test_`."""

    by_hand: str
    again: str
    """In plain Python from the files, on generated tickets or on the definitions of the example company."""
    on_the_log: str
    """The same on the public log, or (beginning with a dash) why the log has nothing of it."""


SCORE, VIEWS, HAND = "scorecard:", "scorecard_views:", "kept_figures_by_hand:"
TWICE, KEPT, DEFINED, LOG = (
    "figures_twice:",
    "kept_figures_twice:",
    "definition_figures_twice:",
    "figures_on_a_real_log:",
)
NO_TICKETS = "- not made of tickets: computed again from the files of the example company, which no export has"
TWO_ANSWERS = "- what two sets of answers say, without tickets"
REASONS = (NO_TICKETS, TWO_ANSWERS)
ASSESSED = "assessment_twice:answers_levels_scores_and_gaps_are_those_of_a_plain_count"

FIGURES = {
    # Indicators: every kind of measure that a definition can name.
    "RecordFigure.share": Shown(SCORE + "a_share_by_hand", SCORE + "shares_and_medians_again", LOG + "indicators"),
    "RecordFigure.count": Shown(SCORE + "a_count_and_a_median_by_hand", SCORE + "shares_and_medians_again", LOG + "indicators"),
    "RecordFigure.median": Shown(SCORE + "a_count_and_a_median_by_hand", SCORE + "shares_and_medians_again", LOG + "indicators"),
    "RecordFigure.per-head": Shown(SCORE + "records_for_each_engineer_by_hand", SCORE + "shares_and_medians_again", LOG + "indicators"),
    "ClockShare": Shown(SCORE + "clocks_by_hand", SCORE + "clocks_again", LOG + "promises"),
    "RuleShare": Shown(SCORE + "rules_by_hand", TWICE + "signs_of_surveys_and_of_rules_again", LOG + "complaints"),
    "RegisterFigure.count": Shown(HAND + "a_register", TWICE + "an_indicator_over_a_register_is_that_of_its_file", NO_TICKETS),
    "RegisterFigure.mean": Shown(HAND + "a_register", TWICE + "an_indicator_over_a_register_is_that_of_its_file", NO_TICKETS),
    "RegisterFigure.ratio": Shown(HAND + "a_register", TWICE + "an_indicator_over_a_register_is_that_of_its_file", NO_TICKETS),
    "RegisterFigure.share": Shown(HAND + "a_register", TWICE + "an_indicator_over_a_register_is_that_of_its_file", NO_TICKETS),
    "SurveyFigure.mean": Shown(SCORE + "a_survey_by_hand", KEPT + "surveys", NO_TICKETS),
    "SurveyFigure.response": Shown(SCORE + "a_survey_by_hand", KEPT + "surveys", NO_TICKETS),
    "SurveyFigure.satisfied": Shown(SCORE + "a_survey_by_hand", KEPT + "surveys", NO_TICKETS),
    "DefinitionShare.contracts-fitting": Shown(HAND + "contracts_that_carry_what_was_promised", KEPT + "contracts_that_fit_and_reviews_in_time", NO_TICKETS),
    "DefinitionShare.new-services": Shown(HAND + "new_services_and_services_with_an_agreement", KEPT + "services_with_an_agreement_and_new_ones", NO_TICKETS),
    "DefinitionShare.reviews-in-time": Shown(HAND + "definitions_reviewed_in_time", KEPT + "contracts_that_fit_and_reviews_in_time", NO_TICKETS),
    "DefinitionShare.roles-filled": Shown(HAND + "roles_that_somebody_holds", KEPT + "roles_that_somebody_holds", NO_TICKETS),
    "DefinitionShare.services-with-agreement": Shown(HAND + "new_services_and_services_with_an_agreement", KEPT + "services_with_an_agreement_and_new_ones", NO_TICKETS),
    "MaturityLevel": Shown(HAND + "the_maturity_of_processes_is_the_mean_of_their_levels", KEPT + "maturity_of_the_processes", NO_TICKETS),
    "Indicator.now": Shown(SCORE + "what_is_unknown_counts_as_bad", SCORE + "every_indicator_of_the_reference_is_computed_or_says_what_it_needs", LOG + "indicators"),
    "Indicator.trend": Shown(SCORE + "a_trend_is_more_than_chance", SCORE + "trends_again", LOG + "trends"),
    # The eight principles: what is counted in the definitions, and what lowers it.
    "principle.definitions": Shown("able:what_is_taken_away_costs_points", DEFINED + "the_definitions_part_of_every_principle", NO_TICKETS),
    "principle.path": Shown(VIEWS + "principles_by_hand", TWICE + "principles_again", LOG + "principles"),
    "principle.computed": Shown("able:points_are_whole_only_when_everything_is_there", TWICE + "indicators_that_have_a_value_again", LOG + "rules_that_could_be_tested_and_indicators_with_a_value"),
    "principle.able": Shown(VIEWS + "principles_by_hand", TWICE + "principles_again", LOG + "principles"),
    "principle.linked": Shown(VIEWS + "principles_by_hand", TWICE + "principles_again", LOG + "principles"),
    "principle.tested": Shown("able:points_are_whole_only_when_everything_is_there", DEFINED + "what_an_audit_adds_to_principles", LOG + "rules_that_could_be_tested_and_indicators_with_a_value"),
    # Positions.
    "PositionState.cells": Shown(VIEWS + "ten_positions_with_six_attributes", DEFINED + "the_heat_map_of_positions", NO_TICKETS),
    "PositionState.holders": Shown(VIEWS + "an_attribute_that_is_missing_and_a_position_that_nobody_holds", DEFINED + "the_heat_map_of_positions", NO_TICKETS),
    "PositionState.indicators": Shown(VIEWS + "an_attribute_that_is_missing_and_a_position_that_nobody_holds", DEFINED + "the_heat_map_of_positions", NO_TICKETS),
    "PositionState.vacant": Shown(VIEWS + "an_attribute_that_is_missing_and_a_position_that_nobody_holds", DEFINED + "the_heat_map_of_positions", NO_TICKETS),
    "Organisation.hats": Shown(VIEWS + "several_hats", DEFINED + "several_hats_again", NO_TICKETS),
    "Organisation.competent": Shown(VIEWS + "competence_counts_on_the_day_of_the_work", TWICE + "competence_on_the_day_of_the_work_again", LOG + "people_and_suppliers"),
    "Organisation.unknown_people": Shown(VIEWS + "competence_counts_on_the_day_of_the_work", TWICE + "competence_on_the_day_of_the_work_again", LOG + "people_and_suppliers"),
    "Organisation.unknown_in_group": Shown(VIEWS + "competence_counts_on_the_day_of_the_work", TWICE + "competence_on_the_day_of_the_work_again", LOG + "people_and_suppliers"),
    "KeyPerson.records": Shown(VIEWS + "what_hangs_on_one_person", TWICE + "key_people_again", LOG + "people_and_suppliers"),
    "KeyPerson.people": Shown(VIEWS + "what_hangs_on_one_person", TWICE + "key_people_again", LOG + "people_and_suppliers"),
    "KeyPerson.share": Shown(VIEWS + "what_hangs_on_one_person", TWICE + "key_people_again", LOG + "people_and_suppliers"),
    "Fitness.records": Shown(VIEWS + "competence_counts_on_the_day_of_the_work", TWICE + "competence_on_the_day_of_the_work_again", LOG + "people_and_suppliers"),
    "Fitness.able": Shown(VIEWS + "competence_counts_on_the_day_of_the_work", TWICE + "competence_on_the_day_of_the_work_again", LOG + "people_and_suppliers"),
    # Suppliers.
    "SupplierCard.contracts": Shown(VIEWS + "a_supplier_by_hand", TWICE + "suppliers_again", NO_TICKETS),
    "SupplierCard.records": Shown(VIEWS + "a_supplier_by_hand", TWICE + "suppliers_again", LOG + "people_and_suppliers"),
    "SupplierCard.reviews": Shown(VIEWS + "a_supplier_by_hand", TWICE + "suppliers_again", NO_TICKETS),
    "SupplierCard.score": Shown(VIEWS + "a_supplier_by_hand", TWICE + "suppliers_again", NO_TICKETS),
    "SupplierCard.disputes": Shown(VIEWS + "a_supplier_by_hand", TWICE + "suppliers_again", NO_TICKETS),
    "SupplierCard.flags": Shown(VIEWS + "what_ends_is_flagged_in_time", TWICE + "suppliers_again", NO_TICKETS),
    **{f"LegFigure.{name}": Shown(VIEWS + "a_supplier_by_hand", TWICE + "the_promise_of_a_supplier_again", LOG + "people_and_suppliers") for name in ("met", "judged", "unknown", "share", "below")},
    # Between the processes.
    **{f"HandOver.{name}": Shown(VIEWS + "hand_overs_by_hand", SCORE + "hand_overs_again", LOG + "hand_overs_and_links") for name in ("records", "linked", "found", "lost", "later", "median_seconds", "left")},
    # Before and after.
    **{f"benefit.{name}": Shown(VIEWS + "before_and_after_by_hand", SCORE + "benefits_again", LOG + "before_and_after") for name in ("down-time", "repair-time", "per-engineer", "first-time-right", "waiting-time")},
    "benefit.in-time": Shown(VIEWS + "before_and_after_by_hand", SCORE + "benefits_again", LOG + "promises_before_and_after"),
    "Benefits.mix": Shown("comparing:the_mix_explains_a_change_that_no_stratum_made", SCORE + "the_mix_of_promises_again", LOG + "promises_before_and_after"),
    # Complaints.
    "ComplaintSign.key-person": Shown("worse_tickets:work_is_no_better_spread_where_tickets_lose_their_category", "complaints:leaning_on_one_person_is_counted_as_in_plain_python", LOG + "complaints"),
    "ComplaintSign.processes-with-figures": Shown(HAND + "processes_with_an_indicator_that_is_more_than_a_word", DEFINED + "processes_with_an_indicator_that_is_computed", NO_TICKETS),
    "ComplaintSign.question": Shown(HAND + "the_answers_to_one_question", TWICE + "signs_of_surveys_and_of_rules_again", NO_TICKETS),
    "Sign.failing": Shown("complaints:the_records_behind_a_sign_are_those_planted_in_its_period", "complaints:what_was_planted_is_what_the_ledger_counts_over_all_periods", LOG + "the_records_behind_complaints_and_how_loud_they_are"),
    "Sign.loud": Shown("complaints:an_organisation_has_its_own_complaints_signs_and_thresholds", "complaints:the_loudest_sign_is_the_one_with_the_least_kept", LOG + "the_records_behind_complaints_and_how_loud_they_are"),
    "Heard.worst": Shown("complaints:the_loudest_complaint_comes_first", "complaints:the_loudest_sign_is_the_one_with_the_least_kept", LOG + "the_records_behind_complaints_and_how_loud_they_are"),
    # Customers.
    **{f"StageIndex.{name}": Shown("experience:an_index_is_the_weighted_mean_of_what_is_measured_and_else_of_what_is_felt", KEPT + "experience_of_each_stage", LOG + "what_customers_feel_beside_what_the_log_shows") for name in ("felt", "index", "data_share")},
    "StageIndex.felt_before": Shown("experience:a_change_is_told_only_where_it_is_more_than_chance", "experience:the_reference_company_agrees_with_a_plain_count_of_its_file", NO_TICKETS),
    "Experience.turnout": Shown("experience:runs_of_several_customers_count_each_answer_once_and_are_told_apart_too", "experience:the_reference_company_agrees_with_a_plain_count_of_its_file", NO_TICKETS),
    # Assessments; the second computation runs on both kinds of tickets.
    "Assessed.rated": Shown("assessment:what_tickets_show_lowers_an_answer_and_says_by_what", ASSESSED, ASSESSED),
    "Assessed.shown": Shown("assessment:scores_said_and_shown_and_what_they_rest_on", ASSESSED, ASSESSED),
    "Assessed.rests_on": Shown("assessment:scores_said_and_shown_and_what_they_rest_on", ASSESSED, ASSESSED),
    "Assessed.gaps": Shown("assessment:gaps_are_what_the_target_asks_for", ASSESSED, ASSESSED),
    "Assessed.advice": Shown("assessment:advice_is_ranked_by_severity_requirements_and_services_over_effort_and_can_be_traced", "assessment_twice:advice_is_ranked_by_what_it_follows_from", "assessment_twice:advice_is_ranked_by_what_it_follows_from"),
    "Assessed.comparison": Shown("assessment:what_moved_since_the_assessment_before", "assessment_twice:what_moved_is_what_the_files_say", TWO_ANSWERS),
    "DimensionResult.shown": Shown("assessment:a_level_needs_its_own_criteria_largely_and_all_below_fully", ASSESSED, ASSESSED),
    "DimensionResult.rests_on": Shown("assessment:scores_said_and_shown_and_what_they_rest_on", ASSESSED, ASSESSED),
}  # fmt: skip

NO_FIGURES = {
    "Attested", "Organisation.states", "Organisation.together", "Organisation.keys", "Organisation.fitness", "PositionState.position",
    "KeyPerson.service", "KeyPerson.risky", "Fitness.role", "Fitness.competence", "SupplierCard.supplier", "SupplierCard.legs",
    "LegFigure.contract", "LegFigure.leg", "LegFigure.name", "LegFigure.agreed", "HandOver.start", "HandOver.end", "HandOver.artefacts",
    "Benefits.before", "Benefits.after", "Benefits.benefits", "Benefits.caveats", "Indicator.kpi", "Indicator.figures", "Indicator.untold",
    "Indicator.before",
    "Sign.indicator", "Sign.rule", "Sign.records", "Sign.loud_from", "Sign.kept", "Heard.complaint", "Heard.signs",
}  # fmt: skip
"""Measures and fields that are no figure: what is named, what is looked up, and what stands in the table by its parts."""


def every_figure() -> Iterator[str]:
    """All that the program computes, by the types that hold it."""
    for measure in get_args(model.Measure):
        hint = get_type_hints(measure).get("figure")
        own = get_args(DefinitionFigure) if measure is model.DefinitionShare else get_args(hint)
        yield from (f"{measure.__name__}.{figure}" for figure in own) if own else (measure.__name__,)
    yield from (f"principle.{part}" for part in get_args(Part))
    yield from (f"benefit.{measure}" for measure in get_args(Measure))
    yield from (f"ComplaintSign.{figure}" for figure in (*get_args(model.OwnFigure), "question"))
    for kind in (
        Indicator,
        PositionState,
        Organisation,
        KeyPerson,
        Fitness,
        SupplierCard,
        LegFigure,
        HandOver,
        Benefits,
        Sign,
        Heard,
    ):
        yield from (f"{kind.__name__}.{name}" for name in members(kind))


def members(kind: Any) -> list[str]:
    """The fields and the properties of a dataclass."""
    return [f.name for f in fields(kind)] + [name for name, one in vars(kind).items() if isinstance(one, property)]


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((Path(__file__).parent / f"test_{file}.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_figure_stands_in_the_table() -> None:
    found = set(every_figure())
    assert found - NO_FIGURES <= set(FIGURES), "a figure that nobody has calculated by hand and again"
    assert found >= NO_FIGURES and not NO_FIGURES & set(FIGURES)
    others = {name for name in FIGURES if name not in found}
    holders = {kind.__name__: members(kind) for kind in (Assessed, DimensionResult, StageIndex, Factor, Experience)}
    assert all(name.split(".")[1] in holders[name.split(".")[0]] for name in others)


@cache
def mentions(file: str, word: str) -> bool:
    return word in (Path(__file__).parent / f"test_{file}.py").read_text(encoding="utf-8")


def test_both_sources_are_asked_or_it_is_said_why_not() -> None:
    """The second computation is made on generated tickets or the example company's files, and the third on the public log."""
    for name, shown in FIGURES.items():
        again, on_the_log = shown.again.partition(":")[0], shown.on_the_log.partition(":")[0]
        assert any(mentions(again, source) for source in ("generate(", "plain_definitions", "safe_load")), name
        assert shown.on_the_log in REASONS or mentions(on_the_log, "from public_log import"), name
        assert shown.again != shown.on_the_log or shown.again == ASSESSED or again == "assessment_twice", name
    assert {shown.on_the_log for shown in FIGURES.values() if shown.on_the_log.startswith("-")} == set(REASONS)


def test_every_calculation_of_the_table_is_there() -> None:
    for name, shown in FIGURES.items():
        for where in (shown.by_hand, shown.again, *([] if shown.on_the_log.startswith("-") else [shown.on_the_log])):
            file, _, test = where.partition(":")
            assert f"test_{test}" in functions_of(file), f"{name}: {where}"
        assert shown.by_hand != shown.again, name
