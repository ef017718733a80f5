"""What itsmctl writes: every file with its columns or keys, from the code that writes it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from generator.markdown import block, code, table
from generator.schemas import Schema, properties, type_text
from itsmctl import model
from itsmctl.engine.session import Session
from itsmctl.engine.verdicts import create_verdict_table
from itsmctl.evidence.statement.data import statement_schema
from itsmctl.gate.data import gate_schema
from itsmctl.importers.plain_tables import export_schema
from itsmctl.importers.receipt import receipt_schema
from itsmctl.language import COLUMNS, column_text
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
from itsmctl.sampling.population import POPULATION_FILE, TARGETED_FILE
from itsmctl.sampling.sample import PAPER_FILE, SAMPLE_FILE, WORKBOOK_FILE, sample_schema
from itsmctl.views.adopting import next_schema
from itsmctl.views.complaints import complaints_schema
from itsmctl.views.experience import experience_schema

INTRODUCTION = """# Outputs

What scripts may rely on. Formats carry a version (`itsmctl/result/v1`); keys and columns are only added within one.
Everything is written with sorted keys, UTC times and no trace of the machine: the same inputs give the same bytes.

"""


def pages() -> dict[str, str]:
    """One page with every output."""
    writers = (
        dataset,
        receipt,
        honesty,
        export,
        result,
        verdicts,
        findings,
        redaction,
        explanation,
        clock,
        coverage,
        statement,
        assessment,
        scorecard,
        experience,
        service_report,
        complaints,
        next_steps,
        diff,
        replay,
        gate,
        sample,
        pack,
        truth,
    )
    return {"outputs.md": "\n".join((INTRODUCTION, *(write() for write in writers)))}


def dataset() -> str:
    """The tables of an import."""
    tables = {
        "event.parquet": (
            "one row per change of a field, sorted by record and number, and the row of the export that tells it",
            (*model.EVENT_COLUMNS, *model.SOURCE_COLUMNS),
        ),
        "approval.parquet": (
            "one row per decision of an approver, and the row of the export that tells it",
            (*model.APPROVAL_COLUMNS, *model.SOURCE_COLUMNS),
        ),
        "link.parquet": ("one row per link to another record", model.LINK_COLUMNS),
        "reject.parquet": ("one row per row or value that could not be read", model.REJECT_COLUMNS),
    }
    records = table(
        ("column", "type", "what", "含义"),
        [(code(c), column_type(c), title(c, "en"), title(c, "zh")) for c in model.RECORD_COLUMNS],
    )
    text = (
        "## Dataset folder\n\nWritten by `itsmctl import FILE... -o DIR`. Texts are as exported; times are UTC. Columns of the export that the\n"
        "model does not know are kept in `attributes`, a JSON object in the order of the file.\n\n"
        "### record.parquet\n\nOne row per ticket, sorted by `record_id`.\n\n" + records
    )
    for name, (what, columns) in tables.items():
        rows = [(code(column), OTHER_TYPES.get(column, "VARCHAR")) for column in columns]
        text += f"\n### {name}\n\n{what[0].upper()}{what[1:]}.\n\n" + table(("column", "type"), rows)
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


def receipt() -> str:
    """receipt.json from its schema."""
    return (
        "### receipt.json\n\nWhat was read, and what became of every row; its JSON Schema is printed by `itsmctl schema receipt`.\n\n"
        + properties(receipt_schema())
    )


def honesty() -> str:
    """The honesty report from its schema."""
    return (
        "## Honesty report\n\nPrinted by `itsmctl import --check --format json`; its JSON Schema is printed by `itsmctl schema honesty`.\n\n"
        + properties(honesty_schema())
    )


def export() -> str:
    """The folder of a dataset as CSV, with export.json from its schema."""
    schema: Schema = export_schema()
    return (
        "## Dataset as CSV\n\nWritten by `itsmctl export DATASET -o DIR`: `record.csv`, `event.csv`, `approval.csv`, `link.csv`, `reject.csv`, with the\n"
        "columns of the dataset folder, and `export.json`, whose JSON Schema is printed by `itsmctl schema export`.\n\n"
        + properties(schema)
        + _parts(schema)
    )


def result() -> str:
    """result.json from its schema."""
    schema: Schema = result_schema()
    text = (
        "## Result folder\n\nWritten by `itsmctl audit -o DIR`: `result.json`, `verdicts.parquet`, `findings.csv`, `report.html`,\n"
        "`report.zh.html`, and the `receipt.json` of the dataset. Without `--with-names` also `redaction.json` and `people.csv`.\n\n### result.json\n\n"
        "Also `itsmctl audit --format json`; its JSON Schema is printed by `itsmctl schema result`.\n\n"
        + properties(schema)
    )
    return text + _parts(schema)


def _parts(schema: Schema) -> str:
    """What a schema defines once and refers to."""
    parts = schema.get("definitions", {})
    assert isinstance(parts, dict)
    return "".join(
        f"\n#### {name}\n\n{part.get('description', '')}\n\n{properties(part) or 'Type: ' + type_text(part) + chr(10)}"
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


def redaction() -> str:
    """redaction.json and people.csv."""
    return (
        "### redaction.json\n\nWhat is shown otherwise than the tickets have it, and what is left out. `withheld` counts verdicts whose rule may have\n"
        "quoted a name or a free text, so that `observed` says `left out`.\n\n"
        + block(REDACTION)
        + "\n### people.csv\n\nEvery pseudonym of the result, and the name behind it sealed with the key (AES-SIV, base64); `itsmctl evidence reveal` opens it.\n"
    )


def coverage() -> str:
    """The coverage from its schema."""
    return (
        "## Coverage\n\nPrinted by `itsmctl coverage --format json`; its JSON Schema is printed by `itsmctl schema coverage`.\n\n"
        + properties(coverage_schema())
    )


def assessment() -> str:
    """Computed assessments from their schema."""
    return (
        "## Assessment\n\nPrinted by `itsmctl assess --format json`; its JSON Schema is printed by "
        "`itsmctl schema assessment-result`.\n\n" + properties(assessment_schema())
    )


def scorecard() -> str:
    """Scorecards from their schema."""
    return (
        "## Scorecard\n\nPrinted by `itsmctl scorecard --format json`; its JSON Schema is printed by "
        "`itsmctl schema scorecard`.\n\n" + properties(scorecard_schema()) + "\n### Views of a scorecard\n\n"
        "Printed by `itsmctl scorecard VIEW --format json`; its JSON Schema is printed by `itsmctl schema scorecard-view`.\n\n"
        + properties(view_schema())
    )


def experience() -> str:
    """Customer experience from its schema."""
    return (
        "## Customer experience\n\nPrinted by `itsmctl assess experience --format json`; its JSON Schema is printed by "
        "`itsmctl schema experience`.\n\n" + properties(experience_schema())
    )


def service_report() -> str:
    """The service quality report from its schema."""
    schema = service_report_schema()
    return (
        "## Service report\n\nPrinted by `itsmctl report service --format json`; its JSON Schema is printed by "
        "`itsmctl schema service-report`.\n\n" + properties(schema) + _parts(schema)
    )


def complaints() -> str:
    """The complaints ledger from its schema."""
    return (
        "## Complaints ledger\n\nPrinted by `itsmctl assess complaints --format json`; its JSON Schema is printed by "
        "`itsmctl schema complaints`.\n\n" + properties(complaints_schema())
    )


def next_steps() -> str:
    """The next steps from their schema."""
    return (
        "## Next steps\n\nPrinted by `itsmctl assess next --format json`; its JSON Schema is printed by "
        "`itsmctl schema next`.\n\n" + properties(next_schema())
    )


def diff() -> str:
    """The changes of definitions from their schema."""
    return (
        "## Changes of definitions\n\nPrinted by `itsmctl diff --format json`; its JSON Schema is printed by `itsmctl schema diff`. "
        "The codes are listed in [Changes](changes.md).\n\n" + properties(diff_schema()) + _parts(diff_schema())
    )


def replay() -> str:
    """The replay from its schema."""
    schema: Schema = replay_schema()
    parts = schema["properties"]
    assert isinstance(parts, dict)
    return (
        "## Replay\n\nPrinted by `itsmctl replay --format json`; its JSON Schema is printed by `itsmctl schema replay`.\n\n"
        + properties(schema)
        + "\n### flip\n\n"
        + properties(parts["flips"]["items"])
        + "\n### summary\n\n"
        + properties(parts["summary"])
    )


def gate() -> str:
    """The gate from its schema."""
    schema: Schema = gate_schema()
    parts = schema["properties"]
    assert isinstance(parts, dict)
    return (
        "## Gate\n\nPrinted by `itsmctl gate --format json`; its JSON Schema is printed by `itsmctl schema gate`.\n\n"
        + properties(schema)
        + "\n### finding\n\n"
        + properties(parts["findings"]["items"])
    )


def sample() -> str:
    """The folder of a sample, with its working paper from the schema."""
    schema: Schema = sample_schema()
    files = [
        (POPULATION_FILE, "one line per record: number of its stratum, record, stratum; its SHA-256 is the digest that is written down"),
        (TARGETED_FILE, "one line per record that is examined whatever the draw"),
        (SAMPLE_FILE, "plan and population, fixed before the draw"),
        (PAPER_FILE, "the working paper to fill in: the same with the draw and a row for each record"),
        (WORKBOOK_FILE, "the same as a workbook"),
    ]  # fmt: skip
    parts = schema.get("definitions", {})
    assert isinstance(parts, dict)
    return (
        "## Sample\n\nWritten by `itsmctl sample draw FOLDER`; backslashes and control characters of a record stand there as `printf %b` reads them.\n\n"
        + table(("file", "what"), [(code(name), what) for name, what in files])
        + "\n### working-paper.yaml\n\nIts JSON Schema is printed by `itsmctl schema sample`.\n\n"
        + properties(schema)
        + "\n#### row\n\n"
        + properties(parts["row"])
    )


VERDICT = {
    "rule": "Id of the rule.",
    "record_id": "The record; for a rule about groups the key of the group, such as `erp / 2026-03`.",
    "passed": "true, false, or null where it could not be tested.",
    "observed": "What was found.",
    "expected": "What the rule wants.",
    "at": "The moment that the verdict is about, UTC.",
    "reason": "Why it could not be tested, see [codes](problems.md#why-something-was-not-testable).",
    "waiver": "The waiver that excuses the failure, if any.",
    "baseline": "The baseline that knows the failure, if one was named and does.",
}


def exact(words: Mapping[str, str], keys: Mapping[str, object]) -> None:
    """Raise where the words and the keys are not the same."""
    assert set(words) == set(keys), sorted(set(words) ^ set(keys))


def verdicts() -> str:
    """verdicts.parquet, with the types that it is really written with."""
    types = verdict_types()
    exact(VERDICT, types)
    rows = [(code(column), types[column], words) for column, words in VERDICT.items()]
    return (
        "### verdicts.parquet\n\nEvery verdict that is not a plain pass, sorted by rule and record; with `--all-verdicts` the passes too.\n\n"
        + table(("column", "type", "what"), rows)
    )


def verdict_types() -> dict[str, object]:
    """Column and type, as in the file."""
    with tempfile.TemporaryDirectory() as folder, Session() as session:
        create_verdict_table(session)
        path = Path(folder) / "verdicts.parquet"
        session.write_parquet('SELECT * REPLACE (make_timestamp("at" * 1000000) AS "at") FROM verdict', path)
        rows = session.rows(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{path}')")
    return {str(column): str(kind) for column, kind in rows}  # type: ignore[misc]


def findings() -> str:
    """findings.csv."""
    columns = ", ".join(code(column) for column in FINDINGS_COLUMNS)
    return (
        f"### findings.csv\n\nEvery verdict that failed, for a spreadsheet: {columns}. UTF-8 with a byte order mark, so that Excel reads\n"
        "Chinese; a cell that a spreadsheet could take for a formula has an apostrophe in front.\n"
    )


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


def explanation() -> str:
    """The JSON of explain."""
    return (
        "## Explanation\n\n`itsmctl explain RECORD --tickets PATH --format json`. The seconds of a ledger add up to stop − start; `kind` is\n"
        "`counted`, `paused` or `closed`.\n\n" + block(EXPLANATION)
    )


def clock() -> str:
    """The JSON of clock."""
    return (
        "## Clock\n\n`itsmctl clock --format json`. `deadline` and `verdict` are null without `--target`. Moments carry the offset of the\n"
        "calendar's zone. Special days are known up to `known_until` (null: all); what lies after it counts by the week.\n\n"
        + block(CLOCK)
    )


def truth() -> str:
    """truth.json of generated tickets."""
    return (
        "## Truth\n\n`truth.json` beside generated tickets: everything that an audit must find, and nothing else.\n\n"
        + block(TRUTH)
    )


def statement() -> str:
    """The statement of a pack from its schema."""
    return (
        "## Statement\n\n`data/statement.json` of an evidence pack; its JSON Schema is printed by `itsmctl schema statement`.\n\n"
        + properties(statement_schema())
        + _parts(statement_schema())
    )


PACK = (
    ("bagit.txt, bag-info.txt", "the BagIt 1.0 declaration (RFC 8493) and what the bag is"),
    ("manifest-sha256.txt, manifest-sha512.txt", "a checksum of every file under data/"),
    (
        "tagmanifest-sha256.txt, tagmanifest-sha512.txt",
        "a checksum of the files above; the digest of the pack is that of `tagmanifest-sha256.txt`",
    ),
    (
        "signature/attestation.dsse.json",
        "of a signed pack: an in-toto Statement v1 whose subjects are all the files above, in a DSSE envelope; its predicate says what was audited",
    ),
    (
        "signature/pae.bin, signature/sig.bin, signature/public-key.pem",
        "the bytes that are signed, the Ed25519 signature and the public key, as files for `openssl`",
    ),
    (
        "timestamp/request.tsq, timestamp/response.tsr",
        "a request for a time-stamp (RFC 3161) of the envelope, or of `tagmanifest-sha256.txt` where there is none; and the answer of an authority once it was attached",
    ),
    ("data/README.md, data/README.zh.md", "what is what, how to check it, and what it proves"),
    (
        "data/statement.html, .pdf, .md, .json",
        "clause by clause, for the whole system and for each process: what is defined, tested and recorded, and what is not evidenced",
    ),
    ("data/result/", "the result folder of the audit"),
    (
        "data/papers/rules.xlsx, data/papers/clauses.xlsx",
        "working papers: a sheet for each rule with its findings (at most 20,000 in all, shared among the rules), and for each clause",
    ),
    (
        "data/tables/",
        "rules, clauses and findings as CSV and Parquet, and the verdicts as CSV where they are no more than 100,000",
    ),
    (
        "data/exchange/",
        "OSCAL 1.2.1 assessment results, SARIF 2.1.0 (at most 5,000 results, shared among the rules), JUnit",
    ),
    (
        "data/waivers.csv",
        "the waivers that the audit looked at, with their approval, how many failures each excuses, and what is wrong with it; absent without any",
    ),
    (
        "data/samples/NAME/",
        "a sample that people examined, for each `--sample`: plan, population, filled-in paper, and its evaluation",
    ),
    (
        "data/enquiries/",
        "enquiries with their counts, and the records to ask about (at most 20,000 in all), in which nobody is named; absent without any",
    ),
    (
        "data/definitions/, data/definitions.json",
        "the exact definitions and schemas that judged, their commit and checksums",
    ),
    ("data/history.csv", "document control: which commits changed each definition; absent outside git"),
    ("data/receipts/receipt.json, data/inputs.csv", "what was imported, with the checksums of the exported files"),
)


def pack() -> str:
    """The evidence pack."""
    rows = [(", ".join(code(name.strip()) for name in names.split(",")), what) for names, what in PACK]
    return (
        "## Evidence pack\n\nWritten by `itsmctl evidence build RESULT -o PACK`; a zip where the name ends in `.zip`, else a folder.\n\n"
        + table(("file", "what"), rows)
    )
