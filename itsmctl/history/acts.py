"""What people did to definitions in git: who wrote, committed, merged, reviewed, signed; as claimed, and as far as keys prove it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.history.asking import boundary, check_asked, is_hash, is_shallow, prefix_of
from itsmctl.history.running import NoGit, git
from itsmctl.reference import FOLDERS
from itsmctl.scratch import scratch

SIGNERS = "roles/allowed_signers"
"""The public keys of people, in the form of ssh-keygen; read as they were before a change, so that nobody adds their own to it."""

Proof = Literal["none", "good", "unknown-key", "bad", "expired"]
_PROOFS: Mapping[str, Proof] = {"N": "none", "G": "good", "U": "unknown-key", "E": "unknown-key", "B": "bad", "R": "bad", "X": "expired", "Y": "expired"}  # fmt: skip
_FIELDS = (
    "%H", "%P", "%an", "%ae", "%cn", "%ce", "%ct", "%G?", "%GS", "%s", "%(trailers:key=Reviewed-by,key=Approved-by,unfold,valueonly,separator=%x02)",
    "%(trailers:key=Co-authored-by,unfold,valueonly,separator=%x02)",
)  # fmt: skip
_MAILED = re.compile(r"^(?P<name>.*?)\s*<(?P<mail>[^>]*)>$")
_GOOD_TAG = re.compile(r'Good "git" signature for (\S+)|^\[GNUPG:\] GOODSIG \S+ (.+)$', re.MULTILINE)


@dataclass(frozen=True)
class Identity:
    """Somebody as git has them: anybody can write anything there."""

    name: str
    mail: str

    def __str__(self) -> str:
        return f"{self.name} <{self.mail}>" if self.mail else self.name


@dataclass(frozen=True)
class Signature:
    """What the keys say of a signature, and whose it is: a mail address, or what the key calls its holder."""

    proof: Proof
    signer: str = ""


@dataclass(frozen=True)
class Act:
    """One commit. `paths` are the files that it changed itself, relative to the definitions, by the names that they had in it.

    Of a merge those are what it has otherwise than all its parents; asked for from some commit on, also what it takes back
    of one of them.
    """

    hash: str
    parents: tuple[str, ...]
    authors: tuple[Identity, ...]
    """The author, then co-authors."""
    committer: Identity
    at: int
    subject: str
    reviewers: tuple[Identity, ...]
    """Whom its trailers name."""
    signature: Signature
    paths: frozenset[str] = frozenset()
    brought: frozenset[str] = frozenset()
    """Of a merge into the main line: the commits that came with it."""
    tags: tuple[Signature, ...] = field(default=())
    """Signed tags on it, by whom."""


def identity_of(text: str) -> Identity:
    """`Name <mail>`, a bare mail address or a bare name, as an identity."""
    found = _MAILED.match(text.strip())
    if found:
        return Identity(found["name"].strip(), found["mail"].strip())
    return Identity("", text.strip()) if "@" in text else Identity(text.strip(), "")


def acts(root: Path, base: str, head: str = "HEAD") -> list[Act]:
    """Every commit of `head` that `base` has not, newest first; an empty `base` means all.

    Raises ItsmctlError where the clone is cut off before they part, or where they share no history.
    """
    try:
        start = _fork(root, base, head) if base else ""
        with _known_keys(root, start or head) as options:
            found = _acts(root, f"{start}..{head}" if start else head, head, options)
            return [_with_taken_back(root, act) for act in found] if start else found
    except NoGit as error:
        check_asked(root)
        why = str(error).removeprefix("fatal: ").splitlines()
        template = "git cannot tell who changed what from {base} to {head}: {why}"
        values = {"base": base or "…", "head": head, "why": why[0] if why else "no git, or no repository"}
        raise ItsmctlError(Problem("no-history", template, Where(str(root)), values)) from error


def parting(root: Path, base: str, head: str) -> str:
    """Where two revisions part, if since then `base` changed definitions that `head` has otherwise; else ''. Raises as `acts` does."""
    fork = _fork(root, base, head)
    return fork if _differing(root, fork, base) & _differing(root, base, head) else ""


def check_whole(root: Path, revision: str = "HEAD") -> None:
    """Raise ItsmctlError where the clone holds only the last commits, with the command that brings the others."""
    if is_shallow(root):
        raise _shallow(revision)


def _fork(root: Path, base: str, head: str) -> str:
    """Where two revisions part: after history was rewritten, `base` itself is not behind `head` any more."""
    for revision in (base, head):
        if revision.startswith("-"):
            raise NoGit(f"{revision} is no revision")
        try:
            git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except NoGit as error:
            check_whole(root, revision)
            raise NoGit(f"there is no revision {revision}") from error
    try:
        fork = git(root, "merge-base", base, head).decode("ascii").strip()
    except NoGit as error:
        check_whole(root, head)
        template = "{base} and {head} have no commit in common: history was rewritten from its beginning, or they are of two repositories"
        raise ItsmctlError(
            Problem("unrelated-histories", template, Where(_short(head)), {"base": _short(base), "head": _short(head)})
        ) from error
    cut = _cut_off(root)
    reached = git(root, "rev-list", f"{fork}..{head}").decode("ascii").split() if cut else []
    if not cut.isdisjoint(reached):
        raise _shallow(head)
    return fork


def _cut_off(root: Path) -> frozenset[str]:
    """The commits at which a shallow clone ends."""
    return boundary(root / git(root, "rev-parse", "--git-path", "shallow").decode("utf-8", "surrogateescape").strip())


def _shallow(revision: str) -> ItsmctlError:
    template = "this clone is shallow: it does not hold all commits of {revision}; run: {command}"
    values = {"revision": _short(revision), "command": "git fetch --unshallow"}
    return ItsmctlError(Problem("shallow-clone", template, Where(_short(revision)), values))


def _short(revision: str) -> str:
    """A revision as people read it: of a commit the first twelve letters."""
    return revision[:12] if is_hash(revision) else revision


@contextmanager
def _known_keys(root: Path, revision: str) -> Iterator[tuple[str, ...]]:
    """Options with which git knows the keys kept at a revision; without any there, those that it is configured to know."""
    try:
        keys = git(root, "cat-file", "blob", f"{revision}:./{SIGNERS}")
    except NoGit:
        if _configured(root):
            yield ()
            return
        keys = b""  # without any such file git says of a signed commit that it is not signed
    with scratch() as folder:
        file = folder / "allowed_signers"
        file.write_bytes(keys)
        yield ("-c", f"gpg.ssh.allowedSignersFile={file}")


def _configured(root: Path) -> bool:
    try:
        return bool(git(root, "config", "gpg.ssh.allowedSignersFile").strip())
    except NoGit:
        return False


def _acts(root: Path, commits: str, head: str, options: Sequence[str]) -> list[Act]:
    between = secrets.token_hex(8)  # nobody can have written it into a commit
    output = git(root, *options, "log", "--topo-order", "-z", f"--format={between.join(_FIELDS)}", commits, "--")
    found = [_act(record.split(between)) for record in output.decode("utf-8", "replace").split("\0") if record]
    paths, mainline = _paths(root, commits), _mainline_merges(root, commits)
    tags = _tags(root, options)
    return [
        replace(
            act,
            paths=frozenset(paths.get(act.hash, ())),
            brought=_brought(root, act) if act.hash in mainline else frozenset(),
            tags=tags.get(act.hash, ()),
        )
        for act in found
    ]


def _act(fields: Sequence[str]) -> Act:
    hash_, parents, name, mail, by, by_mail, at, proof, signer, subject, reviewers, co_authors = fields
    return Act(
        hash_,
        tuple(parents.split()),
        (Identity(name, mail), *map(identity_of, filter(None, co_authors.split("\x02")))),
        Identity(by, by_mail),
        int(at),
        subject,
        tuple(map(identity_of, filter(None, reviewers.split("\x02")))),
        Signature(_PROOFS.get(proof, "unknown-key"), signer),
    )


def _paths(root: Path, commits: str) -> Mapping[str, list[str]]:
    """The files that each commit changed itself; a merge only those that it has otherwise than all its parents."""
    prefix = prefix_of(root)
    output = git(
        root,
        "log",
        "-c",
        "--full-history",
        "--name-only",
        "--no-renames",
        "-z",
        "--format=%x01%H",
        commits,
        "--",
        *FOLDERS,
    )
    found: dict[str, list[str]] = {}
    hash_ = ""
    for token in output.decode("utf-8", "surrogateescape").split("\0"):
        word = token.lstrip("\n")
        if word.startswith("\x01"):
            hash_ = word[1:].strip()
        elif word:
            found.setdefault(hash_, []).append(word.removeprefix(prefix))
    return found


def _with_taken_back(root: Path, act: Act) -> Act:
    """A merge with the files of which it drops what one of its parents has changed since they parted, as `-s ours` does.

    `git log -c` shows nothing of that: the file is as another parent has it.
    """
    if len(act.parents) < 2:
        return act
    differing = [_differing(root, parent, act.hash) for parent in act.parents]
    dropped = {
        path
        for number, parent in enumerate(act.parents)
        if (some := differing[number] - frozenset.intersection(*differing))
        for path in some & _differing(root, _common(root, parent, act.parents[0 if number else 1]), parent)
    }
    return replace(act, paths=act.paths | dropped)


def _common(root: Path, one: str, other: str) -> str:
    """The last commit that two have in common; the first of them itself where there is none."""
    try:
        return git(root, "merge-base", one, other).decode("ascii").strip()
    except NoGit:
        return one


def _differing(root: Path, old: str, new: str) -> frozenset[str]:
    """The files in the folders of definitions that are not the same in two commits."""
    output = git(root, "diff-tree", "-r", "-z", "--name-only", "--no-renames", old, new, "--", *FOLDERS)
    prefix = prefix_of(root)
    return frozenset(
        path.removeprefix(prefix) for path in output.decode("utf-8", "surrogateescape").split("\0") if path
    )


def _mainline_merges(root: Path, commits: str) -> frozenset[str]:
    return frozenset(git(root, "rev-list", "--first-parent", "--merges", commits).decode("ascii").split())


def _brought(root: Path, merge: Act) -> frozenset[str]:
    others = [f"^{merge.parents[0]}", *merge.parents[1:]]
    return frozenset(git(root, "rev-list", *others).decode("ascii").split())


def _tags(root: Path, options: Sequence[str]) -> Mapping[str, tuple[Signature, ...]]:
    """The signed tags by the commit that they are on."""
    listed = git(root, "for-each-ref", "--format=%(objecttype) %(*objectname) %(refname:short)", "refs/tags").decode()
    found: dict[str, tuple[Signature, ...]] = {}
    for line in listed.splitlines():
        kind, commit, name = line.split(" ", 2)
        if kind == "tag" and commit:
            signature = _tag_signature(root, name, options)
            found[commit] = (*found.get(commit, ()), *((signature,) if signature else ()))
    return found


def _tag_signature(root: Path, name: str, options: Sequence[str]) -> Signature | None:
    try:
        good = _GOOD_TAG.search(
            git(root, *options, "verify-tag", "--raw", name, errors=True).decode("utf-8", "replace")
        )
    except NoGit:
        return None
    return Signature("good", good[1] or good[2]) if good else None
