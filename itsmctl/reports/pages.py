"""Pages: one self-contained file each, nothing loaded, nothing run, every text from outside shown as text."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from functools import cache, lru_cache, partial
from importlib import resources
from typing import TYPE_CHECKING

from itsmctl import __version__, kept
from itsmctl import language as words
from itsmctl.language import Language
from itsmctl.reports import demands, drawing, tally
from itsmctl.reports.clauses import clause_text
from itsmctl.reports.grounds import basis_lines, ground_lines, ground_title, judged_by_line
from itsmctl.reports.life import clock_title, failed, life_of, line_of, sum_line, verdict_line
from itsmctl.reports.phrases import phrase_text
from itsmctl.reports.plain import cells, shown
from itsmctl.result import Explanation, Verdict

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment
    from markupsafe import Markup

CROWDED = 1000
"""A life of more steps is told and not drawn: nobody could tell them apart."""
CELL = 120
_TEMPLATES = 256
"""Compiled templates that are kept. A page needs more than thirty of them, and two versions may live side by side."""
_CODE = re.compile(r"`([^`]+)`")
_PIECE = re.compile(r"[^/\s]+-[^/\s]*/?")
PROSE = 4000
FACTS = ("service", "priority", "state", "group", "category", "ci", "impact", "urgency", "closure_code", "assignee")
"""Columns that introduce a record, in this order."""


def explanation_html(explanation: Explanation, language: Language, zone: str = "") -> str:
    """One record as a page of its own, with everyone named as in the export."""
    group = explanation.is_group
    return page(
        "explanation.html.j2",
        language,
        record={"name": explanation.record_id} if group else record_view(explanation, language, zone),
        is_group=group,
        grounds=[
            (ground_title(one, language), ground_lines(one, explanation.names, language, zone))
            for one in explanation.grounds
        ],
        judged_by=judged_by_line(explanation, language),
        zone=zone,
    )


def prepare() -> None:
    """Compile the templates of the pages ahead of their use: that takes as long as to fill them in."""
    for language in words.LANGUAGES:
        environment = _environment(language)
        for name in environment.list_templates(
            filter_func=lambda name: not name.startswith(("init/", "evidence/", "site/")) and name.endswith(".j2")
        ):
            environment.get_template(name)


def page(name: str, language: Language, **values: object) -> str:
    """A template filled in for a language."""
    environment = _environment(language)
    return environment.get_template(name).render(language=language, version=__version__, **values)


@cache
def source(name: str) -> str:
    """A file that lies among the templates, as it is."""
    return (resources.files("itsmctl") / "templates" / name).read_text(encoding="utf-8")


@cache
def digest(script: str) -> str:
    """What a page's policy says of the one script that may run on it."""
    return "sha256-" + b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _compiled() -> BytecodeCache:
    """Compiled templates, shared by the languages and kept in the user's cache: compiling takes longer than filling in."""
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket

    class Kept(BytecodeCache):
        def __init__(self) -> None:
            self.code: dict[str, bytes] = {}

        def load_bytecode(self, bucket: Bucket) -> None:
            code = self.code.get(bucket.key) or kept.read(f"template-{bucket.key}")
            if code:
                bucket.bytecode_from_string(code)

        def dump_bytecode(self, bucket: Bucket) -> None:
            self.code[bucket.key] = bucket.bytecode_to_string()
            kept.write(f"template-{bucket.key}", self.code[bucket.key], _TEMPLATES)

    return Kept()


