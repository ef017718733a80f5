"""What checks observed and expected, and importers warn of, in the reader's language: stored in English, in these forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from string import Formatter

from itsmctl.language import (
    COLUMNS,
    STATES,
    Language,
    column_text,
    duration_text,
    msg,
    number_text,
    state_text,
    tr,
    trn,
)
from itsmctl.model import APPROVAL

DECLARE = (
    msg("occurrences of {activity}: at least {n}"),
    msg("occurrences of {activity}: at most {n}"),
    msg("occurrences of {activity}: exactly {n}"),
    msg("occurrences of {activity} so far: {n}"),
    msg("occurrences of {activity}: {n}"),
    msg("{demand} so far"),
    msg("at least one of {first} and {then}"),
    msg("either {first} or {then}, not both"),
    msg("not both {first} and {then}"),
    msg("both {first} and {then}"),
    msg("neither {first} nor {then}"),
    msg("{first} and then {then}, neither alone"),
    msg("{first} and at once {then}, neither alone"),
    msg("{first} and {then}, or neither"),
    msg("{first} and {then} in turn"),
    msg("{first} not without {then}"),
    msg("{then} again without {first} in between"),
    msg("{then} without {first} before it"),
    msg("{first} without {then} after it"),
    msg("{first} without {then}"),
    msg("{first} never followed at once by {then}"),
    msg("{first} never followed by {then}"),
    msg("{first} followed by {then} before it recurs"),
    msg("{first} followed at once by {then}"),
    msg("{first} followed by {then}"),
    msg("{first} before every single {then}"),
    msg("{first} just before {then}"),
    msg("{first} again before {then}"),
    msg("{first} before {then}"),
    msg("{then} at once after {other}"),
    msg("{then}: {time} after {first}"),
    msg("{first}, no {then} for {time}"),
    msg("{first}, {then} still to come"),
    msg("nothing"),
)
"""What the templates of Declare say; the more particular form comes first, and those here are tried last."""
ACTS = {"approvers": msg("approvers"), "actors": msg("whoever changed it")}
"""What people are known by who stand in no column."""
SECRETS = {
    "private-key": msg("private key"),
    "password": msg("password"),
    "access-key": msg("access key"),
    "token": msg("token"),
    "mail-address": msg("mail address"),
    "mobile-number": msg("mobile number"),
    "card-number": msg("card number"),
    "identity-number": msg("identity number"),
}
"""What must not stand in the text of a ticket."""
_ANSWERS = {"true": msg("yes"), "false": msg("no"), "met": msg("met"), "missed": msg("missed")}
LINKED = {
    "within {time}": msg("within {time}"),
    "no {column}": msg("{column} empty"),
    "{column} not-in {values}": msg("{column} not {values}"),
    "{column} in {values}": msg("{column} {values}"),
    "{theirs} before {mine}": msg("its {theirs} no later than this one's {mine}"),
    "{theirs} after {mine}": msg("its {theirs} no earlier than this one's {mine}"),
    "from {process}": msg("from {process}"),
    "to {process}": msg("to {process}"),
}
"""What is demanded of the record at the other end of a link: as it is stored, and as people say it."""
PHRASES = (
    msg("left out"),
    msg("{demand}; done by its day"),
    msg("{demand}; as demanded: {limits}"),
    msg("{demand}; filled: {columns}"),
    msg("{demand}; after its day: {time}"),
    msg("{demand}; not as demanded: {limits}"),
    msg("{demand}; empty: {columns}"),
    msg("{demand}; too old"),
    msg("{time}: {file}, row {n}"),
    msg("{time}: {file}, line {n}"),
    msg("{file}, row {n}"),
    msg("{file}, line {n}"),
    msg("a row of the last {n} months"),
    msg("a row of the last {n} days"),
    msg("a row"),
    msg("no row"),
    msg("at most {time} of {calendar} at a stretch"),
    msg("at most {time} at a stretch"),
    msg("at most {time} of {calendar} in all"),
    msg("at most {time} in all"),
    msg("longest time without a change: {time}"),
    msg("without a change: at most {time} of {calendar}"),
    msg("without a change: at most {time}"),
    msg("returns: at most {n}"),
    msg("skipped: {activities} ({old} -> {new})"),
    msg("repeated: {activities} ({old} -> {new})"),
    msg("out of order: {activities} ({old} -> {new})"),
    msg("steps on the path: {n}"),
    msg("a path of the process"),
    msg("steps in their lanes: {n}"),
    msg("{share}% ({n} of {total}); paths: {paths}; most frequent: {path}"),
    msg("returns: {n}, last to {place}"),
    msg("returns: {n}"),
    msg("approvals in time: {n}"),
    msg("approved {time} after it"),
    msg("not reached yet"),
    msg("approvals before {columns}: {n}"),
    msg("approvals at most {time} of {calendar} after {columns}: {n}"),
    msg("approvals at most {time} after {columns}: {n}"),
    msg("approvals: {n}"),
    msg("one of the roles: {roles}"),
    msg("all of them"),
    msg("people appointed on that day"),
    msg("links: {n}, as demanded: {total}"),
    msg("links at least {n}: {what}"),
    msg("links at most {n}: {what}"),
    msg("links, all of them: {what}"),
    msg("at most {n} of {process}, same {columns}"),
    msg("no overlap"),
    msg("none found"),
    msg("none of: {kinds}"),
    msg("none"),
    msg("not begun yet"),
    msg("on a forbidden day"),
    msg("outside by {time}"),
    msg("inside"),
    msg("within {columns} +- {time}; never on {days}"),
    msg("within {columns}; never on {days}"),
    msg("within {columns} +- {time}"),
    msg("within {columns}"),
    msg("never on {days}"),
    msg("p{share} = {time} of {total}"),
    msg("p{share} at most {time}"),
    msg("rises in a row: fewer than {n}"),
    msg("rises in a row: {n}"),
    msg("a placeholder"),
    msg("characters: {n}"),
    msg("the same on records: {n}"),
    msg("a copy of {columns}"),
    msg("meaningful"),
    msg("a meaningful text"),
    msg("fewer than {n} similar, or linked: {columns}"),
    msg("fewer than {n} similar"),
    msg("unchanged: {columns}"),
    msg("unchanged"),
    msg("not sooner than {time} of {calendar}"),
    msg("not sooner than {time}"),
    msg("95-100%: {n}, 80-95%: {total}"),
    msg("at most twice the mean of the bands before, or fewer than {n}"),
    msg("{share}% paused, peers {total}%"),
    msg("at most {share}% paused, or {n} times the peers"),
    msg("not raised and lowered"),
    msg("not within {time}"),
    msg("{old} -> {top} -> {new}: {time}"),
    msg("{old} -> {new}, left: {time} of {target}"),
    msg("not loosened when less than {share}% was left"),
    msg("not loosened"),
    msg("paused at {share}%, no question, no answer, resumed by the same person"),
    msg("paused at {share}%, no question"),
    msg("paused at {share}%, no answer, resumed by the same person"),
    msg("no such pause"),
    msg("no pause without question and answer once {share}% was used"),
    msg("resolved in {month}, open again in {next}"),
    msg("resolved at the turn of {month}, when {share}% was used"),
    msg("no turn of a month"),
    msg("not moved over the end of a month"),
    msg("{demand}, within {time} of {calendar}"),
    msg("{demand}, within {time}"),
    msg("at least {share}% ({agreement})"),
    msg("at least {share}%"),
    msg("at most {share}%"),
    msg("at most hand-overs: {hands}, returns: {returns}"),
    msg("hand-overs: {hands}, returns: {returns}"),
    msg("{share}% ({n} of {total})"),
    msg("an agreement with a target"),
    msg("no agreement"),
    msg("{agreement}: no target"),
    msg("people and groups of the lanes"),
    msg("a service defined on that day"),
    msg("a request offered on that day"),
    msg("a transition of the process"),
    msg("changes: {n}"),
    msg("different people: {columns}"),
    msg("different people"),
    msg("empty: {columns}"),
    msg("filled: {columns}"),
    msg("filled"),
    msg("empty"),
    msg("readable"),
    msg("one row"),
    msg("duplicate-id: {file}, row {n}"),
    msg("a whole row"),
    msg("a moment"),
    msg("no number missing"),
    msg("{n} missing between {first} and {last}"),
    msg("not after {time}"),
    msg("not after"),
    msg("rows: {n}"),
    msg("not a limit: {limits}"),
    msg("never {then}"),
    msg("{first} {at} > {then} {time}"),
    msg("in order"),
    msg("from the beginning, within {time}"),
    msg("from the beginning"),
    msg("begins late: {time}"),
    msg("gap before: {old} -> {new}"),
    msg("tool: {verdict}"),
    msg("recomputed: {verdict}, {counted} of {target}"),
    msg("met"),
    msg("missed"),
    msg("at most {time} of {calendar}"),
    msg("at least {n}, at most {total}"),
    msg("at least {n}"),
    msg("at most {n}"),
    msg("fewer than {n}"),
    msg("{n} within {time}"),
    msg("{person} ({columns}): shared account"),
    msg("{share}% ({n} of {total}) {person}"),
    msg("{person} ({columns})"),
    msg("{old} -> {new}"),
    msg("{file} has exactly {n} rows; was the export cut off at a limit of the tool?"),
    msg(
        "{column}: numbers such as {value} are moments as Excel counts days, and are not read; give the cells a format with day and time in Excel, export again from the tool, or where they have five decimals or more write `excel-days` under `time-formats` of a mapping of your own: {n}"
    ),
    msg("nothing under {names} says of which process these records are, so that they were read as {process}: {n}"),
    msg("{file}: rows above row {row}, which is named as the header, were left out: {n}"),
    msg("{file}: the encoding was guessed to be {name}; name it with --encoding if letters look wrong"),
    msg("{file}: cells with an error of Excel, or with a formula whose result was not saved: {n}, such as {value}"),
    msg("{column}: ids such as {value} were numbers that a spreadsheet shortened; export the column as text: {n}"),
    msg("{files}: of {total} records, as it says, it holds {n}; export every page"),
    msg("{files}: says that another page follows; export every page"),
    msg("{column}: some cells are dates and others text such as {value}; are day and month right in both? text: {n}"),
    msg("the export lacks columns for: {columns}"),
    msg("{mapping}: the export lacks columns for: {columns}"),
    msg("{file} alone lacks columns for: {columns}"),
    msg(
        "{names}: stands in the header more than once, and nobody knows which is meant, so that {column} is not read; name one in a mapping of your own"
    ),
    msg("rows that repeat an earlier row in every cell, merged with it: {n}"),
    msg("{mapping}: rows that repeat an earlier row in every cell, merged with it: {n}"),
    msg(
        "{file}: no date under {column} says whether the day or the month comes first; read as {format}, as in {files}"
    ),
    msg("{column}: the times are not written as the tool writes them, but as spreadsheets do; read as {format}"),
    msg("no date under {column} says whether the day or the month comes first; read as {format}, as under {columns}"),
    msg("{column}: times in an hour that the zone's clocks showed twice, of which the first was taken: {n}"),
    msg("{column}: its changes were left out of the history, as rows know it before it happened: {n}"),
    msg("gaps in the ticket numbers: {n}, numbers missing: {total}"),
    msg("rows without a readable time of their own, left out of the history: {n}"),
    msg("tickets with updates whose times run backwards: {n} ({records})"),
    msg("{file} was left out, as no mapping reads it: {n} rows"),
    msg("nothing was read of the folders within the one that was named: {files}; name them too"),
    msg("{file}: rows about a record that no file has, set aside: {n}"),
    msg("records of which the history tells nothing: {n}"),
    msg(
        "moments {days} days after all others were passed over, as typing errors: {n}; open tickets are judged as of {moment}, unless --as-of names another moment"
    ),
    msg("{file} tells nothing after {moment}, other files do until {until}: export all at the same time"),
    msg("{file} tells nothing after {moment}, and the next file goes on at {until}: is one missing?"),
    msg(
        "{file} tells nothing between {moment} and {until}, though tickets were opened or ended meanwhile: {n}; was all exported?"
    ),
    msg(
        "{file} tells nothing after {moment}, though tickets were resolved or closed until {until}: {n}; was all exported?"
    ),
    msg("records opened outside the period or after the moment of the audit, and not judged: {n}"),
    msg("{process}: no time is taken off for pauses that the export neither has nor has a word for: {states}"),
    msg("records of {process} without {columns}, left out by rules that choose by it: {n} ({rules})"),
    msg(
        "nothing is told after {moment}, and what was open then is judged as if it were open until {until}: {n}; export again, or name an earlier moment with --as-of"
    ),
    msg(
        "calendar {calendar}: {share} of the answers and solutions looked at lie in its hours, and {then} would if they came {n} h earlier; see whether the export tells its times in {zone}, and name their zone with --zone"
    ),
    msg(
        "calendar {calendar}: {share} of the answers and solutions looked at lie in its hours, and {then} would if they came {n} h later; see whether the export tells its times in {zone}, and name their zone with --zone"
    ),
    msg("records without {columns}, left out by rules that choose by it: {n} ({rules})"),
    msg("records of {process} without {columns}, missing in the groups that rules make by it: {n} ({rules})"),
    msg("records without {columns}, missing in the groups that rules make by it: {n} ({rules})"),
    msg("{columns}: names that differ only in capitals or in the width of letters, taken for one: {n} ({names})"),
    msg(
        "records of {process} whose {column} is not known, so that rules about groups rest on the others: {n} ({rules})"
    ),
    msg("records whose {column} is not known, so that rules about groups rest on the others: {n} ({rules})"),
    msg(
        "records of {process} with a {column} that nobody translates, of which nobody knows whether they belong to the groups of rules: {n} ({rules})"
    ),
    msg(
        "records with a {column} that nobody translates, of which nobody knows whether they belong to the groups of rules: {n} ({rules})"
    ),
    msg("{place}: {time} at a stretch"),
    msg("{place}: {time} in all"),
    *DECLARE,
)
_COUNTS = ("n", "total")
"""Parts of a phrase that say how many; other numbers may be those of tickets, or years."""
_NUMBER = re.compile(r"\d+")
_BUSINESS_DAYS = re.compile(r"(\d+)bd")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DURATION = re.compile(r"(-?)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


@lru_cache(4096)  # one phrase stands on many a record, in every report
def phrase_text(text: str, language: Language) -> str:
    """The phrase in the reader's language; one of another form stays as it is."""
    if any(marker in text for marker in ("\n", "\r")):
        return text
    for phrase in _that_may_fit(_NUMBER.sub("0", text)):
        if found := _form(phrase).fullmatch(text):
            parts = {
                name: phrase_text(value, language)
                if name == "demand"
                else _link(value, language)
                if name == "what"
                else _part(value, language, counts=name in _COUNTS)
                for name, value in found.groupdict().items()
            }
            return tr(phrase, language, **parts)
    return _part(text, language)


