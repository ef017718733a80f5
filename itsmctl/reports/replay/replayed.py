"""What every report of a replay is made from, and the words that they share."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from itsmctl.change import Change
from itsmctl.change.replay import FLIP_KINDS, Cause, Flip, FlipKind, Judged, Replay, State
from itsmctl.importers.reading import Reading
from itsmctl.language import Language, moment_text, msg, number_text, outcome_text, tr, trn, zone_of
from itsmctl.model import GROUPED
from itsmctl.reports.changes.words import from_to, what
from itsmctl.reports.coverage_words import KINDS
from itsmctl.reports.plain import shown

_KINDS: dict[FlipKind, str] = {
    "newly_failing": msg("newly failing"),
    "newly_in_scope": msg("new in scope"),
    "newly_not_testable": msg("newly not testable"),
    "newly_out_of_scope": msg("newly out of scope"),
    "newly_waived": msg("newly waived"),
    "newly_passing": msg("newly passing"),
    "newly_testable": msg("newly testable"),
}
_STATES: dict[State, str] = {
    "pass": msg("passes"),
    "fail": msg("fails"),
    "not_testable": msg("not testable"),
    "waived": msg("waived"),
    "out_of_scope": msg("out of scope"),
}
SAMPLES = 3


@dataclass(frozen=True)
class Replayed:
    """A replay with the names of its sides as the user wrote them, and where its tickets lie."""

    replay: Replay
    changes: Sequence[Change]
    base: str
    head: str
    """'' for the files as they are."""
    tickets: Sequence[str]
    root: str = ""
    reading: Reading = Reading()  # noqa: RUF009 - frozen
    as_of: str = ""
    """When it was asked to be judged."""
    options: Sequence[str] = ()
    """What else was said on the command line that decides which rules are judged."""
    commits: tuple[str, str] = ("", "")
    digests: tuple[str, str] = ("", "")
    language: Language = "en"

    def command(self, name: str) -> str:
        """The command that tells the same again on any machine that has the tickets."""
        words = ["itsmctl", name, "--base", self.base, *(["--head", self.head] if self.head else [])]
        return shlex.join([*words, *self._where(), *self.options])

    def explain(self, flip: Flip) -> str:
        """The command that explains a flip under the head; '' where it is about a group."""
        judged = next(judged for judged in self.replay.rules if judged.rule.id == flip.rule)
        if judged.rule.check in GROUPED:
            return ""
        return shlex.join(["itsmctl", "explain", flip.record_id, *self._where()])

    def _where(self) -> list[str]:
        words = how_read(self.tickets, self.reading, self.root)
        return [*words, *(["--as-of", self.as_of] if self.as_of else [])]


def how_read(tickets: Sequence[object], reading: Reading, root: object) -> list[str]:
    """The words of a command that say which tickets, how exports of them are read, and by which definitions."""
    words = [word for path in tickets for word in ("--tickets", str(path))]
    return [*words, *reading.words(), *(["--root", str(root)] if root else [])]


def kind_text(kind: FlipKind, language: Language) -> str:
    """A sort of flips in words."""
    return tr(_KINDS[kind], language)


def counted(kind: FlipKind, n: int, language: Language) -> str:
    """How many flips of a sort, in words."""
    return tr("{n} {sort}", language, n=number_text(n), sort=kind_text(kind, language))


def state_text(state: State, language: Language) -> str:
    """A state in words."""
    return tr(_STATES[state], language)


def headline(told: Replayed) -> str:
    """How many verdicts flip, and of which sort."""
    replay, language = told.replay, told.language
    if not replay.total:
        return (
            tr("No verdict flips.", language)
            if not replay.outcomes
            else tr("No verdict of a record or group flips, but rules as a whole come out differently.", language)
        )
    kinds = tr(", ", language).join(counted(kind, n, language) for kind, n in replay.by_kind())
    flips = trn("{n} verdict flips", "{n} verdicts flip", replay.total, language)
    return tr("{flips}: {kinds}.", language, flips=flips, kinds=kinds)


def about(told: Replayed) -> Iterator[str]:
    """What was judged: which sides, how many records and rules, at which moment."""
    replay, language = told.replay, told.language
    zone = zone_of(replay.zone)
    head = told.head or tr("the files here", language)
    yield tr(
        "{base} against {head}: {records}, judged as of {moment} {zone}.",
        language, base=told.base, head=head, moment=moment_text(replay.as_of, zone), zone=zone.key,
        records=trn("{n} record", "{n} records", replay.records, language),
    )  # fmt: skip
    touched = trn("The change touches {n} rule", "The change touches {n} rules", len(replay.rules), language)
    rest = trn("{n} rule reads nothing that changed", "{n} rules read nothing that changed", replay.untouched, language)
    yield tr("{touched}; {rest}.", language, touched=touched, rest=rest)
    if replay.rules and replay.reached < replay.records:
        yield trn(
            "{n} record was judged; the change can reach no other.",
            "{n} records were judged; the change can reach no others.", replay.reached, language,
        )  # fmt: skip

    for one in replay.outcomes:
        assert one.before and one.after
        before, after = (outcome_text(outcome, language) for outcome in (one.before, one.after))
        yield tr(
            "{rule} as a whole comes out differently: {before} → {after}.",
            language,
            rule=one.rule.id,
            before=before,
            after=after,
        )
    if replay.enquiries:
        yield tr(
            "Enquiries that the change touches were not judged: {rules}. `itsmctl replay --enquiries` judges by them, too.",
            language, rules=tr(", ", language).join(replay.enquiries),
        )  # fmt: skip
    mappings = sorted({change.id for change in told.changes if change.kind == "mapping"})
    if mappings:
        yield tr(
            "The tickets were read in one way for both sides: what the change of {mappings} reads differently is not shown here.",
            language, mappings=tr(", ", language).join(mappings),
        )  # fmt: skip


def flipping(replay: Replay) -> list[Judged]:
    """The rules with flips: those with new failures first, then by id."""
    rules = [judged for judged in replay.rules if any(t.rule == judged.rule.id for t in replay.tallies)]
    return sorted(rules, key=lambda judged: (-replay.count("newly_failing", judged.rule.id), judged.rule.id))


def shares(replay: Replay, rule: str, kind: FlipKind, by: str) -> list[tuple[str, int]]:
    """How many flips of a sort each service or month has, most first."""
    found: Counter[str] = Counter()
    for tally in replay.tallies:
        if tally.kind == kind and tally.rule == rule:
            found[tally.service if by == "service" else tally.month] += tally.flips
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]) if by == "service" else (0, pair[0]))


def share_text(parts: Sequence[tuple[str, int]], language: Language, most: int = 4) -> str:
    """`erp 12, mail 3, and 2 more`: the first parts, and how many there are beside them."""
    told = [f"{shown(name or '–')} {number_text(n)}" for name, n in parts[:most]]
    return tr(", ", language).join([*told, *_more(len(parts) - most, language)])


def _more(n: int, language: Language) -> tuple[str, ...]:
    return (tr("and {n} more", language, n=number_text(n)),) if n > 0 else ()


def where_text(replay: Replay, rule: str, kind: FlipKind, language: Language) -> tuple[str, str]:
    """The services and the months in which a rule has flips of a sort."""
    services, months = (share_text(shares(replay, rule, kind, by), language) for by in ("service", "month"))
    return services, months


def kinds_of(replay: Replay, rule: str) -> list[FlipKind]:
    """The sorts of flips that a rule has."""
    return [kind for kind in FLIP_KINDS if replay.count(kind, rule)]


def samples(replay: Replay, rule: str, kind: FlipKind, most: int = SAMPLES) -> list[Flip]:
    """The first flips of a rule and sort."""
    return [flip for flip in replay.flips if flip.rule == rule and flip.kind == kind][:most]


def causes_of(replay: Replay, rule: str) -> list[Cause]:
    """What makes verdicts of a rule flip."""
    return [cause for cause in replay.causes if cause.rule == rule]


def cause_text(cause: Cause, told: Replayed) -> str:
    """Which definition, what changed in it, and how many flips that makes."""
    language, group = told.language, cause.group
    named: Mapping[str, Change] = {change.fingerprint: change for change in told.changes}
    parts = [change_text(named[one], language) for one in group.fingerprints if one in named]
    apart = tr("; ", language)
    details = apart.join([*parts[:3], *_more(len(parts) - 3, language)])
    subject = f"{tr(KINDS.get(group.kind, group.kind), language)} {group.id}" + (
        tr(" ({names})", language, names=details) if details else ""
    )
    if not cause.together:
        return subject
    together = trn(
        "{n} flips only together with other changes", "{n} flip only together with other changes", cause.together, language
    )  # fmt: skip
    return subject + tr(": ", language) + together


def change_text(change: Change, language: Language) -> str:
    """`target of resolution (P1): 4h → 8h [fingerprint]`."""
    told = f"{what(change, language)}{tr(': ', language)}{from_to(change, language)}"
    return f"{shown(told, 160)} [{change.fingerprint}]"