@cache
def _environment(language: Language) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context

    environment = Environment(
        loader=PackageLoader("itsmctl", "templates"),
        bytecode_cache=_compiled(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_harmless,
    )
    environment.globals.update(
        tr=lambda text, **values: _translated(words.tr(text, language), values, language),
        trn=lambda one, many, n, **values: _translated(words.trn(one, many, n, language), values, language),
        symbols=tally.SYMBOLS,
        outcome_of=tally.outcome_of,
        told_outcome=tally.told_outcome,
        percent=words.percent_text,
        reached=words.reached_text,
        width=lambda part, whole: round(100 * part / whole, 1) if whole else 0,
        reasons_of=lambda entry: tally.reasons(entry, language) if entry.not_testable else [],
    )
    # A filter that takes the context is never applied to a constant while compiling, which would fix its language.
    filters = {name: pass_context(partial(_without_context, apply)) for name, apply in _filters(language).items()}
    environment.filters.update(filters)
    return environment


def _without_context(apply: Callable[..., object], _context: object, *values: object) -> object:
    return apply(*values)


def _filters(language: Language) -> dict[str, Callable[..., object]]:
    return {
        "number": words.number_text,
        "outcome": lambda code: words.outcome_text(code, language),
        "severity": lambda code: words.severity_text(code, language),
        "clock": lambda code: words.clock_text(code, language),
        "clock_verdict": lambda code: words.clock_verdict_text(code, language),
        "state": lambda code: words.state_text(code, language),
        "column": lambda code: words.column_text(code, language),
        "reason": lambda code: words.reason_text(code, language),
        "remedy": lambda code: words.reason_remedy(code, language),
        "month": lambda code: words.month_text(code, language),
        "duration": lambda seconds: words.duration_text(seconds, language),
        "localized": lambda text: text.in_(language),
        "anchor_of": drawing.slug,
        "observed": lambda text, zone: _cut(
            words.local_moments(phrase_text(text, language), words.zone_of(zone)), CELL, language
        ),
        "warning": lambda text: phrase_text(text, language),
        "cell": lambda text: _cut(text, CELL, language),
        "pieces": _pieces,
        "prose": lambda text: _translated(_cut(text, PROSE, language), {}, language),
        "clause": clause_text,
        "drawn": drawn,
        "check_text": demands.check_text,
        "limit_text": lambda limit: demands.limit_text(limit, language),
        "columns": cells,
        "place": id,
        "prose_plain": lambda text: _cut(text, PROSE, language),
    }


def _cut(text: object, longest: int, language: Language) -> str:
    """The text on one line; where it is cut, how much is left out."""
    whole = str(text)
    left = len(whole) - longest
    if left <= 0:
        return shown(whole, longest)
    return f"{shown(whole, longest)} [{words.trn('{n} more character', '{n} more characters', left, language)}]"


def _pieces(text: object) -> Markup:
    """A path or a list of names, of which no name is broken at its hyphens where it fits on a line."""
    from markupsafe import Markup, escape

    return Markup(_PIECE.sub(r'<span class="piece">\g<0></span>', str(escape(shown(text, PROSE)))))  # nosec: escaped before


def _harmless(value: object) -> object:
    return value if hasattr(value, "__html__") else shown(value)


def _translated(text: str, values: dict[str, object], language: Language) -> Markup:
    """Our own words, escaped; what is filled in is escaped as well, unless it is markup already."""
    if not values:
        return _own_words(text)
    filled = {name: _harmless(value) for name, value in values.items()}
    return _own_words(words.closed_up(text, language, filled)).format(**filled)


@lru_cache(2048)  # the same words stand on every record
def _own_words(text: str) -> Markup:
    from markupsafe import Markup, escape

    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def drawn(svg: str) -> Markup:
    """A drawing or a script of ours, which escapes its own texts."""
    from markupsafe import Markup

    return Markup(svg)


def record_view(explanation: Explanation, language: Language, zone: str = "") -> dict[str, object]:
    """One record for the template: its facts, drawing, states, changes, clocks and verdicts as texts."""
    life = life_of(explanation, zone)
    columns = explanation.columns

    def at(moment: int, seconds: bool = False) -> str:
        return words.moment_text(moment, life.zone, seconds=seconds)

    return {
        "id": explanation.record_id,
        "anchor": drawing.slug(explanation.record_id),
        "name": columns.get("number") or explanation.record_id,
        "facts": [(name, life.value_text(name, columns[name], language)) for name in FACTS if columns.get(name)],
        "source": (columns.get("source_file", ""), columns.get("source_row", "")),
        "svg": "" if len(life.bands) + len(life.changes) > CROWDED else drawing.svg(explanation, language, zone),
        "zone": life.zone.key,
        "as_of": at(explanation.as_of),
        "has_history": life.has_history,
        "bands": [(band, at(band.start), life.value_text("state", band.state, language)) for band in life.bands],
        "changes": [
            (change, at(change.at), *(life.value_text(change.field, of, language) for of in (change.old, change.new)))
            for change in life.changes
        ],
        "clocks": [
            {
                "title": clock_title(clock, language),
                "clock": clock,
                "where": line_of(clock),
                "flags": [words.tr(words.CLOCK_FLAGS[flag], language) for flag in clock.flags],
                "cycles": [
                    {
                        "failed": failed(cycle),
                        "met": cycle.verdict == "met",
                        "line": verdict_line(cycle, language),
                        "sum": sum_line(cycle, language),
                        "deadline": "" if cycle.deadline is None else at(cycle.deadline),
                        "ledger": [
                            (
                                at(piece.start, _exact(piece.start, piece.end)),
                                at(piece.end, _exact(piece.start, piece.end)),
                                piece,
                                life.ledger_text(piece, language),
                            )
                            for piece in cycle.ledger
                        ],
                    }
                    for cycle in clock.cycles
                ],
            }
            for clock in explanation.clocks
        ],
        "grounds": {one.rule.id: basis_lines(one, language) for one in explanation.grounds},
        "enquiries": tally.enquiries_of(explanation),
        "told": [v for v in explanation.verdicts if tally.outcome_of(v) in ("fail", "waived")],
        "untested": _by_reason([v for v in explanation.verdicts if tally.outcome_of(v) == "not_testable"]),
        "held": [v.rule for v in explanation.verdicts if tally.outcome_of(v) == "pass"],
    }


def _exact(start: int, end: int) -> bool:
    return bool(start % 60 or end % 60)


def _by_reason(verdicts: list[Verdict]) -> list[tuple[str, list[str]]]:
    """Which rules could not be tested for each reason."""
    found: dict[str, list[str]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.reason, []).append(verdict.rule)
    return list(found.items())
