"""`itsmctl init` and `itsmctl schema --vscode`: what they write works without editing, is whole, and overwrites nothing."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from importing.mappings import ROOT

import itsmctl.filling
from itsmctl import cli, starter
from itsmctl.cli import group
from itsmctl.definitions import load, validate
from itsmctl.definitions.schema import schemas
from itsmctl.editor import merged
from itsmctl.engine.results import read_verdicts
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.filling import filling
from itsmctl.importers.importing import import_files
from itsmctl.model import Text
from itsmctl.source import read_documents
from itsmctl.starter.weeks import week_of, week_text

DOCUMENTED = {
    "README.md", ".gitignore", ".pre-commit-config.yaml", ".vscode/settings.json",
    "catalog/services/e-mail.yaml", "catalog/sla/e-mail.yaml", "catalog/calendars/office.yaml",
    "roles/roles.yaml", "roles/positions.yaml", "roles/assignments.yaml", "roles/separation.yaml",
    "roles/raci/incident.yaml", "roles/raci/change.yaml",
    "policies/processes/incident.yaml", "policies/processes/change.yaml", "policies/kpis.yaml", "policies/complaints.yaml",
    "audits/monthly.yaml", "audits/mappings.yaml",
}  # fmt: skip
QUESTIONS = 6
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Ask:
    """Run a command in this process: exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return call


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small system as `--yes` writes it, under a Chinese name."""
    folder = tmp_path_factory.mktemp("init") / "我们的 服务"
    assert cli.run(["init", str(folder), "--yes", "--ci", "both", "-q"]) == 0
    return folder


def answered(folder: Path, *answers: str, language: str = "en") -> Result:
    """The questions, answered one after the other."""
    arguments = ["init", str(folder), "--lang", language]
    return CliRunner().invoke(group, arguments, input="\n".join(answers) + "\n", catch_exceptions=False)


def texts(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def nothing_in(folder: Path) -> bool:
    return not folder.exists() or not list(folder.iterdir())


# What is written


def test_it_validates_without_a_warning(made: Path, ask: Ask) -> None:
    assert validate(made, as_of=date(2026, 6, 30)) == []
    code, out, err = ask("validate", "--root", made)
    assert (code, err) == (0, "") and "1 service, 1 agreement, 2 processes" in out


@pytest.mark.parametrize("service", ["", 'SAP & "Büro": 100% #1 {en}'])
def test_an_audit_of_generated_tickets_finds_what_was_planted(tmp_path: Path, ask: Ask, service: str) -> None:
    folder = tmp_path / "ours"
    if service:
        assert answered(folder, "", "Europe/Berlin", "24x7", service, "", "").exit_code == 0
        assert validate(folder) == []
    else:
        assert ask("init", folder, "--yes")[0] == 0
    assert ask("generate", "--records", 500, "--seed", 1, "--root", folder, "-o", tmp_path / "h")[0] == 0
    tickets = tmp_path / "h" / "incidents.csv"
    result = tmp_path / "result"
    code, out, _ = ask("audit", "--root", folder, "--tickets", tickets, "--zone", "Asia/Shanghai", "-o", result)
    assert code == 1 and "could not be tested" in out
    truth = json.loads((tmp_path / "h" / "truth.json").read_text("utf-8"))
    planted = {(deed["rule"], deed["record"]) for deed in truth["planted"]}
    found = {(v.rule, v.record_id) for v in read_verdicts(result / "verdicts.parquet", failed_only=True)}
    assert sorted(planted - found) == [], "planted and not found"
    assert sorted(found - planted) == [], "found and not planted"
    assert len({rule for rule, _ in planted}) > 20


def test_files_are_named_as_documented(made: Path) -> None:
    there = set(texts(made))
    assert there >= DOCUMENTED | {".github/workflows/itsmctl.yaml", ".gitlab-ci.yml"}
    assert {name for name in there if name.startswith(".itsmctl/schemas/")} == {
        f".itsmctl/schemas/{kind}.schema.json" for kind in schemas()
    }
    copied = {"audits/mappings", "audits/questionnaires", "policies/rules", "policies/frameworks", "policies/codes"}
    rest = there - DOCUMENTED - {".github/workflows/itsmctl.yaml", ".gitlab-ci.yml"}
    assert {str(Path(name).parent) for name in rest} == copied | {".itsmctl/schemas"}


def test_every_definition_names_a_schema_that_is_there_and_fits(made: Path) -> None:
    definitions = [p for part in ("catalog", "roles", "policies", "audits") for p in (made / part).rglob("*.yaml")]
    assert len(definitions) > 20
    for path in definitions:
        first = path.read_text("utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema="), path
        schema = path.parent / first.partition("$schema=")[2]
        assert schema.resolve().is_relative_to(made.resolve()) and schema.is_file(), path
        name = schema.name.removesuffix(".schema.json")
        kinds = {document["kind"] for document in yaml.load_all(path.read_text("utf-8"), yaml.BaseLoader)}
        assert kinds == {name} or name == "any" or name in kinds, path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_definition_that_lost_the_line_of_its_schema_is_named_with_the_line(
    made: Path, tmp_path: Path, ask: Ask, language: str
) -> None:
    own = tmp_path / "own"
    shutil.copytree(made, own)
    files = sorted(own.glob("[a-z]*/**/*.yaml"))

    def hints(*paths: object) -> list[str]:
        code, _, err = ask("validate", *paths, "--root", own, "--lang", language)
        assert code == 0
        return [line for line in err.splitlines() if line.startswith(("hint: ", "提示："))]

    assert hints() == []
    lost = own / "policies/processes/incident.yaml"
    line, _, rest = lost.read_text("utf-8").partition("\n")
    lost.write_text(rest, encoding="utf-8")
    (told,) = hints()
    assert "policies/processes/incident.yaml" in told and told.endswith(line)
    assert hints(own / "policies/processes") == [told] and hints(own / "roles") == []
    for file in files[: len(files) // 3]:
        file.write_text(file.read_text("utf-8").replace("# yaml-language-server:", "# "), encoding="utf-8")
    assert len(hints()) == 4 and "{n}" not in hints()[-1]
    for file in files:
        file.write_text(file.read_text("utf-8").replace("# yaml-language-server:", "# "), encoding="utf-8")
    assert hints() == [], "nobody uses it here"


def test_a_system_that_never_had_schemas_of_its_own_is_left_alone(made: Path, tmp_path: Path, ask: Ask) -> None:
    own = tmp_path / "own"
    shutil.copytree(made, own, ignore=shutil.ignore_patterns(".itsmctl"))
    lost = own / "policies/processes/incident.yaml"
    lost.write_text(lost.read_text("utf-8").partition("\n")[2], encoding="utf-8")
    code, _, err = ask("validate", "--root", own)
    assert (code, err) == (0, "")


def test_the_same_answers_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    code = "import sys; from itsmctl import cli; sys.exit(cli.run(['init', 'again', '--yes', '--ci', 'both', '-q']))"
    env = {**os.environ, "TZ": "America/New_York", "PYTHONHASHSEED": "77", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", code], check=True, env=env, cwd=tmp_path)
    assert texts(tmp_path / "again") == texts(made)


def test_the_readme_is_in_both_languages_and_names_what_is_there(made: Path) -> None:
    text = (made / "README.md").read_text("utf-8")
    english, _, chinese = text.partition("\n# 我们的组织")
    assert "Our organisation" in english and "待定" in chinese
    for name in ("roles/assignments.yaml", "catalog/services/e-mail.yaml", ".github/workflows/itsmctl.yaml"):
        assert name in english and name in chinese and (made / name).is_file()
    assert "to be named" in (made / "roles/assignments.yaml").read_text("utf-8")


def test_ci_files_parse_and_run_validate(made: Path, tmp_path: Path, ask: Ask) -> None:
    github = yaml.load((made / ".github/workflows/itsmctl.yaml").read_text("utf-8"), yaml.BaseLoader)
    steps = github["jobs"]["validate"]["steps"]
    assert any(step.get("run", "").startswith("itsmctl validate --format github") for step in steps)
    assert set(github["on"]) == {"push", "pull_request"}
    gitlab = yaml.load((made / ".gitlab-ci.yml").read_text("utf-8"), yaml.BaseLoader)
    command = gitlab["validate"]["script"][-1]
    report = gitlab["validate"]["artifacts"]["reports"]["codequality"]
    assert command.endswith(f"-o {report}")
    *arguments, _ = command.replace('"$(date +%F)"', "2026-06-30").split()[1:]
    assert ask(*arguments, tmp_path / report, "--root", made)[0] == 0
    assert json.loads((tmp_path / report).read_text("utf-8")) == []


@pytest.mark.parametrize(("forge", "files"), [("github", {".github"}), ("gitlab", {".gitlab-ci.yml"})])
def test_only_the_forge_that_is_used_gets_a_file(tmp_path: Path, ask: Ask, forge: str, files: set[str]) -> None:
    assert ask("init", tmp_path / "x", "--yes", "--ci", forge)[0] == 0
    assert {p.name for p in (tmp_path / "x").glob(".git*")} - {".gitignore"} == files


def test_the_hook_misses_what_a_commit_deletes_or_renames(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    shutil.copytree(made, folder)
    _said(folder, "init", "--quiet")
    _said(folder, "add", "-A")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment["PRE_COMMIT_HOME"] = str(tmp_path / "kept")

    def hook() -> tuple[int, str]:
        command = [sys.executable, "-m", "pre_commit", "run"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
        return done.returncode, done.stdout

    assert hook()[0] == 0
    calendar = folder / "catalog/calendars/office.yaml"
    calendar.write_text(calendar.read_text("utf-8").replace("id: office", "id: offices"), "utf-8")
    _said(folder, "add", "-A")
    code, told = hook()
    assert code == 1 and "catalog/sla/e-mail.yaml" in told and "did you mean offices?" in told
    _said(folder, "rm", "-qf", "catalog/calendars/office.yaml")
    code, told = hook()
    assert code == 1 and "unknown calendar 'office'" in told


# Questions


def test_answers_are_asked_for_and_used(tmp_path: Path) -> None:
    folder = tmp_path / "组织"
    result = answered(
        folder, "临桥物流", "Europe/Berlin", "周一至周五 8:00－16:30；周六 9:00-12:00", "订单管理", "other", "gitlab",
        language="zh",
    )  # fmt: skip
    assert result.exit_code == 0 and "组织名称" in result.output
    assert validate(folder) == []
    system = load(folder)
    (service,), calendar = system.services.values(), system.calendars["office"]
    assert (service.id, service.title.en, service.title.zh) == ("first-service", "订单管理", "订单管理")
    assert calendar.zone == "Europe/Berlin" and calendar.day_minutes == 510
    assert [len(day) for day in calendar.week] == [1, 1, 1, 1, 1, 1, 0]
    assert date(2026, 10, 3) in calendar.special, "public holidays of the zone"
    assert date(2026, 12, 24) not in calendar.special, "the half day of the reference organisation is its own custom"
    assert system.plans["monthly"].zone == "Europe/Berlin" and not system.plans["monthly"].mapping
    assert (folder / ".gitlab-ci.yml").is_file() and not (folder / ".github").exists()
    assert "临桥物流" in (folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("place", "wrong", "hint"),
    [
        (1, "Berln", "Europe/Berlin"),
        (1, "Shanghai", "Asia/Shanghai"),
        (2, "nine to five", "mon-fri 09:00-12:00"),
        (2, "09:00-25:00", "00:00 to 24:00"),
        (2, "mon 09:00-12:00 11:00-13:00", "overlap"),
        (2, "sun 22:00-06:00; mon 05:00-12:00", "overlap"),
        (3, "x" * 81, "80"),
        (4, "ServiceNaw", "ServiceNow"),
        (5, "gitlub", "gitlab"),
    ],
)
def test_a_wrong_answer_is_asked_again_with_a_hint(tmp_path: Path, place: int, wrong: str, hint: str) -> None:
    answers = [""] * QUESTIONS
    answers.insert(place, wrong)
    result = answered(tmp_path / "x", *answers)
    assert result.exit_code == 0 and hint in result.output
    usual = tmp_path / "usual"
    assert answered(usual, *[""] * QUESTIONS).exit_code == 0
    assert texts(tmp_path / "x") == texts(usual), "the wrong answer leaves no trace"


def test_enter_means_what_yes_means(tmp_path: Path, ask: Ask) -> None:
    assert answered(tmp_path / "asked", *[""] * QUESTIONS).exit_code == 0
    assert ask("init", tmp_path / "yes", "--yes")[0] == 0
    assert texts(tmp_path / "asked") == texts(tmp_path / "yes")


@pytest.mark.parametrize("given", range(QUESTIONS))
def test_leaving_before_the_end_leaves_nothing(tmp_path: Path, given: int) -> None:
    result = CliRunner().invoke(group, ["init", str(tmp_path / "x")], input="\n" * given)
    assert isinstance(result.exception, ItsmctlError) and nothing_in(tmp_path)
    assert [problem.code for problem in result.exception.problems] == ["input-ended"]
    assert "--yes" in str(result.exception)


def test_a_zone_without_a_calendar_of_ours_has_no_special_days(tmp_path: Path) -> None:
    assert answered(tmp_path / "x", "", "Africa/Nairobi", "", "", "", "").exit_code == 0
    assert validate(tmp_path / "x") == []
    assert not load(tmp_path / "x").calendars["office"].special


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("9:00-18:00", "mon-fri 09:00-18:00"),
        ("sun-thu 09:00-17:00", "mon-thu 09:00-17:00; sun 09:00-17:00"),
        ("Monday-Friday 09:00-12:00, 13:00-18:00", "mon-fri 09:00-12:00 13:00-18:00"),
        ("fri 22:00-06:00", "fri 22:00-06:00"),
        ("周一到周日 8：00-20：00", "mon-sun 08:00-20:00"),
        ("7×24", "mon-sun 00:00-24:00"),
        ("mon, wed 09:00-10:00", "mon 09:00-10:00; wed 09:00-10:00"),
    ],
)
def test_hours_are_understood_as_people_write_them(words: str, same: str) -> None:
    week = week_of(words)
    assert week_text(week) == same and week_of(week_text(week)) == week


@pytest.mark.parametrize("words", ["mon-fri 09:00-17:00", "fri 22:00-06:00", "tue-sat 08:30-17:15", "24x7"])
def test_any_hours_make_a_valid_system(tmp_path: Path, words: str) -> None:
    assert answered(tmp_path / "x", "", "", words, "", "", "").exit_code == 0
    assert validate(tmp_path / "x") == []


@pytest.mark.parametrize("words", ["{{ 7 * 7 }}", 'a": b', "# no comment", "*star", "- dash", "O'Neill \\ Co. %s {x}"])
def test_an_answer_is_text_whatever_it_looks_like(tmp_path: Path, words: str) -> None:
    assert answered(tmp_path / "x", words, "", "", words, "", "").exit_code == 0
    assert validate(tmp_path / "x") == []
    (service,) = load(tmp_path / "x").services.values()
    assert service.title.en == words
    assert words in (tmp_path / "x" / "README.md").read_text("utf-8")


# Nothing is overwritten, and nothing is left


@pytest.mark.parametrize("name", ["README.md", "catalog", ".gitignore", "对照.xlsx"])
def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, ask: Ask, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    code, out, err = ask("init", tmp_path, "--yes")
    assert code == 2 and out == "" and name in err and "not empty" in err
    assert texts(tmp_path) == {name: b"mine"}
    assert "目录非空" in ask("init", tmp_path, "--yes", "--lang", "zh")[2]


def test_a_second_time_in_the_same_place_is_refused(made: Path, ask: Ask) -> None:
    before = texts(made)
    assert ask("init", made, "--yes")[0] == 2 and texts(made) == before


def test_a_file_in_the_place_of_the_folder(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "x").write_text("mine", encoding="utf-8")
    assert ask("init", tmp_path / "x", "--yes")[0] == 2
    assert (tmp_path / "x").read_text("utf-8") == "mine"


def test_where_one_stands_stays_in_its_place(tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell in the folder must not find itself in one that was renamed away; the history of a new repository stays."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    inode = tmp_path.stat().st_ino
    assert ask("init", "--yes")[0] == 0
    assert tmp_path.stat().st_ino == inode and (tmp_path / ".git" / "HEAD").is_file()
    assert ask("validate")[0] == 0
    assert not list(tmp_path.glob(".itsmctl-*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder(tmp_path: Path, ask: Ask) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert all(ask("init", place, "--yes")[0] == 2 for place in (tmp_path, tmp_path / "new"))
    finally:
        tmp_path.chmod(stat.S_IRWXU)
    assert nothing_in(tmp_path)


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_cannot_be_written(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """As on a disk that is read-only for everybody."""

    def refuse(*_: object, **__: object) -> str:
        raise OSError(30, "Read-only file system")

    folder = tmp_path / "x"
    if there:
        folder.mkdir()
    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    code, _, err = ask("init", folder, "--yes")
    assert code == 2 and "cannot write here" in err and nothing_in(folder)


@pytest.mark.parametrize("there", [True, False])
def test_an_interruption_leaves_nothing(tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    folder = tmp_path / "x"
    if there:
        folder.mkdir()
    write, count = Path.write_text, iter(range(100))

    def interrupted(self: Path, *arguments: object, **named: object) -> int:
        if next(count) == 7:
            raise KeyboardInterrupt
        return write(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", interrupted)
    assert ask("init", folder, "--yes")[0] == 130
    assert nothing_in(folder) and (there or nothing_in(tmp_path))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interruption_while_files_move_takes_them_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    name_again, count = itsmctl.filling._name_again, iter(range(100))

    def failing(path: Path, other: Path) -> None:
        if next(count) == 3:
            raise error
        name_again(path, other)

    monkeypatch.setattr(itsmctl.filling, "_name_again", failing)
    with pytest.raises((KeyboardInterrupt, ItsmctlError)), filling(tmp_path) as place:
        for name in "abc":
            (place / name).mkdir()
            (place / name / "file").write_text("x", encoding="utf-8")
    assert nothing_in(tmp_path)


def test_what_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(ItsmctlError, match="exists"), filling(tmp_path) as place:
        (place / "a").write_text("ours", encoding="utf-8")
        (place / "b").write_text("ours", encoding="utf-8")
        (tmp_path / "b").write_text("theirs", encoding="utf-8")
    assert texts(tmp_path) == {"b": b"theirs"}


def test_what_another_process_puts_there_at_the_same_moment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_again = itsmctl.filling._name_again

    def late(path: Path, other: Path) -> None:
        if other.name == "b":
            other.write_text("ours", encoding="utf-8")  # theirs, though it says the same
        name_again(path, other)

    monkeypatch.setattr(itsmctl.filling, "_name_again", late)
    with pytest.raises(ItsmctlError, match="exists"), filling(tmp_path) as place:
        (place / "a").write_text("ours", encoding="utf-8")
        (place / "b").write_text("ours", encoding="utf-8")
    assert texts(tmp_path) == {"b": b"ours"}


# Settings of an editor


@pytest.fixture
def workspace(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "工作区"
    shutil.copytree(made, folder / "ours")
    monkeypatch.chdir(folder)
    yield folder


def patterns(settings: dict[str, dict[str, list[str]]], workspace: Path) -> set[str]:
    """The files that the settings give a schema, as the editor's globs find them."""
    return {
        path.relative_to(workspace).as_posix()
        for globs in settings["yaml.schemas"].values()
        for glob in globs
        for path in workspace.glob(glob)
    }


