"""Signing a pack: keys, the envelope, what other people's programs say of it, and every way in which it can be wrong."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from evidence_case import make_case, reseal

from itsmctl.cli import run
from itsmctl.errors import ItsmctlError
from itsmctl.evidence.attestation import ENVELOPE, FILES, KEY, SIGNATURE, SIGNED
from itsmctl.evidence.chain import link_to
from itsmctl.evidence.envelope import Envelope, pre_authentication
from itsmctl.evidence.keys import PublicKey, generate, read_private, read_public
from itsmctl.evidence.pack import build
from itsmctl.evidence.sealing import Seals
from itsmctl.evidence.timestamp import Timestamp
from itsmctl.evidence.verify import verify
from itsmctl.evidence.wording import report_lines
from itsmctl.language import LANGUAGES, Language
from itsmctl.reports.plain import cells

REPORT = "data/result/report.html"


def _nobody() -> str:
    return ""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys `audit.key` and `other.key`, and the pack `pack` signed with the first."""
    folder = tmp_path_factory.mktemp("签名")
    for name in ("audit.key", "other.key"):
        generate(folder / name)
    result, root = make_case(folder / "case")
    build(result, folder / "pack", root=root, seals=_seals(folder / "audit.key"))
    build(result, folder / "other", root=root, seals=_seals(folder / "other.key"))
    build(result, folder / "unsigned", root=root)
    return folder


@pytest.fixture
def pack(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original / "pack", tmp_path / "pack")
    return tmp_path / "pack"


def _seals(key: Path) -> Seals:
    return Seals(read_private(key, _nobody))


def _key(original: Path, name: str = "audit.key") -> PublicKey:
    return read_public(original / f"{name}.pub")


def _faults(pack: Path, *keys: PublicKey) -> set[tuple[str, str]]:
    return {(difference.file, difference.fault) for difference in verify(pack, keys).differences}


def _code(problem: pytest.ExceptionInfo[ItsmctlError]) -> list[str]:
    return [found.code for found in problem.value.problems]


# Keys


