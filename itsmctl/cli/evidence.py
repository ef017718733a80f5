"""`itsmctl evidence`: build an evidence pack from an audit's result folder, sign it, or verify one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.cli.speaking import Misused
from itsmctl.model import Language


@click.group("evidence")
def command() -> None:
    """Build an evidence pack that anyone can check, or verify one."""


@command.command("build")
@click.argument("result_dir", type=click.Path(path_type=Path))
@options.output("The pack to write: a zip when the name ends in .zip, else a folder.", required=True)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Sign it with this Ed25519 key, PEM or OpenSSH.",
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    metavar="PACK",
    help="The pack before this one; its digest goes into this one.",
)
@click.option(
    "--sample",
    "papers",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="PAPER",
    help="Put a sample into it, by its filled-in working paper; may be repeated.",
)
@click.option("--with-names", is_flag=True, help="Accept a result that names people.")
@options.root
@options.language
def build(
    result_dir: Path,
    output: Path,
    key: Path | None,
    previous: Path | None,
    papers: tuple[Path, ...],
    with_names: bool,
    root: Path | None,
    language: Language,
) -> None:
    """Build an evidence pack from RESULT_DIR, the result folder of an audit.

    The same result, definitions, history and key give the same pack, byte for byte. Without a key, write its digest down
    where whoever keeps the pack cannot change it. The passphrase of a key is taken from ITSMCTL_KEY_PASSPHRASE, or asked for.

    \b
    itsmctl evidence build result -o pack.zip
    itsmctl evidence build result -o pack.zip --key audit.key --previous last.zip
    itsmctl evidence build result -o pack.zip --sample sample/working-paper.xlsx
    """
    from itsmctl.evidence.pack import build as build_pack
    from itsmctl.evidence.sealing import Seals
    from itsmctl.evidence.wording import summary_lines

    signing = None
    if key is not None:
        from itsmctl.evidence.keys import read_private

        signing = read_private(key, _passphrase)
    link = None
    if previous is not None:
        from itsmctl.evidence.chain import link_to

        link = link_to(previous)
    seals = Seals(signing, link)
    summary = build_pack(result_dir, output, root=root, seals=seals, with_names=with_names, papers=papers)
    click.echo("\n".join(summary_lines(summary, language)))


@command.command("keygen")
@options.output("The file of the private key; the public key goes beside it, into FILE.pub.", required=True)
@click.option(
    "--people", is_flag=True, help="Make a key for people's pseudonyms instead, one file, for `audit --people-key`."
)
@click.option("--encrypt", is_flag=True, help="Lock it with a passphrase: ITSMCTL_KEY_PASSPHRASE, or asked for.")
@options.language
def keygen(output: Path, people: bool, encrypt: bool, language: Language) -> None:
    """Make an Ed25519 key to sign packs with, or one for people's pseudonyms.

    The private half stays with whoever signs. Give the public half, or the key id that is printed, to whoever verifies,
    by another way than the packs.

    \b
    itsmctl evidence keygen -o audit.key
    itsmctl evidence keygen --people -o people.key
    """
    if people:
        if encrypt:
            raise Misused("--encrypt is for keys that sign; keep a key for pseudonyms where only you can read it")
        _make_people_key(output, language)
        return
    from itsmctl.evidence.keys import generate
    from itsmctl.language import tr

    passphrase = _passphrase(confirm=True) if encrypt else ""
    if encrypt and not passphrase:
        raise Misused("there is no passphrase: set ITSMCTL_KEY_PASSPHRASE, or run this in a terminal")
    made = generate(output, passphrase)
    click.echo(tr("{private}: private key, keep it to yourself", language, private=output))
    click.echo(tr("{public}: public key, for whoever verifies", language, public=made.file))
    click.echo(f"sha256:{made.id}")


def _make_people_key(output: Path, language: Language) -> None:
    from itsmctl.audit.people import make_key
    from itsmctl.language import tr

    made = make_key(output)
    click.echo(tr("{file}: key for pseudonyms, keep it to yourself: it tells who is who", language, file=output))
    click.echo(made.id)


def _passphrase(confirm: bool = False) -> str:
    """The passphrase of a key: from the environment, else asked for where somebody can answer."""
    found = os.environ.get("ITSMCTL_KEY_PASSPHRASE", "")
    if found or not sys.stdin.isatty():
        return found
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True))


@command.command("verify")
@click.argument("packs", metavar="PACK...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--chain", is_flag=True, help="They form a chain; a folder stands for the packs in it.")
@click.option(
    "--public-key",
    "public_keys",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="It must be signed by this key, PEM or OpenSSH; of several, by one.",
)
@click.option(
    "--tsa",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="It must carry a time-stamp of this authority: certificates, PEM, up to the root.",
)
@options.choice(("text", "json"), "text")
@options.language
def verify(
    packs: tuple[Path, ...],
    chain: bool,
    public_keys: tuple[Path, ...],
    tsa: tuple[Path, ...],
    form: str,
    language: Language,
) -> int:
    """Check every byte of PACK, a folder or a zip, and name each file that differs.

    With --chain check several, and that each follows another: gaps, forks and replaced packs are named.

    Exit codes: 0 intact, 1 altered or not signed by a key that was named, 2 not readable as an evidence pack.

    \b
    itsmctl evidence verify pack.zip
    itsmctl evidence verify pack.zip --public-key audit.key.pub
    itsmctl evidence verify --chain packs/ --public-key audit.key.pub
    """
    from itsmctl.evidence import wording
    from itsmctl.evidence.chain import verify_chain
    from itsmctl.evidence.timestamp import read_authorities
    from itsmctl.evidence.verify import verify as verify_pack

    keys = []
    if public_keys:
        from itsmctl.evidence.keys import read_public

        keys = [read_public(path) for path in public_keys]
    authorities = read_authorities(tsa)
    if chain:
        whole = verify_chain(packs, keys, authorities)
        shown = wording.chain_json(whole) if form == "json" else "\n".join(wording.chain_lines(whole, language))
        click.echo(shown)
        return int(not whole.intact)
    if len(packs) > 1:
        raise Misused("name one pack, or say --chain where several belong together")
    report = verify_pack(packs[0], keys, authorities)
    click.echo(wording.report_json(report) if form == "json" else "\n".join(wording.report_lines(report, language)))
    return int(not report.intact)


@command.command("timestamp")
@click.argument("pack", type=click.Path(path_type=Path))
@click.argument("response", required=False, type=click.Path(path_type=Path))
@options.output("Write the request here instead.")
@click.option(
    "--tsa", type=click.Path(path_type=Path), multiple=True, metavar="FILE", help="Check it against these certificates."
)
@options.language
def timestamp(
    pack: Path, response: Path | None, output: Path | None, tsa: tuple[Path, ...], language: Language
) -> None:
    """Attach RESPONSE, the answer of a time-stamping authority (RFC 3161), to PACK; without one, write the request.

    Nothing is sent: send the request yourself, and attach what comes back. The pack digest stays the same.

    \b
    itsmctl evidence timestamp pack.zip -o request.tsq
    curl -H 'Content-Type: application/timestamp-query' \\
      --data-binary @request.tsq URL > response.tsr
    itsmctl evidence timestamp pack.zip response.tsr --tsa authority.pem
    """
    from itsmctl.evidence.stamping import attach, write_request
    from itsmctl.evidence.timestamp import read_authorities
    from itsmctl.evidence.wording import timestamp_lines

    if (response is None) == (output is None):
        raise Misused("name either the RESPONSE to attach, or -o FILE to write the request to")
    if response is not None:
        stamp = attach(pack, response, read_authorities(tsa))
        click.echo("\n".join(timestamp_lines(stamp, language)))
    elif output is not None:
        write_request(pack, output)


@command.command("reveal")
@click.argument("pack", type=click.Path(path_type=Path))
@click.argument("people", metavar="[NAME...]", nargs=-1)
@click.option("--people-key", type=click.Path(path_type=Path), metavar="FILE", help="The key that the audit was given.")
@click.option(
    "--tickets",
    type=click.Path(path_type=Path),
    metavar="DATASET",
    help="The dataset that was audited, where the audit was given no key.",
)
@options.language
def reveal(
    pack: Path, people: tuple[str, ...], people_key: Path | None, tickets: Path | None, language: Language
) -> None:
    """Say who the pseudonyms of PACK, or of a result folder, stand for: all of them, or each NAME, a pseudonym or a person.

    \b
    itsmctl evidence reveal pack.zip --people-key people.key
    itsmctl evidence reveal pack.zip --people-key people.key P-3f9a1c0b77de
    """
    from itsmctl.audit.people import key_of_tickets, read_key
    from itsmctl.evidence.reveal import reveal as reveal_people
    from itsmctl.evidence.wording import revealed_lines

    if (people_key is None) == (tickets is None):
        raise Misused("name the key: --people-key FILE, or --tickets DATASET where the audit was given none")
    if people_key is not None:
        key = read_key(people_key)
    else:
        assert tickets is not None
        key = key_of_tickets(tickets)
    click.echo("\n".join(revealed_lines(reveal_people(pack, key, people), language)))
