"""The parts of a workbook (Office Open XML, ECMA-376) as XML, as far as our workbooks go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MADE = "1980-01-01T00:00:00Z"
"""A workbook says when it was made; the same inputs must give the same bytes."""

TEXT, HEAD, NUMBER, MOMENT, LINK = range(1, 6)
"""The formats of cells, by their place in the list of formats."""

_FONT = '<sz val="11"/>{color}<name val="Calibri"/><family val="2"/>'
_LINKED = '<color rgb="FF1D5A96"/>'
_TOP = '<alignment vertical="top" wrapText="1"/>'
_FORMATS = (
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
    f'<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1" applyAlignment="1">{_TOP}</xf>',
    '<xf numFmtId="164" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment wrapText="1"/></xf>',
    f'<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">{_TOP}</xf>',
    '<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left" vertical="top" wrapText="1"/></xf>',
    f'<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">{_TOP}</xf>',
)
STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="@"/>'
    '<numFmt numFmtId="165" formatCode="#,##0"/><numFmt numFmtId="166" formatCode="yyyy-mm-dd hh:mm:ss"/></numFmts>'
    f'<fonts count="3"><font>{_FONT.format(color="")}</font><font><b/>{_FONT.format(color="")}</font>'
    f"<font><u/>{_FONT.format(color=chr(60) + 'color rgb=' + chr(34) + 'FF1D5A96' + chr(34) + '/>')}</font></fonts>"
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF4"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left/><right/><top/><bottom style="thin"><color auto="1"/></bottom><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{len(_FORMATS)}">{"".join(_FORMATS)}</cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_LIKE_CONTROL = re.compile("_(?=x[0-9a-fA-F]{4}_)")


@cache
def letters() -> tuple[str, ...]:
    """The names of columns: A to Z, then AA to ZZ."""
    alphabet = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    return (*alphabet, *(first + second for first in alphabet for second in alphabet))


def width(characters: int) -> str:
    """How wide a column is, as a spreadsheet counts: with room at its sides, in steps of a 256th."""
    return f"{int((characters * 7 + 5) / 7 * 256) / 256:.16G}"


def escaped(text: str) -> str:
    """A text as the content or an attribute of an element."""
    return _spelt(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def texts(found: Iterable[str], used: int) -> str:
    """The texts of all cells, each once."""
    told = [_text(text) for text in found]
    return f'{_HEAD}<sst xmlns="{_MAIN}" count="{used}" uniqueCount="{len(told)}">{"".join(told)}</sst>'


def _text(text: str) -> str:
    text = _spelt(text)
    kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<si><t{kept}>{text}</t></si>"


def _spelt(text: str) -> str:
    """The text with what XML cannot hold by its number, and what looks like such a number so that it stays as it is."""
    if "_x" in text:
        text = _LIKE_CONTROL.sub("_x005F_", text)
    return text if text.isprintable() else _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def content_types(sheets: int) -> str:
    """What each part is."""
    parts = [
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("/xl/styles.xml", f"{_TYPE}.styles+xml"),
        ("/xl/workbook.xml", f"{_TYPE}.sheet.main+xml"),
        *((f"/xl/worksheets/sheet{number}.xml", f"{_TYPE}.worksheet+xml") for number in range(1, sheets + 1)),
        ("/xl/sharedStrings.xml", f"{_TYPE}.sharedStrings+xml"),
    ]
    told = "".join(f'<Override PartName="{name}" ContentType="{what}"/>' for name, what in parts)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{told}</Types>'
    )


def relations() -> str:
    """Where the workbook and its properties are."""
    return _relations(
        [
            (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ]
    )


def relations_of_workbook(sheets: int) -> str:
    """Where the sheets are, the formats and the texts."""
    return _relations(
        [
            *((f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml") for number in range(1, sheets + 1)),
            (f"{_OFFICE}/styles", "styles.xml"),
            (f"{_OFFICE}/sharedStrings", "sharedStrings.xml"),
        ]
    )


def _relations(found: Sequence[tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{what}" Target="{where}"/>'
        for number, (what, where) in enumerate(found, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def workbook(names: Sequence[str], filters: Sequence[str]) -> str:
    """The list of sheets, what each is filtered by, and the row that is printed on every page."""
    sheets = "".join(
        f'<sheet name="{escaped(name)}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(names, 1)
    )
    filtered = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">{escaped(quoted(name))}!{area}</definedName>'
        for place, (name, area) in enumerate(zip(names, filters, strict=True))
    )
    repeated = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">{escaped(quoted(name))}!$1:$1</definedName>'
        for place, name in enumerate(names)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr/>'
        '<bookViews><workbookView xWindow="240" yWindow="15" windowWidth="16095" windowHeight="9660"/></bookViews>'
        f"<sheets>{sheets}</sheets><definedNames>{filtered}{repeated}</definedNames></workbook>"
    )


def quoted(name: str) -> str:
    """The name of a sheet in a reference."""
    doubled = name.replace("'", "''")
    return f"'{doubled}'"


def properties(title: str, comments: str) -> str:
    """What the workbook is called, and what made it."""
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escaped(title)}</dc:title><dc:description>{escaped(comments)}</dc:description>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{_MADE}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{_MADE}</dcterms:modified></cp:coreProperties>'
    )


def sheet(area: str, columns: str, rows: str, after: str, *, frozen_column: bool, tab: bool) -> str:
    """A sheet with its first row frozen, and its first column where it has many, on pages as wide as the paper."""
    selected = ' tabSelected="1"' if tab else ""
    if frozen_column:
        pane = (
            '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'
            '<selection pane="topRight" activeCell="B1" sqref="B1"/>'
            '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/><selection pane="bottomRight"/>'
        )
    else:
        pane = (
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>'
        )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="{area}"/><sheetViews><sheetView{selected} workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{rows}</sheetData>{after}'
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup fitToHeight="0" orientation="landscape"/></worksheet>'
    )


def choice(area: str, words: Sequence[str]) -> str:
    """A list of words to choose from in each cell of an area."""
    return (
        '<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" '
        f'sqref="{area}"><formula1>"{escaped(",".join(words))}"</formula1></dataValidation></dataValidations>'
    )


def link(place: str, name: str) -> str:
    """A cell that leads to a sheet."""
    return f'<hyperlink ref="{place}" location="{escaped(quoted(name))}!A1" display="{escaped(name)}"/>'
