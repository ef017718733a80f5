"""A survey beside the tickets as a drawing: for each factor what people feel, what is measured, and the stretch between."""

from __future__ import annotations

from itsmctl.experience import Experience, Factor, StageIndex
from itsmctl.language import Language, tr
from itsmctl.reports.assessment_words import percent
from itsmctl.reports.markup import element, words
from itsmctl.reports.plain import cut
from itsmctl.views.experience import stage_text

LEFT, PLOT, RIGHT, ROW, HEAD = 330, 420, 60, 24, 34
WIDTH = LEFT + PLOT + RIGHT


def svg(found: Experience, language: Language) -> str:
    """The drawing; the page's style sheet gives it colour, its title says it in words."""
    y, parts = 30, []
    for stage in (one for one in found.stages if not one.aspect):
        parts.append(_head(stage, y, language))
        y += HEAD
        for factor in stage.factors:
            parts.append(_row(factor, y, language))
            y += ROW
        y += 8
    told = tr("; ", language).join(
        _told(one, language) for stage in found.stages if not stage.aspect for one in stage.factors
    )
    grid = [_grid(step, y) for step in (0, 25, 50, 75, 100)]
    title = element("title", words(told, 4000))
    return element("svg", title, *grid, *parts, class_="felt", viewBox=f"0 0 {WIDTH} {y}", role="img")


def _x(share: float) -> float:
    return LEFT + PLOT * share


def _grid(step: int, bottom: int) -> str:
    x = _x(step / 100)
    line = element("line", x1=x, x2=x, y1=22, y2=bottom - 6, class_="grid")
    return line + element("text", f"{step}%", x=x, y=14, text_anchor="middle")


def _head(stage: StageIndex, y: int, language: Language) -> str:
    name = element("text", words(stage_text(stage, language)), x=0, y=y + 16, class_="stage")
    if stage.index is None:
        return name
    x = _x(stage.index)
    mark = element("path", d=f"M{x:.1f} {y + 4}l5 8h-10z", class_="index")
    return name + element("g", element("title", words(f"{tr('index', language)} {percent(stage.index)}")), mark)


def _row(factor: Factor, y: int, language: Language) -> str:
    middle = y + ROW / 2
    name = cut(factor.question.text.in_(language), 46)
    parts = [element("title", words(_told(factor, language), 400)), element("text", words(name), x=LEFT - 12, y=middle + 4, text_anchor="end", class_="factor")]  # fmt: skip
    measured = factor.measured.share if factor.measured else None
    if factor.felt_before is not None:
        x = _x(factor.felt_before)
        parts.append(element("line", x1=x, x2=x, y1=middle - 5, y2=middle + 5, class_="before"))
    if factor.felt is not None and measured is not None:
        kind = "span melon" if factor.melon else "span"
        parts.append(element("line", x1=_x(factor.felt), x2=_x(measured), y1=middle, y2=middle, class_=kind))
    if measured is not None:
        parts.append(element("circle", cx=_x(measured), cy=middle, r=5, class_="measured"))
    if factor.felt is not None:
        parts.append(element("circle", cx=_x(factor.felt), cy=middle, r=5, class_="point below" if factor.melon else "point"))  # fmt: skip
    return element("g", *parts)


def _told(factor: Factor, language: Language) -> str:
    parts = [f"{tr('felt', language)} {percent(factor.felt)}"]
    parts += [f"{tr('before', language)} {percent(factor.felt_before)}"] if factor.felt_before is not None else []
    parts += [f"{tr('measured', language)} {percent(factor.measured.share)}"] if factor.measured else []
    return f"{factor.question.text.in_(language)} {tr(', ', language).join(parts)}"
