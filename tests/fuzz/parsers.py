"""The parsers that are fuzzed; on its own, as the fuzzer must see every import of what it is to look into."""

from __future__ import annotations

PARSERS = {
    "csv": b"Number,Opened\r\n",
    "json": b'{"a": [',
    "xml": b"<all><t>",
    "xes": b'<log><trace><event><string key="a" value="',
    "ocel-xml": b"<log><objects><object ",
    "ocel-json": b'{"objectTypes": [], ',
    "xlsx": b"PK\x03\x04",
    "sqlite": b"SQLite format 3\0",
    "parquet": b"PAR1",
    "zip": b"PK\x03\x04",
    "gzip": b"\x1f\x8b",
}
"""Each parser by its name, and how what it reads begins."""
