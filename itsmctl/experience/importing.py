"""Answers to a survey from a CSV file, one person to a row, counted into a run of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from itsmctl.assessment.answers import no_such_step, step_named
from itsmctl.definitions.editing import document_of, with_item
from itsmctl.definitions.registers.tables import Line, read_table
from itsmctl.definitions.writing import replace_text
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.model import Survey
from itsmctl.source import decode, read_bytes


@dataclass(frozen=True)
class Counted:
    """How many people answered, and how often each step was chosen, by question."""

    answered: int
    counts: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Run:
    """What a run of a survey is about beside its answers; texts are empty and numbers None where nobody said."""

    start: date
    end: date
    invited: int
    population: int | None = None
    asked: date | None = None
    customer: str = ""
    service: str = ""


def count_answers(path: Path, survey: Survey, ignored: Sequence[str] = ()) -> Counted:
    """Count the rows of a file; a cell is a step by its id or its title, or empty where somebody left the question out.

    Raises ItsmctlError with everything that is wrong, by file, row and column.
    """
    table = read_table(path, str(path))
    columns = _questions(survey)
    known = {name: columns[name.strip().casefold()] for name in table.header if name.strip().casefold() in columns}
    others = [name for name in table.header if name not in known and name not in ignored]
    problems = list(table.problems)
    for name in others:
        template = "column {column!r} is no question of the survey: {allowed}; --ignore it if it is to be left out"
        values = {"column": name, "allowed": ", ".join(survey.questions)}
        near = did_you_mean(name, survey.questions)
        problems.append(Problem("unknown-question", template, Where(str(path), 1), values, suggestion=near))
    counts = {question: [0] * len(survey.scale) for question in dict.fromkeys(known.values())}
    for line in table.lines:
        problems += _count(line, known, survey, counts)
    if not table.lines and not problems:
        problems.append(Problem("no-answers", "there is no row with answers below the header", Where(str(path), 1)))
    if problems:
        raise ItsmctlError(problems)
    return Counted(len(table.lines), {question: tuple(found) for question, found in counts.items()})


def _questions(survey: Survey) -> dict[str, str]:
    """The questions by their ids and by their texts in both languages."""
    names: dict[str, str] = {}
    for id_, question in survey.questions.items():
        names |= {name.strip().casefold(): id_ for name in (question.text.en, question.text.zh, id_) if name}
    return names


def _count(line: Line, known: Mapping[str, str], survey: Survey, counts: Mapping[str, list[int]]) -> Iterator[Problem]:
    steps = {step.id: place for place, step in enumerate(survey.scale)}
    empty = True
    for name, question in known.items():
        word = str(line.cells[name]).strip()
        if not word:
            continue
        empty = False
        step = step_named(word, survey.scale)
        if step is None:
            yield replace(no_such_step(word, survey.scale), where=replace(line.where, column_name=name))
        else:
            counts[question][steps[step.id]] += 1
    if empty:
        yield Problem("row-empty", "nothing is answered in this row; take it out", line.where)


def add_run(root: Path, survey: Survey, run: Run, counted: Counted) -> None:
    """Put a run at the end of those in the file of a survey; raises ItsmctlError, and leaves the file, where that is wrong."""
    place = survey.where.file
    if any((str(one.period.start), str(one.period.end), one.customer, one.service) == (str(run.start), str(run.end), run.customer, run.service) for one in survey.results):  # fmt: skip
        template = "{survey} has answers of this period, customer and service already"
        raise ItsmctlError(Problem("run-twice", template, survey.where, {"survey": survey.id}))
    text = decode(read_bytes(root / PurePosixPath(place), place), place)
    document = document_of(text, survey.where, "survey", survey.id)
    replace_text(root, place, with_item(text, document, "results", _data(run, counted)))


def _data(run: Run, counted: Counted) -> dict[str, object]:
    data: dict[str, object] = {"period": {"from": run.start.isoformat(), "to": run.end.isoformat()}}
    data |= {"asked": run.asked.isoformat()} if run.asked else {}
    data |= {"customer": run.customer} if run.customer else {}
    data |= {"service": run.service} if run.service else {}
    data |= {"population": run.population} if run.population is not None else {}
    data |= {"invited": run.invited, "answered": counted.answered}
    return data | {"counts": {question: list(found) for question, found in counted.counts.items()}}
