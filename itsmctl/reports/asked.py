"""What each check asks, in one sentence: the words of the schema of rules, for the pages that people read."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.language import msg

ASKED: Mapping[str, str] = {
    "absence": msg("The activity never occurs, or not more often."),
    "agreement": msg("A service level agreement in force covers the record."),
    "allowed": msg(
        "A column holds only allowed values: of a code list, of a process's states, or of a list written here."
    ),
    "alternate-precedence": msg("Every second activity has a first one of its own before it."),
    "alternate-response": msg("The first activity is followed by the second before it occurs again."),
    "alternate-succession": msg("The two activities occur in turn."),
    "approved": msg("Those who may approve it did so, before something happens."),
    "at-most": msg("A number is not larger than allowed."),
    "attainment": msg("In each group (service and month, say) the agreed percentage of records met their target."),
    "authorised": msg("Whoever acted held a role that allows it, on that day."),
    "batch": msg("No person acts on many records within a few minutes."),
    "chain-precedence": msg("The event just before the second activity is the first."),
    "chain-response": msg("The very next event after the first activity is the second."),
    "chain-succession": msg("The two activities occur only directly one after the other."),
    "choice": msg("At least one of the two activities occurs."),
    "clock-within": msg("The clock of the agreement stopped within its target."),
    "co-existence": msg("Both activities occur, or neither does."),
    "concentration": msg("No group's work hangs on one person."),
    "conforms": msg("The path of a record is one that the process allows."),
    "count-per-month": msg("Each group has its records in every month, and not too many."),
    "different-people": msg("The named people are not all the same person."),
    "dwell-within": msg("Time in one state, or with one group or person, is limited."),
    "elapsed-within": msg("Not more than this plain time lies between two moments."),
    "employed": msg("Whoever acted was appointed on that day, and did not use a shared account."),
    "end": msg("The history ends with this activity."),
    "exactly": msg("The activity occurs exactly so often."),
    "exclusive-choice": msg("One of the two activities occurs, and not the other."),
    "existence": msg("The activity occurs, at least so often."),
    "expression": msg("A condition of its own over the columns of the record."),
    "handovers": msg("The record was not passed around."),
    "heaping": msg("Times do not heap just under the target."),
    "in-lane": msg("Each step is taken by people, or for groups, of its lane."),
    "in-window": msg("The work lies within its planned window, and on no forbidden day."),
    "init": msg("The history begins with this activity."),
    "known": msg("The value is a definition in force on the day."),
    "late-pause": msg("No clock was paused late without question and answer."),
    "leg-within": msg(
        "The time with each team or supplier stays within what it promised to those who promise to customers."
    ),
    "linked": msg("The record is linked to another, which is what it must be."),
    "loosened": msg("No target was made looser when it was about to be missed."),
    "matrix": msg("Priority follows from impact and urgency."),
    "meaningful": msg("A text says something."),
    "no-later": msg("The same does not happen again soon after."),
    "no-secrets": msg("Texts hold no secrets."),
    "not-chain-succession": msg("The very next event after the first activity is not the second."),
    "not-co-existence": msg("One record does not have both activities."),
    "not-in-future": msg("No moment lies after the end of the data."),
    "not-sooner": msg("Something took at least as long as it plausibly must."),
    "not-succession": msg("After the first activity the second never occurs."),
    "number-gaps": msg("No number is missing in a run of numbers."),
    "ordered-times": msg("Moments follow one another in this order."),
    "overlap": msg("No two records on one item overlap in time."),
    "paused-share": msg("Nobody keeps clocks paused far more than their peers."),
    "percentile": msg("In each group so many per cent took no longer than a limit."),
    "period-end": msg("Work does not pile up on the last days of a month."),
    "period-shift": msg("No resolution was moved over the end of a month."),
    "precedence": msg("The second activity occurs only after the first one has."),
    "raised-and-lowered": msg("A priority was not raised and soon lowered again."),
    "readable": msg(
        "Every value and row of the file could be read, or nothing of the record was set aside for one of some reasons."
    ),
    "register": msg(
        "A register kept beside the tickets has a row that is recent and complete, for each supplier, service or process, or its single rows are."
    ),
    "reported-agrees": msg("What the tool says about the SLA agrees with the recomputed clock."),
    "required": msg("These columns are filled."),
    "responded-existence": msg("Where the first activity occurs, the second does too, before or after."),
    "response": msg("The first activity is followed by the second, perhaps within a time."),
    "returns": msg("A record does not come back too often to where it has been."),
    "row-count": msg("The number of rows is not a limit of the exporting tool."),
    "share": msg("In each group the share of records that meet a condition is large, or small, enough."),
    "similar": msg("Several similar records within some weeks are linked to what explains them."),
    "succession": msg("The first activity is followed by the second, and the second preceded by the first."),
    "traced": msg("The history of a record reaches back to its beginning and has no gap."),
    "transition": msg("Every change of state is one that the process allows."),
    "trend": msg("A number does not rise month after month."),
    "unchanged": msg("Nobody edited the fields after the fact."),
    "untouched": msg("An open record is touched again within a time."),
    "variants": msg("Most of the records take paths that the process allows."),
}
