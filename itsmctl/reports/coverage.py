"""Coverage for a terminal: how strong the evidence for a framework is, clause by clause, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from itsmctl.coverage import STRENGTHS, ClauseCoverage, FrameworkCoverage, Strength
from itsmctl.coverage.steps import Step
from itsmctl.language import Language, tr, trn
from itsmctl.model import Clause, Definitions, Framework
from itsmctl.reports.coverage_words import (
    NOT_BY_DATA,
    STRENGTH_SYMBOLS,
    names,
    outcome_text,
    step_text,
    strength_text,
)
from itsmctl.reports.plain import cells, cut, fit, right, wrap

_COLORS = {"strong": "32", "partial": "33", "attested": "36", "none": "31", "head": "1", "dim": "2", "fail": "31"}
_FILL: dict[Strength, str] = {"strong": "█", "partial": "▓", "attested": "▒", "none": "░"}
WIDE = 110
"""From so many columns on, names are shown instead of their number."""


def render(
    coverage: FrameworkCoverage,
    steps: Sequence[Step],
    definitions: Definitions,
    language: Language = "en",
    width: int = 80,
    color: bool = False,
    most: int = 5,
) -> str:
    """One framework in so many columns, with the first steps, ending in a newline."""
    lines = [*_head(coverage, language, width, color), ""]
    lines += _table(coverage, language, width, color)
    lines += _legend(coverage, language, width, color)
    lines += _steps(steps, definitions, language, width, color, most)
    attribution = coverage.framework.attribution.in_(language)
    if attribution:
        lines += ["", *(_paint(line, "dim", color) for line in wrap(attribution, width))]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def overview(
    found: Sequence[FrameworkCoverage], language: Language = "en", width: int = 80, color: bool = False
) -> str:
    """A line for each framework: how many clauses of each strength, and a bar."""
    size = max(cells(entry.framework.id) for entry in found)
    lines = []
    for entry in found:
        start = f"{fit(entry.framework.id, size)}  {right(str(len(entry.clauses)), 3)}  "
        counts = "  ".join(f"{STRENGTH_SYMBOLS[s]} {right(str(entry.count(s)), 3)}" for s in STRENGTHS)
        bar = _bar(entry, max(10, min(width, WIDE) - cells(start) - cells(counts) - 2), color)
        lines.append(f"{start}{counts}  {bar}")
    return "\n".join(lines) + "\n"


def _paint(text: str, role: str, color: bool) -> str:
    return f"\x1b[{_COLORS[role]}m{text}\x1b[0m" if color and role in _COLORS else text


def _head(coverage: FrameworkCoverage, language: Language, width: int, color: bool) -> Iterator[str]:
    framework = coverage.framework
    for line in wrap(f"{framework.title.in_(language)} · {framework.version}", width):
        yield _paint(line, "head", color)
    total = trn("{n} clause", "{n} clauses", len(coverage.clauses), language)
    counts = "  ".join(f"{strength_text(s, language)} {coverage.count(s)}" for s in STRENGTHS)
    yield from wrap(f"{total}   {counts}", width)
    yield _bar(coverage, min(width, WIDE), color)
    untestable = sum(not clause.testable for clause in coverage.clauses)
    if untestable:
        text = trn(
            "{n} is not testable by data: definitions, registers and people have to show it.",
            "{n} are not testable by data: definitions, registers and people have to show them.",
            untestable,
            language,
        )
        yield from wrap(f"{NOT_BY_DATA} {text}", width)


def _bar(coverage: FrameworkCoverage, width: int, color: bool) -> str:
    """The strengths as stretches of one bar; each that occurs has at least one cell."""
    counts = {s: coverage.count(s) for s in STRENGTHS if coverage.count(s)}
    total = sum(counts.values())
    sizes = {s: max(1, width * n // total) for s, n in counts.items()}
    sizes[max(sizes, key=lambda s: sizes[s])] += width - sum(sizes.values())
    return "".join(_paint(_FILL[s] * size, s, color) for s, size in sizes.items())


def _table(coverage: FrameworkCoverage, language: Language, width: int, color: bool) -> Iterator[str]:
    """strength, number, title, how many (or which) definitions, rules and registers, last result."""
    wide = width >= WIDE
    results = [outcome_text(clause, language, short=not wide) for clause in coverage.clauses]
    last = tr("last result", language)
    # A name instead of a number says what the title says; it stands there where there is room.
    numbers = [_number(c.clause) if wide or not c.clause.number[0].islower() else "" for c in coverage.clauses]
    number = max(map(cells, numbers))
    left = number + 2 if number else 0
    room = width - 2 - left - 2 - max(map(cells, [*results, last]))
    if wide:  # the names of what stands for a clause take what the titles leave
        heads = [tr("what stands for it", language)]
        title = min(max(cells(clause.clause.title.in_(language)) for clause in coverage.clauses), room // 2)
        sizes = [room - title - 2]
    else:
        heads = [tr("def.", language), tr("rules", language), tr("reg.", language)]
        sizes = [max(cells(head), 4) for head in heads]
        title = room - sum(sizes) - 2 * len(sizes)
    head = [fit(tr("clause", language), title)]
    head += [fit(h, s) if wide else right(h, s) for h, s in zip(heads, sizes, strict=True)]
    yield _paint(" " * (2 + left) + "  ".join([*head, last]), "dim", color)
    shown: set[str] = set()
    for clause, name, outcome in zip(coverage.clauses, numbers, results, strict=True):
        yield from _headings(coverage.framework, clause.clause.number, shown, language, width, color)
        mark = _paint(STRENGTH_SYMBOLS[clause.strength], clause.strength, color)
        row = [f"{mark} {fit(name, left)}{fit(clause.clause.title.in_(language), title)}"]
        row += [fit(_stands(clause), sizes[0])] if wide else _counts(clause, sizes)
        yield "  ".join([*row, _paint(outcome, "fail" if clause.outcome == "fail" else "", color)])


def _headings(
    framework: Framework, number: str, shown: set[str], language: Language, width: int, color: bool
) -> Iterator[str]:
    """The headings above a clause that were not shown yet, down to the second level."""
    parts = number.split(".")
    for depth in range(1, min(len(parts), 3)):
        above = ".".join(parts[:depth])
        if above in shown or above not in framework.requirements:
            continue
        shown.add(above)
        heading = framework.requirements[above]
        text = heading.title.in_(language) if above[0].islower() else f"{above} {heading.title.in_(language)}"
        yield _paint(cut(text if depth == 1 else f" {text}", width), "head" if depth == 1 else "dim", color)


def _number(clause: Clause) -> str:
    """The number as people write it; where it is a name, the part below its heading."""
    return clause.number.rpartition(".")[2] if clause.number[0].islower() else clause.number


def _counts(clause: ClauseCoverage, sizes: Sequence[int]) -> list[str]:
    found = (clause.standing.definitions, clause.standing.rules, clause.standing.registers)
    return [right(str(len(group)) if group else "–", size) for group, size in zip(found, sizes, strict=True)]


def _stands(clause: ClauseCoverage) -> str:
    """Names of definitions and registers, then the rules."""
    rules = [rule.id for rule in clause.standing.rules]
    listed = ", ".join(rules[:4]) + (f" +{len(rules) - 4}" if len(rules) > 4 else "")
    parts = [names((*clause.standing.definitions, *clause.standing.registers)), listed]
    return " · ".join(part for part in parts if part) or "–"


def _legend(coverage: FrameworkCoverage, language: Language, width: int, color: bool) -> Iterator[str]:
    yield ""
    texts = [
        tr(
            "● definitions under version control and records agree · ◐ one of the two · ◌ people say so · ○ nothing yet",
            language,
        )
    ]
    if any(clause.standing.through for clause in coverage.clauses):
        texts.append(tr("Some of it is borrowed from counterparts in other frameworks, by the crosswalk.", language))
    for text in texts:
        yield from (_paint(line, "dim", color) for line in wrap(text, width))


def _steps(
    steps: Sequence[Step], definitions: Definitions, language: Language, width: int, color: bool, most: int
) -> Iterator[str]:
    if not steps or not most:
        return
    yield ""
    yield _paint(tr("What to do next, smallest step first", language), "head", color)
    for position, step in enumerate(steps[:most], 1):
        first, *rest = wrap(step_text(step, definitions, language), width - 5)
        yield f"{position:>3}. {first}"
        yield from (f"     {line}" for line in rest)
    if len(steps) > most:
        more = trn("{n} more step; one at a time.", "{n} more steps; one at a time.", len(steps) - most, language)
        yield _paint(f"     {more}", "dim", color)
