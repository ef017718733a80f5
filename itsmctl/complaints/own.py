"""Signs of complaints that neither a rule nor an indicator tells: leaning on one person, processes without a figure, one question."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.complaints.records import leaning
from itsmctl.model import Attested, ComplaintSign, Survey
from itsmctl.scorecard.figures import Tally
from itsmctl.scorecard.measuring import NO_TICKETS, Sources
from itsmctl.scorecard.periods import Span
from itsmctl.scorecard.tickets import Told


def own_told(sign: ComplaintSign, sources: Sources, spans: Sequence[Span]) -> Told:
    """What was counted in each period, or why nothing can be."""
    if sign.figure == "processes-with-figures":
        return {spans[-1]: _with_figures(sources)}
    return leaning(sources.tickets, spans, sign) if sources.tickets else NO_TICKETS


def _with_figures(sources: Sources) -> Tally:
    """Processes with an indicator that is more than somebody's word; what was in force in earlier periods is not looked at."""
    processes = sources.definitions.processes
    computed = {one.process for one in sources.definitions.kpis.values() if not isinstance(one.measure, Attested)}
    return Tally(len(processes), len(computed & processes.keys()))


def question_told(survey: Survey, question: str, span: Span) -> Tally:
    """Who is satisfied, of those who answered one question in runs that ended in a period."""
    runs = [run for run in survey.results if run.period.end and span.start <= run.period.end <= span.end]
    counts = [run.counts[question] for run in runs if question in run.counts]
    good = [place for place, step in enumerate(survey.scale) if step.satisfied]
    return Tally(sum(map(sum, counts)), sum(one[place] for one in counts for place in good))
