"""`itsmctl schema`: the JSON Schema of a kind of definition or of an output, and the settings of an editor that uses them."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.cli.speaking import NAMED, Misused
from itsmctl.definitions import find_root
from itsmctl.definitions.editor_schemas import complete_schemas, editor_schemas, language_written
from itsmctl.descriptions import described
from itsmctl.editor import as_text, merged, own_schemas, refresh_schemas, vscode_settings
from itsmctl.errors import ItsmctlError, Problem, did_you_mean
from itsmctl.evidence.statement.data import statement_schema
from itsmctl.gate.data import gate_schema
from itsmctl.importers.plain_tables import export_schema
from itsmctl.importers.receipt import receipt_schema
from itsmctl.language import tr
from itsmctl.model import Language
from itsmctl.output import write_file
from itsmctl.reference import schema_folder
from itsmctl.reports.assessment_data import assessment_schema
from itsmctl.reports.changes.data import diff_schema
from itsmctl.reports.coverage_data import coverage_schema
from itsmctl.reports.honesty import honesty_schema
from itsmctl.reports.json import result_schema
from itsmctl.reports.replay.json import replay_schema
from itsmctl.reports.scorecard.data import scorecard_schema
from itsmctl.reports.scorecard.view_data import view_schema
from itsmctl.reports.service.data import service_report_schema
from itsmctl.sampling.sample import sample_schema
from itsmctl.site.building import site_schema
from itsmctl.source import decode, read_bytes
from itsmctl.views.adopting import next_schema
from itsmctl.views.complaints import complaints_schema
from itsmctl.views.experience import experience_schema


@click.command("schema")
@click.argument("name", required=False)
@click.option("--vscode", is_flag=True, help="Settings that make VS Code complete and check definitions, offline.")
@options.root
@options.output("Write into this file; with --vscode merge into it, and keep the schemas beside the definitions.")
@options.language
def command(name: str | None, vscode: bool, root: Path | None, output: Path | None, language: Language) -> None:
    """Print the schema NAME: a kind of definition (rule, sla, …), or of an output: `result`, `coverage`, `diff`, `replay`,
    `gate`, `sample`, `statement`, `assessment-result`, `scorecard`, `scorecard-view`, `experience`, `service-report`,
    `complaints`, `next`, `site`, `receipt`, `export`, `honesty`.

    Without NAME, list them. With --vscode and -o, schemas that are there stay in their language unless --lang names one.

    \b
    itsmctl schema rule
    itsmctl schema --vscode -o .vscode/settings.json
    """
    if vscode:
        if name:
            raise Misused("--vscode is about all schemas; leave NAME out")
        folder, named = find_root(root) if root else Path.cwd(), click.get_current_context().meta.get(NAMED)
        text = _settings(folder, output, named or language_written(own_schemas(folder)) or language)
    else:
        text = _schema(name, language)
    if output is None:
        click.echo(text, nl=False)
        return
    write_file(output, text)
    if vscode:
        message = tr("{file} written; VS Code needs its extension YAML (redhat.vscode-yaml)", language, file=output)
        click.echo(message)


def _schema(name: str | None, language: Language) -> str:
    known = {
        **complete_schemas(),
        "result": result_schema(),
        "coverage": coverage_schema(),
        "sample": sample_schema(),
        "statement": statement_schema(),
        "diff": diff_schema(),
        "replay": replay_schema(),
        "gate": gate_schema(),
        "assessment-result": assessment_schema(),
        "scorecard": scorecard_schema(),
        "experience": experience_schema(),
        "scorecard-view": view_schema(),
        "service-report": service_report_schema(),
        "complaints": complaints_schema(),
        "next": next_schema(),
        "site": site_schema(),
        "receipt": receipt_schema(),
        "export": export_schema(),
        "honesty": honesty_schema(),
    }
    if name is None:
        return "\n".join(sorted(known)) + "\n"
    if name not in known:
        values = {"what": "schema", "word": name, "allowed": ", ".join(sorted(known))}
        template = "unknown {what} {word!r}; known: {allowed}"
        raise ItsmctlError(Problem("unknown-schema", template, values=values, suggestion=did_you_mean(name, known)))
    return as_text(described(known[name], language))


def _settings(root: Path, output: Path | None, language: Language) -> str:
    """The settings to print; or, with the schemas brought up to date, those that will stand in `output`."""
    if output is None:
        return merged(vscode_settings(root, own_schemas(root) or schema_folder(), Path.cwd()), "", "")
    folder = output.resolve().parent
    workspace = folder.parent if folder.name == ".vscode" else Path.cwd()
    before = decode(read_bytes(output, str(output)), str(output)) if output.is_file() else ""
    merged({"yaml.schemas": {}}, before, str(output))  # refused before anything is written
    return merged(
        vscode_settings(root, refresh_schemas(root, editor_schemas(language)), workspace), before, str(output)
    )
