"""Who accepted the work of others: in a trailer, by committing or merging it, or by signing a tag on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.control.people import People
from itsmctl.history.acts import Act, Identity, Signature, identity_of

How = Literal["trailer", "commit", "merge", "tag", "forge"]


@dataclass(frozen=True)
class Review:
    """Somebody accepted a commit; `signed` says that a key of theirs proves it, or the forge vouches for it."""

    identity: Identity
    person: str
    """'' where nobody is known under that identity."""
    how: How
    at: int
    commit: str
    signed: bool


def reviews_of(act: Act, acts: Sequence[Act], people: People) -> list[Review]:
    """Every review of one commit: in itself, and in the merges and tags of `acts` that it came in with."""
    found = list(_in_commit(act, people))
    for later in acts:
        if act.hash in later.brought:
            found += _in_merge(later, people)
        if later.tags and act.hash in (later.hash, *behind(later, acts)):
            found += [_review(identity_of(t.signer), "tag", later, people, signed=True) for t in later.tags]
    return found


def signer_of(signature: Signature, people: People) -> str:
    """Whose good signature it is, or ''."""
    return people.person(identity_of(signature.signer)) if signature.proof == "good" else ""


def _in_commit(act: Act, people: People) -> Iterator[Review]:
    signer = signer_of(act.signature, people)
    yield from (_stated(one, act, people, signer) for one in act.reviewers)
    if act.committer not in act.authors and not act.committer.mail.casefold().startswith("noreply@"):
        yield _review(
            act.committer, "commit", act, people, signed=bool(signer) and signer == people.person(act.committer)
        )


def _in_merge(merge: Act, people: People) -> Iterator[Review]:
    signer = signer_of(merge.signature, people)
    yield from (_stated(one, merge, people, signer) for one in merge.reviewers)
    # A forge that merges names itself as committer, and who pressed the button as author.
    merger = merge.authors[0]
    yield _review(merger, "merge", merge, people, signed=bool(signer) and signer == people.person(merger))


def _stated(identity: Identity, act: Act, people: People, signer: str) -> Review:
    return _review(identity, "trailer", act, people, signed=bool(signer) and signer == people.person(identity))


def _review(identity: Identity, how: How, act: Act, people: People, *, signed: bool) -> Review:
    return Review(identity, people.person(identity), how, act.at, act.hash, signed)


def behind(act: Act, acts: Iterable[Act]) -> frozenset[str]:
    """The commits among `acts` from which one descends."""
    parents = {one.hash: one.parents for one in acts}
    found: set[str] = set()
    waiting = list(act.parents)
    while waiting:
        hash_ = waiting.pop()
        if hash_ in parents and hash_ not in found:
            found.add(hash_)
            waiting += parents[hash_]
    return frozenset(found)
