"""Time-stamps: the request that every pack carries, and the answer of an authority that `openssl ts` plays."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import CertificateBuilder, load_pem_x509_certificate, random_serial_number
from evidence_case import make_case

from itsmctl.cli import run
from itsmctl.errors import ItsmctlError
from itsmctl.evidence.attestation import ENVELOPE, SIGNED
from itsmctl.evidence.chain import link_to
from itsmctl.evidence.keys import generate, read_private
from itsmctl.evidence.pack import build
from itsmctl.evidence.sealing import Seals
from itsmctl.evidence.stamping import attach
from itsmctl.evidence.timestamp import REQUEST, RESPONSE, read_authorities, request
from itsmctl.evidence.verify import verify
from itsmctl.evidence.wording import report_lines

CONFIGURATION = """
[ req ]
distinguished_name = dn
prompt = no
[ dn ]
CN = Test Authority
[ root ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[ stamper ]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ tsa ]
default_tsa = one
[ one ]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = chain.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """A time-stamping authority in a folder, with a root of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "tsa.cnf").write_text(CONFIGURATION)
        (folder / "serial").write_text("01\n")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf"]
        self.openssl(
            "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650", "-extensions", "root"
        )
        self.openssl("req", *key, "-subj", "/CN=Test Stamper", "-keyout", "tsa.key", "-out", "tsa.csr")
        signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650"]
        self.openssl("x509", "-req", "-in", "tsa.csr", *signing, "-out", "tsa.pem", "-extfile", "tsa.cnf", "-extensions", "stamper")  # fmt: skip
        shutil.copy(folder / "ca.pem", folder / "chain.pem")
        self.root = folder / "ca.pem"

    def openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def certify(self, since: datetime, until: datetime) -> None:
        """Give the stamper a certificate for this time."""
        root = load_pem_x509_certificate((self.folder / "ca.pem").read_bytes())
        old = load_pem_x509_certificate((self.folder / "tsa.pem").read_bytes())
        builder = CertificateBuilder(root.subject, old.subject, old.public_key(), random_serial_number(), since, until)
        for extension in old.extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        key = load_pem_private_key((self.folder / "ca.key").read_bytes(), None)
        assert isinstance(key, EllipticCurvePrivateKey)
        (self.folder / "tsa.pem").write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))

    def answer(self, request: Path, certificate: bool = True) -> Path:
        out = self.folder / f"{request.parent.parent.name}.tsr"
        if not certificate:  # the last of a request is that it asks for the certificate
            asked = request.read_bytes()
            request = self.folder / "without.tsq"
            request.write_bytes(asked[:1] + bytes([asked[1] - 3]) + asked[2:-3])
        self.openssl(
            "ts", "-reply", "-config", "tsa.cnf", "-section", "one", "-queryfile", str(request), "-out", str(out)
        )
        return out


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packs `signed`, `signed.zip` and `unsigned`, and the answers of an authority to each."""
    folder = tmp_path_factory.mktemp("stamp")
    generate(folder / "key")
    result, root = make_case(folder / "case")
    seals = Seals(read_private(folder / "key", str))
    build(result, folder / "signed", root=root, seals=seals)
    build(result, folder / "signed.zip", root=root, seals=seals)
    build(result, folder / "unsigned", root=root)
    authority = Authority(folder / "authority")
    for name in ("signed", "unsigned"):
        authority.answer(folder / name / REQUEST)
    return folder


@pytest.fixture
def pack(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original / "signed", tmp_path / "signed")
    shutil.copytree(original / "unsigned", tmp_path / "unsigned")
    shutil.copy(original / "signed.zip", tmp_path / "signed.zip")
    return tmp_path / "signed"


def _root(original: Path) -> Path:
    return original / "authority/ca.pem"


def _faults(pack: Path, *roots: Path) -> set[tuple[str, str]]:
    return {(d.file, d.fault) for d in verify(pack, (), read_authorities(roots)).differences}


@pytest.mark.parametrize(("name", "about"), [("signed", ENVELOPE), ("unsigned", "tagmanifest-sha256.txt")])
def test_the_request_is_that_of_openssl(original: Path, tmp_path: Path, name: str, about: str) -> None:
    query = ["openssl", "ts", "-query", "-data", str(original / name / about), "-sha256", "-cert", "-no_nonce"]
    subprocess.run([*query, "-out", str(tmp_path / "tsq")], check=True, capture_output=True)
    assert (original / name / REQUEST).read_bytes() == (tmp_path / "tsq").read_bytes()


