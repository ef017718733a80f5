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

import duckdb
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from itsmctl.cli import run
from itsmctl.language import LANGUAGES, Language

DOCS = Path(__file__).resolve().parent
ROOT, IMAGES = DOCS.parent, DOCS / "images"
FOLDERS = ("catalog", "roles", "policies", "audits")
RECORDS, SEED = "1000", "7"
MOST_TOLD = """
with happened as (
    select record_id, count(distinct "at") as moments,
        count(*) filter (where field = 'state' and new like 'Awaiting%') > 0 as paused,
        count(*) filter (where field = 'state' and old = 'Resolved' and new = 'Active') > 0 as reopened,
        count(*) filter (where field = 'priority' and old <> '') > 0 as reprioritised,
        count(*) filter (where field = 'group' and old <> '') > 0 as handed_on
    from read_parquet($events) where record_id like 'INC%' group by record_id
), late as (select distinct record_id from read_parquet($verdicts) where rule = 'INC-06' and not passed)
select record_id from happened left join late using (record_id)
order by paused::int + reopened::int + reprioritised::int + handed_on::int + (late.record_id is not null)::int desc,
    reopened desc, reprioritised desc, moments, record_id limit 1
"""
"""The record that shows most: a pause, a reopening, another priority, a hand-over, a missed target; in the exporting tool's words."""
PLAN = "monthly"
SIZE = {"width": 1280, "height": 800}
SHARPNESS = 1.5

sys.path.insert(0, str(ROOT / "tests"))
from browser.chromium import found, options  # noqa: E402 - the tests know how a browser is started


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page by language, the place in it, how much of it, or the part of it that is all."""

    name: str
    page: str
    place: str = ""
    height: int = SIZE["height"]
    width: int = SIZE["width"]
    part: str = ""

    def file(self, language: Language) -> Path:
        """Where the picture lies: the English one without a language in its name, as the drawings do."""
        return IMAGES / f"{self.name}{'' if language == 'en' else f'.{language}'}.png"


SHOTS = (
    Shot("report", "result/report{dot}.html"),
    Shot("report-charts", "result/report{dot}.html", "charts", 1000),
    Shot("timeline", "record{dot}.html", height=760),
    Shot("swim-lane", "site/{language}/process/incident.html", width=1560, part=".drawing.wide .scroll"),
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
    record = telling(Path(dataset), Path(result))
    for language in LANGUAGES:
        explained = ("explain", record, "--tickets", dataset, "--root", ours)
        told = _run(*explained, "--format", "html", "--lang", language)
        (folder / f"record{_dot(language)}.html").write_text(told, encoding="utf-8")


def telling(dataset: Path, result: Path) -> str:
    """The record whose life shows most on one axis."""
    files = {"events": str(dataset / "event.parquet"), "verdicts": str(result / "verdicts.parquet")}
    found = duckdb.connect().execute(MOST_TOLD, files).fetchone()
    if found is None:
        raise RuntimeError("no incident was generated")
    return str(found[0])


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
            page.set_viewport_size({"width": shot.width, "height": shot.height})
            address = (folder / shot.page.format(language=language, dot=_dot(language))).as_uri()
            page.goto(f"{address}#{shot.place}" if shot.place else address)
            page.wait_for_load_state()
            seen = page.locator(shot.part).first if shot.part else page
            yield shot.file(language), _small(seen.screenshot(animations="disabled"))
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
