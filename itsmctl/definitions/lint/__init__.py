"""The laws of definitions that no schema can state, one module each, and what is asked of them as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from itsmctl.definitions.lint import (
    action_overdue,
    activity_unreachable,
    activity_without_end,
    activity_without_raci,
    agreements_overlap,
    auditor_is_owner,
    calendar_closed_all_year,
    calendar_runs_out,
    called_twice,
    clause_not_audited,
    clause_not_mapped,
    clause_uncovered,
    closed_unfinished,
    code_list_unused,
    condition_value_unknown,
    dead_end_state,
    delegation_outside,
    delegations_overlap,
    dependency_cycle,
    depends_on_retired,
    eight_able,
    goal_without_indicator,
    handover_without_owner,
    indicator_unlisted,
    input_nobody_makes,
    kpi_unanswered,
    mapped_and_alone,
    no_initial_state,
    no_responsible,
    one_accountable,
    output_nobody_takes,
    overlapping_assignments,
    own_approval,
    own_check,
    procedure_unnamed,
    process_without_kpi,
    process_without_raci,
    rests_on_cycle,
    review_overdue,
    role_or_position,
    separated_duties,
    service_without_promise,
    supplier_not_approved,
    support_pauses_more,
    supports_no_goal,
    target_does_not_fit,
    under_no_procedure,
    unreachable_state,
    vacant_role,
    waiver_expired,
    waiver_too_broad,
    waiver_without_authority,
)
from itsmctl.definitions.lint.law import Law, stands_alone
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem

LAWS: tuple[Law, ...] = (
    action_overdue,
    activity_unreachable,
    activity_without_end,
    activity_without_raci,
    agreements_overlap,
    auditor_is_owner,
    calendar_closed_all_year,
    calendar_runs_out,
    called_twice,
    clause_not_audited,
    clause_not_mapped,
    clause_uncovered,
    closed_unfinished,
    code_list_unused,
    condition_value_unknown,
    dead_end_state,
    delegation_outside,
    delegations_overlap,
    dependency_cycle,
    depends_on_retired,
    eight_able,
    goal_without_indicator,
    handover_without_owner,
    indicator_unlisted,
    input_nobody_makes,
    kpi_unanswered,
    mapped_and_alone,
    no_initial_state,
    no_responsible,
    one_accountable,
    output_nobody_takes,
    overlapping_assignments,
    own_approval,
    own_check,
    procedure_unnamed,
    process_without_kpi,
    process_without_raci,
    rests_on_cycle,
    review_overdue,
    role_or_position,
    separated_duties,
    service_without_promise,
    supplier_not_approved,
    support_pauses_more,
    supports_no_goal,
    target_does_not_fit,
    under_no_procedure,
    unreachable_state,
    vacant_role,
    waiver_expired,
    waiver_too_broad,
    waiver_without_authority,
)
"""Every law, by its code."""


def is_kept_from(law: Law, unsound: Collection[str]) -> bool:
    """Whether a law cannot be asked where definitions of some kinds have errors."""
    return not stands_alone(law) and not set(law.READS).isdisjoint(unsound)


def broken_laws(
    system: System, unsound: Collection[str] = (), *, errors_only: bool = False, laws: Sequence[Law] = LAWS
) -> Iterator[Problem]:
    """Every problem that one of the laws finds; a law that reads a kind with errors of its own is not asked.

    Its answer would be an echo: where an assignment cannot be read, every role that it fills looks vacant.
    """
    for law in laws:
        if is_kept_from(law, unsound):
            continue
        if law.SEVERITY == "error" or not errors_only:
            yield from law.check(system)
