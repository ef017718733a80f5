"""The whole of itsmctl on generated tickets: generate, import, audit, pack, verify, and compare with what was planted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from itsmctl.audit import AuditOptions
from itsmctl.audit.people import key_of_tickets
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.evidence.pack import PackSummary, build
from itsmctl.evidence.verify import VerifyReport, verify
from itsmctl.generate import ZONE, Truth, generate
from itsmctl.importers.importing import import_files
from itsmctl.language import Language, date_text, msg, number_text, tr, trn, zone_of
from itsmctl.model import Text
from itsmctl.output import check_place, replacing
from itsmctl.reference import reference_root
from itsmctl.reports.folder import audit_to_folder
from itsmctl.reports.phrases import phrase_text
from itsmctl.reports.plain import fit, right, shown, wrap
from itsmctl.result import AuditResult, RuleResult

FOLDER = "itsmctl-demo"
HISTORY, DATASET, RESULT, PACK = "export", "dataset", "result", "evidence.zip"
Progress = Callable[[str, float], None]

_HIGHLIGHTS = ("SLM-04", "INT-01", "DQ-12", "INC-14")
"""Rules whose first finding makes a story."""
_COLORS = {"head": "1", "good": "32", "bad": "31", "dim": "2"}


@dataclass(frozen=True)
class Tally:
    """One rule: how many records (or groups) were planted and found, and those where the two differ."""

    rule: RuleResult
    planted: int
    found: int
    missed: tuple[str, ...]
    extra: tuple[str, ...]


@dataclass(frozen=True)
class Demo:
    """A demo that was played."""

    folder: Path
    truth: Truth
    rejects: int
    result: AuditResult
    tallies: tuple[Tally, ...]
    processes: Mapping[str, Text]
    """What the processes are called."""
    pack: PackSummary
    report: VerifyReport

    @property
    def worked(self) -> bool:
        """Whether the audit found what was planted and nothing else, and the pack is intact."""
        return self.report.intact and not any(tally.missed or tally.extra for tally in self.tallies)


def play(folder: Path, records: int, seed: int, *, progress: Progress | None = None) -> Demo:
    """Play the demo with the reference definitions into a folder, which appears whole or not at all.

    Raises ItsmctlError where the folder holds anything but an earlier demo.
    """
    check_place(folder, (HISTORY, DATASET, RESULT, PACK), PACK)
    definitions = load(reference_root())
    with replacing(folder) as place:
        truth = generate(definitions, records, seed, place / HISTORY)
        exports = [place / HISTORY / name for name in truth.rows]
        receipt = import_files(exports, None, definitions.mappings, ZONE, place / DATASET, progress=progress)
        options = AuditOptions(people=key_of_tickets(place / DATASET))
        result = audit_to_folder(definitions, place / DATASET, options, place / RESULT, progress=progress)
        pack = build(place / RESULT, place / PACK, root=reference_root())
        report = verify(place / PACK)
        tallies = tuple(_tallies(truth, result, place / RESULT / "verdicts.parquet"))
    titles = {process.id: process.title for process in definitions.processes.values()}
    return Demo(folder, truth, receipt.rejects, result, tallies, titles, pack, report)


def _tallies(truth: Truth, result: AuditResult, verdicts: Path) -> Iterator[Tally]:
    planted: dict[str, set[str]] = {}
    found: dict[str, set[str]] = {}
    for deed in truth.planted:
        planted.setdefault(deed.rule, set()).add(deed.record)
    for verdict in read_verdicts(verdicts, failed_only=True):
        found.setdefault(verdict.rule, set()).add(_named(verdict.record_id, result))
    for rule in sorted((*result.rules, *result.enquiries), key=lambda r: r.rule.id):
        wanted, got = planted.get(rule.rule.id, set()), found.get(rule.rule.id, set())
        yield Tally(rule, len(wanted), len(got), tuple(sorted(wanted - got)), tuple(sorted(got - wanted)))


def _named(record: str, result: AuditResult) -> str:
    """What was judged, by its own name where it is a person whom the result shows under a pseudonym."""
    names = result.redaction.names if result.redaction else {}
    person, slash, group = record.partition(" / ")
    return f"{names.get(person, person)}{slash}{group}"


def tell(demo: Demo, language: Language = "en", width: int = 80, color: bool = False) -> str:
    """The story of a demo for a terminal, ending in a newline."""
    lines = [*_beginning(demo, language, width, color)]
    lines += _table(demo, language, width, color)
    lines += _verdict(demo, language, width, color)
    lines += _highlights(demo, language, width, color)
    lines += _next(demo, language, width, color)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _beginning(demo: Demo, language: Language, width: int, color: bool) -> Iterator[str]:
    result, truth = demo.result, demo.truth
    yield _paint(tr("Half a year of a service desk that does not exist", language), "head", color)
    generated = tr(
        "Generated {incidents} in Shanghai and Berlin up to {end}, and {others} that go with them: exports of {rows}. "
        "Most keep every promise. Some break one on purpose: an audit should come to {findings}.",
        language,
        incidents=trn("{n} incident", "{n} incidents", truth.records, language),
        others=trn("{n} record of other processes", "{n} records of other processes", truth.others, language),
        rows=trn("{n} row", "{n} rows", sum(truth.rows.values()), language),
        findings=trn("{n} finding", "{n} findings", len(truth.planted), language),
        end=date_text(truth.as_of, zone_of(ZONE), language),
    )
    imported = tr(
        "Imported them ({events}, {rejects} set aside as unreadable), judged them by {rules}, and packed the evidence.",
        language,
        events=trn("{n} change of a field", "{n} changes of fields", result.dataset.events, language),
        rejects=trn("{n} value", "{n} values", demo.rejects, language),
        rules=trn("{n} rule", "{n} rules", len(demo.tallies), language),
    )
    yield from (*wrap(generated, width), *wrap(imported, width), "")


_QUIET = {
    "pass": msg("Nothing planted and nothing found: {rules}"),
    "no_data": msg("No record to judge, so nothing can be said: {rules}"),
    "not_testable": msg("Not testable, as the data do not hold what is asked: {rules}"),
}
"""What to say of rules for which nothing was planted and nothing found: only what was looked at is clean."""


def _table(demo: Demo, language: Language, width: int, color: bool) -> Iterator[str]:
    heads = (tr("rules", language), tr("planted", language), tr("found", language))
    title_width = width - 2 - 9 * len(heads)
    yield _paint(
        f"  {fit(tr('process', language), title_width)}{''.join(right(head, 9) for head in heads)}", "dim", color
    )
    for process, tallies in _by_process(demo).items():
        agrees = not any(tally.missed or tally.extra for tally in tallies)
        mark = _paint("✓" if agrees else "✗", "good" if agrees else "bad", color)
        sums = (len(tallies), sum(tally.planted for tally in tallies), sum(tally.found for tally in tallies))
        title = demo.processes[process].in_(language) if process in demo.processes else process
        yield f"{mark} {fit(title, title_width)}{''.join(right(number_text(one), 9) for one in sums)}"
    for outcome, template in _QUIET.items():
        rules = [t.rule.rule.id for t in demo.tallies if not t.planted and not t.found and t.rule.outcome == outcome]
        if rules:
            text = tr(template, language, rules=" ".join(rules))
            yield from (_paint(line, "dim", color) for line in wrap(text, width))
    yield ""


def _by_process(demo: Demo) -> dict[str, list[Tally]]:
    """The rules for which something was planted or found, by process, the process with most of them first."""
    groups: dict[str, list[Tally]] = {}
    for tally in demo.tallies:
        if tally.planted or tally.found:
            groups.setdefault(tally.rule.rule.process, []).append(tally)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def _verdict(demo: Demo, language: Language, width: int, color: bool) -> Iterator[str]:
    for tally in demo.tallies:
        for template, records in ((_missed, tally.missed), (_extra, tally.extra)):
            if records:
                text = template(
                    language, tally.rule.rule.id, ", ".join(records[:8]) + (" …" if len(records) > 8 else "")
                )
                yield from (_paint(line, "bad", color) for line in wrap(text, width))
    if not any(tally.missed or tally.extra for tally in demo.tallies):
        text = tr("Everything that was planted was found, and nothing else.", language)
        yield from (_paint(line, "good", color) for line in wrap(text, width))
    if demo.report.intact:
        text = trn(
            "The evidence pack is intact: {n} file matches its checksums.",
            "The evidence pack is intact: {n} files match their checksums.",
            demo.report.files,
            language,
        )
        yield from (_paint(line, "good", color) for line in wrap(text, width))
    else:
        text = tr("The evidence pack is damaged: {files}", language, files=", ".join(demo.report.files_that_differ))
        yield from (_paint(line, "bad", color) for line in wrap(text, width))
    yield ""


def _missed(language: Language, rule: str, records: str) -> str:
    return tr("{rule} was planted and not found on {records}", language, rule=rule, records=records)


def _extra(language: Language, rule: str, records: str) -> str:
    return tr("{rule} was found and not planted on {records}", language, rule=rule, records=records)


def _highlights(demo: Demo, language: Language, width: int, color: bool) -> Iterator[str]:
    told = {tally.rule.rule.id: tally.rule for tally in demo.tallies if tally.rule.samples}
    chosen = [told[rule] for rule in _HIGHLIGHTS if rule in told]
    if not chosen:
        return
    yield _paint(tr("Findings worth a look", language), "head", color)
    for rule in chosen[:3]:
        sample = rule.samples[0]
        observed, expected = phrase_text(sample.observed, language), phrase_text(sample.expected, language)
        text = tr(
            "{record}: {title}. Found {observed}; expected {expected}.",
            language,
            record=shown(sample.record_id),
            title=rule.rule.title.in_(language),
            observed=observed,
            expected=expected,
        )
        yield from wrap("· " + text, width)
    yield ""


def _next(demo: Demo, language: Language, width: int, color: bool) -> Iterator[str]:
    yield _paint(tr("Where to look next", language), "head", color)
    report = demo.folder / RESULT / ("report.zh.html" if language == "zh" else "report.html")
    dataset, pack = demo.folder / DATASET, demo.folder / PACK
    steps = [
        (tr("The report, in a browser:", language), str(report)),
        (
            tr("Why one ticket failed, minute by minute:", language),
            f"itsmctl explain {_late(demo)} --tickets {dataset}",
        ),
        (tr("What was planted, and where:", language), str(demo.folder / HISTORY / "truth.json")),
        (tr("Change one byte of the pack, and see it named:", language), f"itsmctl evidence verify {pack}"),
        (tr("Your own export:", language), f"itsmctl audit --tickets EXPORT.csv --zone {ZONE} -o result"),
    ]
    for text, what in steps:
        yield text
        yield f"  {what}"


def _late(demo: Demo) -> str:
    """A record whose clock is worth reading: one on which the tool and we disagree, else one that came too late."""
    for wanted in ("DQ-12", "INC-06", "INC-05"):
        for tally in demo.tallies:
            if tally.rule.rule.id == wanted and tally.rule.samples:
                return tally.rule.samples[0].record_id
    return demo.result.explanations[0].record_id if demo.result.explanations else "RECORD"


def _paint(text: str, role: str, color: bool) -> str:
    return f"\x1b[{_COLORS[role]}m{text}\x1b[0m" if color else text
