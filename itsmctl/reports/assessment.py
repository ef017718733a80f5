"""An assessment for a terminal: where it stands, what lowered it, what moved, what is missing, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from itsmctl.assessment import Assessed
from itsmctl.assessment.advice import HORIZONS, Advice
from itsmctl.assessment.rating import BASES
from itsmctl.language import Language, tr, trn
from itsmctl.model import Definitions
from itsmctl.reports import assessment_words as say
from itsmctl.reports.plain import cells, cut, fit, right, shown, wrap

BAR = 20
LONGEST = 5000
SHADES = "░▒▓█"
"""A share of the score, from a quarter to all of it."""


def overview(found: Sequence[Assessed], language: Language = "en", width: int = 80) -> str:
    """A few lines for each assessment: how high it is said and shown to be, and how much of that rests on data."""
    lines: list[str] = []
    for one in found:
        lines += [*wrap(f"{one.assessment.id}  {one.assessment.title.in_(language)}", width)]
        lines += [*(f"  {line}" for line in wrap(standing_line(one, language), width - 2)), ""]
    lines += wrap(tr("One of them in full: itsmctl assess {id}", language, id=found[0].assessment.id), width)
    return "\n".join(lines) + "\n"


def render(
    assessed: Assessed,
    definitions: Definitions,
    language: Language = "en",
    width: int = 80,
    color: bool = False,
    most: int = 5,
) -> str:
    """One assessment in so many columns, with the first pieces of advice for each horizon, ending in a newline."""
    lines = [
        *_head(assessed, language, width, color),
        *_dimensions(assessed, language, width, color),
        *_heat(assessed, language, width, color),
        *_rests(assessed, language, width),
        *_lowered(assessed, language, width, color),
        *_moved(assessed, language, width, color),
        *_gaps(assessed, language, width, color),
        *_advice(assessed, definitions, language, width, color, most),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color else text


def _heading(text: str, color: bool) -> list[str]:
    return ["", _bold(text, color)]


def standing_line(assessed: Assessed, language: Language) -> str:
    """said …; shown …; 24% of it rests on data."""
    model = assessed.questionnaire
    values = {
        "said": say.standing_text(model, assessed.said, language),
        "shown": say.standing_text(model, assessed.shown, language),
        "data": say.percent(assessed.data_share),
    }
    if assessed.with_tickets:
        return tr("Said: {said}. Shown: {shown}. {data} of it rests on data.", language, **values)
    return tr("Said: {said}. By definitions: {shown}. {data} of it rests on data.", language, **values)


def _head(assessed: Assessed, language: Language, width: int, color: bool) -> Iterator[str]:
    one, model = assessed.assessment, assessed.questionnaire
    yield _bold(cut(one.title.in_(language), width), color)
    yield from wrap(
        f"{model.title.in_(language)} {model.version} · {say.concluded_text(one, language)} · {', '.join(one.assessors)}",
        width,
    )
    yield ""
    yield from wrap(standing_line(assessed, language), width)
    unchecked = sum(rated.unchecked for rated in assessed.rated)
    if unchecked:
        yield from wrap(
            trn(
                "No tickets were looked at: {n} answer that they limit stands as said. Give --result DIR.",
                "No tickets were looked at: {n} answers that they limit stand as said. Give --result DIR.",
                unchecked,
                language,
            ),
            width,
        )
    unapproved = sum(rated.unapproved for rated in assessed.rated)
    if unapproved:
        yield from wrap(
            trn(
                "Nobody looked in git for approvals: {n} answer that they limit stands as said. Give --history.",
                "Nobody looked in git for approvals: {n} answers that they limit stand as said. Give --history.",
                unapproved,
                language,
            ),
            width,
        )
    if one.current_state.in_(language):
        yield ""
        yield from wrap(one.current_state.in_(language), width)


def _dimensions(assessed: Assessed, language: Language, width: int, color: bool) -> Iterator[str]:
    """Said, shown, before and aim of each dimension, with a bar of its score."""
    levelled = assessed.questionnaire.method != "mean"
    compared = assessed.comparison
    heads = [tr("before", language)] if compared else []
    heads += [tr("said", language), tr("shown", language)] + ([tr("aim", language)] if levelled else [])
    rows = []
    for result in assessed.dimensions:
        standings = ([compared.dimensions[result.dimension.id]] if compared else []) + [result.said, result.shown]
        figures = [_figure(one.level if levelled else one.score) for one in standings]
        figures += [_figure(assessed.targets[result.dimension.id])] if levelled else []
        rows.append((result.dimension.title.in_(language), figures, result.shown.score))
    sizes = [max(cells(head), 4) for head in heads]
    title = max(10, min(max(cells(row[0]) for row in rows), width - sum(sizes) - 2 * len(sizes) - BAR - 9))
    yield ""
    yield _bold(" " * (2 + title) + "".join(f"  {right(h, s)}" for h, s in zip(heads, sizes, strict=True)), color)
    for name, figures, score in rows:
        cells_ = "".join(f"  {right(text, size)}" for text, size in zip(figures, sizes, strict=True))
        full = round(BAR * (score or 0))
        yield f"  {fit(name, title)}{cells_}  {'█' * full}{'░' * (BAR - full)} {right(say.percent(score), 4)}"


def _figure(value: float | None) -> str:
    """A level as it is, a score as per cent."""
    return str(value) if isinstance(value, int) else say.percent(value)


def _heat(assessed: Assessed, language: Language, width: int, color: bool) -> Iterator[str]:
    """The share achieved of each level in each dimension."""
    if assessed.questionnaire.method != "staged":
        return
    levels = sorted(level.level for level in assessed.questionnaire.levels)
    title = max(10, min(max(cells(r.dimension.title.in_(language)) for r in assessed.dimensions), width // 3))
    yield from _heading(tr("Achieved of each level (in per cent)", language), color)
    yield " " * (2 + title) + "".join(right(str(level), 8) for level in levels)
    for result in assessed.dimensions:
        row = "".join(right(_shade(result.by_level[level]), 8) for level in levels)
        yield f"  {fit(result.dimension.title.in_(language), title)}{row}"


def _shade(share: float | None) -> str:
    if share is None:
        return "–"
    return f"{SHADES[min(3, int(4 * share))] * 2}{right(f'{100 * share:.0f}', 4)}"


def _rests(assessed: Assessed, language: Language, width: int) -> Iterator[str]:
    total = sum(assessed.rests_on.values())
    if total:
        parts = " · ".join(
            f"{tr(say.BASES[basis], language)} {say.percent(assessed.rests_on[basis] / total)}" for basis in BASES
        )
        yield ""
        yield from wrap(tr("The score rests on: {parts}", language, parts=parts), width)


def _lowered(assessed: Assessed, language: Language, width: int, color: bool) -> Iterator[str]:
    if not assessed.lowered:
        return
    yield from _heading(tr("Lower than it was said", language), color)
    model = assessed.questionnaire
    size = max(cells(rated.criterion.id) for rated in assessed.lowered)
    for rated in assessed.lowered:
        steps = f"{say.step_text(model, rated.said)} → {say.step_text(model, rated.shown)}"
        start = f"  {fit(rated.criterion.id, size)}  {steps}  "
        by = tr("; ", language).join(say.limit_text(limit, language) for limit in rated.lowered_by)
        yield from _beside(start, by, width)


def _beside(start: str, text: str, width: int) -> Iterator[str]:
    """The text beside its start, wrapped below itself."""
    first, *rest = wrap(shown(text, LONGEST), width - cells(start)) or [""]
    yield start + first
    yield from (" " * cells(start) + line for line in rest)


def _moved(assessed: Assessed, language: Language, width: int, color: bool) -> Iterator[str]:
    compared, model = assessed.comparison, assessed.questionnaire
    if compared is None:
        return
    yield from _heading(say.since_text(compared, language), color)
    own = assessed.shown if compared.as_shown else assessed.said
    now, then = (say.standing_text(model, one, language) for one in (own, compared.overall))
    yield from _beside("  ", tr("{before} → {now}", language, before=then, now=now), width)
    for head, moved in (
        (tr("better", language), [one for one in compared.moved if one.now > one.before]),
        (tr("worse", language), [one for one in compared.moved if one.now < one.before]),
    ):
        if moved:
            told = [f"{m.criterion} {say.step_text(model, m.before)}→{say.step_text(model, m.now)}" for m in moved]
            start = tr("{head}: {text}", language, head=f"  {head} {len(moved)}", text="")
            yield from _beside(start, tr(", ", language).join(told), width)
    done, all_ = len(compared.done), len(compared.earlier.recommendations)
    if all_:
        late = tr(", ", language).join(one.id for one in compared.overdue)
        told_ = tr("recommendations done: {done} of {all}", language, done=done, all=all_)
        yield from _beside("  ", told_ + (tr("; overdue: {ids}", language, ids=late) if late else ""), width)


def _gaps(assessed: Assessed, language: Language, width: int, color: bool) -> Iterator[str]:
    if not assessed.gaps:
        return
    yield from _heading(tr("Gaps to the aim: stands → wanted", language), color)
    model = assessed.questionnaire
    size = max(cells(gap.rated.criterion.id) for gap in assessed.gaps)
    for gap in assessed.gaps:
        steps = f"{say.step_text(model, gap.rated.shown)} → {say.step_text(model, gap.wanted)}"
        yield from _beside(
            f"  {fit(gap.rated.criterion.id, size)}  {steps}  ", gap.rated.criterion.text.in_(language), width
        )


def _advice(
    assessed: Assessed, definitions: Definitions, language: Language, width: int, color: bool, most: int
) -> Iterator[str]:
    """What to do, near before far, each with its rank and what it follows from."""
    for horizon in HORIZONS:
        some = [one for one in assessed.advice if one.horizon == horizon]
        if some and most:
            yield from _heading(tr(say.HORIZONS[horizon], language), color)
            for one in some[:most]:
                yield from _one(one, assessed, definitions, language, width)
            if len(some) > most:
                yield f"         {trn('{n} more', '{n} more', len(some) - most, language)}"
    if assessed.advice and most:
        yield ""
        yield from wrap(
            tr(
                "Ranked by severity × requirements × services that failed, over effort (days 1, weeks 3, months 9).",
                language,
            ),
            width,
        )


def _one(advice: Advice, assessed: Assessed, definitions: Definitions, language: Language, width: int) -> Iterator[str]:
    yield from _beside(
        f"  {right(f'{advice.rank:.2f}', 5)}  ", say.action_text(advice, assessed, definitions, language), width
    )
    written = advice.recommendation
    facts = (
        [advice.id, tr(say.EFFORTS[advice.effort], language)] if written else [tr(say.EFFORTS[advice.effort], language)]
    )
    if written:
        facts += [str(definitions.roles[written.owner].title.in_(language)), str(written.due)]
    yield from _beside("         ", " · ".join(facts), width)
    causes = say.cause_text(advice, definitions, language)
    yield from _beside("         ", causes or tr("nothing that it names is a gap any more", language), width)
