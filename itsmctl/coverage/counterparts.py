"""Which clauses of other frameworks are about the same subject, by the crosswalks."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.model import Clause, Definitions, covers, within


def counterparts(reference: str, definitions: Definitions) -> Mapping[str, Clause]:
    """The leaf clauses of other frameworks that share a subject with FRAMEWORK:NUMBER, in the order of the crosswalks."""
    found: dict[str, Clause] = {}
    framework = reference.partition(":")[0]
    for crosswalk in definitions.crosswalks.values():
        for subject in crosswalk.subjects:
            if covers(subject.clauses, reference):
                for name in subject.clauses:
                    if not name.startswith(f"{framework}:"):
                        found.update(_leaves(name, definitions))
    return found


def _leaves(reference: str, definitions: Definitions) -> Mapping[str, Clause]:
    """A clause, or where it is a heading the leaves below it, by FRAMEWORK:NUMBER."""
    id_, _, number = reference.partition(":")
    framework = definitions.frameworks[id_]
    return {f"{id_}:{leaf.number}": leaf for leaf in framework.leaves() if within(leaf.number, number)}
