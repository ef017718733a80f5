"""The statement for printing: A4 pages in which every byte follows from the words.

Chinese is set in STSong-Light, a font that every reader of PDF replaces by one of its own; no font file is needed, and none
of this machine's fonts gets in. Streams are not compressed: what deflate yields depends on the zlib at hand.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from functools import cache, partial
from html import escape
from typing import TYPE_CHECKING, Any

from itsmctl import __version__
from itsmctl.evidence.statement.words import ClauseWords, DefinitionWords, FrameworkWords, RuleWords, StatementWords
from itsmctl.language import Language, tr
from itsmctl.reports.plain import shown
from itsmctl.reports.tally import SYMBOLS

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

CHINESE = "STSong-Light"
LATIN, BOLD = "Helvetica", "Helvetica-Bold"
_MARGIN = 51.0
_COLORS = {
    "fail": "#b3401a", "none": "#b3401a", "not_testable": "#7d5c00", "partial": "#7d5c00", "pass": "#17708c",
    "strong": "#17708c", "no_data": "#66707b", "attested": "#66707b",
}  # fmt: skip
_SYMBOL = re.compile(r"^[^\w(“]+ ")
"""The sign in front of a strength or an outcome: neither font has it, and the word says the same."""

_SIGNS = re.compile(rf"[{re.escape(''.join(SYMBOLS.values()))}] ")


def pdf(words: StatementWords) -> bytes:
    """The bytes of the document: every framework in short, the first one clause by clause and by process."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    _register()
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=f"{tr('Statement, clause by clause', words.language)}: {shown(words.audit)}",
        creator=f"itsmctl {__version__}",
        invariant=1,
        pageCompression=0,
        lang="zh-Hans" if words.language == "zh" else "en",
    )
    footer = partial(_footer, words)
    document.build(list(_story(words)), onFirstPage=footer, onLaterPages=footer)
    return stream.getvalue()


@cache
def _register() -> None:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont

    registerFont(UnicodeCIDFont(CHINESE))


def _story(words: StatementWords) -> Iterator[Flowable]:
    language = words.language
    yield _text(words.audit, "soft")
    yield _text(tr("Statement, clause by clause", language), "title")
    yield _table([[_text(name, "soft"), _text(value)] for name, value in words.facts], (110, 371))
    for principle in words.principles:
        yield _text(principle, "small")
    for number, framework in enumerate(words.frameworks):
        yield from _framework(framework, language, full=number == 0)


def _framework(framework: FrameworkWords, language: Language, *, full: bool) -> Iterator[Flowable]:
    from reportlab.platypus import CondPageBreak

    yield _text(f"{framework.title} · {framework.version}", "h1")
    yield _text(" · ".join(f"{_word(text)} {n}" for _, text, n in framework.counts))
    if not full:
        yield _text(tr("In full, clause by clause, in statement.html.", language), "small")
    yield _overview(framework, language)
    if full:
        for clause in framework.clauses:
            yield from _clause(clause, language)
        yield _text(tr("By process", language), "h1")
        yield _text(tr("What is each process's own; the strength is that of this part alone.", language), "small")
        for process in framework.processes:
            yield CondPageBreak(110)
            yield _text(f"{process.title} ({process.id} {process.version})", "h2")
            yield _text(f"{process.place} · {_SIGNS.sub('', process.outcomes)}", "small")
            for text in process.open:
                yield _text(f"{tr('Open nonconformities', language)}: {text}", "small")
            yield _parts(process.clauses, language)
    if framework.attribution:
        yield _text(framework.attribution, "small")


def _overview(framework: FrameworkWords, language: Language) -> Flowable:
    heads = ["clause", "", "strength", "last result", "definitions", "rules", "registers", "still open"]
    rows: list[list[Flowable | str]] = [[_text(tr(head, language) if head else "", "soft") for head in heads]]
    for clause in framework.clauses:
        counts = (clause.defined, clause.rules, clause.records, clause.open)
        rows.append(
            [
                _short(clause.number),
                _text(clause.title),
                _colored(clause.strength, clause.code),
                _colored(clause.outcome, clause.outcome_code),
                *(str(len(found) or "-") for found in counts),
            ]
        )
    return _table(rows, (44, 143, 46, 92, 50, 28, 44, 34), head=True)


def _clause(clause: ClauseWords, language: Language) -> Iterator[Flowable]:
    from reportlab.platypus import CondPageBreak

    yield CondPageBreak(90)
    yield _text(f"{clause.number} {clause.title}", "h2")
    yield _text(f"{_word(clause.strength)} · {_word(clause.outcome)}", "small")
    parts = (
        ("Defined", _shortened([_definition(one) for one in clause.defined], language)),
        ("Tested", [_rule(rule) for rule in clause.rules]),
        ("Enquiries, no verdict", [_rule(rule) for rule in clause.enquiries]),
        ("Recorded", _shortened([_definition(one) for one in clause.records], language)),
        ("Open nonconformities", [_runs(text) for text in clause.open]),
        ("Not evidenced", [_runs(text) for text in clause.lacking] or ["–"]),
    )
    rows = [[_text(tr(head, language), "soft"), _markup("<br/>".join(lines))] for head, lines in parts if lines]
    yield _table(rows, (90, 391))


