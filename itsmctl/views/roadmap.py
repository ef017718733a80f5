"""The road map of an assessment as a drawing: a lane for each dimension from where it stands to its aim, and what to do on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from itsmctl.assessment import Assessed
from itsmctl.assessment.advice import HORIZONS, Advice
from itsmctl.language import Language, tr
from itsmctl.model import Definitions, Dimension, Horizon
from itsmctl.reports.assessment_words import EFFORTS, action_text, percent
from itsmctl.reports.assessment_words import HORIZONS as TERMS
from itsmctl.reports.markup import element, words
from itsmctl.reports.plain import cut, wrap
from itsmctl.views.picture import picture

LEFT, TERM, PAD, GAP = 196, 296, 10, 8
CARD, LINE, TOP, HEAD = 62, 16, 52, 34
UPRIGHT = 326
"""How wide the drawing for a telephone is."""
MOST = 4
"""Cards in one field of the map; the rest is counted."""
COLUMNS = 40
"""Columns of text that a card holds."""


@dataclass(frozen=True)
class _Lane:
    """One dimension with its recommendations by term."""

    dimension: Dimension
    fields: tuple[tuple[Advice, ...], ...]

    @property
    def height(self) -> float:
        """As high as the fullest of its fields, and never less than its head needs."""
        rows = max(min(len(field), MOST) for field in self.fields)
        more = any(len(field) > MOST for field in self.fields)
        return max(rows * (CARD + GAP) + (LINE if more else 0) + 2 * PAD - GAP, 64.0)


def svg(assessed: Assessed, definitions: Definitions, language: Language) -> str:
    """The whole drawing as one file."""
    lanes = list(_lanes(assessed))
    title = _title(assessed, language)
    parts = [element("text", words(title), x=0, y=16, class_="heading"), *_terms(language)]
    y = float(TOP + HEAD)
    for number, lane in enumerate(lanes):
        parts += _lane(lane, assessed, definitions, y, number, language)
        y += lane.height
    content = element("g", *parts, transform="translate(12 12)")
    return picture(title, _told(assessed, definitions, language), content, LEFT + 3 * TERM + 24, y + 24, language)


def upright(assessed: Assessed, definitions: Definitions, language: Language) -> str:
    """The same for a narrow screen: one lane below the other, and in each what to do, term by term."""
    parts: list[str] = []
    y = 0.0
    for lane in _lanes(assessed):
        parts += _head(lane, assessed, y, language)
        y += HEAD + PAD
        for horizon, field in zip(HORIZONS, lane.fields, strict=True):
            if not field:
                continue
            parts.append(element("text", words(tr(TERMS[horizon], language)), x=1, y=y + 13, class_="sub"))
            y += LINE + GAP / 2
            for advice in field[:MOST]:
                parts.append(_card(advice, assessed, definitions, 1, y, language, UPRIGHT - 2))
                y += CARD + GAP
            if len(field) > MOST:
                more = tr("and {n} more", language, n=len(field) - MOST)
                parts.append(element("text", words(more), x=1, y=y + 10, class_="note"))
                y += LINE
        y += PAD
    content = element("g", *parts)
    told = _told(assessed, definitions, language)
    return picture(_title(assessed, language), told, content, UPRIGHT, max(y - PAD, 1), language)


def _title(assessed: Assessed, language: Language) -> str:
    return tr("Road map: {title}", language, title=assessed.assessment.title.in_(language))


def _told(assessed: Assessed, definitions: Definitions, language: Language) -> str:
    """The drawing in words."""
    return tr("; ", language).join(
        f"{tr(TERMS[one.horizon], language)}{tr(': ', language)}{action_text(one, assessed, definitions, language)}"
        for one in assessed.advice
    )


def _head(lane: _Lane, assessed: Assessed, y: float, language: Language) -> Iterator[str]:
    """The head of a lane of the narrow drawing: its name, and the way at the other end."""
    yield element("rect", x=0.5, y=y + 0.5, width=UPRIGHT - 1, height=HEAD - 4, rx=3, class_="lane-head")
    name = cut(lane.dimension.title.in_(language), 30)
    yield element("text", words(name), x=PAD, y=y + 20, class_="column-label")
    yield element("text", words(_way(lane, assessed, language)), x=UPRIGHT - PAD, y=y + 20, class_="sub row-label")


def _lanes(assessed: Assessed) -> Iterator[_Lane]:
    """The dimensions that anything is to be done about, in their order."""
    model = assessed.questionnaire
    placed: dict[tuple[str, Horizon], list[Advice]] = {}
    for advice in assessed.advice:
        named = advice.criteria or (advice.recommendation.criteria if advice.recommendation else ())
        if named:
            placed.setdefault((model.criteria[named[0]].dimension, advice.horizon), []).append(advice)
    for dimension in model.dimensions:
        fields = tuple(tuple(placed.get((dimension.id, horizon), ())) for horizon in HORIZONS)
        if any(fields):
            yield _Lane(dimension, fields)


def _terms(language: Language) -> Iterator[str]:
    """The heads of the three terms, one pointing to the next."""
    for place, horizon in enumerate(HORIZONS):
        x, tip = LEFT + place * TERM, 12
        outline = f"M{x} {TOP}h{TERM - tip}l{tip} {(HEAD - 6) / 2}l-{tip} {(HEAD - 6) / 2}h-{TERM - tip}l{tip if place else 0} -{(HEAD - 6) / 2}z"
        yield element("path", d=outline, class_="lane-head")
        yield element("text", words(tr(TERMS[horizon], language)), x=x + TERM / 2, y=TOP + 19, class_="lane-label")


def _lane(
    lane: _Lane, assessed: Assessed, definitions: Definitions, y: float, number: int, language: Language
) -> Iterator[str]:
    kind = "lane lane-1" if number % 2 else "lane"
    yield element("rect", x=0, y=y, width=LEFT + 3 * TERM, height=lane.height, class_=kind)
    for line, text in enumerate(wrap(lane.dimension.title.in_(language), 24)[:2]):
        yield element("text", words(text), x=PAD, y=y + 22 + line * LINE, class_="column-label")
    yield element("text", words(_way(lane, assessed, language)), x=PAD, y=y + 22 + 2 * LINE, class_="sub")
    for place, field in enumerate(lane.fields):
        x = LEFT + place * TERM + PAD
        for row, advice in enumerate(field[:MOST]):
            yield _card(advice, assessed, definitions, x, y + PAD + row * (CARD + GAP), language)
        if len(field) > MOST:
            more = tr("and {n} more", language, n=len(field) - MOST)
            yield element("text", words(more), x=x, y=y + PAD + MOST * (CARD + GAP) + 8, class_="note")


def _way(lane: _Lane, assessed: Assessed, language: Language) -> str:
    """From where it stands to its aim."""
    result = next(one for one in assessed.dimensions if one.dimension.id == lane.dimension.id)
    if result.shown.level is None:
        return percent(result.shown.score)
    here, aim = result.shown.level, assessed.targets[lane.dimension.id]
    return tr("level {here} → {aim}", language, here=here, aim=here if aim is None else aim)


def _card(
    advice: Advice,
    assessed: Assessed,
    definitions: Definitions,
    x: float,
    y: float,
    language: Language,
    width: float = TERM - 2 * PAD,
) -> str:
    action = action_text(advice, assessed, definitions, language)
    columns = int(COLUMNS * width / (TERM - 2 * PAD))
    lines = wrap(action, columns)
    shown = [*lines[:1], cut(" ".join(lines[1:]), columns)] if len(lines) > 1 else lines
    written = advice.recommendation
    facts = [tr(EFFORTS[advice.effort], language), advice.id]
    facts += [written.due.isoformat()] if written and written.due else []
    parts = [element("title", words(f"{action} ({', '.join(advice.criteria)})", 400))]
    parts.append(element("rect", x=x, y=y, width=width, height=CARD, rx=5, class_="task"))
    parts += [element("text", words(text), x=x + 8, y=y + 18 + n * LINE) for n, text in enumerate(shown)]
    parts.append(element("text", words(" · ".join(facts)), x=x + 8, y=y + CARD - 9, class_="task-id"))
    return element("g", *parts)
