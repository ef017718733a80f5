"""What an import did, in a few lines: records, period, what became of the rows of each file, and warnings."""

from __future__ import annotations

from pathlib import Path

from itsmctl.engine.session import Session, exported
from itsmctl.importers.receipt import Receipt, ReceiptFile
from itsmctl.language import Language, number_text, tr, trn
from itsmctl.reports.phrases import phrase_text
from itsmctl.reports.rejects import reject_lines


def summary(receipt: Receipt, folder: Path, language: Language) -> str:
    """The lines of an import into a folder."""
    lines = [
        tr("{records}, {events} from {rows} ({mapping}, {zone})", language,
           records=trn("{n} record", "{n} records", receipt.records, language), events=trn("{n} event", "{n} events", receipt.events, language),
           rows=trn("{n} row", "{n} rows", receipt.rows_read, language), mapping=receipt.mapping, zone=receipt.zone or "UTC"),
    ]  # fmt: skip
    if receipt.period_from:
        lines.append(
            tr("opened {start} to {end}", language, start=receipt.period_from[:10], end=receipt.period_to[:10])
        )
    for file in receipt.files:
        lines.append(
            tr("{name}: rows read {read} = imported {imported} + rejected {rejected}", language, name=_named(file, receipt),
               read=number_text(file.rows_read), imported=number_text(file.rows_imported), rejected=number_text(file.rows_rejected))
        )  # fmt: skip
    if receipt.rejects:
        lines.append(
            trn("{n} reject, kept with its place in reject.parquet:", "{n} rejects, kept with their places in reject.parquet:", receipt.rejects, language)
        )  # fmt: skip
        from itsmctl.audit.facts import set_aside  # loads the audit, which an import without rejects does not need

        with Session() as session:
            kinds = set_aside(session, exported(folder, "reject"))
        lines += [f"  - {line}" for line in reject_lines(kinds, language)]
    lines += [f"! {phrase_text(message, language)} [{code}]" for code, message in receipt.warnings]
    lines.append(tr("dataset: {folder}", language, folder=folder))
    return "\n".join(lines)


def _named(file: ReceiptFile, receipt: Receipt) -> str:
    """The file, with the mapping that reads it where there are several."""
    return file.name if file.mapping == receipt.mapping else f"{file.name} ({file.mapping})"
