"""Which mapping an export belongs to, and which exported column fills which canonical one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsmctl.engine.session import quote
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.importers.export import Export, Staged
from itsmctl.model import RECORD_COLUMNS, MappingDefinition

CASE = "case:"
"""Before the key of an XES trace attribute, to tell it from the same key of an event; pm4py writes them so too."""


@dataclass(frozen=True)
class Source:
    """Where a canonical column comes from: exported columns, joined into one text where there are several."""

    canonical: str
    exported: tuple[str, ...]
    joined_with: str = ""

    @property
    def shown(self) -> str:
        """The exported name as a receipt and a reject row show it."""
        return self.joined_with.join(self.exported)

    def sql(self, staged: Staged, prefix: str = "") -> str:
        """SQL for its text in RAW."""
        cells = [prefix + staged.sql(name) for name in self.exported]
        if len(cells) == 1:
            return cells[0]
        return f"nullif(concat_ws({quote(self.joined_with)}, {', '.join(cells)}), '')"


def choose_mapping(exports: Sequence[Export], mappings: Mapping[str, MappingDefinition]) -> MappingDefinition:
    """The most specific mapping that recognises every export; raises ItsmctlError for none, or for two as good."""
    fitting = [m for m in _sorted(mappings) if all(not _unmet(m, export) for export in exports)]
    if not fitting:
        raise _not_recognised(next(e for e in exports if not _fits_any(e, mappings) or e is exports[-1]), mappings)
    most = max(len(mapping.recognise) for mapping in fitting)
    best = [mapping for mapping in fitting if len(mapping.recognise) == most]
    if len(best) > 1:
        template = "mappings {mappings} recognise this export equally well; name one with --mapping"
        values = {"mappings": " and ".join(mapping.id for mapping in best)}
        raise ItsmctlError(Problem("ambiguous-mapping", template, Where(exports[0].source.shown), values))
    return best[0]


def check_mapping(exports: Sequence[Export], mapping: MappingDefinition) -> None:
    """Raise ItsmctlError where a named mapping does not fit an export, with every column that is missing."""
    problems: list[Problem] = []
    for export in exports:
        where = Where(export.source.shown)
        if export.format != mapping.format:
            values: dict[str, object] = {"mapping": mapping.id, "wanted": mapping.format, "found": export.format}
            problems.append(
                Problem("wrong-format", "mapping {mapping} reads {wanted} files, this one is {found}", where, values)
            )
            continue
        for column in _needed(mapping):
            if column not in export.columns:
                values = {"column": column, "mapping": mapping.id}
                near = did_you_mean(column, export.columns)
                template = "column {column!r}, which mapping {mapping} needs, is not in the header"
                problems.append(Problem("missing-column", template, where, values, suggestion=near))
    if problems:
        raise ItsmctlError(problems)


def sources(mapping: MappingDefinition, columns: Sequence[str]) -> tuple[dict[str, Source], tuple[str, ...]]:
    """The source of each canonical column that the export has, in model order, and those that it lacks."""
    found: dict[str, Source] = {}
    missing: list[str] = []
    for canonical in RECORD_COLUMNS:
        names = mapping.columns.get(canonical)
        if names is None:
            continue
        if canonical in mapping.joined:
            usable = tuple(names) if all(name in columns for name in names) else ()
        else:
            usable = tuple(name for name in names if name in columns)[:1]
        if usable:
            found[canonical] = Source(canonical, usable, mapping.joined.get(canonical, ""))
        else:
            missing.append(canonical)
    return found, tuple(missing)


def lacking(export: Export, found: Mapping[str, Source]) -> tuple[str, ...]:
    """The canonical columns that the files fill together and this one alone does not."""
    return tuple(column for column, source in found.items() if not set(source.exported) <= set(export.columns))


def check_alike(exports: Sequence[Export], mapping: MappingDefinition, found: Mapping[str, Source]) -> None:
    """Raise ItsmctlError where a file lacks what the history of the others is made from: its changes would be invented."""
    read = {mapping.at, mapping.actor, mapping.actor_group, *mapping.order_by}
    read |= {name for column in mapping.history if column in found for name in found[column].exported}
    asked = sorted(read & {column for export in exports for column in export.columns})
    template = "column {column!r}, which another of the files has, is not in the header; export the files alike, or import them apart"
    problems = [
        Problem("missing-column", template, Where(export.source.shown), {"column": column})
        for export in exports
        for column in asked
        if column not in export.columns
    ]
    if problems:
        raise ItsmctlError(problems)


def _needed(mapping: MappingDefinition) -> tuple[str, ...]:
    """What the header must have: the columns it is recognised by, the record id, and the moment of each update."""
    record_id = mapping.columns.get("record_id", ())
    needed = [*mapping.recognise]
    if "record_id" in mapping.joined:
        needed += record_id
    elif len(record_id) == 1:
        needed.append(record_id[0])
    if mapping.shape != "records" and mapping.at:
        needed.append(mapping.at)
    return tuple(dict.fromkeys(needed))


def _unmet(mapping: MappingDefinition, export: Export) -> list[str]:
    if mapping.format != export.format:
        return [*_needed(mapping), ""]
    return [column for column in _needed(mapping) if column not in export.columns]


def _fits_any(export: Export, mappings: Mapping[str, MappingDefinition]) -> bool:
    return any(not _unmet(mapping, export) for mapping in mappings.values())


def _sorted(mappings: Mapping[str, MappingDefinition]) -> list[MappingDefinition]:
    return sorted(mappings.values(), key=lambda mapping: mapping.id)


def _not_recognised(export: Export, mappings: Mapping[str, MappingDefinition]) -> ItsmctlError:
    where = Where(export.source.shown)
    found = ", ".join(export.columns[:12]) + (", …" if len(export.columns) > 12 else "")
    candidates = [m for m in _sorted(mappings) if m.format == export.format]
    if not candidates:
        template = "no mapping reads {format} files; the columns found are: {found}"
        return ItsmctlError(Problem("unknown-export", template, where, {"format": export.format, "found": found}))
    nearest = min(candidates, key=lambda m: (len(_unmet(m, export)) / max(1, len(_needed(m))), len(_unmet(m, export))))
    unmet = _unmet(nearest, export)
    hints = [
        f"{name} (did you mean {near}?)" if (near := did_you_mean(name, export.columns)) else name for name in unmet
    ]
    template = "no mapping fits these columns: {found}. The nearest is {mapping}; it also needs: {missing}. Describe the export in a mapping of your own, and name it with --mapping FILE"
    values = {"found": found, "mapping": nearest.id, "missing": ", ".join(hints)}
    near = did_you_mean(unmet[0], export.columns) if unmet else ""
    return ItsmctlError(Problem("unknown-export", template, where, values, suggestion=near))
