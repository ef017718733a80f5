"""The laws of definitions that no schema can state, one module each, and what is asked of them as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from itsmctl.definitions.lint import (
    activity_unreachable,
    activity_without_end,
    activity_without_raci,
    calendar_closed_all_year,
    calendar_runs_out,
    code_list_unused,
    condition_value_unknown,
    dead_end_state,
    dependency_cycle,
    depends_on_retired,
    goal_without_indicator,
    handover_without_owner,
    indicator_unlisted,
    no_initial_state,
    no_responsible,
    one_accountable,
    procedure_unnamed,
    process_without_raci,
    review_overdue,
    role_or_position,
    service_without_promise,
    supplier_not_approved,
    support_pauses_more,
    supports_no_goal,
    target_does_not_fit,
    under_no_procedure,
    unreachable_state,
)
from itsmctl.definitions.lint.law import Law
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem

LAWS: tuple[Law, ...] = (
    activity_unreachable,
    activity_without_end,
    activity_without_raci,
    calendar_closed_all_year,
    calendar_runs_out,
    code_list_unused,
    condition_value_unknown,
    dead_end_state,
    dependency_cycle,
    depends_on_retired,
    goal_without_indicator,
    handover_without_owner,
    indicator_unlisted,
    no_initial_state,
    no_responsible,
    one_accountable,
    procedure_unnamed,
    process_without_raci,
    review_overdue,
    role_or_position,
    service_without_promise,
    supplier_not_approved,
    support_pauses_more,
    supports_no_goal,
    target_does_not_fit,
    under_no_procedure,
    unreachable_state,
)
"""Every law, by its code."""


def broken_laws(
    system: System, unsound: Collection[str] = (), *, errors_only: bool = False, laws: Sequence[Law] = LAWS
) -> Iterator[Problem]:
    """Every problem that one of the laws finds; a law that reads a kind with errors of its own is not asked.

    Its answer would be an echo: where an assignment cannot be read, every role that it fills looks vacant.
    """
    for law in laws:
        if unsound and not set(law.READS).isdisjoint(unsound):
            continue
        if law.SEVERITY == "error" or not errors_only:
            yield from law.check(system)
