"""`itsmctl rules waive`: write a waiver of a rule, if it is one that would count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from itsmctl.audit.choices import rule_named
from itsmctl.cli import options
from itsmctl.definitions import load, own_root
from itsmctl.definitions.writing import add
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.language import tr
from itsmctl.model import Language
from itsmctl.source import parse_documents


@click.command("waive")
@click.argument("rule_id", metavar="RULE")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="Records that it covers, as in a rule: 'priority: [P3, P4]'; repeatable.",
)
@click.option(
    "--record",
    "records",
    multiple=True,
    metavar="ID",
    help="A record that it covers, or a group as reports name it; repeatable.",
)
@click.option("--opened-from", default="", metavar="DAY", help="Only records opened from this day on.")
@click.option("--opened-to", default="", metavar="DAY", help="Only records opened up to this day.")
@click.option("--reason", required=True, metavar="TEXT", help="Why the rule cannot be kept.")
@click.option("--risk", required=True, metavar="TEXT", help="What may happen because of it.")
@click.option(
    "--measure", "measures", multiple=True, metavar="TEXT", help="What is done instead meanwhile; repeatable."
)
@click.option("--author", required=True, metavar="PERSON", help="Who asks for it.")
@click.option("--approver", required=True, metavar="PERSON", help="Who approved it; never its author.")
@click.option("--authority", required=True, metavar="ROLE", help="The role by which the approver may do so.")
@click.option("--approved", required=True, metavar="DAY", help="Day of approval, from which it counts.")
@click.option("--until", required=True, metavar="DAY", help="Its last day, which ends at midnight in --zone.")
@click.option("--zone", "day_zone", required=True, metavar="NAME", help="Time zone of both days, e.g. Asia/Shanghai.")
@click.option("--id", "id_", default="", metavar="ID", help="Default: made of the rule and its last day.")
@click.option("--title", default="", metavar="TEXT", help="Default: made of the rule and its last day.")
@options.root
@options.language
def waive(
    rule_id: str, where: tuple[str, ...], records: tuple[str, ...], opened_from: str, opened_to: str, reason: str, risk: str,
    measures: tuple[str, ...], author: str, approver: str, authority: str, approved: str, until: str, day_zone: str, id_: str, title: str,
    root: Path | None, language: Language,
) -> None:  # fmt: skip
    """Write a waiver of RULE into audits/waivers/, for the person with the authority to merge.

    Nothing is written if anything is wrong with it: an approver without the authority, no scope, more than a year.

    \b
    itsmctl rules waive INC-11 \\
      --where 'service: network-vpn' --where 'group: Carrier' \\
      --reason "The carrier's portal has no such field until May." \\
      --risk "Causes are missing from the statistics." --author "Peter Schulz" \\
      --approver "Chen Wei 陈薇" --authority incident-process-owner \\
      --approved 2026-03-27 --until 2026-04-30 --zone Europe/Berlin
    """
    rule = rule_named(load(root), rule_id)
    name = id_ or f"{rule.id.lower()}-until-{until}"
    heading = title or {"en": f"{rule.id} waived until {until}", "zh": f"{rule.id} 豁免至 {until}"}
    data: dict[str, Any] = {"kind": "waiver", "id": name, "title": heading, "rule": rule.id}
    if where:
        data["scope"] = _scope(where)
    if records:
        data["records"] = list(records)
    opened = {key: day for key, day in (("from", opened_from), ("to", opened_to)) if day}
    data |= {"opened": opened} if opened else {}
    data |= {"reason": reason, "risk": risk} | ({"measures": list(measures)} if measures else {})
    data |= {"author": author, "approver": approver, "authority": authority, "approved": approved}
    data |= {"expires": until, "zone": day_zone}
    path = add(own_root(root), f"audits/waivers/{name}.yaml", data)
    click.echo(tr("{path} is written; it counts once it is merged", language, path=path))


def _scope(texts: tuple[str, ...]) -> dict[str, Any]:
    """The conditions together, as they stand in a file; what they mean is the schema's to judge."""
    scope: dict[str, Any] = {}
    for text in texts:
        documents = parse_documents(text, "--where")
        data = documents[0].data if len(documents) == 1 else None
        if not isinstance(data, dict) or not scope.keys().isdisjoint(data):
            template = "{text!r} is no condition of its own; write one for each column, such as 'priority: [P1, P2]'"
            raise ItsmctlError(Problem("bad-condition", template, values={"text": text}))
        scope |= data
    return scope
