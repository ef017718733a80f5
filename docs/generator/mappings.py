"""The mappings of the reference set: which exports are understood, and what becomes of their columns."""

from __future__ import annotations

from generator.markdown import code, codes, table
from itsmctl.definitions import load
from itsmctl.model import MappingDefinition
from itsmctl.reference import reference_root

INTRODUCTION = """# Mappings

Which exports itsmctl understands without being told. A mapping is recognised by the columns in the header; to read
another export, [write one](../how-to/write-a-mapping.md). Everything that a mapping may say:
[definitions: mapping](definitions/mapping.md).

"""


def pages() -> dict[str, str]:
    """One page with every mapping."""
    mappings = load(reference_root()).mappings
    return {"mappings.md": INTRODUCTION + "".join(page(mappings[name]) for name in sorted(mappings))}


def page(mapping: MappingDefinition) -> str:
    """One mapping."""
    facts = table(
        ("", ""),
        [
            ("tool", mapping.tool),
            ("format", f"{mapping.format}, one {ROWS[mapping.shape]}"),
            ("process", mapping.process),
            ("recognised by", codes(mapping.recognise)),
            ("read as missing", codes('""' if word == "" else word for word in mapping.missing)),
            ("times", codes(mapping.time_formats) + (f" in {mapping.zone}" if mapping.zone else "; the zone is asked for where a time has none")),
            ("history of", codes(mapping.history)),
        ],
    )  # fmt: skip
    columns = table(
        ("column of the record", "exported as"),
        [(code(column), exported(mapping, column, names)) for column, names in mapping.columns.items()],
    )
    values = table(
        ("column", "exported value", "code"),
        [
            (code(column), code(said), code(meant))
            for column, words in mapping.codes.items()
            for said, meant in words.items()
        ],
    )
    title = f"{mapping.title.en} · {mapping.title.zh}"
    return f"## {mapping.id}\n\n{title}\n\n{facts}\n{columns}\n{values}\n"


ROWS = {
    "records": "row per ticket",
    "updates": "row per update",
    "trace": "trace per ticket, one event per change of state",
}


def exported(mapping: MappingDefinition, column: str, names: tuple[str, ...]) -> str:
    """Where a column comes from: the first that exists, or several joined."""
    if column in mapping.joined:
        return f" {code(mapping.joined[column])} ".join(code(name) for name in names)
    return " or ".join(code(name) for name in names)