@cache
def _from_the_longest() -> tuple[str, ...]:
    """The phrases, those that say most by themselves first: `{person} ({columns})` would fit many a longer one.

    What is said about another phrase comes before them all, or `{a} without {b}` would swallow what stands behind it.
    """
    return tuple(sorted(PHRASES, key=lambda phrase: ("{demand}" not in phrase, -sum(map(len, _literals(phrase))))))


@lru_cache(4096)
def _that_may_fit(shape: str) -> tuple[str, ...]:
    """The phrases of which every literal stands in a text of this shape, which has 0 for each number: texts are many, shapes few."""
    return tuple(phrase for phrase in _from_the_longest() if all(literal in shape for literal in _shapes(phrase)))


@cache
def _shapes(phrase: str) -> tuple[str, ...]:
    """The literals of the phrase with 0 for each number."""
    return tuple(_NUMBER.sub("0", literal) for literal in _literals(phrase))


@cache
def _literals(phrase: str) -> tuple[str, ...]:
    """What stands in the phrase whatever it is filled with: looking for that is cheaper than compiling a pattern for each phrase."""
    return tuple(literal for literal, *_ in Formatter().parse(phrase) if literal)


@cache
def _form(phrase: str) -> re.Pattern[str]:
    """What the phrase looks like when it is filled in."""
    form = ""
    for literal, name, _, _ in Formatter().parse(phrase):
        form += re.escape(literal) + (f"(?P<{name}>.+?)" if name else "")
    return re.compile(form)


