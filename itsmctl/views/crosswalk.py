"""A crosswalk: frameworks side by side, a row for each subject, and what stands alone."""

from __future__ import annotations

from itsmctl.language import Language, tr
from itsmctl.model import Crosswalk, Definitions, Subject
from itsmctl.views.page import Facts, Grid, Page, Section
from itsmctl.views.wording import clause_text, listed


def page(definitions: Definitions, crosswalk: Crosswalk, language: Language) -> Page:
    """The page of a crosswalk."""
    titles = tuple(definitions.frameworks[id_].title.in_(language) or id_ for id_ in crosswalk.frameworks)
    heads = (tr("subject", language), *titles, tr("note", language))
    rows = tuple(
        (one.title.in_(language) or one.id, *_clauses(crosswalk, one, language), one.note.in_(language))
        for one in crosswalk.subjects
    )
    alone = tuple(
        (clause_text(definitions, clause, language), why.in_(language)) for clause, why in crosswalk.alone.items()
    )
    return Page(
        title=f"{crosswalk.title.in_(language)} · {crosswalk.id}",
        subtitle=tr("crosswalk", language),
        blocks=(Facts(((tr("Frameworks", language), listed(definitions.frameworks, crosswalk.frameworks, language)),)),),
        sections=(
            Section(tr("Subjects", language), (Grid(heads, rows),)),
            Section(tr("Without a counterpart", language), (Grid((tr("clause", language), tr("why", language)), alone),)),
        ),
        source=str(crosswalk.where),
    )  # fmt: skip


def _clauses(crosswalk: Crosswalk, subject: Subject, language: Language) -> tuple[str, ...]:
    """The clauses of each framework about a subject, each with its framework so that it can be looked up."""
    return tuple(
        tr(", ", language).join(clause.replace(":", " ") for clause in subject.clauses if clause.startswith(f"{id_}:"))
        for id_ in crosswalk.frameworks
    )