def test_an_answer_is_attached_and_the_pack_stays_the_same(
    original: Path, pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = verify(pack).digest
    response, root = str(original / "authority/signed.tsr"), str(_root(original))
    for target in (pack, pack.parent / "signed.zip"):
        assert run(["evidence", "timestamp", str(target), response, "--tsa", root]) == 0
        assert "by CN=Test Stamper, good" in capsys.readouterr().out
        report = verify(target, (), read_authorities([_root(original)]))
        assert (report.intact, report.digest, report.timestamp.status) == (True, before, "trusted")
        assert verify(target).timestamp.status == "not-checked"
        assert run(["evidence", "timestamp", str(target), response]) == 2
        assert "[stamped-already]" in capsys.readouterr().err
    run(["evidence", "verify", str(pack), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["timestamp"]["authority"] == "CN=Test Stamper"
    bag = subprocess.run([f"{Path(sys.executable).parent}/bagit.py", "--validate", str(pack)], capture_output=True, check=False)  # fmt: skip
    assert bag.returncode == 0


@pytest.mark.parametrize(("name", "readme"), [("signed", "README.md"), ("unsigned", "README.zh.md")])
def test_the_recipe_of_the_readme_verifies_with_openssl(original: Path, pack: Path, name: str, readme: str) -> None:
    target = pack.parent / name
    attach(target, original / f"authority/{name}.tsr")
    lines = (line.strip() for line in (target / "data" / readme).read_text("utf-8").splitlines())
    recipe = next(line for line in lines if line.startswith("openssl ts")).replace(
        "AUTHORITY.pem", str(_root(original))
    )
    done = subprocess.run(["sh", "-c", recipe], cwd=target, capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout + done.stderr
    about = ENVELOPE if name == "signed" else "tagmanifest-sha256.txt"
    with (target / about).open("ab") as file:
        file.write(b" ")
    done = subprocess.run(["sh", "-c", recipe], cwd=target, capture_output=True, text=True, check=False)
    assert done.returncode != 0


def _recipes(pack: Path) -> tuple[str, str, str]:
    """The lines of the README about a time-stamp: is it good, when was it, is it about this signature."""
    lines = [line.strip() for line in (pack / "data/README.md").read_text("utf-8").splitlines()]
    good, when, about = (
        next(line for line in lines if line.startswith(word)) for word in ("openssl ts -v", "openssl ts -r", "grep -qF")
    )
    return good, when, about


def _shell(pack: Path, line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", line], cwd=pack, capture_output=True, text=True, check=False)


def test_the_recipe_tells_the_moment_and_a_stamp_borrowed_from_another_pack(
    original: Path, pack: Path, tmp_path: Path
) -> None:
    """An old envelope with its stamp, put into a pack signed today, would date the pack back."""
    attach(pack, original / "authority/signed.tsr")
    good, when, about = _recipes(pack)
    good = good.replace("AUTHORITY.pem", str(_root(original)))
    assert _shell(pack, when).stdout.startswith("Time stamp: ")
    assert _shell(pack, about).stdout == "it is about this signature\n"
    result, root = make_case(tmp_path / "case")
    link = link_to(pack)
    later = tmp_path / "later"
    build(result, later, root=root, seals=Seals(read_private(original / "key", str), link))
    for name in (ENVELOPE, RESPONSE):
        shutil.copy(pack / name, later / name)
    assert _shell(later, good).returncode == 0
    assert _shell(later, about).stdout == ""
    assert (SIGNED, "contradicts") in _faults(later)


def test_a_certificate_that_has_expired_since_was_good_then(pack: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "brief")
    moment = datetime.now(UTC)
    authority.certify(moment - timedelta(days=2), moment + timedelta(seconds=2))
    attach(pack, authority.answer(pack / REQUEST), read_authorities([authority.root]))
    time.sleep(3.1)
    assert _faults(pack, authority.root) == set()
    good, when, _ = _recipes(pack)
    good = good.replace("AUTHORITY.pem", str(authority.root))
    assert "certificate has expired" in _shell(pack, good).stderr
    told = _shell(pack, when).stdout.partition(": ")[2].strip()
    readme = (pack / "data/README.md").read_text("utf-8")
    (then,) = re.findall(r"`(-attime .*)` added", readme)
    then = then.replace("Jul  1 09:30:00 2026 GMT", told)
    assert _shell(pack, f"{good} {then}").returncode == 0


def test_why_a_stamp_is_not_good_is_told(
    original: Path, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moment = datetime.now(UTC)
    authority = Authority(tmp_path / "authority")

    def told(response: Path, root: Path, language: str = "en") -> str:
        assert run(["evidence", "timestamp", str(pack), str(response), "--tsa", str(root), "--lang", language]) == 2
        assert not (pack / RESPONSE).exists()
        return capsys.readouterr().err

    response = authority.answer(pack / REQUEST)
    assert "signed by none of the authorities that were named" in told(response, _root(original))
    assert "盖戳者不在指定的机构之列" in told(response, _root(original), "zh")
    authority.certify(moment - timedelta(days=3), moment - timedelta(days=2))
    assert "was not valid at that moment" in told(authority.answer(pack / REQUEST), authority.root)
    authority.certify(moment - timedelta(days=3), moment + timedelta(days=2))
    assert "does not hold the certificate" in told(authority.answer(pack / REQUEST, certificate=False), authority.root)


def test_an_answer_for_another_pack_is_refused(original: Path, pack: Path) -> None:
    other = original / "authority/unsigned.tsr"
    with pytest.raises(ItsmctlError) as problem:
        attach(pack, other)
    assert [found.code for found in problem.value.problems] == ["bad-timestamp"]
    assert not (pack / RESPONSE).exists()
    shutil.copy(other, pack / RESPONSE)
    assert _faults(pack) == {(RESPONSE, "bad-timestamp")}


def test_an_answer_of_another_authority_is_named(original: Path, pack: Path, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    attach(pack, original / "authority/signed.tsr")
    assert _faults(pack) == set()
    assert _faults(pack, other.root) == {(RESPONSE, "bad-timestamp")}
    assert _faults(pack, other.root, _root(original)) == set()


def test_a_stamp_of_an_altered_pack_is_not_called_good(original: Path, pack: Path) -> None:
    attach(pack, original / "authority/signed.tsr")
    (pack / "data/result/report.html").write_text("forged", encoding="utf-8")
    for authorities in ((), (_root(original),)):
        report = verify(pack, (), read_authorities(authorities))
        assert (report.timestamp.status, report.timestamp.authority) == ("altered-since", "CN=Test Stamper")
        told = report_lines(report, "en")[-1]
        assert told.startswith("time-stamp   does not hold: the pack differs from what CN=Test Stamper saw at ")


def test_a_request_about_something_else_is_named_where_the_pack_is_what_it_was(original: Path, pack: Path) -> None:
    """Whoever sent it would have another pack stamped."""
    right = (pack / REQUEST).read_bytes()
    (pack / REQUEST).write_bytes(request("ab" * 32))
    assert _faults(pack) == {(REQUEST, "contradicts")}
    report = pack / "data/result/report.html"
    before = report.read_bytes()
    report.write_text("forged", encoding="utf-8")
    assert _faults(pack) == {("data/result/report.html", "altered")}, (
        "of an altered pack, that is no fault of the request"
    )
    report.write_bytes(before)
    (pack / REQUEST).write_bytes(right)
    assert _faults(pack) == set()


def test_in_an_altered_pack_a_response_is_named_that_is_no_stamp_of_anything(original: Path, pack: Path) -> None:
    (pack / "data/result/report.html").write_text("forged", encoding="utf-8")
    altered = ("data/result/report.html", "altered")
    shutil.copy(original / "authority/unsigned.tsr", pack / RESPONSE)  # of another pack
    assert _faults(pack) == {altered}
    assert verify(pack).timestamp.status == "not-good"
    (pack / RESPONSE).write_bytes(b"0" * 100)
    assert _faults(pack) == {altered, (RESPONSE, "bad-timestamp")}


def test_a_stamp_that_is_asked_for_and_not_there_is_missing(original: Path, pack: Path) -> None:
    assert _faults(pack, _root(original)) == {(RESPONSE, "missing")}
    (pack / REQUEST).unlink()
    assert _faults(pack) == {(REQUEST, "missing")}


def test_no_byte_of_what_was_stamped_can_change(original: Path, pack: Path) -> None:
    attach(pack, original / "authority/signed.tsr")
    content = (pack / RESPONSE).read_bytes()
    digest = hashlib.sha256((pack / ENVELOPE).read_bytes()).digest()
    places = [content.index(digest) + 3, *range(0, content.index(digest) + 60, 9), len(content) - 5]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1
        (pack / RESPONSE).write_bytes(changed)
        assert _faults(pack, _root(original)) == {(RESPONSE, "bad-timestamp")}, place
    for junk in (b"", b"\x30", b"0" * 5000, content[:-1], content + b"\0", b"\x30\x84\xff\xff\xff\xff" * 50):
        (pack / RESPONSE).write_bytes(junk)
        assert _faults(pack) == {(RESPONSE, "bad-timestamp")}


def test_the_request_comes_out_of_a_zip(original: Path, pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.tsq"
    assert run(["evidence", "timestamp", str(pack.parent / "signed.zip"), "-o", str(out)]) == 0
    assert out.read_bytes() == (pack / REQUEST).read_bytes()
    assert run(["evidence", "timestamp", str(pack)]) == 2


def test_a_pack_that_is_not_intact_is_not_stamped(original: Path, pack: Path) -> None:
    (pack / "data/result/report.html").write_text("forged", encoding="utf-8")
    with pytest.raises(ItsmctlError) as problem:
        attach(pack, original / "authority/signed.tsr")
    assert [found.code for found in problem.value.problems] == ["pack-altered"]


def test_certificates_that_are_none_are_told(original: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    for path, code in (
        (tmp_path / "text", "unreadable-certificate"),
        (tmp_path / "nowhere", "unreadable-file"),
        (original / "authority/tsa.pem", "no-root-certificate"),
    ):
        with pytest.raises(ItsmctlError) as problem:
            read_authorities([path])
        assert [found.code for found in problem.value.problems] == [code]
