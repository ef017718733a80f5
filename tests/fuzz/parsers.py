"""The parsers that are fuzzed; on its own, as the fuzzer must see every import of what it is to look into."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

_MAIN, _RELATED = (
    f"http://schemas.openxmlformats.org/{name}"
    for name in ("spreadsheetml/2006/main", "officeDocument/2006/relationships")
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" s="1"><v>4</v></c></row></sheetData></worksheet>',
    "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"><si><t>Number</t></si></sst>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{_RELATED}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="{_DOCUMENT}.sheet.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
}  # fmt: skip
"""The least workbook that is read; the first four parts may be anything."""


def begun(beginning: bytes, mark: int) -> Callable[[bytes], bytes]:
    """A file that begins as a format does, known by so many bytes, whatever follows."""
    return lambda data: data if data.startswith(beginning[:mark]) else beginning + data


def workbook(data: bytes) -> bytes:
    """A sound archive with one part of a workbook replaced: changed bytes of an archive seldom get beyond its checksums."""
    part = list(_PARTS)[data[0] % 4] if data else ""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, data[1:] if name == part else text.encode())
    return packed.getvalue()


PARSERS: Mapping[str, Callable[[bytes], bytes]] = {
    "csv": begun(b"Number,Opened\r\n", 4),
    "json": begun(b'{"a": [', 1),
    "xml": begun(b"<all><t>", 1),
    "xes": begun(b'<log><trace><event><string key="a" value="', 1),
    "ocel-xml": begun(b"<log><objects><object ", 1),
    "ocel-json": begun(b'{"objectTypes": [], ', 1),
    "xlsx": begun(b"PK\x03\x04", 4),
    "xlsx-part": workbook,
    "sqlite": begun(b"SQLite format 3\0", 4),
    "parquet": begun(b"PAR1", 4),
    "zip": begun(b"PK\x03\x04", 4),
    "gzip": begun(b"\x1f\x8b", 2),
}
"""Each parser by its name, and what is made of the bytes of the fuzzer for it."""
