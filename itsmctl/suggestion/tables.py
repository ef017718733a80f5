"""What the rows of a table are: records, their updates, or something about records in other files; and the columns found."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from itsmctl.engine.session import Session
from itsmctl.importers.export import Staged
from itsmctl.model import MappingDefinition, MappingShape, MappingTable
from itsmctl.suggestion.matching import EVERY_ROW, SURE, VARIES, Match, Words, matches
from itsmctl.suggestion.names import BESIDE, Reason, Vocabulary, plain
from itsmctl.suggestion.profile import Profile, varies_within
from itsmctl.suggestion.words import AGREEMENT_WORDS, AUTHOR_OF_UPDATE, MOMENT_OF_UPDATE

_NEEDED: Mapping[MappingTable, frozenset[str]] = {
    "event": frozenset({"record_id", "field", "new", MOMENT_OF_UPDATE}),
    "approval": frozenset({"record_id", "approver", "decision", MOMENT_OF_UPDATE}),
    "link": frozenset({"record_id", "type", "target"}),
    "detail": frozenset({"record_id", "reported_sla_met"}),
}
"""What rows must have to be changes, approvals, relations or SLAs of records in other files rather than records."""


def table_of(
    session: Session,
    staged: Staged,
    seen: Sequence[Profile],
    mappings: Sequence[MappingDefinition],
    words: Words,
    fitting: MappingDefinition | None = None,
) -> tuple[MappingTable, MappingShape, dict[str, Match]]:
    """What the rows are, and the columns found; `fitting` is the mapping that recognises them."""
    vocabulary = Vocabulary("record", mappings, fitting)
    of_record = matches(seen, vocabulary, words, ())
    for table, needed in _NEEDED.items():
        found = matches(seen, Vocabulary(table, mappings, fitting), words, BESIDE)
        if table in _TIMED:
            _add_the_only_moment(found, seen)
        sure = needed <= set(found) and all(found[column].score >= SURE for column in needed)
        if sure and (table != "detail" or _of_agreements(seen, found, of_record)):
            return table, "records", found if table in _TIMED else _without(found, BESIDE)
        if table == "detail" and _of_agreements_without_verdict(seen, found, of_record):
            return table, "records", _without(found, BESIDE)
    found = of_record
    if "record_id" not in found:
        return "record", "records", found
    key = found["record_id"].profile
    if key.distinct * 10 > key.filled * 9:
        return "record", "records", _with_last_update(found, matches(seen, vocabulary, words, (MOMENT_OF_UPDATE,)))
    found = _updates(session, staged, matches(seen, vocabulary, words, BESIDE), seen)
    if MOMENT_OF_UPDATE not in found:
        return "record", "records", found
    if not _is_trace(session, staged, found):
        return "record", "updates", found
    if AUTHOR_OF_UPDATE in found:  # who acts in a log of events has the ticket
        found.setdefault("assignee", replace(found[AUTHOR_OF_UPDATE], canonical="assignee"))
    return "record", "trace", found


def _with_last_update(found: dict[str, Match], beside: Mapping[str, Match]) -> dict[str, Match]:
    """The columns of a list, with the moment of the last update where one is called so and is nothing else."""
    moment = beside.get(MOMENT_OF_UPDATE)
    if moment is None or moment.score < SURE or not moment.moments or not _UPDATE.search(plain(moment.name)):
        return found
    if moment.name in {match.name for match in found.values()}:
        return found
    return {**found, MOMENT_OF_UPDATE: moment}


_UPDATE = re.compile("updat|modif|chang|aktualis|geändert|änderung|actualiz|atualiz|mise à jour|更新|修改|变更")
"""What the last update is called; the other words for a moment of an update may mean any moment of a list."""


def _is_trace(session: Session, staged: Staged, found: Mapping[str, Match]) -> bool:
    """Whether rows are events of a log: steps with their moments, from the first of which a record is open; nothing else of it changes."""
    if staged.exports[0].format == "xes":
        return True
    if "state" not in found or "opened_at" in found:
        return False
    key = found["record_id"].name
    return not any(
        varies_within(session, staged, key, found[column].name) >= 0.5
        for column in ("group", "priority", "impact", "urgency", "category")
        if column in found
    )


_BEGINNING = re.compile(r"\b(start|begin|began|beginning)|开始")
"""How the moment of a step may be called as well as that of the whole ticket."""

_TIMED = ("event", "approval")
"""Tables whose rows have a moment and an author of their own."""


def _add_the_only_moment(found: dict[str, Match], seen: Sequence[Profile]) -> None:
    """Where no name says when it happened, take the one moment that every row has."""
    used = {match.name for match in found.values()}
    free = [profile for profile in seen if profile.moments and profile.full and profile.name not in used]
    if MOMENT_OF_UPDATE not in found and len(free) == 1:
        found[MOMENT_OF_UPDATE] = Match(MOMENT_OF_UPDATE, free[0], SURE, (Reason(EVERY_ROW),))


def _of_agreements(seen: Sequence[Profile], found: Mapping[str, Match], of_record: Mapping[str, Match]) -> bool:
    """Whether rows name the agreement that they are about, and nothing that only a record has."""
    used = {match.name for match in found.values()}
    if any(of_record[column].score >= SURE for column in ("title", "requester", "assignee") if column in of_record):
        return False
    return any(plain(profile.name) in AGREEMENT_WORDS for profile in seen if profile.name not in used)


def _of_agreements_without_verdict(
    seen: Sequence[Profile], found: Mapping[str, Match], of_record: Mapping[str, Match]
) -> bool:
    """Whether rows are SLAs of records in other files, though no column says whether they were met."""
    key, own = found.get("record_id"), of_record.get("record_id")
    if key is None or key.score < SURE or (own and own.score >= SURE):
        return False
    return _of_agreements(seen, found, of_record)


def _without(found: Mapping[str, Match], columns: Collection[str]) -> dict[str, Match]:
    return {column: match for column, match in found.items() if column not in columns}


def _updates(session: Session, staged: Staged, found: dict[str, Match], seen: Sequence[Profile]) -> dict[str, Match]:
    """The columns found in rows of updates: the moment of an update is one that differs between the rows of a record.

    What differs is not when the record was opened, if another moment or its name leaves that open: steps begin, too.
    """
    key = found["record_id"].name
    named = {match.name for match in found.values() if match.moments}
    moments = [profile for profile in seen if profile.moments or profile.name in named]
    varied = {profile.name: varies_within(session, staged, key, profile.name) for profile in moments}
    varying = [profile for profile in seen if varied.get(profile.name, 0) >= 0.5]
    meant = {match.name for column, match in found.items() if column != MOMENT_OF_UPDATE}
    for column in ("opened_at", "recorded_at"):
        if column in found and found[column].profile in varying:
            name, others = plain(found[column].name), [one for one in varying if one.name not in meant]
            if not others and found[column].score >= SURE and not _BEGINNING.search(name):
                return _without(found, BESIDE)  # a ticket is created once: the key is none
            del found[column]
    moment = found.get(MOMENT_OF_UPDATE)
    if moment is None or moment.profile not in varying:
        used = {match.name for match in found.values()} - {moment.name if moment else ""}
        free = [profile for profile in varying if profile.name not in used]
        best = max(free, key=lambda profile: varied[profile.name], default=None)
        found.pop(MOMENT_OF_UPDATE, None)
        if best:
            why = (Reason(VARIES, {"share": int(100 * varied[best.name])}),)
            found[MOMENT_OF_UPDATE] = Match(MOMENT_OF_UPDATE, best, 0.6, why)
    if MOMENT_OF_UPDATE not in found:
        return _without(found, BESIDE)
    return found
