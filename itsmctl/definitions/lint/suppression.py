"""Laws set aside in place: `# itsmctl: ignore[code] reason="why" until=2026-12-31`, on the line or the one above."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from itsmctl.definitions.lint import LAWS
from itsmctl.errors import Problem, Where, did_you_mean
from itsmctl.source import Comment, comments, decode

_MARKER = b"itsmctl:"
_FORM = re.compile(r"#\s*itsmctl:\s*(?P<word>[\w-]*)\s*(?:\[(?P<codes>[^\]]*)\])?(?P<rest>.*)")
_PART = re.compile(r"""\s*(?P<key>[\w-]+)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>\S+))""")


@dataclass(frozen=True)
class Suppression:
    """One comment, read as far as it makes sense; `line` is the line of the values that it speaks of."""

    where: Where
    line: int
    word: str
    codes: tuple[str, ...]
    reason: str
    until: str
    rest: str

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds."""
        try:
            return date.fromisoformat(self.until)
        except ValueError:
            return None

    @property
    def works(self) -> bool:
        """Whether it says all that it must: which laws, why, until when."""
        return not list(_faults(self))


def read_suppressions(raw: bytes, shown: str) -> list[Suppression]:
    """The suppressions of a definition file; raises ItsmctlError where one stands in what is not YAML."""
    if _MARKER not in raw:  # nearly every file
        return []
    return [_read(comment, shown) for comment in comments(decode(raw, shown)) if _FORM.match(comment.text)]


def without_suppressed(
    problems: Sequence[Problem], suppressions: Sequence[Suppression], as_of: date | None, *, errors_only: bool = False
) -> Iterator[Problem]:
    """The problems that nobody set aside, and what is wrong with the suppressions themselves.

    Without `as_of` no suppression is out of date. With `errors_only` not every law was asked, so that nothing can be
    said of suppressions that were not needed.
    """
    used: set[tuple[Suppression, str]] = set()
    for problem in problems:
        for one in suppressions:
            if not one.works or not _covers(one, problem):
                continue
            used.add((one, problem.code))
            if not _expired(one, as_of):
                break
        else:
            yield problem
    if errors_only:
        return
    for one in suppressions:
        yield from _faults(one)
        if one.works and _expired(one, as_of):
            yield _problem("ignore-expired", "this suppression ended on {until}", one, until=one.until)
        for code in one.codes if one.works else ():
            if (one, code) not in used:
                template = "nothing here breaks {word!r}; take the suppression out"
                yield _problem("ignore-unused", template, one, word=code)


def _read(comment: Comment, shown: str) -> Suppression:
    match = _FORM.match(comment.text)
    assert match is not None
    parts: dict[str, str] = {}
    rest = match["rest"]
    while found := _PART.match(rest):
        parts[found["key"]] = next(
            text for text in (found["double"], found["single"], found["bare"]) if text is not None
        )
        rest = rest[found.end() :]
    unknown = " ".join([*(f"{key}=" for key in parts if key not in ("reason", "until")), rest.strip()]).strip()
    codes = tuple(code.strip() for code in (match["codes"] or "").split(",") if code.strip())
    where = Where(shown, comment.line, comment.column)
    return Suppression(
        where, comment.speaks_of, match["word"], codes, parts.get("reason", "").strip(), parts.get("until", ""), unknown
    )


def _faults(one: Suppression) -> Iterator[Problem]:
    known = {law.CODE for law in LAWS}
    if one.word != "ignore" or not one.codes or one.rest:
        template = 'not understood: {what!r}; write # itsmctl: ignore[code] reason="why" until=2026-12-31'
        what = one.rest or (one.word if one.word != "ignore" else "ignore without [code]")
        yield _problem("ignore-not-understood", template, one, what=what)
        return
    for code in one.codes:
        if code not in known:
            template = "{word!r} is no law that can be set aside; schema and references never are"
            near = did_you_mean(code, known)
            yield _problem("ignore-unknown", template, one, near, word=code)
    if not one.reason:
        yield _problem("ignore-without-reason", "a suppression needs a reason; this one does nothing", one)
    if not one.until:
        yield _problem("ignore-without-expiry", "a suppression needs a last day; this one does nothing", one)
    elif one.last_day is None:
        template = "{until!r} is not a day of the calendar; write YYYY-MM-DD"
        yield _problem("ignore-without-expiry", template, one, until=one.until)


def _problem(code: str, template: str, one: Suppression, suggestion: str = "", **values: object) -> Problem:
    subject = f"suppression of {','.join(one.codes)} in {one.where.file}"
    return Problem(code, template, one.where, values, "warning", suggestion, subject)


def _covers(one: Suppression, problem: Problem) -> bool:
    place = problem.where
    return place.file == one.where.file and place.line == one.line and problem.code in one.codes


def _expired(one: Suppression, as_of: date | None) -> bool:
    return as_of is not None and one.last_day is not None and one.last_day < as_of
