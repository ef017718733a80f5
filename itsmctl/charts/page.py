"""The charts of the audit report, in the order in which the page shows them."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.charts.backlog import backlog
from itsmctl.charts.distribution import distribution
from itsmctl.charts.flow import flow
from itsmctl.charts.hours import hours
from itsmctl.charts.network import network
from itsmctl.charts.plot import Figure
from itsmctl.charts.recurrence import recurrence
from itsmctl.language import Language, zone_of
from itsmctl.reports.sections import process_name
from itsmctl.result import AuditResult


def charts(result: AuditResult, language: Language) -> Iterator[Figure]:
    """What was counted, drawn; nothing is drawn of what nobody counted."""
    counted = result.figures
    for one in counted.distributions:
        yield distribution(one, language)
    if counted.backlog:
        yield backlog(counted.backlog, zone_of(result.zone), language)
    if counted.hours:
        yield hours(counted.hours, language)
    for ways in (one for one in counted.flows if one.paths > 1):  # a single path is nothing to compare
        yield flow(ways, process_name(result, ways.process, language), result.names, language)
    if counted.network:
        yield network(counted.network, language)
    if counted.recurrence:
        yield recurrence(counted.recurrence, result.names, language)
