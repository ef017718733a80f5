"""`itsmctl rules`: which rules there are, and what each one says."""

from __future__ import annotations

import json
from pathlib import Path

import click

from itsmctl.audit.choices import rule_named
from itsmctl.cli import options
from itsmctl.cli.waive import waive
from itsmctl.definitions import load, system_of
from itsmctl.definitions.lint import LAWS, eight_able
from itsmctl.definitions.lint.able import scores
from itsmctl.definitions.lint.law import Page, page_of
from itsmctl.language import tr, trn
from itsmctl.model import Definitions, Language, Rule
from itsmctl.reports import able, laws
from itsmctl.reports.plain import cells, fit, hanging, wrap
from itsmctl.views.rule import examples, facts, severity


@click.group("rules")
def command() -> None:
    """List the audit rules, or the laws of definitions, show one in full, or waive one for a while."""


command.add_command(waive)


@command.command("list")
@click.option("--lint", is_flag=True, help="The laws that `itsmctl validate` holds definitions to, instead.")
@options.choice(("text", "json"), "text")
@options.root
@options.language
def list_rules(lint: bool, form: str, root: Path | None, language: Language) -> None:
    """List every rule: id, severity, title."""
    if lint:
        _list_laws(form, language)
        return
    definitions = load(root)
    rules = list(definitions.rules.values())
    if form == "json":
        click.echo(json.dumps({"rules": [_json(rule) for rule in rules]}, ensure_ascii=False, indent=2))
        return
    width = options.terminal_width()
    id_width = max((len(rule.id) for rule in rules), default=0)
    severity_width = max((cells(severity(rule, language)) for rule in rules), default=0)
    for rule in rules:
        start = f"{rule.id:<{id_width}}  {fit(severity(rule, language), severity_width)}  "
        click.echo("\n".join(hanging(start, rule.title.in_(language), width)))
    click.echo(
        trn(
            "{n} rule; `itsmctl rules show ID` explains it",
            "{n} rules; `itsmctl rules show ID` explains one",
            len(rules),
            language,
        )
    )


@command.command("show")
@click.argument("rule_id", metavar="ID")
@options.choice(("text", "json"), "text")
@options.root
@options.language
def show_rule(rule_id: str, form: str, root: Path | None, language: Language) -> None:
    """Show one rule, or the law with that code: what it demands, why, of whom, and how to put it right."""
    pages = {law.CODE: page_of(law) for law in LAWS}
    if rule_id in pages:
        scored = list(scores(system_of(root))) if rule_id == eight_able.CODE else []
        _show_law(pages[rule_id], scored, form, language)
        return
    definitions = load(root)
    rule = rule_named(definitions, rule_id, (law.CODE for law in LAWS))
    if form == "json":
        click.echo(json.dumps(_json(rule) | _examples(rule, definitions), ensure_ascii=False, indent=2))
        return
    width, colon = options.terminal_width(), tr(": ", language)
    click.echo("\n".join(wrap(f"{rule.id}  {rule.title.in_(language)}", width)))
    click.echo()
    for label, text in facts(rule, definitions, language):
        click.echo("\n".join(wrap(f"{label}{colon}{text}", width, "  ")))
    for label, example in zip(
        (tr("Passes", language), tr("Fails", language)), examples(rule, definitions, language), strict=False
    ):
        named = f"{label}{colon}{example.name}" if example.name else label
        click.echo("\n".join(wrap(named + colon.rstrip(), width, "  ")))
        for line in example.lines:
            click.echo("\n".join(wrap(line, width, "    ")))
    click.echo()
    click.echo("\n".join(wrap(tr("Defined in {place}", language, place=rule.where), width)))


def _list_laws(form: str, language: Language) -> None:
    pages = [page_of(law) for law in LAWS]
    if form == "json":
        click.echo(json.dumps({"laws": [laws.as_json(page) for page in pages]}, ensure_ascii=False, indent=2))
    else:
        click.echo(laws.listing(pages, language, options.terminal_width()))


def _show_law(page: Page, scored: able.Scored, form: str, language: Language) -> None:
    if form == "json":
        body = laws.as_json(page) | ({"scores": able.as_json(scored)} if scored else {})
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
        return
    click.echo(laws.render(page, language, options.terminal_width()))
    if scored:
        click.echo("\n" + able.render(scored, language, options.terminal_width(180)))


def _json(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title.en,
        "titles": {"en": rule.title.en, "zh": rule.title.zh},
        "process": rule.process,
        "severity": rule.severity,
        "enquiry": rule.enquiry,
        "clauses": list(rule.clauses),
        "check": rule.check,
        "version": rule.version,
    }


def _examples(rule: Rule, definitions: Definitions) -> dict[str, object]:
    named = zip(("passes", "fails"), examples(rule, definitions), strict=False)
    found = {key: {"group": example.name, "records": list(example.lines)} for key, example in named}
    return {"examples": found} if found else {}
