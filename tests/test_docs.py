"""The documentation says what the program does: generated pages, transcripts, links, names of commands and options."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from itsmctl.checks import CHECKS
from itsmctl.definitions import load
from itsmctl.definitions.lint import LAWS
from itsmctl.definitions.schema import kinds
from itsmctl.model import RECORD_COLUMNS, TIME_COLUMNS
from itsmctl.reference import reference_root
from itsmctl.reports.phrases import phrase_text
from itsmctl.reports.plain import cells
from itsmctl.views.kinds import VIEWS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

import generate  # noqa: E402 - docs/generate.py, which is a script
import transcripts  # noqa: E402 - docs/transcripts.py, likewise
from generator import checks, command_line, problems, schemas  # noqa: E402

DEFINITIONS = load(reference_root())
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
PLAYED = [page for page in transcripts.documents() if "```console" in page.read_text("utf-8")]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_reference_is_up_to_date() -> None:
    assert generate.stale(generate.REFERENCE, generate.pages()) == []


def test_a_page_that_differs_is_named(tmp_path: Path) -> None:
    wanted = {"a.md": "one\n", "b/c.md": "two\n"}
    generate.write(tmp_path, wanted)
    assert generate.stale(tmp_path, wanted) == []
    (tmp_path / "a.md").write_text("other\n", encoding="utf-8")
    (tmp_path / "old.md").write_text("nobody writes this\n", encoding="utf-8")
    assert generate.stale(tmp_path, wanted) == ["a.md", "old.md"]


@pytest.mark.parametrize("arguments", [["--chekc"], ["--check", "x"]])
def test_generate_refuses_what_it_does_not_know(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(arguments) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("path", list(command_line.command_paths()), ids=" ".join)
def test_every_command_is_documented_with_its_real_help(path: tuple[str, ...]) -> None:
    page = (DOCS / "reference" / "command-line.md").read_text("utf-8")
    assert command_line.command_at(path).help
    assert f"# itsmctl {' '.join(path)}\n" in page
    assert command_line.help_text(path).rstrip() in page


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", list(command_line.command_paths()), ids=" ".join)
def test_no_help_is_wider_than_a_terminal(path: tuple[str, ...], language: str) -> None:
    assert [line for line in command_line.help_text(path, language).splitlines() if cells(line) > 80] == []


@pytest.mark.parametrize("path", list(command_line.command_paths()), ids=" ".join)
def test_every_option_says_what_it_is_for(path: tuple[str, ...]) -> None:
    command = command_line.command_at(path)
    silent = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    known = {("clock",): {"output", "root", "language"}}
    assert set(silent) <= known.get(path, set())


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("checks.md", sorted(CHECKS)),
        ("checks.zh.md", sorted(CHECKS)),
        ("rules.md", sorted(DEFINITIONS.rules)),
        ("rules.zh.md", sorted(DEFINITIONS.rules)),
        ("mappings.md", sorted(DEFINITIONS.mappings)),
        ("mappings.zh.md", sorted(DEFINITIONS.mappings)),
        ("definitions/index.md", kinds()),
    ],
)
def test_everything_has_its_place_in_the_reference(page: str, names: list[str]) -> None:
    text = (DOCS / "reference" / page).read_text("utf-8")
    missing = [name for name in names if f"## {name}\n" not in text and f"[{name}](" not in text]
    assert missing == []


def test_every_check_is_found_once_by_its_question() -> None:
    named = [name for family in checks.FAMILIES.values() for name in family]
    assert sorted(named) == sorted(CHECKS)


def test_a_type_is_said_in_full() -> None:
    ways = {"anyOf": [{"enum": ["approval"]}, {"type": "object"}]}
    assert (
        schemas.type_text({"type": "array", "items": ways, "minItems": 1})
        == "list of one of `approval` or mapping, at least 1"
    )
    assert schemas.type_text({"enum": [*RECORD_COLUMNS]}) == "one of the columns of the record"
    assert schemas.type_text({"enum": [*TIME_COLUMNS, "approval"]}, language="zh") == "`approval`、记录的各时刻 之一"


def test_the_help_of_show_names_every_kind() -> None:
    said = command_line.help_text(("show",)).split("KIND is one of:")[1].split("\n\n")[0]
    assert sorted(re.findall(r"[a-z-]+", said)) == sorted([*VIEWS, "history", "codeowners"])


def test_the_changelog_counts_what_there_is() -> None:
    unreleased = (ROOT / "CHANGELOG.md").read_text("utf-8").split("## [Unreleased]")[1].split("\n## [")[0]
    there = {
        "kinds of definitions": len(kinds()),
        "laws": len(LAWS),
        "check types": len(CHECKS),
        "rules": len(DEFINITIONS.rules),
    }
    told = {what: re.findall(rf"(\d+) {what}", unreleased) for what in there}
    assert told == {what: [str(n)] for what, n in there.items()}


def test_every_rule_is_there_in_both_languages() -> None:
    english, chinese = ((DOCS / "reference" / name).read_text("utf-8") for name in ("rules.md", "rules.zh.md"))
    rules = DEFINITIONS.rules.values()
    assert [rule.id for rule in rules if rule.rationale.en not in english or rule.rationale.zh not in chinese] == []


def test_every_page_but_the_decisions_is_there_in_both_languages() -> None:
    """Decisions are notes of those who make the program, in the language of its code."""
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if path.parent.name != "decisions"}
    english = {page for page in pages if not page.endswith(".zh.md")}
    assert {page.replace(".zh.md", ".md") for page in pages - english} == english


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.zh.md")), ids=shown)
def test_no_line_of_a_chinese_page_is_left_in_english(page: Path) -> None:
    text = re.sub(r"<!--.*?-->", "", FENCE.sub("", page.read_text("utf-8")), flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`|\]\([^)]*\)|^    .*$", "", text, flags=re.MULTILINE)
    words = re.compile(r"(?:[A-Za-z][a-z]+ ){4,}[a-z]+")
    assert [line for line in text.splitlines() if words.search(line) and not re.search("[一-鿿]", line)] == []


def test_problem_codes_are_found_in_every_form_of_the_source() -> None:
    found = {(one.code, one.template) for one in problems.collect()}
    assert ("duplicate-key", "key {key!r} stands here a second time; the first is in line {line}") in found
    assert ("unknown-calendar", "unknown calendar {id!r}; one of: {known}") in found
    assert ("unknown-kind", "unknown kind {word!r}; one of {allowed}") in found
    assert any(code == "no-such-day" for code, _ in found), "a code handed on by a function of its own module"
    assert all(re.fullmatch(r"[a-z0-9-]+", code) for code, _ in found)


def test_every_warning_about_an_export_is_found_and_has_chinese() -> None:
    found = {one for package in ("importers", "audit") for one in problems.warnings_of(package)}
    assert {"duplicates", "dates-followed", "error-cells", "guessed-encoding", "scope-unknown"} <= {
        code for code, _ in found
    }
    assert [words for _, words in found if not re.search("[一-鿿]", phrase_text(words, "zh"))] == []
    assert [
        words
        for _, words in found
        if re.search(r"[a-z]{3,} [a-z]{2,}", re.sub(r"\{.*?\}", "", phrase_text(words, "zh")))
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    dead = [target for target in LINK.findall(text) if not target.startswith("http") and not leads(page, target)]
    assert dead == []


def leads(page: Path, target: str) -> bool:
    file, _, anchor = target.partition("#")
    goal = (page.parent / file).resolve() if file else page
    if not goal.is_file():
        return False
    return not anchor or goal.suffix != ".md" or anchor in anchors(goal)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


def test_every_page_is_in_the_navigation() -> None:
    listed = set(leaves(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]))
    assert listed == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}


@pytest.mark.parametrize("first", ["README.md", "docs/index.md"])
@pytest.mark.parametrize("language", ["", ".zh"])
def test_every_page_for_people_is_led_to_from_the_first_page_of_its_language(first: str, language: str) -> None:
    page = ROOT / first.replace(".md", f"{language}.md")
    led_to = {(page.parent / target.partition("#")[0]).resolve() for target in LINK.findall(page.read_text("utf-8"))}
    written = [path for folder in ("how-to", "explanation") for path in (DOCS / folder).glob("*.md")]
    ours = {path for path in [*written, *DOCS.glob("tutorial*.md")] if path.name.endswith(".zh.md") == bool(language)}
    assert ours and sorted(shown(path) for path in ours - led_to) == []


def test_a_chinese_page_leads_to_chinese_pages() -> None:
    foreign = [
        (shown(page), target)
        for page in PAGES
        if page.name.endswith(".zh.md")
        for label, target in re.findall(r"(?<!!)\[([^\]]*)\]\(([^)\s]+\.md)[^)]*\)", page.read_text("utf-8"))
        if label != "English" and not target.endswith(".zh.md")
        if (page.parent / target.replace(".md", ".zh.md")).is_file()
    ]
    assert foreign == []


def leaves(nav: object) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    for child in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from leaves(child)


@pytest.mark.parametrize("page", [p for p in PAGES if p.name.endswith(".md")], ids=shown)
def test_commands_shown_exist_with_their_options(page: Path) -> None:
    wrong = [line for line in itsmctl_lines(page.read_text("utf-8")) if complaint(line)]
    assert [(line, complaint(line)) for line in wrong] == []


def itsmctl_lines(text: str) -> Iterator[list[str]]:
    """The words of every itsmctl command in a block, up to a pipe or another command."""
    for block in re.findall(r"^```(?:console|sh|yaml)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            match = re.match(r"(?:\$ |\s*- run: )?(itsmctl .*)", line)
            if match:
                words = shlex.split(match[1], comments=True)
                yield words[1 : next((i for i, word in enumerate(words) if word in ("|", ">", ";", "&&")), len(words))]


def complaint(words: list[str]) -> str:
    """What is wrong with a command line, or nothing."""
    path = next((p for p in reversed(list(command_line.command_paths())) if tuple(words[: len(p)]) == p), None)
    if path is None:
        return "no such command"
    if alone := getattr(command_line.command_at(path), "alone", ""):
        path = (*path, alone)
    options = {option for p in command_line.command_at(path).params for option in (*p.opts, *p.secondary_opts)}
    options |= {"-h", "--help"}
    unknown = [word for word in words if re.match(r"--?[a-z]", word) and word.rstrip(";") not in options]
    return f"no such option: {unknown}" if unknown else ""


def test_an_unknown_command_or_option_would_be_found() -> None:
    assert complaint(["adit", "--tickets", "x"]) == "no such command"
    assert complaint(["audit", "--ticket", "x"]) == "no such option: ['--ticket']"
    assert complaint(["evidence", "build", "result", "-o", "pack"]) == ""


@pytest.mark.parametrize("page", PLAYED, ids=shown)
def test_transcripts_are_what_the_commands_print(page: Path) -> None:
    text = page.read_text("utf-8")
    if transcripts.PUBLIC_LOG.name in text and not transcripts.PUBLIC_LOG.is_file():
        pytest.skip("the public incident log is not beside the repository")
    assert transcripts.played(text) == text


def test_the_loaded_program_is_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "itsmctl nix; echo $?; COLUMNS=60 itsmctl rules list --lang zh | head -3; cd / && itsmctl clock --calendar"
    at_once = transcripts._printed(f"{line}; echo $?", tmp_path)
    monkeypatch.setattr(transcripts.warm, "folder", lambda: Path(sys.executable).parent)
    assert transcripts._printed(f"{line}; echo $?", tmp_path) == at_once
    assert at_once.count("\n2\n") == 2


def test_a_transcript_that_differs_is_put_right() -> None:
    text = "# x\n\n```console\n$ echo one && echo two\nthree\n```\n"
    assert transcripts.played(text) == "# x\n\n```console\n$ echo one && echo two\none\ntwo\n```\n"


def test_digests_and_counts_of_files_do_not_make_a_transcript_differ() -> None:
    text = "```console\n$ echo 'pack: intact, 56 files'\npack: intact, 57 files\n```\n"
    assert transcripts.played(text) == text


def test_a_page_is_not_played_on_a_preparation_that_failed() -> None:
    with pytest.raises(RuntimeError, match="no-such-file"):
        transcripts.played("<!-- run: cat no-such-file -->\n\n```console\n$ echo one\none\n```\n")
