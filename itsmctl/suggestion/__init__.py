"""`itsmctl import --suggest`: a mapping for an export that none reads yet, with what speaks for it and what it leaves open."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Where
from itsmctl.importers.container import files_in, unpack
from itsmctl.importers.database import Query, open_query
from itsmctl.importers.export import RAW, REJECT, Export, Staged, create_reject
from itsmctl.importers.opening import ImportOptions, open_file, stage
from itsmctl.importers.recognition import best_mapping
from itsmctl.importers.times import order_of
from itsmctl.model import (
    Definitions,
    Effective,
    MappingDefinition,
    MappingShape,
    MappingTable,
    Text,
)
from itsmctl.suggestion.coding import coded, fields, process_of
from itsmctl.suggestion.matching import SURE, VARIES, Match, Words, known_words, matches
from itsmctl.suggestion.names import BESIDE, Reason, Vocabulary
from itsmctl.suggestion.profile import Profile, empty_words, profiles, varies_within
from itsmctl.suggestion.suggestion import Suggestion
from itsmctl.suggestion.words import AUTHOR_OF_UPDATE, MOMENT_OF_UPDATE

__all__ = ["NOTHING_KNOWN", "Suggestion", "suggest"]

_NEEDED: Mapping[MappingTable, frozenset[str]] = {
    "event": frozenset({"record_id", "field", "new", MOMENT_OF_UPDATE}),
    "approval": frozenset({"record_id", "approver", "decision", MOMENT_OF_UPDATE}),
}
"""What rows must have to be changes or approvals of records in other files rather than records."""
_HISTORY = ("state", "group", "assignee", "priority", "impact", "urgency", "category", "subcategory", "ci", "service")
"""Columns of which changes are worth telling, unless the tool fills them in hindsight."""


def suggest(
    source: Path | Query,
    definitions: Definitions,
    known: Mapping[str, MappingDefinition],
    options: ImportOptions = ImportOptions(),  # noqa: B008 - frozen
) -> Suggestion:
    """Look at an export, or at what a database answers, and propose how to read it, after what the `known` mappings call things.

    Raises ItsmctlError where the file cannot be read at all.
    """
    with tempfile.TemporaryDirectory(prefix="itsmctl-") as folder, Session(spill=Path(folder)) as session:
        scratch = Path(folder) / "files"
        scratch.mkdir()
        exports = _opened(session, source, scratch, options)
        labels = tuple({**known, **definitions.mappings}.values())
        found = [_of_table(session, export, definitions, labels, scratch) for export in exports]
    best = max(found, key=lambda s: (s.table == "record", sum(match.score for match in s.matches.values())))
    others = tuple(export.name for export, s in zip(exports, found, strict=True) if s is not best)
    return replace(best, others=others, words=source.words if isinstance(source, Query) else best.words)


def _opened(session: Session, source: Path | Query, scratch: Path, options: ImportOptions) -> list[Export]:
    if isinstance(source, Query):
        return [open_query(source, scratch)]
    (first, *_) = files_in(source)
    return [one for plain in unpack(first, scratch) for one in open_file(session, plain, scratch, options)]


def _of_table(
    session: Session,
    export: Export,
    definitions: Definitions,
    mappings: Sequence[MappingDefinition],
    scratch: Path,
) -> Suggestion:
    for name in (RAW, REJECT):
        session.run(f"DROP TABLE IF EXISTS {name}")
    create_reject(session)
    staged = stage(session, [export], NOTHING_KNOWN, scratch)
    seen = profiles(session, staged)
    words = known_words(mapping.codes for mapping in mappings)
    table, shape, found = _matched(session, staged, seen, mappings, words)
    number = found.get("number", found.get("record_id"))
    of = process_of(seen, number, export.name, definitions.processes, words.get("process", {}))
    found = {column: match for column, match in found.items() if match.name != of.column}
    codes = coded(found, words, of, definitions.processes)
    if table == "event":
        codes = {"field": fields(found["field"].profile, Vocabulary("record", mappings))}
    used = {match.name for match in found.values()} | {of.column}
    moments = [match for match in found.values() if match.moments]
    return Suggestion(
        file=export.shown,
        words=(export.shown,),
        id=_id(export),
        format="xes" if export.format == "xes" else "table",
        table=table,
        shape=shape,
        rows=staged.rows_read[0],
        matches={column: match for column, match in found.items() if column not in BESIDE},
        beside={column: found[column] for column in BESIDE if column in found},
        history=_history(session, staged, found, shape),
        of=of,
        codes=codes,
        missing=empty_words(session, staged, sorted(used & set(staged.columns))),
        patterns=tuple(dict.fromkeys(pattern for match in moments for pattern in _patterns(match, moments))),
        unsettled=_unsettled(moments),
        zoneless=tuple(match for match in moments if match.moments and not match.moments.zoned),
        order=staged.columns,
        key=max(seen, key=lambda profile: profile.distinct),
        unused=tuple(profile for profile in seen if profile.name not in used),
        readers=_readers(export, definitions.mappings),
        others=(),
    )


def _matched(
    session: Session, staged: Staged, seen: Sequence[Profile], mappings: Sequence[MappingDefinition], words: Words
) -> tuple[MappingTable, MappingShape, dict[str, Match]]:
    """What the rows are, and the columns found."""
    for table, needed in _NEEDED.items():
        found = matches(seen, Vocabulary(table, mappings), words, BESIDE)
        if needed <= set(found) and all(found[column].score >= SURE for column in needed):
            return table, "records", found
    vocabulary = Vocabulary("record", mappings)
    found = matches(seen, vocabulary, words, ())
    if "record_id" not in found:
        return "record", "records", found
    key = found["record_id"].profile
    if key.distinct * 10 > key.filled * 9:
        return "record", "records", found
    found = _updates(session, staged, matches(seen, vocabulary, words, BESIDE), seen)
    shape: MappingShape = "trace" if staged.exports[0].format == "xes" else "updates"
    if shape == "trace" and AUTHOR_OF_UPDATE in found:  # who acts in a log of events has the ticket
        found.setdefault("assignee", replace(found[AUTHOR_OF_UPDATE], canonical="assignee"))
    return "record", shape if MOMENT_OF_UPDATE in found else "records", found


def _updates(session: Session, staged: Staged, found: dict[str, Match], seen: Sequence[Profile]) -> dict[str, Match]:
    """The columns found in rows of updates: the moment of an update is one that differs between the rows of a record."""
    key = found["record_id"].name
    moment = found.get(MOMENT_OF_UPDATE)
    if moment is None or varies_within(session, staged, key, moment.name) < 0.5:
        used = {match.name for match in found.values()} - {moment.name if moment else ""}
        free = [profile for profile in seen if profile.moments and profile.name not in used]
        varied = {profile.name: varies_within(session, staged, key, profile.name) for profile in free}
        best = max(free, key=lambda profile: varied[profile.name], default=None)
        found.pop(MOMENT_OF_UPDATE, None)
        if best and varied[best.name] >= 0.5:
            why = (Reason(VARIES, {"share": int(100 * varied[best.name])}),)
            found[MOMENT_OF_UPDATE] = Match(MOMENT_OF_UPDATE, best, 0.6, why)
    if MOMENT_OF_UPDATE not in found:
        return {column: match for column, match in found.items() if column not in BESIDE}
    return found


def _history(session: Session, staged: Staged, found: Mapping[str, Match], shape: MappingShape) -> tuple[str, ...]:
    """The columns whose changes rows of updates tell; in an event log only the state changes with each event."""
    if shape == "records":
        return ()
    key = found["record_id"].name
    some = [column for column in (_HISTORY if shape == "updates" else ("state",)) if column in found]
    return tuple(column for column in some if varies_within(session, staged, key, found[column].name) > 0)


def _patterns(match: Match, moments: Sequence[Match]) -> Sequence[str]:
    """How a column writes moments; where it leaves day and month open, as the columns do that decide."""
    if match.moments is None:
        return ()
    order = _decided(moments)
    if match.moments.order != "open" or not order:
        return match.moments.patterns
    return [pattern for pattern in match.moments.patterns if order_of(pattern) in ("", order)]


def _unsettled(moments: Sequence[Match]) -> tuple[Match, ...]:
    """The columns that leave day and month open, where no other decides: a tool writes all in one way."""
    return () if _decided(moments) else tuple(m for m in moments if m.moments and m.moments.order == "open")


def _decided(moments: Sequence[Match]) -> str:
    """Which of day and month comes first, where the columns that decide agree."""
    orders = {match.moments.order for match in moments if match.moments} - {"", "open"}
    return next(iter(orders)) if len(orders) == 1 else ""


def _readers(export: Export, mappings: Mapping[str, MappingDefinition]) -> tuple[str, ...]:
    try:
        best = best_mapping(export, mappings)
    except ItsmctlError:
        return ()  # several read it equally well, and --mapping has to name one
    return (best.id,) if best else ()


def _id(export: Export) -> str:
    """A name for the mapping, after the file."""
    stem = re.sub(r"[^a-z0-9]+", "-", Path(export.source.member or export.source.name).stem.split(".")[0].lower())
    stem = re.sub(r"^[^a-z]+|-+$", "", stem)
    return stem or "own-export"


NOTHING_KNOWN = MappingDefinition(
    kind="mapping",
    id="none",
    title=Text("None", "无"),
    effective=Effective(),
    where=Where(),
    aliases=(),
    tool="",
    format="table",
    shape="records",
    process="",
    recognise=(),
    missing=("",),
    time_formats=(),
    zone="",
    columns={},
    joined={},
    order_by=(),
    at="",
    actor="",
    actor_group="",
    history=(),
    codes={},
)
"""What rows are staged by before anything is known of them."""
