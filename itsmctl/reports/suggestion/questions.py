"""The questions about an export that only its owner can answer, in the order in which they matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from itsmctl.importers.times import EXCEL_DAYS
from itsmctl.language import Language, column_text, tr
from itsmctl.reports.plain import shown
from itsmctl.suggestion.formats import pattern_of
from itsmctl.suggestion.matching import SURE
from itsmctl.suggestion.suggestion import Suggestion

_WANTED = ("opened_at", "resolved_at", "closed_at", "state", "priority", "assignee")
"""Without these most rules about clocks, states and people cannot look."""


def questions(s: Suggestion, language: Language) -> Iterator[str]:
    """Each question with where its answer belongs."""
    if s.header_row:
        yield tr("Do the columns have their names in row {row}, `header-row`? What stands above it is left out.", language, row=s.header_row)  # fmt: skip
    if s.headless:
        yield tr("Has the file a row with the names of its columns? {names} look like the cells of a row; write names above it.", language, names=_names(language, s.order, 4))  # fmt: skip
    if "record_id" not in s.matches:
        yield tr("Which column makes a record unique? None looks like it; write it under `record_id`.", language)
    if s.repeated:
        values = {
            "name": shown(s.repeated.name),
            "rows": s.repeated.profile.filled,
            "distinct": s.repeated.profile.distinct,
        }
        yield tr("Why do {rows} rows have only {distinct} different values in {name}? If each is an update of a ticket, write `shape: updates`, and the moment of the update under `at`; if another column makes a ticket unique, name it under `record_id`.", language, **values)  # fmt: skip
    if s.adrift:
        values = {"name": shown(s.matches["record_id"].name)}
        yield tr("Which column names the records? None of the keys in {name} is one of the records looked at; rows that belong to none are set aside.", language, **values)  # fmt: skip
    if s.table == "detail" and "reported_sla_met" not in s.matches:
        yield tr("Which column says whether the SLA was met? None does: have it exported, and name it under `reported_sla_met`; without it these rows tell nothing.", language)  # fmt: skip
    if s.table == "detail":
        yield tr("Do all rows count? An SLA that was cancelled, or that binds another team, promises the customer nothing: leave it out with `without`.", language)  # fmt: skip
    if s.zoneless:
        names = _names(language, (match.name for match in s.zoneless))
        yield tr("In which zone did the tool write {names}? Write it under `zone`, or give --zone; the machine's zone is never used.", language, names=names)  # fmt: skip
    if s.days:
        yield tr("Can {names} be exported with the time of day? A day alone is set aside: no clock can be read from it.", language, names=_names(language, s.days))  # fmt: skip
    if counted := [one for one in s.zoneless if one.moments and EXCEL_DAYS in one.moments.patterns]:
        value = next(value for value in counted[0].profile.mixed if pattern_of(value, numbers=True) == EXCEL_DAYS)
        values = {
            "names": _names(language, (one.name for one in counted)),
            "value": shown(value),
            "moment": _as_excel(value),
        }
        yield tr("Does {names} count days as Excel does, so that {value} is {moment}? If it was counted from 1904, all are four years off: export again from the tool.", language, **values)  # fmt: skip
    if numbers := [profile for profile in s.unused if profile.days_as_numbers]:
        values = {"names": _names(language, (one.name for one in numbers)), "value": shown(numbers[0].mixed[0])}
        yield tr("Are {names} moments? Numbers such as {value} are days as Excel counts them, and are not read: give the cells a format with day and time in Excel, or export again from the tool.", language, **values)  # fmt: skip
    for match in s.unsettled:
        values = {"name": shown(match.name), "value": shown(_either(match.profile.mixed))}
        yield tr("{name}: in {value}, is the day first or the month? Write `date-order: day-first` or `date-order: month-first`.", language, **values)  # fmt: skip
    if s.table == "record" and not s.of.sure:
        yield tr("Of which process are the records? `{process}` is only a guess.", language, process=s.of.process)
    if s.of.perhaps:
        values = {
            "name": shown(s.of.perhaps.name),
            "names": _names(language, (value for value, _ in s.of.perhaps.frequent)),
        }
        yield tr("Does {name} tell the process of each row ({names})? Then write it under `process-column` instead of `process`, and what each value means under `codes/process`.", language, **values)  # fmt: skip
    if s.of.asked:
        values = {"name": shown(s.of.column), "names": _names(language, s.of.asked)}
        yield tr("Of which process are the rows whose {name} is one of: {names}? Until a line under `codes/process` says so they are set aside.", language, **values)  # fmt: skip
    if s.table == "record":
        yield from _of_columns(s, language)
    for column, coded in s.codes.items():
        if coded.asked and column != "field":
            values = {"column": column, "names": _names(language, coded.asked), "what": column_text(column, language)}
            yield tr("What do these values of {what} mean: {names}? Until a line under `codes/{column}` says so they are reported as unknown.", language, **values)  # fmt: skip
    if s.several:
        yield tr("The header has several columns called {names}, and the first of each is read: is it the right one? The others are called as in `{second}`.", language, names=_names(language, s.several), second=f"{s.several[0]} (2)")  # fmt: skip
    if s.others:
        yield tr("Are other tables of the file of use: {names}? Each needs a mapping of its own.", language, names=_names(language, s.others))  # fmt: skip


def _of_columns(s: Suggestion, language: Language) -> Iterator[str]:
    unsure = [f"{match.name} → {column}" for column, match in s.matches.items() if match.score < SURE]
    if unsure:
        yield tr("Are these right, which are less likely than {limit}%: {names}?", language, limit=int(SURE * 100), names=_names(language, unsure))  # fmt: skip
    spare = _names(language, (profile.name for profile in s.spare_moments))
    derived = {"opened_at"} if s.shape == "trace" else set()  # when its first event happened
    lacking = [column for column in _WANTED if column not in {*s.matches, *derived}]
    if lacking:
        names = _names(language, (f"`{column}` ({column_text(column, language)})" for column in lacking))
        hint = tr("Columns of moments that are still free: {names}.", language, names=spare) if spare else ""
        asked = tr("Which columns are these: {names}? Rules that need them cannot look without.", language, names=names)
        yield f"{asked} {hint}".rstrip()
    elif spare:
        yield tr("What happened at {names}? Where one is the moment of something, name it under `columns`.", language, names=spare)  # fmt: skip


def _names(language: Language, names: Iterable[str], most: int = 12) -> str:
    listed = [shown(name) for name in names]
    return tr(", ", language).join([*listed[:most], *(["…"] if len(listed) > most else [])])


def _as_excel(value: str) -> str:
    """The moment that a number of days tells."""
    moment = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(
        seconds=round(float(value.strip().replace(",", ".")) * 86400)
    )
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _either(values: Iterable[str]) -> str:
    """A value that is one day when read in one way and another day when read in the other."""
    return next((value for value in values if len(set(re.findall(r"\d+", value)[:2])) == 2), "")
