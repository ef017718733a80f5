"""Take the pictures of the report and the portal again that the README and the documentation show: `make screenshots`.

The tickets are generated from one seed and judged as of the end of their history, so that only what changed in the pages
changes in the pictures; the fonts are those of the machine (DejaVu and Noto CJK, as .ci/run installs them).
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from itsmctl.cli import run
from itsmctl.language import LANGUAGES, Language

DOCS = Path(__file__).resolve().parent
ROOT, IMAGES = DOCS.parent, DOCS / "images"
FOLDERS = ("catalog", "roles", "policies", "audits")
RECORDS, SEED = "1000", "7"
RECORD = "INC0010298"
"""The tool says that its target was met, and the agreement says otherwise."""
PLAN = "monthly"
SIZE = {"width": 1280, "height": 800}
SHARPNESS = 1.5

sys.path.insert(0, str(ROOT / "tests"))
from browser.chromium import found, options  # noqa: E402 - the tests know how a browser is started


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page by language, the place in it, and how much of it."""

    name: str
    page: str
    place: str = ""
    height: int = SIZE["height"]

    def file(self, language: Language) -> Path:
        """Where the picture lies: the English one without a language in its name, as the drawings do."""
        return IMAGES / f"{self.name}{'' if language == 'en' else f'.{language}'}.png"


SHOTS = (
    Shot("report", "result/report{dot}.html"),
    Shot("report-charts", "result/report{dot}.html", "charts", 1000),
    Shot("timeline", "record{dot}.html", height=900),
    Shot("portal", "site/{language}/index.html"),
    Shot("portal-service", "site/{language}/service/order-management.html"),
)


def pages(folder: Path) -> None:
    """Everything that is pictured, made by the commands that users have, from definitions that are in no git repository."""
    ours, export, dataset, result = (str(folder / name) for name in ("ours", "export", "dataset", "result"))
    for name in FOLDERS:
        shutil.copytree(ROOT / name, Path(ours) / name)
    _run("generate", "--records", RECORDS, "--seed", SEED, "-o", export, "--root", ours)
    exports = [str(path) for path in sorted(Path(export).glob("*.csv"))]
    _run("import", *exports, "--zone", "Asia/Shanghai", "-o", dataset, "--root", ours)
    _run("audit", PLAN, "--tickets", dataset, "--fail-on", "never", "-o", result, "--root", ours)
    _run("site", "build", "--result", result, "-o", str(folder / "site"), "--root", ours, "-q")
    for language in LANGUAGES:
        explained = ("explain", RECORD, "--tickets", dataset, "--root", ours)
        told = _run(*explained, "--format", "html", "--lang", language)
        (folder / f"record{_dot(language)}.html").write_text(told, encoding="utf-8")


def _run(*arguments: str) -> str:
    """What a command prints; it must succeed."""
    kept, sys.stdout = sys.stdout, io.StringIO()
    try:
        code = run(list(arguments))
        told = sys.stdout.getvalue()
    finally:
        sys.stdout = kept
    if code:
        raise RuntimeError(f"itsmctl {' '.join(arguments)}: exit code {code}")
    return told


def _dot(language: Language) -> str:
    return "" if language == "en" else f".{language}"


def pictures(browser: Browser, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every picture with its file."""
    for language in LANGUAGES:
        context = browser.new_context(viewport=SIZE, device_scale_factor=SHARPNESS, color_scheme="light")
        for shot in SHOTS:
            page = context.new_page()
            page.set_viewport_size({"width": SIZE["width"], "height": shot.height})
            address = (folder / shot.page.format(language=language, dot=_dot(language))).as_uri()
            page.goto(f"{address}#{shot.place}" if shot.place else address)
            page.wait_for_load_state()
            yield shot.file(language), _small(page.screenshot(animations="disabled"))
            page.close()
        context.close()


def _small(picture: bytes) -> bytes:
    """The picture with a palette of its 256 most distant colours, so that no small thing changes its own, in a third of the bytes."""
    written = io.BytesIO()
    reduced = (
        Image.open(io.BytesIO(picture))
        .convert("RGB")
        .quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    reduced.save(written, "PNG", optimize=True)
    return written.getvalue()


def main() -> int:
    """Write every picture; without Chromium say so."""
    if found() is None:
        sys.stderr.write("no Chromium is installed (Debian: apt-get install chromium), so no page can be pictured\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="itsmctl-screenshots-") as place:
        folder = Path(place) / "demo"
        pages(folder)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**options())
            for file, picture in pictures(browser, folder):
                file.write_bytes(picture)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
