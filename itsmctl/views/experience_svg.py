"""A survey beside the tickets as a drawing: for each factor what people feel, what is measured, and the stretch between."""

from __future__ import annotations

from dataclasses import dataclass

from itsmctl.experience import Experience, Factor, StageIndex
from itsmctl.language import Language, tr
from itsmctl.reports.assessment_words import percent
from itsmctl.reports.markup import element, words
from itsmctl.reports.plain import cut
from itsmctl.views.experience import stage_text

HEAD = 34


@dataclass(frozen=True)
class _Sheet:
    """The lengths of a drawing; the name of a factor stands beside its line, or where there is no room for it, above."""

    name: str
    left: int
    plot: int
    right: int
    row: int
    letters: int

    @property
    def above(self) -> bool:
        return self.name == "narrow"

    def x(self, share: float) -> float:
        return self.left + self.plot * share


_SHEETS = (_Sheet("wide", 330, 420, 60, 24, 46), _Sheet("narrow", 8, 300, 32, 42, 50))


def svg(found: Experience, language: Language) -> str:
    """The drawing, once for a wide window and once for a narrow one; its title says it in words."""
    return "".join(_drawn(found, language, sheet) for sheet in _SHEETS)


def _drawn(found: Experience, language: Language, sheet: _Sheet) -> str:
    y, parts = 30, []
    for stage in (one for one in found.stages if not one.aspect):
        parts.append(_head(stage, y, language, sheet))
        y += HEAD
        for factor in stage.factors:
            parts.append(_row(factor, y, language, sheet))
            y += sheet.row
        y += 8
    told = tr("; ", language).join(
        _told(one, language) for stage in found.stages if not stage.aspect for one in stage.factors
    )
    grid = [_grid(step, y, sheet) for step in (0, 25, 50, 75, 100)]
    title, width = element("title", words(told, 4000)), sheet.left + sheet.plot + sheet.right
    return element("svg", title, *grid, *parts, class_=f"felt {sheet.name}", viewBox=f"0 0 {width} {y}", role="img")


def _grid(step: int, bottom: int, sheet: _Sheet) -> str:
    x = sheet.x(step / 100)
    line = element("line", x1=x, x2=x, y1=22, y2=bottom - 6, class_="grid")
    return line + element("text", f"{step}%", x=x, y=14, text_anchor="middle")


def _head(stage: StageIndex, y: int, language: Language, sheet: _Sheet) -> str:
    name = element("text", words(stage_text(stage, language)), x=0, y=y + 16, class_="stage")
    if stage.index is None:
        return name
    x = sheet.x(stage.index)
    mark = element("path", d=f"M{x:.1f} {y + 4}l5 8h-10z", class_="index")
    return name + element("g", element("title", words(f"{tr('index', language)} {percent(stage.index)}")), mark)


def _row(factor: Factor, y: int, language: Language, sheet: _Sheet) -> str:
    middle = y + sheet.row - 12
    name = words(cut(factor.question.text.in_(language), sheet.letters))
    place = {"x": 0, "y": y + 14} if sheet.above else {"x": sheet.left - 12, "y": middle + 4, "text_anchor": "end"}
    parts = [element("title", words(_told(factor, language), 400)), element("text", name, class_="factor", **place)]
    measured = factor.measured.share if factor.measured else None
    if factor.felt_before is not None:
        x = sheet.x(factor.felt_before)
        parts.append(element("line", x1=x, x2=x, y1=middle - 5, y2=middle + 5, class_="before"))
    if factor.felt is not None and measured is not None:
        kind = "span melon" if factor.melon else "span"
        parts.append(element("line", x1=sheet.x(factor.felt), x2=sheet.x(measured), y1=middle, y2=middle, class_=kind))
    if measured is not None:
        parts.append(element("circle", cx=sheet.x(measured), cy=middle, r=5, class_="measured"))
    if factor.felt is not None:
        kind = "point below" if factor.melon else "point"
        parts.append(element("circle", cx=sheet.x(factor.felt), cy=middle, r=5, class_=kind))
    return element("g", *parts)


def _told(factor: Factor, language: Language) -> str:
    parts = [f"{tr('felt', language)} {percent(factor.felt)}"]
    parts += [f"{tr('before', language)} {percent(factor.felt_before)}"] if factor.felt_before is not None else []
    parts += [f"{tr('measured', language)} {percent(factor.measured.share)}"] if factor.measured else []
    return f"{factor.question.text.in_(language)} {tr(', ', language).join(parts)}"