MOST_LINES = 8
"""Definitions of one clause that are told on paper; the page for a browser tells them all."""


def _shortened(lines: Sequence[str], language: Language) -> list[str]:
    kept = list(lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        kept.append(_runs(tr("… and {n} more in statement.html", language, n=len(lines) - MOST_LINES)))
    return kept


def _parts(clauses: Sequence[ClauseWords], language: Language) -> Flowable:
    heads = ["clause", "", "strength", "last result", "rules", "definitions"]
    rows: list[list[Flowable | str]] = [[_text(tr(head, language) if head else "", "soft") for head in heads]]
    for clause in clauses:
        rules = ", ".join(f"{rule.id} {_word(rule.outcome)}" for rule in clause.rules)
        names = ", ".join(one.id for one in (*clause.defined, *clause.records))
        signs = [_colored(clause.strength, clause.code), _colored(clause.outcome, clause.outcome_code)]
        rows.append([_short(clause.number), _text(clause.title), *signs, _short(rules), _short(names)])
    return _table(rows, (44, 100, 44, 72, 100, 121), head=True)


def _definition(one: DefinitionWords) -> str:
    version = f"; {one.version}" if one.version else ""
    return _runs(f"{one.kind} {one.id} {one.title} [{one.place}{version}]")


def _rule(rule: RuleWords) -> str:
    told = f"{_runs(f'{rule.id} v{rule.version} {rule.title}:')} {_color(_word(rule.outcome), rule.code)}"
    why = f"; {rule.why}" if rule.why else ""
    return told + _runs(f" ({rule.severity}; {rule.population}{why})")


def _word(text: str) -> str:
    return _SYMBOL.sub("", text)


def _color(text: str, code: str) -> str:
    return f'<font color="{_COLORS[code]}">{_runs(text)}</font>' if code in _COLORS else _runs(text)


def _colored(text: str, code: str) -> Flowable:
    return _markup(_color(_word(text), code))


def _text(text: str, style: str = "text") -> Flowable:
    return _markup(_runs(text), style)


def _short(text: str) -> Flowable | str:
    """A text that needs no line break is drawn as it is, which is many times faster than setting a paragraph."""
    return text if text.isascii() and len(text) < 9 else _text(text, "small")


def _runs(text: str) -> str:
    """The text as markup: what Helvetica does not have is set in the Chinese font."""
    text = shown(text)
    if text.isascii():
        return escape(text)
    runs: list[tuple[bool, str]] = []
    for character in text:
        latin = _is_latin(character)
        if runs and runs[-1][0] == latin:
            runs[-1] = (latin, runs[-1][1] + character)
        else:
            runs.append((latin, character))
    return "".join(escape(part) if latin else f'<font name="{CHINESE}">{escape(part)}</font>' for latin, part in runs)


def _is_latin(character: str) -> bool:
    try:
        return bool(character.encode("cp1252"))
    except UnicodeEncodeError:
        return False


def _markup(markup: str, style: str = "text") -> Flowable:
    from reportlab.platypus import Paragraph

    return Paragraph(markup, _styles(CHINESE in markup)[style])


@cache
def _styles(chinese: bool) -> dict[str, Any]:
    """The styles; Chinese breaks between any two characters, everything else between words."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    text = ParagraphStyle(
        "text",
        fontName=LATIN,
        fontSize=8.5,
        leading=11.5,
        wordWrap="CJK" if chinese else None,
        textColor=HexColor("#17212b"),
    )
    make = partial(ParagraphStyle, parent=text)
    return {
        "text": text,
        "small": make("small", fontSize=8, leading=11, spaceAfter=3),
        "soft": make("soft", textColor=HexColor("#566270")),
        "title": make("title", fontName=BOLD, fontSize=22, leading=28, spaceAfter=12),
        "h1": make("h1", fontName=BOLD, fontSize=14, leading=18, spaceBefore=20, spaceAfter=6, keepWithNext=1),
        "h2": make("h2", fontName=BOLD, fontSize=10.5, leading=14, spaceBefore=12, spaceAfter=2, keepWithNext=1),
    }


def _table(rows: Sequence[Sequence[Flowable | str]], widths: Sequence[float], *, head: bool = False) -> Flowable:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable

    line = HexColor("#dfe4ea")
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("FONT", (0, 0), (-1, -1), LATIN, 8.5, 11.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, line),
    ]
    return LongTable(
        rows,
        colWidths=list(widths),
        repeatRows=1 if head else 0,
        style=style,
        spaceAfter=8,
        splitInRow=1,
        hAlign="LEFT",
    )


def _footer(words: StatementWords, canvas: Any, document: Any) -> None:
    """The audit and the page number below each page, the digest of what judged beside them."""
    canvas.saveState()
    canvas.setFont(CHINESE, 7.5)
    canvas.setFillGray(0.4)
    canvas.drawString(_MARGIN, 28, f"{shown(words.audit, 60)} · {tr('Statement, clause by clause', words.language)}")
    canvas.drawRightString(document.pagesize[0] - _MARGIN, 28, str(document.page))
    canvas.restoreState()
