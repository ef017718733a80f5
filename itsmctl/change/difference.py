"""Compares two management systems as meaning, not as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from itsmctl.change.approving import approvers
from itsmctl.change.documents import Pair, pairs
from itsmctl.change.judging import At
from itsmctl.change.kinds import KINDS
from itsmctl.change.kinds.catalog import CALLED_IN_EXPORTS
from itsmctl.change.parts import Part
from itsmctl.change.registers import row_changes
from itsmctl.change.types import EFFECTS, Change, joined
from itsmctl.change.walking import Difference, differences
from itsmctl.errors import Where
from itsmctl.marks import Path_, Value
from itsmctl.model import Definitions
from itsmctl.source import Document


def difference(base: Definitions, head: Definitions) -> tuple[Change, ...]:
    """Return every change of meaning, the gravest first; nothing for what was moved, renamed with an alias, or reformatted."""
    found = [change for pair in pairs(base, head) for change in _changes(pair, base, head)]
    found += row_changes(base, head)
    approved = [
        change if change.effect == "neutral" else replace(change, approvers=approvers(change, base, head))
        for change in found
    ]
    return tuple(sorted(approved, key=lambda c: (EFFECTS.index(c.effect), c.kind, c.id, c.path, c.code)))


def _changes(pair: Pair, base: Definitions, head: Definitions) -> Iterator[Change]:
    at = At(base, head, _id(pair.base), _id(pair.head), (), _data(pair.base), _data(pair.head))
    if pair.base is None or pair.head is None:
        yield _whole(pair, at)
        return
    yield from _aliases(pair, base)
    found = [_change(pair, one) for one in differences(pair.kind, pair.base.data, pair.head.data, at)]
    yield from found
    if pair.kind == "rule" and any(change.effect == "loosened" for change in found):
        yield from _version(pair)


def _whole(pair: Pair, at: At) -> Change:
    """A definition that is new, or gone."""
    kind, is_new = KINDS[pair.kind], pair.base is None
    judge, verb = (kind.added, "added") if is_new else (kind.removed, "removed")
    old, new = _title(pair.base), _title(pair.head)
    where = (_where(pair.base, ()), _where(pair.head, ()))
    return Change(f"{pair.kind}-{verb}", judge(old, new, at), pair.kind, pair.id, "", old, new, *where, ())


def _change(pair: Pair, one: Difference) -> Change:
    verb = "added" if one.old is None else "removed" if one.new is None else "changed"
    if not one.part.entries and one.part.default is not None:
        verb = "changed"
    code = f"{code_of(pair.kind, one.part, one.pattern)}-{verb}"
    where = (_where(pair.base, one.base_path), _where(pair.head, one.head_path))
    path = joined(one.names)
    return Change(
        code, one.effect, pair.kind, pair.id, path, one.old, one.new, *where, (), one.base_path, one.head_path
    )


def _version(pair: Pair) -> Iterator[Change]:
    """A rule was loosened under the same version: results of before and after would look alike."""
    old, new = (_number(document) for document in (pair.base, pair.head))
    if new <= old:
        where = (_where(pair.base, ("version",)), _where(pair.head, ("version",)))
        yield Change(
            "rule-version-not-raised",
            "review",
            "rule",
            pair.id,
            "version",
            old,
            new,
            *where,
            (),
            ("version",),
            ("version",),
        )


def _aliases(pair: Pair, base: Definitions) -> Iterator[Change]:
    """Ids that are no longer known, by which old reports and tickets find the definition no more, and ids that mean it only now.

    A new id means nothing to anybody, unless it was another definition's, or exports may call the definition by it.
    """
    old, new = ({*_strings(document, "aliases"), _id(document)} for document in (pair.base, pair.head))
    where = (_where(pair.base, ("aliases",)), _where(pair.head, ("aliases",)))
    lost: Value = [*sorted(old - new)]
    if lost:
        yield Change(f"{pair.kind}-alias-removed", "structural", pair.kind, pair.id, "aliases", lost, None, *where, ())
    taken = {word for one in base.of_kind(pair.kind).values() for word in (one.id, *one.aliases)}
    gained: Value = [*sorted(new - old if pair.kind in CALLED_IN_EXPORTS else (new - old) & taken)]
    if gained:
        yield Change(f"{pair.kind}-alias-added", "review", pair.kind, pair.id, "aliases", None, gained, *where, ())


def code_of(kind: str, part: Part, pattern: tuple[str, ...]) -> str:
    """The code of a part without its verb: its own, or the keys on the way, which are the same for every definition."""
    return f"{kind}-{part.code or '-'.join(step.lower() for step in pattern if step != '*')}"


def _where(document: Document | None, path: Path_) -> Where | None:
    return None if document is None else document.where(path)


def _data(document: Document | None) -> Value:
    return None if document is None else document.data


def _id(document: Document | None) -> str:
    return str(document.data["id"]) if document is not None and isinstance(document.data, dict) else ""


def _title(document: Document | None) -> Value:
    return document.data.get("title") if document is not None and isinstance(document.data, dict) else None


def _number(document: Document | None) -> int:
    version = document.data.get("version", 1) if document is not None and isinstance(document.data, dict) else 1
    return version if isinstance(version, int) else 1


def _strings(document: Document | None, key: str) -> list[str]:
    values = document.data.get(key) if document is not None and isinstance(document.data, dict) else None
    return [str(value) for value in values] if isinstance(values, list) else []
