"""A proposed mapping as YAML to edit: what speaks for each line stands beside it, and what the file leaves open above it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from itsmctl.importers.export import original
from itsmctl.language import Language, tr, trn
from itsmctl.reports.plain import shown, wrap
from itsmctl.reports.suggestion.questions import questions
from itsmctl.suggestion.coding import Coded
from itsmctl.suggestion.matching import Match
from itsmctl.suggestion.suggestion import Suggestion
from itsmctl.suggestion.words import AUTHOR_OF_UPDATE, COUNTER_OF_UPDATE, MOMENT_OF_UPDATE, TEAM_OF_AUTHOR

FILE = "mappings.yaml"
"""What several mappings are called that are proposed together."""
_WIDTH = 110
_PLAIN = re.compile(r"[^\W\d][\w/-]*( [\w/-]+)*")
_NOT_TEXT = re.compile(r"(?i)true|false|yes|no|on|off|null|y|n|nan|inf")


def render(suggestions: Sequence[Suggestion], language: Language = "en", file: str = "") -> str:
    """The text of the mappings, one after the other; it is valid as it stands, and says what it does not know.

    `file` is what it will be saved as, where that is known.
    """
    if len(suggestions) > 1:
        lines = _of_several(suggestions, language, file or FILE)
    else:
        lines = _lines(suggestions[0], language, alone=file or f"{suggestions[0].id}.yaml")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def next_command(suggestions: Sequence[Suggestion], file: str) -> str:
    """What to run once the questions in the file of the mappings are answered."""
    words = tuple(dict.fromkeys(word for one in suggestions for word in one.words))
    known = "".join(f" --mapping {name}" for name in _known(suggestions))
    zone = " --zone ZONE" if any(one.zoneless for one in suggestions) else ""
    return f"itsmctl import {shown(shlex.join(words))}{known} --mapping {shown(shlex.quote(file))}{zone} -o dataset"


def _known(suggestions: Sequence[Suggestion]) -> tuple[str, ...]:
    """The shipped mappings that read some of several tables as they are."""
    wanted = _wanted(suggestions)
    return tuple(dict.fromkeys(name for one in suggestions if one not in wanted for name in one.readers))


def _wanted(suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    return [one for one in suggestions if not one.readers or one.header_row] or list(suggestions)


def _of_several(suggestions: Sequence[Suggestion], language: Language, file: str) -> Iterator[str]:
    """Mappings that are used together, with the command for all of them above."""
    wanted = _wanted(suggestions)
    yield from _comment(tr("Proposed for several tables. Save it, answer the questions, and then:", language))
    yield f"#   {next_command(suggestions, file)}"
    yield from _advice(language)
    for one in suggestions:
        if one not in wanted:
            names = {"file": shown(one.file), "names": tr(", ", language).join(one.readers)}
            yield from _comment(
                tr("Nothing is proposed for {file}: mapping {names} reads it as it is.", language, **names)
            )
    for number, one in enumerate(wanted):
        if number:
            yield "---"
        else:
            yield ""
        yield from _lines(one, language, alone="")


def _lines(s: Suggestion, language: Language, *, alone: str) -> Iterator[str]:
    yield from _head(s, language, alone=alone)
    title, stem = _text(s.id.replace("-", " ").capitalize()), Path(s.file).stem
    yield "kind: mapping"
    yield f"id: {s.id}"
    yield f"title: {{en: {title}, zh: {title if stem.isascii() else _text(stem)}}}"
    yield "tool: " + _text(tr("our ticket tool", language))
    yield f"format: {s.format}"
    if s.table != "record":
        yield f"table: {s.table}"
    if s.shape != "records":
        yield f"shape: {s.shape}"
    if s.table == "record":
        yield f"process-column: {_text(s.of.column)}" if s.of.column else f"process: {s.of.process}"
    if s.header_row:
        yield f"header-row: {s.header_row}"
    yield f"recognise: {_list(s.recognise)}"
    yield f"missing: {_list(('', *s.missing))}"
    if s.patterns:
        yield f"time-formats: {_list(s.patterns)}"
    if s.unsettled:
        yield "# date-order: day-first"
    if s.zoneless:
        yield "# zone: " + ("Asia/Shanghai" if language == "zh" else "Europe/Berlin")
    yield "columns:"
    yield from _columns(s, language)
    yield from _beside(s, language)
    yield from _codes(s, language)


def _head(s: Suggestion, language: Language, *, alone: str) -> Iterator[str]:
    facts = {"file": shown(s.file), "rows": trn("{n} row", "{n} rows", s.rows, language)}
    if alone:
        yield from _comment(
            tr("Proposed from {file} ({rows}). Save it, answer the questions, and then:", language, **facts)
        )
        yield f"#   {next_command([s], alone)}"
        yield from _advice(language)
    else:
        yield from _comment(tr("Proposed from {file} ({rows}).", language, **facts))
    if s.stumbles:
        known = {
            "names": tr(", ", language).join(s.stumbles),
            "columns": tr(", ", language).join(map(shown, s.unread)),
            "values": _some(s.strangers, language),
        }
        yield "#"
        if s.unread:
            yield from _comment(tr("Mapping {names} knows these columns, but cannot read the times in {columns}.", language, **known))  # fmt: skip
        if s.strangers:
            yield from _comment(tr("Mapping {names} knows these columns, but sets most rows aside, since it does not know of which process they are: {values}.", language, **known))  # fmt: skip
    if s.readers:
        names = tr(", ", language).join(s.readers)
        yield "#"
        if s.header_row:
            yield from _comment(tr("Mapping {names} reads this file too, with --header-row {row}: a mapping of your own is needed only where that one is wrong.", language, names=names, row=s.header_row))  # fmt: skip
        else:
            yield from _comment(tr("Mapping {names} reads this file as it is: a mapping of your own is needed only where that one is wrong.", language, names=names))  # fmt: skip
    asked = list(questions(s, language))
    if asked:
        yield "#"
        yield from _comment(tr("What the file does not say:", language))
    for number, question in enumerate(asked, 1):
        first, *more = wrap(shown(question, 2000), _WIDTH - 6)
        yield f"# {number}. {first}"
        yield from (f"#    {line}" for line in more)


def _advice(language: Language) -> Iterator[str]:
    yield from _comment(
        tr(
            "Beside each column stands how likely it is, and why; a line that is wrong can go. Read the codes too: the same word means different things in different tools.",
            language,
        )
    )


def _columns(s: Suggestion, language: Language) -> Iterator[str]:
    for canonical, match in sorted(s.matches.items(), key=lambda pair: _place(s, pair[0])):
        name = _text(match.name)
        source = f"{{of: {name}, take: {match.take}}}" if match.take else name
        if match.clock:
            source = f'{{join: {_list([match.name, match.clock.name])}, with: " "}}'
        yield f"  {canonical}: {source}  # {_why(match, language)}"
    if "record_id" not in s.matches:
        yield f"  record_id: {_text(s.key.name)}  # " + tr("a guess, see above", language)
    if s.unused:
        unused = dict.fromkeys(profile.name for profile in s.unused)
        names = tr(", ", language).join(
            shown(name) for name in unused if (first := original(name)) == name or first not in s.order
        )
        yield from _comment(tr("Kept in `attributes` as they are: {names}", language, names=names), "  ")


def _place(s: Suggestion, canonical: str) -> int:
    """The columns stand in the order of the file, the record id before all."""
    return -1 if canonical == "record_id" else [*s.order].index(s.matches[canonical].name)


def _why(match: Match, language: Language) -> str:
    reasons = (
        tr(reason.template, language, **{k: shown(v) for k, v in reason.values.items()}) for reason in match.reasons
    )
    return f"{round(match.score * 100)}%: " + tr("; ", language).join(reasons)


def _beside(s: Suggestion, language: Language) -> Iterator[str]:
    moment, author = s.beside.get(MOMENT_OF_UPDATE), s.beside.get(AUTHOR_OF_UPDATE)
    counter = s.beside.get(COUNTER_OF_UPDATE)
    if moment and s.shape != "records" and s.format != "xes":
        order = [match.name for match in (counter, moment) if match]
        yield f"order-by: {_list(order)}"
    if moment:
        yield f"at: {_text(moment.name)}  # {_why(moment, language)}"
    if author:
        yield f"actor: {_text(author.name)}  # {_why(author, language)}"
    if team := s.beside.get(TEAM_OF_AUTHOR):
        yield f"actor-group: {_text(team.name)}  # {_why(team, language)}"
    if s.history:
        yield f"history: {_list(s.history)}"


def _codes(s: Suggestion, language: Language) -> Iterator[str]:
    tables = dict(s.codes)
    if s.of.codes:
        tables = {"process": Coded(s.of.codes, s.of.asked, s.processes), **tables}
    if tables:
        yield "codes:" if any(one.known for one in tables.values()) else "# codes:"
    for column, one in tables.items():
        yield f"  {column}:" if one.known else f"  # {column}:"
        yield from (f"    {_text(value)}: {_text(code)}" for value, code in one.known.items())
        if one.asked:
            allowed = f" ({', '.join(one.allowed)})" if one.allowed else ""
            yield from _comment(tr("not known yet", language) + allowed, "    ")
        yield from (f"    # {_text(value)}: …" for value in one.asked)


def _some(values: Sequence[str], language: Language, most: int = 12) -> str:
    return tr(", ", language).join([*map(shown, values[:most]), *(["…"] if len(values) > most else [])])


def _comment(text: str, indent: str = "") -> Iterator[str]:
    for line in wrap(shown(text, 4000), _WIDTH - len(indent)):
        yield f"{indent}# {line}"


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(_text(word) for word in words)}]"


def _text(text: str) -> str:
    """A text as a YAML scalar that can be nothing but text."""
    if _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda odd: f"\\u{ord(odd[0]):04x}", quoted)
