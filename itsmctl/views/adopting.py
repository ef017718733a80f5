"""The next steps of adoption as a page: one to take now, and those behind it, each with what it is good for and what to type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsmctl.assessment.adopting import Proposed, Size
from itsmctl.coverage.steps import StepCode
from itsmctl.language import Language, msg, tr
from itsmctl.model import Definitions, Text
from itsmctl.output import schema_beside
from itsmctl.reports.assessment_words import action_text, cause_text
from itsmctl.reports.coverage_words import step_text
from itsmctl.reports.json import titles
from itsmctl.views.page import Facts, Grid, Page, Section, Words

FORMAT = "itsmctl/next/v1"
SIZES: Mapping[Size, str] = {
    "minutes": msg("minutes"),
    "days": msg("days"),
    "weeks": msg("weeks"),
    "months": msg("months"),
}
_TYPE: Mapping[StepCode, str] = {
    "audit": "itsmctl audit --tickets … -o result",
    "name": "itsmctl coverage {clause}",
    "export": "itsmctl rules show {what}",
    "mend": "itsmctl rules show {what}",
    "write": "itsmctl schema {what}",
    "define": "itsmctl schema {what}",
    "rule": "itsmctl coverage {clause}",
    "record": "itsmctl coverage {clause}",
    "ask": "itsmctl coverage {clause}",
}
"""What shows how to begin."""
_REASONS: Mapping[StepCode, str] = {
    "audit": msg("rules look at tickets for {n} requirements, and no result says yet what they found"),
    "name": msg("what is wanted is there, but nothing of it names the requirement"),
    "export": msg("the rule could not be judged: the export lacks what it looks at"),
    "mend": msg("the rule was judged, and failed"),
    "write": msg("others of this kind are there, but none for this requirement"),
    "define": msg("nothing of this kind is there, and {n} requirements want it"),
    "rule": msg("tickets would show it, and no rule looks"),
    "record": msg("only records can show it, and there are none"),
    "ask": msg("only somebody's word can show it, and nobody has given it"),
}
"""Why a step of the coverage is proposed."""
_MOST_TITLED, _MOST_NUMBERED = 6, 3


def page(found: Sequence[Proposed], definitions: Definitions, language: Language, most: int) -> Page:
    """The first step in full, and the next ones in a table."""
    title = tr("The next step", language)
    if not found:
        return Page(title, "", (Words(tr("Nothing is left to do by coverage and assessments.", language)),), (), "")
    first, others = found[0], found[1:most]
    more = tr("{n} more; one at a time.", language, n=len(found) - most) if len(found) > most else ""
    return Page(
        title,
        text_of(first, definitions, language),
        (Facts(_facts(first, definitions, language)),),
        (Section(tr("After that", language), (_table(others, definitions, language), Words(more))),),
        tr("Smallest first; of those of a size, what serves most requirements and gaps.", language),
    )


def text_of(one: Proposed, definitions: Definitions, language: Language) -> str:
    """What to do, in one sentence."""
    if one.step is not None:
        return step_text(one.step, definitions, language)
    if one.unasked is not None:
        values = {"n": len(one.unasked.criteria), "title": one.unasked.title.in_(language)}
        return tr("Assess yourselves: {title}, {n} questions", language, **values)
    assert one.advice is not None
    assert one.of is not None
    return action_text(one.advice, one.of, definitions, language)


def _facts(one: Proposed, definitions: Definitions, language: Language) -> tuple[tuple[str, str], ...]:
    between = tr(", ", language)
    return (
        (tr("Takes", language), tr(SIZES[one.size], language)),
        (tr("Serves", language), _served(one, definitions, language)),
        (tr("Closes", language), between.join(one.criteria)),
        (tr("Because", language), reason_text(one, definitions, language)),
        (tr("Begin with", language), begin_with(one)),
    )


def _served(one: Proposed, definitions: Definitions, language: Language) -> str:
    """The clauses, with what they are called where that can still be read at a glance."""
    if len(one.clauses) > _MOST_TITLED:
        numbers: dict[str, list[str]] = {}
        for name in one.clauses:
            framework, _, number = name.partition(":")
            numbers.setdefault(framework, []).append(number)
        return tr("; ", language).join(f"{framework} {' '.join(some)}" for framework, some in numbers.items())
    told = []
    for name in one.clauses:
        framework, _, number = name.partition(":")
        title = definitions.frameworks[framework].requirements[number].title.in_(language)
        told.append(f"{name} {title}")
    return tr("; ", language).join(told)


def reason_text(one: Proposed, definitions: Definitions, language: Language) -> str:
    """What it follows from."""
    if one.advice is not None:
        return cause_text(one.advice, definitions, language)
    if one.unasked is not None:
        return tr("nobody has answered it yet, and gaps are found by it", language)
    assert one.step is not None
    return tr(_REASONS[one.step.code], language, n=len(one.clauses))


def begin_with(one: Proposed) -> str:
    """The command that shows how."""
    if one.unasked is not None:
        return f"itsmctl assess new {one.unasked.id} --period … --by …"
    if one.step is None:
        return f"itsmctl assess {one.of.assessment.id}" if one.of else ""
    what = one.step.what[0] if one.step.what else ""
    return _TYPE[one.step.code].format(clause=one.step.clauses[0], what=what)


def _table(found: Sequence[Proposed], definitions: Definitions, language: Language) -> Grid:
    heads = (msg("time"), msg("step"), msg("clauses"), msg("gaps"))
    rows = tuple(
        (
            tr(SIZES[one.size], language),
            text_of(one, definitions, language),
            _numbers(one),
            str(len(one.criteria)),
        )
        for one in found
    )
    return Grid(tuple(tr(head, language) for head in heads), rows)


def _numbers(one: Proposed) -> str:
    """The first clauses by number, and how many more."""
    told = [name.partition(":")[2] for name in one.clauses[:_MOST_NUMBERED]]
    more = len(one.clauses) - _MOST_NUMBERED
    return " ".join([*told, *([f"+{more}"] if more > 0 else [])])


def next_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of `data`."""
    return schema_beside(__file__, "next")


def data(found: Sequence[Proposed], definitions: Definitions) -> dict[str, object]:
    """Every step for a program, in order."""
    return {"format": FORMAT, "steps": [_data(one, definitions) for one in found]}


def _data(one: Proposed, definitions: Definitions) -> dict[str, object]:
    text = Text(text_of(one, definitions, "en"), text_of(one, definitions, "zh"))
    return {
        "takes": one.size,
        "action": titles(text),
        "from": "coverage" if one.step else "assessment",
        "code": one.step.code if one.step else one.advice.source if one.advice else "ask-yourselves",
        "because": titles(Text(*(reason_text(one, definitions, language) for language in ("en", "zh")))),
        "assessment": one.of.assessment.id if one.of else None,
        "clauses": list(one.clauses),
        "criteria": list(one.criteria),
        "begin_with": begin_with(one),
    }
