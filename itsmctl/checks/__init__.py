"""The check types, one module each, and the templates of Declare; a rule names one of them and gives its parameters."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.checks import (
    agreement,
    allowed,
    at_most,
    attainment,
    batch,
    clock_within,
    conforms,
    different_people,
    dwell_within,
    elapsed_within,
    expression,
    handovers,
    known,
    leg_within,
    matrix,
    not_in_future,
    number_gaps,
    ordered_times,
    readable,
    reported_agrees,
    required,
    returns,
    row_count,
    share,
    transition,
    untouched,
    variants,
)
from itsmctl.checks.declare import TEMPLATES
from itsmctl.engine.context import Check

CHECKS: Mapping[str, Check] = {
    agreement.ID: agreement,
    allowed.ID: allowed,
    at_most.ID: at_most,
    attainment.ID: attainment,
    batch.ID: batch,
    clock_within.ID: clock_within,
    conforms.ID: conforms,
    different_people.ID: different_people,
    dwell_within.ID: dwell_within,
    elapsed_within.ID: elapsed_within,
    expression.ID: expression,
    handovers.ID: handovers,
    known.ID: known,
    leg_within.ID: leg_within,
    matrix.ID: matrix,
    not_in_future.ID: not_in_future,
    number_gaps.ID: number_gaps,
    ordered_times.ID: ordered_times,
    readable.ID: readable,
    reported_agrees.ID: reported_agrees,
    required.ID: required,
    returns.ID: returns,
    row_count.ID: row_count,
    share.ID: share,
    transition.ID: transition,
    untouched.ID: untouched,
    variants.ID: variants,
    **TEMPLATES,
}