def _link(text: str, language: Language) -> str:
    """What a link must lead to, part by part."""
    return tr("; ", language).join(_link_part(part, language) for part in text.split("; "))


def _link_part(text: str, language: Language) -> str:
    for stored, phrase in LINKED.items():
        if found := _form(stored).fullmatch(text):
            parts = {name: _part(value.replace("/", ", "), language) for name, value in found.groupdict().items()}
            return tr(phrase, language, **parts)
    return _part(text, language)


def _part(text: str, language: Language, *, counts: bool = False) -> str:
    """A duration, a count, or names of columns or states, as the reader calls them; anything else as it is."""
    if counts and text.isascii() and text.isdigit():
        return number_text(int(text))
    if (seconds := _seconds(text)) is not None:
        return duration_text(seconds, language)
    if days := _BUSINESS_DAYS.fullmatch(text):
        return trn("{n} business day", "{n} business days", int(days[1]), language)
    for separator, between in (
        (" / ", " / "), (", ", tr(", ", language)), ("/", tr(", ", language)), (" <= ", " ≤ "), (" > ", " → "),
    ):  # fmt: skip
        if told := _words(text.split(separator), language):
            return between.join(told)
    sides = text.split(" / ")
    if len(sides) > 1 and all(_words(side.split(", "), language) for side in sides):
        return " / ".join(_part(side, language) for side in sides)
    equations = text.split(", ")
    if len(equations) > 1 and all(_equates(one) for one in equations):
        return tr(", ", language).join(_part(one, language) for one in equations)
    column, _, moment = text.partition(" ")
    if column in COLUMNS and _MOMENT.fullmatch(moment):
        return f"{column_text(column, language)} {moment}"
    column, _, value = text.partition(" = ")
    if value == "*" and column in COLUMNS:
        return tr("a change of {column}", language, column=column_text(column, language))
    if value and (column in COLUMNS or column == APPROVAL):
        answer = tr(_ANSWERS[value], language) if value in _ANSWERS else column_text(value, language)
        return f"{column_text(column, language)} = {answer}"
    state, comma, group = text.partition(", ")
    if comma and state in STATES:
        return tr(", ", language).join((state_text(state, language), group))
    return tr(_ANSWERS[text], language) if text in _ANSWERS else text


def _words(names: Sequence[str], language: Language) -> list[str]:
    """Columns or acts, states, or kinds of secrets, as the reader calls them; nothing where one is none of the same kind."""
    if all(name in COLUMNS or name in ACTS or name == APPROVAL for name in names):
        return [tr(ACTS[name], language) if name in ACTS else column_text(name, language) for name in names]
    if all(name in STATES for name in names):
        return [state_text(name, language) for name in names]
    return [tr(SECRETS[name], language) for name in names] if all(name in SECRETS for name in names) else []


def _equates(text: str) -> bool:
    column, equals, _ = text.partition(" = ")
    return bool(equals) and column in COLUMNS


def _seconds(text: str) -> int | None:
    """The length of time that a text is; None for any other text."""
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()[1:]):
        return None
    hours, minutes, seconds = (int(group or 0) for group in found.groups()[1:])
    return (-1 if found[1] else 1) * (3600 * hours + 60 * minutes + seconds)
