"""Definitions in a file that stands outside the definitions: a mapping for one import, an assessment to compare with."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from itsmctl import model
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.references import check_assessment, check_mapping, unknown
from itsmctl.definitions.schema import check_document
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.source import Document, read_documents

_Kind = TypeVar("_Kind", bound=model.Definition)
Found = list[tuple[Document, _Kind]]


def mappings_in(path: Path, definitions: model.Definitions) -> tuple[model.MappingDefinition, ...]:
    """The mappings of a file; raises ItsmctlError with its problems."""
    template = "the file must hold mappings, and definitions of no other kind"
    found = _read(path, model.MappingDefinition, Problem("not-a-mapping", template, Where(str(path))))
    _refuse([p for document, mapping in found for p in check_mapping(document, mapping, definitions.processes)])
    return tuple(mapping for _, mapping in found)


def assessment_in(path: Path, questionnaire: model.Questionnaire) -> model.Assessment:
    """The assessment of a file, by a questionnaire; raises ItsmctlError with its problems."""
    template = "the file must hold one assessment, and nothing else"
    wrong = Problem("not-an-assessment", template, Where(str(path)))
    found = _read(path, model.Assessment, wrong)
    if len(found) != 1:
        raise ItsmctlError(wrong)
    ((document, one),) = found
    if one.questionnaire != questionnaire.id:
        raise ItsmctlError(
            unknown(document, ("questionnaire",), one.questionnaire, "questionnaire", [questionnaire.id])
        )
    _refuse(list(check_assessment(document, questionnaire)))
    return one


def _read(path: Path, kind: type[_Kind], wrong: Problem) -> Found[_Kind]:
    """The definitions of a file, all of one kind; raises ItsmctlError with `wrong` where they are not."""
    documents = read_documents(path)
    _refuse([problem for document in documents for problem in check_document(document)])
    builders = [Builder(document) for document in documents]
    built = [(builder.document, build(builder)) for builder in builders]
    found = [(document, one) for document, one in built if isinstance(one, kind)]
    if not found or len(found) != len(built):
        raise ItsmctlError(wrong)
    _refuse([problem for builder in builders for problem in builder.problems])
    return found


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ItsmctlError(problems)