def test_a_new_key_is_readable_by_its_owner_alone_and_replaces_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "new/audit.key"
    assert run(["evidence", "keygen", "-o", str(key)]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    der = ["openssl", "pkey", "-pubin", "-in", f"{key}.pub", "-outform", "DER"]
    digest = hashlib.sha256(subprocess.run(der, check=True, capture_output=True).stdout).hexdigest()
    assert shown[-1] == f"sha256:{digest}"
    before = (key.read_bytes(), Path(f"{key}.pub").read_bytes())
    assert run(["evidence", "keygen", "-o", str(key)]) == 2
    assert capsys.readouterr().err.count("[key-exists]") == 2
    key.unlink()
    assert run(["evidence", "keygen", "-o", str(key)]) == 2
    assert not key.exists()
    assert Path(f"{key}.pub").read_bytes() == before[1]


def test_a_locked_key_opens_with_its_passphrase_alone(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "locked.key"
    monkeypatch.setenv("ITSMCTL_KEY_PASSPHRASE", "密码 horse")
    assert run(["evidence", "keygen", "-o", str(key), "--encrypt"]) == 0
    assert "ENCRYPTED" in key.read_text()
    case = [
        "evidence",
        "build",
        str(original / "case/result"),
        "--root",
        str(original / "case/系统"),
        "--key",
        str(key),
    ]
    assert run([*case, "-o", str(tmp_path / "pack")]) == 0
    assert verify(tmp_path / "pack", [read_public(Path(f"{key}.pub"))]).intact
    for passphrase, code in (("wrong", "unreadable-key"), ("", "passphrase-needed")):
        monkeypatch.setenv("ITSMCTL_KEY_PASSPHRASE", passphrase)
        monkeypatch.setattr("sys.stdin", io.StringIO())  # no terminal
        assert run([*case, "-o", str(tmp_path / "none")]) == 2
        assert f"[{code}]" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("passphrase", ["", "horse"])
def test_openssh_keys_sign_and_verify(original: Path, tmp_path: Path, passphrase: str) -> None:
    key = tmp_path / "id"
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-a", "1", "-C", "audit@example.org", "-f", str(key)]
    subprocess.run(made, check=True)
    seals = Seals(read_private(key, lambda: passphrase))
    build(original / "case/result", tmp_path / "pack", root=original / "case/系统", seals=seals)
    report = verify(tmp_path / "pack", [read_public(tmp_path / "id.pub")])
    assert (report.intact, report.signature.status) == (True, "trusted-key")
    signed_by_another = verify(tmp_path / "pack", [_key(original)])
    assert signed_by_another.differences != ()
    assert "not proven: the files are as the manifests list them" in report_lines(signed_by_another, "en")[0]
    (tmp_path / "pack/data/rules.csv").write_bytes(b"altered")
    assert report_lines(verify(tmp_path / "pack", [_key(original)]), "en")[0].endswith("altered, 2 files differ")


def test_what_is_no_ed25519_key_is_told(original: Path, tmp_path: Path) -> None:
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", tmp_path / "ec"], check=True)  # fmt: skip
    subprocess.run(["openssl", "pkey", "-in", tmp_path / "ec", "-pubout", "-out", tmp_path / "ec.pub"], check=True)
    (tmp_path / "text").write_text("hello")
    for path, read in ((tmp_path / "ec", _private), (tmp_path / "ec.pub", read_public)):
        with pytest.raises(ItsmctlError) as problem:
            read(path)
        assert _code(problem) == ["wrong-key-type"]
    for path, read in (
        (tmp_path / "text", _private),
        (tmp_path / "text", read_public),
        (original / "audit.key.pub", _private),
        (original / "audit.key", read_public),
    ):
        with pytest.raises(ItsmctlError) as problem:
            read(path)
        assert _code(problem) == ["unreadable-key"]
    with pytest.raises(ItsmctlError) as problem:
        read_public(tmp_path / "nowhere")
    assert _code(problem) == ["unreadable-file"]


def _private(path: Path) -> object:
    return read_private(path, _nobody)


# The signature, as others see it


def test_the_encoding_is_that_of_the_specification() -> None:
    """The example of the DSSE protocol document."""
    wanted = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pre_authentication("http://example.com/HelloWorld", b"hello world") == wanted


def test_the_statement_names_the_tag_files_and_what_was_audited(pack: Path) -> None:
    envelope = json.loads((pack / ENVELOPE).read_text("utf-8"))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    found = {subject["name"]: subject["digest"] for subject in statement["subject"]}
    names = ["bag-info.txt", "bagit.txt"]
    names += [f"{kind}-{a}.txt" for kind in ("manifest", "tagmanifest") for a in ("sha256", "sha512")]
    assert found == {
        name: {a: hashlib.new(a, (pack / name).read_bytes()).hexdigest() for a in ("sha256", "sha512")}
        for name in names
    }
    predicate = statement["predicate"]
    assert predicate["audit"] == "June 六月"
    assert predicate["outcomes"] == {"fail": 1, "not_testable": 1, "pass": 2}
    assert predicate["packDigest"]["sha256"] == found["tagmanifest-sha256.txt"]["sha256"]


def _shell(pack: Path, line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", line], cwd=pack, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_recipe_of_the_readme_verifies_with_openssl(pack: Path, original: Path, name: str) -> None:
    lines = [line.strip() for line in (pack / "data" / name).read_text("utf-8").splitlines()]
    check, about, key_id = (next(line for line in lines if line.startswith(word)) for word in ("openssl pkeyutl", "grep -aq", "openssl pkey "))  # fmt: skip
    check = check.replace("KEY.pem", str(original / "audit.key.pub"))
    assert _shell(pack, check).stdout == "Signature Verified Successfully\n"
    assert _shell(pack, about).stdout == "it is about this pack\n"
    assert _shell(pack, key_id).stdout.split()[0] == _key(original).id
    other = check.replace("audit.key.pub", "other.key.pub")
    assert _shell(pack, other).returncode != 0
    with (pack / SIGNED).open("ab") as file:
        file.write(b" ")
    assert _shell(pack, check).returncode != 0
    (pack / "tagmanifest-sha256.txt").write_text("other")
    assert _shell(pack, about).stdout == ""


def test_the_recipe_tells_a_pack_from_the_one_that_names_it_as_the_pack_before(original: Path, tmp_path: Path) -> None:
    """Whoever was given a forged pack to build upon has signed its digest, but not the pack."""
    result, root = make_case(tmp_path / "case")
    build(result, tmp_path / "forged", root=root)
    link = link_to(tmp_path / "forged")
    build(result, tmp_path / "next", root=root, seals=Seals(read_private(original / "audit.key", _nobody), link))
    lines = (tmp_path / "next/data/README.md").read_text("utf-8").splitlines()
    about = next(line.strip() for line in lines if line.startswith("    grep -aqF"))
    assert _shell(tmp_path / "next", about).stdout == "it is about this pack\n"
    shutil.copytree(tmp_path / "next/signature", tmp_path / "forged/signature")
    assert link.digest in (tmp_path / "forged" / SIGNED).read_text("utf-8")
    assert _shell(tmp_path / "forged", about).stdout == ""


def test_other_programs_accept_a_signed_pack(pack: Path) -> None:
    for line in (
        f"{Path(sys.executable).parent}/bagit.py --validate .",
        "sha256sum --strict -c tagmanifest-sha256.txt manifest-sha256.txt",
        "sha512sum --strict -c tagmanifest-sha512.txt manifest-sha512.txt",
    ):
        done = _shell(pack, line)
        assert done.returncode == 0, done.stderr
    with (pack / REPORT).open("ab") as file:
        file.write(b" ")
    assert _shell(pack, f"{Path(sys.executable).parent}/bagit.py --validate .").returncode != 0


def test_the_same_key_gives_the_same_bytes(original: Path, tmp_path: Path) -> None:
    result, root = original / "case/result", original / "case/系统"
    for name in ("a.zip", "b.zip"):
        build(result, tmp_path / name, root=root, seals=_seals(original / "audit.key"))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    report = verify(tmp_path / "a.zip", [_key(original)])
    assert (report.intact, report.digest) == (True, verify(original / "pack").digest)


# What verify says


@pytest.mark.parametrize("language", LANGUAGES)
def test_digests_and_signature_stand_in_a_column(original: Path, language: Language) -> None:
    stamped = Timestamp("not-checked", at="2026-07-01T09:30:00Z", authority="somebody")
    report = replace(verify(original / "pack"), archive_sha256="0" * 64, timestamp=stamped)
    _, *lines = report_lines(report, language)
    assert len(lines) == 4
    assert len({cells(re.split(r" {2,}", line)[0] + re.findall(r" {2,}", line)[0]) for line in lines}) == 1, lines


def test_who_signed_is_told_in_words(original: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, other = original / "audit.key.pub", original / "other.key.pub"
    for arguments, code, word in (
        (["pack"], 0, "only --public-key tells whose it is"),
        (["pack", "--public-key", str(key)], 0, f"good, by key sha256:{_key(original).id}"),
        (["pack", "--public-key", str(other), "--public-key", str(key)], 0, f"({key})"),
        (["pack", "--public-key", str(other)], 1, "another key: should be"),
        (["unsigned"], 0, "signature    none; compare the pack digest with the one noted elsewhere"),
        (["unsigned", "--public-key", str(key)], 1, "the pack is not signed"),
    ):
        assert run(["evidence", "verify", str(original / arguments[0]), *arguments[1:]]) == code
        assert word in capsys.readouterr().out
    run(["evidence", "verify", str(original / "pack"), "--format", "json"])
    facts = json.loads(capsys.readouterr().out)["signature"]
    assert facts == {"status": "enclosed-key", "key": _key(original).id}


@pytest.mark.parametrize(("language", "sounds_good"), [("en", r"\bgood\b(?<!not good)|intact"), ("zh", "有效|完好")])
@pytest.mark.parametrize("file", [REPORT, "data/added.txt", "manifest-sha256.txt"])
def test_no_line_about_an_altered_pack_sounds_good(
    pack: Path, original: Path, file: str, language: Language, sounds_good: str
) -> None:
    with (pack / file).open("ab") as opened:
        opened.write(b" ")
    for keys in ((), (_key(original),)):
        report = verify(pack, keys)
        assert report.signature.status in ("altered-since", "not-good")
        lines = report_lines(report, language)
        assert [line for line in lines if re.search(sounds_good, line)] == []
        digest = next(line for line in lines if report.digest in line)
        assert not digest.endswith(report.digest), "the digest that was noted says nothing here, and says so"


@pytest.mark.parametrize("name", FILES)
def test_no_byte_of_a_signature_can_change(pack: Path, original: Path, name: str) -> None:
    content = (pack / name).read_bytes()
    for place in range(0, len(content), max(1, len(content) // 40)):
        changed = bytearray(content)
        changed[place] ^= 1
        (pack / name).write_bytes(changed)
        for keys in ((), (_key(original),)):
            named = {file for file, _ in _faults(pack, *keys)}
            assert named, place
            assert named <= set(FILES), place
    (pack / name).write_bytes(content + b"\n")
    assert _faults(pack)


@pytest.mark.parametrize("name", FILES)
def test_no_part_of_a_signature_can_be_taken_away(pack: Path, name: str) -> None:
    (pack / name).unlink()
    assert (name, "missing") in _faults(pack)


def test_a_whole_signature_cannot_be_taken_away(pack: Path) -> None:
    shutil.rmtree(pack / "signature")
    assert _faults(pack) == {(name, "missing") for name in FILES}


def test_a_signature_taken_away_with_every_trace_is_missed_by_who_names_the_key(pack: Path, original: Path) -> None:
    shutil.rmtree(pack / "signature")
    info = (pack / "bag-info.txt").read_text("utf-8").splitlines(keepends=True)
    (pack / "bag-info.txt").write_text("".join(line for line in info if "Signing-Key" not in line), encoding="utf-8")
    reseal(pack, tags=True)
    assert verify(pack).intact
    assert _faults(pack, _key(original)) == {(ENVELOPE, "unsigned")}


def test_a_pack_forged_under_the_old_signature_is_named(pack: Path, original: Path) -> None:
    (pack / REPORT).write_bytes((pack / REPORT).read_bytes().swapcase())
    reseal(pack, tags=True)
    assert _faults(pack, _key(original)) == {(ENVELOPE, "other-pack")}


def test_a_pack_signed_anew_with_another_key_is_named(pack: Path, original: Path) -> None:
    for name in FILES:
        shutil.copy(original / "other" / name, pack / name)
    assert (KEY, "other-key") in _faults(pack)
    shutil.rmtree(pack)
    shutil.copytree(original / "other", pack)
    assert verify(pack).intact
    assert _faults(pack, _key(original)) == {(ENVELOPE, "other-key")}


def test_a_signature_put_into_a_pack_that_claims_none_is_named(pack: Path, original: Path) -> None:
    """bag-info.txt names no key: whoever signs it later signs as somebody whom its maker did not know."""
    shutil.rmtree(pack)
    shutil.copytree(original / "unsigned", pack)
    assert (verify(pack).intact, verify(pack).signature.status) == (True, "unsigned")
    shutil.copytree(original / "pack/signature", pack / "signature")
    report = verify(pack)
    assert (KEY, "other-key") in _faults(pack)
    assert report.signature.status == "not-good"
    for name in FILES[1:]:
        (pack / name).unlink()
    assert {(name, "missing") for name in FILES[1:]} < _faults(pack)


def test_a_signature_by_another_key_is_not_good(original: Path) -> None:
    asked = verify(original / "other", [_key(original)])
    assert (asked.signature.status, asked.signature.key) == ("not-good", _key(original, "other.key").id)
    assert not asked.altered
    either = verify(original / "other", [_key(original), _key(original, "other.key")])
    assert (either.intact, either.signature.status) == (True, "trusted-key")
    assert either.signature.file.endswith("other.key.pub")


@pytest.mark.parametrize("what", ["_type", "predicateType", "payloadType", "subject"])
def test_a_signature_over_something_else_is_none_over_the_pack(pack: Path, original: Path, what: str) -> None:
    """By the right key: of a statement of another kind, or about fewer files, nobody knows what it says."""
    envelope = json.loads((pack / ENVELOPE).read_text("utf-8"))
    statement = json.loads(base64.b64decode(envelope["payload"]))
    kind = "text/plain" if what == "payloadType" else envelope["payloadType"]
    if what == "subject":
        statement["subject"].pop()
    elif what != "payloadType":
        statement[what] = "https://example.org/other"
    payload = json.dumps(statement).encode()
    signed, key = pre_authentication(kind, payload), read_private(original / "audit.key", _nobody)
    made = Envelope(kind, payload, key.public.id, key.sign(signed))
    for name, content in ((ENVELOPE, made.to_json()), (SIGNED, signed), (SIGNATURE, made.signature)):
        (pack / name).write_bytes(content)
    assert {(one.file, one.fault, one.about) for one in verify(pack, [_key(original)]).differences} == {
        (ENVELOPE, "malformed", "in-toto Statement")
    }


def test_a_signature_by_nobody_is_bad(pack: Path, original: Path) -> None:
    """The parts agree with each other, but the key never made this signature."""
    envelope = json.loads((pack / ENVELOPE).read_text("utf-8"))
    forged = bytes(64)
    text = (pack / ENVELOPE).read_text("utf-8").replace(envelope["signatures"][0]["sig"], base64.b64encode(forged).decode())  # fmt: skip
    (pack / ENVELOPE).write_text(text, encoding="utf-8")
    (pack / SIGNATURE).write_bytes(forged)
    assert _faults(pack, _key(original)) == {(SIGNATURE, "bad-signature")}


def test_an_envelope_that_would_choke_a_reader_is_named(pack: Path) -> None:
    for text in (
        "[" * 100_000,
        "{}",
        "null",
        '{"payloadType": 1, "payload": "", "signatures": [{"keyid": "", "sig": ""}]}',
    ):
        (pack / ENVELOPE).write_text(text, encoding="utf-8")
        assert _faults(pack) == {(ENVELOPE, "malformed")}
