"""Which controlled documents stand as somebody who may approved them, by git."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.change.approving import approvers
from itsmctl.control.people import People
from itsmctl.control.record import whole
from itsmctl.control.reviews import reviews_of
from itsmctl.history.acts import Act, acts
from itsmctl.history.log import contents
from itsmctl.model import Definition, Definitions


def approved(definitions: Definitions) -> tuple[int, int]:
    """Of the documents that are reviewed at intervals, how many stand as they were approved, and how many there are.

    What counts is the last commit that touched the file of a document: somebody with a role that approves it reviewed that,
    and did not write it. Raises ItsmctlError where git does not hold the history.
    """
    documents = [one for one in definitions.every() if one.review and one.effective.end is None]
    done = acts(definitions.root, "")
    last: dict[str, Act] = {}
    for act in done:  # newest first
        for path in act.paths:
            last.setdefault(path, act)
    people = People(definitions)
    standing = _standing(definitions, last, sorted({one.where.file for one in documents}))
    good = [one for one in documents if one.where.file in standing and _approved(one, last, done, people, definitions)]
    return len(good), len(documents)


def _standing(definitions: Definitions, last: dict[str, Act], files: Sequence[str]) -> frozenset[str]:
    """The files that hold just what their last commit holds."""
    known = [file for file in files if file in last]
    texts = contents(definitions.root, [(last[file].hash, file) for file in known])
    pairs = zip(known, texts, strict=True)
    return frozenset(file for file, text in pairs if (definitions.root / file).read_bytes() == text)


def _approved(
    document: Definition, last: dict[str, Act], done: Sequence[Act], people: People, definitions: Definitions
) -> bool:
    act = last[document.where.file]
    roles = approvers(whole(document), definitions, definitions)
    wrote = {people.person(who) or str(who) for who in act.authors}
    return any(
        review.person and review.person not in wrote and people.holds(review.person, roles, review.at)
        for review in reviews_of(act, done, people)
    )
