"""Whether changes have the approvals that they need: of whoever held the role on that day, and did not write the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from itsmctl.change.approving import of_the_system
from itsmctl.change.types import Change
from itsmctl.control.people import People, day_of
from itsmctl.control.reviews import Review, behind, reviews_of, signer_of
from itsmctl.errors import Problem, Where
from itsmctl.history.acts import SIGNERS, Act, Identity, acts, identity_of, parting
from itsmctl.history.log import contents
from itsmctl.model import Definitions

_SHORT = 12
"""Letters of a hash that people read."""


@dataclass(frozen=True)
class _Touched:
    """One definition that changed: the roles that must approve it, and what was done to its files."""

    kind: str
    id: str
    where: Where
    roles: tuple[str, ...]
    commits: tuple[Act, ...]


def approvals(
    root: Path,
    base: str,
    head: str,
    changes: Sequence[Change],
    definitions: Definitions,
    *,
    vouched: Iterable[str] = (),
) -> list[Problem]:
    """Every approval that changes from `base` to `head` lack, and what is doubtful about those that they have.

    Other public keys need one, too, of whoever approves the policies of the management system.

    `definitions` are those before the change: they say who holds which role. `vouched` are identities (`Name <mail>`, or
    either) of whom a forge says that they approved the whole of it. What is an error must not be merged; a warning says
    that nobody can prove it. Raises ItsmctlError where git does not hold the history, with the command that brings it.
    """
    done = acts(root, base, head)
    people = People(definitions)
    fork = parting(root, base, head)
    found = [_ahead(base, head, fork)] if fork else []
    keys = _keys(root, base, head, definitions, done)
    for one in (*_touched(changes, done), *keys):
        if fork and not one.commits:
            continue  # what only the base has changed, told once
        found += _of_definition(one, done, people, [identity_of(text) for text in vouched])
    found += _doubtful(changes, done, people)
    if keys:
        template = "other public keys for {people}: who holds them approves in that name from then on"
        named = ", ".join(_whose(root, base, head)) or "–"
        found.append(Problem("keys-changed", template, Where(SIGNERS, 1, 1), {"people": named}, "warning"))
    return found


def _ahead(base: str, head: str, fork: str) -> Problem:
    template = (
        "{base} has changes of definitions that {head} has not, and they look here as if taken back; compare with where the two part: "
        "--base {fork}"
    )
    values = {"base": base[:_SHORT], "head": head[:_SHORT], "fork": fork[:_SHORT]}
    return Problem("base-ahead", template, values=values, severity="warning")


def _touched(changes: Sequence[Change], done: Sequence[Act]) -> Iterator[_Touched]:
    by_definition: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        if change.approvers:
            by_definition.setdefault((change.kind, change.id), []).append(change)
    for (kind, id_), some in by_definition.items():
        roles = sorted({role for change in some for role in change.approvers})
        where = next(
            place for change in some for place in (change.head_location, change.base_location, Where()) if place
        )
        yield _Touched(kind, id_, where, tuple(roles), _commits(some, done))


def _keys(root: Path, base: str, head: str, definitions: Definitions, done: Sequence[Act]) -> list[_Touched]:
    """The file of public keys, where it is another: no definition, and yet it says whose approvals are believed from then on."""
    before, after = contents(root, [(base, SIGNERS), (head, SIGNERS)])
    commits = tuple(act for act in done if SIGNERS in act.paths)
    if before == after or not commits:
        return []
    roles = tuple(sorted(set(of_the_system(definitions))))
    return [_Touched("keys", SIGNERS, Where(SIGNERS, 1, 1), roles, commits)]


def _whose(root: Path, base: str, head: str) -> list[str]:
    """Whom the lines name that one of two files of keys has and the other has not."""
    one, other = (
        set(text.decode("utf-8", "replace").splitlines()) for text in contents(root, [(base, SIGNERS), (head, SIGNERS)])
    )
    return sorted({words[0] for line in one ^ other if (words := line.split()) and not words[0].startswith("#")})


def _commits(changes: Iterable[Change], done: Sequence[Act]) -> tuple[Act, ...]:
    """The commits that touched the files of some changes."""
    places = (place for change in changes for place in (change.base_location, change.head_location))
    files = frozenset(place.file for place in places if place)
    return tuple(act for act in done if not files.isdisjoint(act.paths))


def _of_definition(
    one: _Touched, done: Sequence[Act], people: People, vouched: Sequence[Identity]
) -> Iterator[Problem]:
    about = {"kind": one.kind, "id": one.id}
    if not one.commits:
        template = "{kind} {id} differs, but no commit between the two changed its files: nobody can tell who did, nor who approved it"
        yield Problem("approval-uncommitted", template, one.where, about)
        return
    authors = {people.person(author) or str(author) for act in one.commits for author in act.authors}
    for role in one.roles:
        problems = [
            _missing(role, act, _reviews(act, done, people, vouched), authors, people) for act in _last(one, done)
        ]
        worst = min((problem for problem in problems if problem), key=lambda problem: problem.severity, default=None)
        if worst:
            yield replace(worst, where=one.where, values={**worst.values, **about})


def _last(one: _Touched, done: Sequence[Act]) -> list[Act]:
    """The commits after which nobody changed it: what was reviewed before was reviewed as something else."""
    earlier = frozenset[str]().union(*(behind(act, done) for act in one.commits))
    return [act for act in one.commits if act.hash not in earlier]


def _reviews(act: Act, done: Sequence[Act], people: People, vouched: Sequence[Identity]) -> list[Review]:
    """The reviews of a commit, and those that a forge vouches for, as of that commit."""
    by_forge = [Review(who, people.person(who), "forge", act.at, act.hash, signed=True) for who in vouched]
    return [*reviews_of(act, done, people), *by_forge]


def _missing(role: str, act: Act, reviews: Sequence[Review], authors: set[str], people: People) -> Problem | None:
    """What is wrong with the approval of one role; None where it is there and proven."""
    latest = act.at
    holding = [review for review in reviews if review.person and people.holds(review.person, (role,), review.at)]
    others = [review for review in holding if review.person not in authors]
    wanted = [person for person in people.holders(role, latest) if person not in authors]
    values: dict[str, object] = {"role": role, "day": day_of(latest), "people": ", ".join(wanted) or "–"}
    if any(review.signed for review in others):
        return None
    if others:
        template = "{kind} {id}: {person} approved it for {role} on {day}, but nothing is signed that proves it"
        told = {"person": others[0].person, "day": day_of(others[0].at)}
        return Problem("approval-unsigned", template, values={**values, **told}, severity="warning")
    own = sorted(person for person in authors if people.holds(person, (role,), latest))
    if holding or (own and not wanted):
        template = "{kind} {id}: {person} holds {role}, but wrote the change; nobody approves their own work"
        return Problem("approval-own", template, values={**values, "person": ", ".join(own) or holding[0].person})
    template = "{kind} {id}: nobody with the role {role} approved it; on {day} that was: {people}"
    return Problem("approval-missing", template, values=values)


def _doubtful(changes: Sequence[Change], done: Sequence[Act], people: People) -> Iterator[Problem]:
    """Identities that are nobody's, and signatures that are wrong or not the author's, in the commits that matter."""
    told: set[str] = set()
    touching = _commits((change for change in changes if change.approvers), done)
    hashes = frozenset(act.hash for act in touching)
    for act in (act for act in done if act.hash in hashes or not hashes.isdisjoint(act.brought)):
        where = Where(f"commit {act.hash[:12]}")
        if act.signature.proof in ("bad", "expired"):
            yield Problem(
                "signature-bad", "the signature of this commit is {proof}", where, {"proof": act.signature.proof}
            )
        signer = signer_of(act.signature, people)
        if signer and signer not in {people.person(who) for who in (*act.authors, act.committer)}:
            template = "{signer} signed this commit, but neither wrote nor committed it"
            yield Problem("signature-of-another", template, where, {"signer": signer})
        for who in (*act.authors, *act.reviewers):
            if not people.person(who) and str(who) not in told:
                told.add(str(who))
                template = "{who} is nobody whom an assignment knows; name the address under also-called"
                yield Problem("identity-unknown", template, where, {"who": str(who)}, "warning")