def test_settings_for_here_and_for_a_root(workspace: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    below = json.loads(ask("schema", "--vscode", "--root", "ours")[1])
    monkeypatch.chdir(workspace / "ours")
    here = json.loads(ask("schema", "--vscode")[1])
    for settings, base in ((below, workspace), (here, workspace / "ours")):
        (schema,) = settings["yaml.schemas"]
        assert json.loads((base / schema).read_text("utf-8"))["$id"] == "any.schema.json"
        files = {(base / name).relative_to(workspace / "ours").as_posix() for name in patterns(settings, base)}
        assert files == {
            n for n in texts(workspace / "ours") if n.split("/")[0] in ("catalog", "roles", "policies", "audits")
        }


def test_the_settings_are_there_from_the_beginning(workspace: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line of a file is heeded for its first definition only."""
    monkeypatch.chdir(workspace / "ours")
    settings = Path(".vscode/settings.json").read_text("utf-8")
    assert settings == ask("schema", "--vscode")[1]
    files = patterns(json.loads(settings), Path())
    assert {name for name in files if sum(1 for _ in read_documents(Path(name))) > 1}, "files with several definitions"
    before = texts(Path())
    assert ask("schema", "--vscode", "-o", ".vscode/settings.json")[0] == 0
    assert texts(Path()) == before


def test_settings_are_merged_and_schemas_refreshed(workspace: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace / "ours")
    settings, schema = Path(".vscode/settings.json"), Path(".itsmctl/schemas/rule.schema.json")
    before = {"editor.tabSize": 2, "中文": "保留", "yaml.schemas": {"./mine.json": ["mine/*.yaml"]}}
    settings.write_text(json.dumps(before), encoding="utf-8")
    wanted, _ = schema.read_bytes(), schema.write_text("{}", encoding="utf-8")
    assert ask("schema", "--vscode", "-o", settings)[0] == 0
    after = json.loads(settings.read_text("utf-8"))
    assert {key: after[key] for key in ("editor.tabSize", "中文")} == {"editor.tabSize": 2, "中文": "保留"}
    assert after["yaml.schemas"].pop("./mine.json") == ["mine/*.yaml"]
    assert list(after["yaml.schemas"]) == ["./.itsmctl/schemas/any.schema.json"]
    assert schema.read_bytes() == wanted
    once = settings.read_bytes()
    assert ask("schema", "--vscode", "-o", settings)[0] == 0 and settings.read_bytes() == once


def test_schemas_speak_the_language_of_whoever_writes_them(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def title() -> str:
        return str(json.loads(Path("ours/.itsmctl/schemas/sla.schema.json").read_text("utf-8"))["title"])

    monkeypatch.chdir(tmp_path)
    assert ask("init", "ours", "--yes", "--lang", "zh")[0] == 0
    assert title() == "服务级别协议"
    files = texts(Path("ours"))
    assert ask("init", "theirs", "--yes")[0] == 0
    differ = {name for name, text in texts(Path("theirs")).items() if files[name] != text}
    assert differ == {name for name in files if name.startswith(".itsmctl/schemas/")}
    refresh = ("schema", "--vscode", "--root", "ours", "-o", "settings.json")
    assert ask(*refresh, "--lang", "en")[0] == 0
    assert title() == "Service level agreement"
    assert ask("--lang", "zh", *refresh)[0] == 0
    assert texts(Path("ours")) == files


def test_schemas_that_are_there_keep_their_language_unless_one_is_named(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ask("init", "chinese", "--yes", "--lang", "zh")[0] == ask("init", "english", "--yes")[0] == 0
    before = {folder: texts(Path(folder)) for folder in ("chinese", "english")}
    for spoken in ("", "zh"):  # whoever refreshes those of a team has a language of their own
        monkeypatch.setenv("ITSMCTL_LANG", spoken)
        for folder, files in before.items():
            Path(folder, ".itsmctl/schemas/rule.schema.json").write_text("not JSON", encoding="utf-8")
            assert ask("schema", "--vscode", "--root", folder, "-o", f"{folder}/.vscode/settings.json")[0] == 0
            assert {n: t for n, t in texts(Path(folder)).items() if "schemas" in n} == {
                n: t for n, t in files.items() if "schemas" in n
            }
    shutil.rmtree("english/.itsmctl")  # with none there, it is the reader's
    assert ask("schema", "--vscode", "--root", "english", "-o", "english/.vscode/settings.json")[0] == 0
    assert "服务级别协议" in Path("english/.itsmctl/schemas/sla.schema.json").read_text("utf-8")


@pytest.mark.parametrize("text", ['{\n  // mine\n  "a": 1\n}', "[]", '{"yaml.schemas": []}'])
def test_settings_that_cannot_be_kept_are_left_alone(workspace: Path, ask: Ask, text: str) -> None:
    settings = Path("settings.json")
    settings.write_text(text, encoding="utf-8")
    before = texts(workspace)
    code, _, err = ask("schema", "--vscode", "--root", "ours", "-o", settings)
    assert code == 2 and err.startswith("settings.json") and "[settings-unreadable]" in err
    assert texts(workspace) == before


def test_schemas_from_the_installation_where_a_folder_has_none(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (place,) = json.loads(ask("schema", "--vscode")[1])["yaml.schemas"]
    assert place.startswith("file:///")
    assert ask("schema", "--vscode", "-o", ".vscode/settings.json")[0] == 0
    (place,) = json.loads(Path(".vscode/settings.json").read_text("utf-8"))["yaml.schemas"]
    assert Path(place) == Path(".itsmctl/schemas/any.schema.json") and Path(place).is_file()


def test_a_schema_goes_into_a_file(tmp_path: Path, ask: Ask) -> None:
    assert ask("schema", "rule", "-o", tmp_path / "rule.json")[0] == 0
    assert json.loads((tmp_path / "rule.json").read_text("utf-8")) == json.loads(ask("schema", "rule")[1])
    assert ask("schema", "rule", "--vscode")[0] == 2


def test_an_old_place_of_our_schemas_is_replaced() -> None:
    files = ["catalog/**/*.yaml"]
    text = json.dumps({"yaml.schemas": {"file:///old/any.schema.json": files}})
    assert json.loads(merged({"yaml.schemas": {"./new.json": files}}, text, "s")) == {
        "yaml.schemas": {"./new.json": files}
    }


TOOLS = tuple(tool for tool in starter.tools() if tool != "ServiceNow")


@pytest.fixture(scope="module")
def by_tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """The system that somebody with another tool begins with."""
    folder = tmp_path_factory.mktemp("tools")

    def made_for(tool: str) -> Path:
        if not (there := folder / tool).exists():
            answers = starter.Answers(Text("A", "A"), "UTC", starter.week_of("mon-fri 09:00-17:00"), Text("E-mail", "邮件"), tool, ("github",))  # fmt: skip
            for name, text in starter.files(answers, "en").items():
                (there / name).parent.mkdir(parents=True, exist_ok=True)
                (there / name).write_text(text, encoding="utf-8")
        return there

    yield made_for


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_comes_with_its_own_mappings(by_tool: Callable[[str], Path], tool: str) -> None:
    assert validate(by_tool(tool)) == []
    system = load(by_tool(tool))
    assert {mapping.tool for mapping in system.mappings.values()} == {tool, "ServiceNow"}
    assert all(mapping.shape == "updates" for mapping in system.mappings.values() if mapping.tool == "ServiceNow")
    assert system.plans["monthly"].mapping in system.mappings


def test_rows_of_processes_that_are_not_there_are_left_out_and_never_taken_for_incidents(
    by_tool: Callable[[str], Path], tmp_path: Path
) -> None:
    export = Path(__file__).parent / "importing" / "glpi-fr" / "glpi.csv"
    here = import_files([export], None, load(by_tool("GLPI")).mappings, "Europe/Paris", tmp_path / "here")
    everywhere = import_files([export], None, load(ROOT).mappings, "Europe/Paris", tmp_path / "everywhere")
    with Session() as session:
        read = "SELECT record_id FROM read_parquet('{}') WHERE process = 'incident' ORDER BY 1"
        found = [session.rows(read.format(tmp_path / name / "record.parquet")) for name in ("here", "everywhere")]
    assert found[0] == found[1]
    assert here.records < everywhere.records
    assert here.rows_read == everywhere.rows_read


def test_suggestions_are_answers() -> None:
    suggested = starter.DEFAULTS
    assert starter.zone_of(suggested["zone"]) == suggested["zone"]
    assert starter.tool_of(suggested["tool"].upper()) == suggested["tool"]
    assert starter.forges_of(suggested["forge"]) == ("github",)
    assert starter.week_of(starter.usual_hours("Mars/Olympus")) == starter.week_of("mon-fri 09:00-17:00")


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git knows who commits, and nothing else of this machine."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Li Na 李娜")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "li.na@example.com")


def test_the_files_are_committed_where_that_is_asked_for(somebody: None, tmp_path: Path) -> None:
    made = tmp_path / "我们 services"
    done = CliRunner().invoke(group, ["init", str(made), "--yes", "--commit"])
    assert done.exit_code == 0, done.output
    log = _said(made, "log", "--format=%an|%s|%h")
    assert log.startswith("Li Na 李娜|Begin with a small management system that works|")
    assert f"committed to git: {log.rpartition('|')[2][:7]}" in done.output
    assert _said(made, "status", "--porcelain") == ""
    assert validate(made) == []


def test_a_fresh_repository_takes_the_first_commit(somebody: None, tmp_path: Path) -> None:
    made = tmp_path / "fresh"
    made.mkdir()
    _said(made, "init", "--quiet", "--initial-branch=trunk")
    assert CliRunner().invoke(group, ["init", str(made), "--yes", "--commit", "-q"]).exit_code == 0
    assert _said(made, "log", "--format=%D") == "HEAD -> trunk"


def test_no_commit_is_made_within_another_repository(somebody: None, tmp_path: Path) -> None:
    _said(tmp_path, "init", "--quiet")
    done = CliRunner().invoke(cli.group, ["init", str(tmp_path / "inside"), "--yes", "--commit"])
    assert isinstance(done.exception, ItsmctlError)
    assert "lies in a repository already" in str(done.exception)
    assert not (tmp_path / "inside").exists()


def test_nothing_is_written_where_nobody_would_be_the_author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME", raising=False)
        monkeypatch.delenv(f"GIT_{name}_EMAIL", raising=False)
    monkeypatch.delenv("EMAIL", raising=False)
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    done = CliRunner().invoke(group, ["init", str(tmp_path / "made"), "--yes", "--commit"])
    assert isinstance(done.exception, ItsmctlError)
    assert "git does not know who commits" in str(done.exception)
    assert not (tmp_path / "made").exists()


def test_what_git_refuses_is_told_and_the_files_stay(somebody: None, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    _said(made, "init", "--quiet")
    hook = made / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    done = CliRunner().invoke(group, ["init", str(made), "--yes", "--commit"])
    assert isinstance(done.exception, ItsmctlError)
    assert "did not commit them: " in str(done.exception)
    assert "not today" in str(done.exception)
    assert (made / "README.md").is_file()


def _said(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "core.quotePath=false", *arguments], cwd=folder, check=True, capture_output=True, encoding="utf-8"
    ).stdout.strip()
