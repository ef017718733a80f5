"""What itsmctl writes: every file with its columns or keys, from the code that writes it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from generator.markdown import block, code, in_both, table
from generator.output_texts import PACK, SAMPLE, TABLES, TEXT, VERDICT
from generator.schemas import Schema, properties, typed
from itsmctl import model
from itsmctl.engine.session import Session
from itsmctl.engine.verdicts import create_verdict_table
from itsmctl.evidence.statement.data import statement_schema
from itsmctl.gate.data import gate_schema
from itsmctl.importers.plain_tables import export_schema
from itsmctl.importers.receipt import receipt_schema
from itsmctl.language import COLUMNS, LANGUAGES, column_text, description_text, tr
from itsmctl.model import Language
from itsmctl.reports.assessment_data import assessment_schema
from itsmctl.reports.changes.data import diff_schema
from itsmctl.reports.coverage_data import coverage_schema
from itsmctl.reports.csv import COLUMNS as FINDINGS_COLUMNS
from itsmctl.reports.honesty import honesty_schema
from itsmctl.reports.json import result_schema
from itsmctl.reports.replay.json import replay_schema
from itsmctl.reports.scorecard.data import scorecard_schema
from itsmctl.reports.scorecard.view_data import view_schema
from itsmctl.reports.service.data import service_report_schema
from itsmctl.sampling.sample import sample_schema
from itsmctl.views.adopting import next_schema
from itsmctl.views.complaints import complaints_schema
from itsmctl.views.experience import experience_schema

COLUMNS_OF = {
    "event": (*model.EVENT_COLUMNS, *model.SOURCE_COLUMNS),
    "approval": (*model.APPROVAL_COLUMNS, *model.SOURCE_COLUMNS),
    "link": model.LINK_COLUMNS,
    "reject": model.REJECT_COLUMNS,
}
HEADS: Mapping[str, Mapping[Language, tuple[str, ...]]] = {
    "column": {"en": ("column", "type"), "zh": ("列", "类型")},
    "meaning": {"en": ("column", "type", "what"), "zh": ("列", "类型", "含义")},
    "file": {"en": ("file", "what"), "zh": ("文件", "内容")},
}


def pages() -> dict[str, str]:
    """One page with every output, in each language."""
    return in_both("outputs", *(page(language) for language in LANGUAGES))


def page(language: Language) -> str:
    """Every output, in the order in which one meets them."""
    writers = (
        dataset, receipt, honesty, export, result, verdicts, findings, redaction, explanation, clock, coverage, statement, assessment,
        scorecard, experience, service_report, complaints, next_steps, diff, replay, gate, sample, pack, truth,
    )  # fmt: skip
    return "\n".join((TEXT["introduction"][language], *(write(language) for write in writers)))


def dataset(language: Language) -> str:
    """The tables of an import."""
    rows = [(code(c), column_type(c), title(c, language)) for c in model.RECORD_COLUMNS]
    text = TEXT["dataset"][language] + table(HEADS["meaning"][language], rows)
    for name, columns in COLUMNS_OF.items():
        kinds = [(code(column), OTHER_TYPES.get(column, "VARCHAR")) for column in columns]
        text += f"\n### {name}.parquet\n\n{TABLES[name][language]}\n\n" + table(HEADS["column"][language], kinds)
    return text


def title(column: str, language: model.Language) -> str:
    """What people call a column."""
    return column_text(column, language) if column in COLUMNS else ""


OTHER_TYPES = {"at": "TIMESTAMP (UTC)", "seq": "BIGINT", "source_row": "BIGINT"}


def column_type(column: str) -> str:
    """The Parquet type of a column of the record."""
    if column in model.TIME_COLUMNS:
        return "TIMESTAMP (UTC)"
    if column in model.NUMBER_COLUMNS or column == "source_row":
        return "BIGINT"
    return "BOOLEAN" if column in model.BOOLEAN_COLUMNS else "VARCHAR"


def printed(what: str, command: str, name: str, schema: Schema, language: Language, *, level: str = "##", more: str = "") -> str:  # fmt: skip
    """What a command prints, from its schema."""
    told = TEXT["printed"][language].format(command=f"itsmctl {command} --format json", schema=name)
    return f"{level} {TEXT[what][language]}\n\n{told}{more}\n\n" + properties(schema, language)


def receipt(language: Language) -> str:
    """receipt.json from its schema."""
    return TEXT["receipt"][language] + properties(receipt_schema(), language)


def honesty(language: Language) -> str:
    """The honesty report from its schema."""
    return printed("honesty", "import --check", "honesty", honesty_schema(), language)


def export(language: Language) -> str:
    """The folder of a dataset as CSV, with export.json from its schema."""
    schema: Schema = export_schema()
    return TEXT["export"][language] + properties(schema, language) + _parts(schema, language)


def result(language: Language) -> str:
    """result.json from its schema."""
    schema: Schema = result_schema()
    return TEXT["result"][language] + properties(schema, language) + _parts(schema, language)


def _parts(schema: Schema, language: Language) -> str:
    """What a schema defines once and refers to."""
    parts = schema.get("definitions", {})
    assert isinstance(parts, dict)
    return "".join(
        f"\n#### {name}\n\n{description_text(part.get('description', ''), language)}\n\n"
        + (properties(part, language) or typed(part, language) + "\n")
        for name, part in parts.items()
    )


REDACTION = """{
  "format": "itsmctl/redaction/v1",
  "people": {
    "shown_as": "pseudonyms", "named": people, "key": {"id", "source": "tickets" or "file"},
    "in_verdicts": {"<rule>": verdicts}, "in_records": {"<column>": values}
  },
  "free_text": {"asked_for", "left_out": {"<column>": values}},
  "withheld": {"<rule>": verdicts}
}"""


def redaction(language: Language) -> str:
    """redaction.json and people.csv."""
    return TEXT["redaction"][language] + block(REDACTION) + TEXT["people"][language]


def coverage(language: Language) -> str:
    """The coverage from its schema."""
    return printed("coverage", "coverage", "coverage", coverage_schema(), language)


def assessment(language: Language) -> str:
    """Computed assessments from their schema."""
    return printed("assessment", "assess", "assessment-result", assessment_schema(), language)


def scorecard(language: Language) -> str:
    """Scorecards from their schema."""
    indicators = printed("scorecard", "scorecard", "scorecard", scorecard_schema(), language)
    return indicators + "\n" + printed("view", "scorecard VIEW", "scorecard-view", view_schema(), language, level="###")


def experience(language: Language) -> str:
    """Customer experience from its schema."""
    return printed("experience", "assess experience", "experience", experience_schema(), language)


def service_report(language: Language) -> str:
    """The service quality report from its schema."""
    schema = service_report_schema()
    return printed("service report", "report service", "service-report", schema, language) + _parts(schema, language)


def complaints(language: Language) -> str:
    """The complaints ledger from its schema."""
    return printed("complaints", "assess complaints", "complaints", complaints_schema(), language)


def next_steps(language: Language) -> str:
    """The next steps from their schema."""
    return printed("next", "assess next", "next", next_schema(), language)


def diff(language: Language) -> str:
    """The changes of definitions from their schema."""
    schema: Schema = diff_schema()
    return printed("diff", "diff", "diff", schema, language, more=TEXT["codes"][language]) + _parts(schema, language)


def replay(language: Language) -> str:
    """The replay from its schema."""
    schema: Schema = replay_schema()
    parts = schema["properties"]
    assert isinstance(parts, dict)
    return (
        printed("replay", "replay", "replay", schema, language)
        + "\n### flip\n\n"
        + properties(parts["flips"]["items"], language)
        + "\n### summary\n\n"
        + properties(parts["summary"], language)
    )


def gate(language: Language) -> str:
    """The gate from its schema."""
    schema: Schema = gate_schema()
    parts = schema["properties"]
    assert isinstance(parts, dict)
    finding = properties(parts["findings"]["items"], language)
    return printed("gate", "gate", "gate", schema, language) + "\n### finding\n\n" + finding


def sample(language: Language) -> str:
    """The folder of a sample, with its working paper from the schema."""
    schema: Schema = sample_schema()
    files = [(code(name), what[language]) for name, what in SAMPLE.items()]
    parts = schema.get("definitions", {})
    assert isinstance(parts, dict)
    return (
        TEXT["sample"][language]
        + table(HEADS["file"][language], files)
        + TEXT["paper"][language]
        + properties(schema, language)
        + "\n#### row\n\n"
        + properties(parts["row"], language)
    )


def exact(words: Mapping[str, str], keys: Mapping[str, object]) -> None:
    """Raise where the words and the keys are not the same."""
    assert set(words) == set(keys), sorted(set(words) ^ set(keys))


def verdicts(language: Language) -> str:
    """verdicts.parquet, with the types that it is really written with."""
    types = verdict_types()
    exact(VERDICT, types)
    rows = [(code(column), str(types[column]), what[language]) for column, what in VERDICT.items()]
    return TEXT["verdicts"][language] + table(HEADS["meaning"][language], rows)


def verdict_types() -> dict[str, object]:
    """Column and type, as in the file."""
    with tempfile.TemporaryDirectory() as folder, Session() as session:
        create_verdict_table(session)
        path = Path(folder) / "verdicts.parquet"
        session.write_parquet('SELECT * REPLACE (make_timestamp("at" * 1000000) AS "at") FROM verdict', path)
        rows = session.rows(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{path}')")
    return {str(column): str(kind) for column, kind in rows}  # type: ignore[misc]


def findings(language: Language) -> str:
    """findings.csv."""
    return TEXT["findings"][language].format(columns=tr(", ", language).join(map(code, FINDINGS_COLUMNS)))


EXPLANATION = """{
  "format": "itsmctl/explanation/v1", "as_of": "…Z",
  "record": {"record_id": "…", "<column>": "…"},
  "moments": [{"at", "actor", "actor_group", "field", "old", "new", "file", "row"}],
  "verdicts": [{"rule", "record_id", "passed", "observed", "expected", "at", "reason", "waiver", "baseline"}],
  "clocks": [{
    "rule", "clock", "agreement", "calendar", "zone", "reason",
    "target": {"text", "file", "line"},
    "cycles": [{
      "start", "stop", "running", "counted_seconds", "paused_seconds", "closed_seconds", "target_seconds", "deadline", "verdict",
      "ledger": [{"from", "to", "kind", "seconds", "reason"}]
    }]
  }],
  "grounds": [{
    "rule", "version", "meaning", "enquiry", "clauses", "record_id", "observed", "expected",
    "applied": [{"name", "value", "file", "line"}],
    "rows": [{"record_id", "file", "row"}], "values": {"<column>": "…"},
    "changes": [{"at", "actor", "field", "old", "new", "file", "row"}]
  }],
  "definitions": {"commit", "digest", "dirty"}
}"""
CLOCK = """{
  "counted_seconds", "paused_seconds", "closed_seconds", "deadline", "verdict", "known_until",
  "ledger": [{"from", "to", "kind", "seconds", "reason"}]
}"""
TRUTH = """{
  "format": "itsmctl/truth/v1", "seed", "records", "rows", "zone", "as_of",
  "planted": [{"rule", "record", "what"}]
}"""


def explanation(language: Language) -> str:
    """The JSON of explain."""
    return TEXT["explanation"][language] + block(EXPLANATION)


def clock(language: Language) -> str:
    """The JSON of clock."""
    return TEXT["clock"][language] + block(CLOCK)


def truth(language: Language) -> str:
    """truth.json of generated tickets."""
    return TEXT["truth"][language] + block(TRUTH)


def statement(language: Language) -> str:
    """The statement of a pack from its schema."""
    schema: Schema = statement_schema()
    return TEXT["statement"][language] + properties(schema, language) + _parts(schema, language)


def pack(language: Language) -> str:
    """The evidence pack."""
    rows = [(", ".join(code(name.strip()) for name in names.split(",")), what[language]) for names, what in PACK]
    return TEXT["pack"][language] + table(HEADS["file"][language], rows)
