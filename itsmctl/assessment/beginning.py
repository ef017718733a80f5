"""A new assessment: a file with every criterion of a questionnaire in it, open, for a person or `assess fill` to answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from itsmctl.assessment.comparison import last_assessed
from itsmctl.definitions.writing import add_text, document_text, one_line
from itsmctl.errors import ItsmctlError, Where, unknown_at
from itsmctl.language import Language, tr
from itsmctl.model import Definitions, Level, Questionnaire, QuestionnaireCriterion
from itsmctl.scorecard.periods import Span

FOLDER = "audits/assessments"


@dataclass(frozen=True)
class Beginning:
    """What a new assessment is about: by which questions, over which days, and who assesses."""

    questionnaire: Questionnaire
    span: Span
    assessors: Sequence[str]
    id: str


def begin(root: Path, definitions: Definitions, beginning: Beginning, language: Language) -> Path:
    """Write the file; raises ItsmctlError where there is one of this name, somebody is unknown, or the id is taken."""
    people = {one.person for one in definitions.assignments.values()}
    unknown = [one for one in beginning.assessors if one not in people]
    if unknown:
        raise ItsmctlError(unknown_at(Where(), one, "person", sorted(people)) for one in unknown)
    place = f"{FOLDER}/{beginning.id}.yaml"
    return add_text(root, place, _text(root, place, definitions, beginning, language))


def _text(root: Path, place: str, definitions: Definitions, beginning: Beginning, language: Language) -> str:
    """The head as any definition has it, how to fill it in as a comment, and the criteria with nothing behind them."""
    model, span = beginning.questionnaire, beginning.span
    before = last_assessed(definitions.assessments.values(), model.id, None)
    data: dict[str, object] = {
        "kind": "assessment",
        "id": beginning.id,
        "title": {"en": f"{model.title.in_('en')}, {span.label}", "zh": f"{model.title.in_('zh')}（{span.label}）"},
        "questionnaire": model.id,
        "period": {"from": span.start.isoformat(), "to": span.end.isoformat()},
        "assessors": list(beginning.assessors),
    }
    if before and before.targets:
        data["targets"] = dict(before.targets)
    modeline, _, body = document_text(data, root, place).partition("\n\n")
    told = (f"#{' ' * bool(line)}{line}" for line in _told(beginning, language))
    return "\n".join([modeline, *told, "", *body.splitlines(), "answers:", *_criteria(model, language), ""])


def _told(beginning: Beginning, language: Language) -> Iterator[str]:
    model = beginning.questionnaire
    earning = next(one.id for one in model.criteria.values() if one.polarity == "achieve")
    answer = {
        "rating": model.scale[-1].id,
        "by": beginning.assessors[0],
        "evidence": [{"process": "incident"}],
        "note": "…",
    }
    yield ""
    yield tr(
        "Every criterion is open. Answer it here with a step of the scale, who says so and what it rests on:", language
    )
    yield f"  {earning}: {one_line(answer)}"
    yield tr("or one by one in a terminal or a workbook: itsmctl assess fill {id}", language, id=beginning.id)
    yield tr("The scale: {steps}", language, steps=tr(", ", language).join(f"{one.id} {one.title.in_(language)}" for one in model.scale))  # fmt: skip
    yield tr("Write `assessed: DAY` once it is concluded; until then nothing rests on it.", language)


def _criteria(model: Questionnaire, language: Language) -> Iterator[str]:
    """The ids under heads, by level where the model has them, else by dimension; what each asks stands behind it."""
    levels = {one.level: one for one in model.levels}
    dimensions = {one.id: one.title.in_(language) for one in model.dimensions}
    width = max(map(len, model.criteria)) + 1
    head = ""
    for one in model.criteria.values():
        here = _level_text(levels.get(one.level or 0), language) or dimensions[one.dimension]
        if here != head:
            yield f"  # --- {here} ---"
            head = here
        yield f"  {f'{one.id}:'.ljust(width)}  # {_asked(one, language)}"


def _level_text(level: Level | None, language: Language) -> str:
    return f"{level.level} {level.title.in_(language)}" if level else ""


def _asked(criterion: QuestionnaireCriterion, language: Language) -> str:
    text = " ".join(criterion.text.in_(language).split())
    return tr("{text} (a symptom: it earns nothing)", language, text=text) if criterion.polarity == "symptom" else text
