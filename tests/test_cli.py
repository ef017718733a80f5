"""The command line at its edges: exit codes, one clear message with its place, no traceback, nothing half-written."""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from dataset import write_dataset

from itsmctl import cli
from itsmctl.cli import COMMANDS, group, run
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.reference import FOLDERS, reference_root

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
HEADER = "number,incident_state,sys_mod_count,sys_updated_by,sys_updated_at,opened_at,priority,assignment_group"
ROWS = (
    "INC0001,New,0,Li,1/3/2026 09:00,1/3/2026 09:00,1 - Critical,Desk",
    "INC0001,Resolved,1,Li,1/3/2026 10:00,1/3/2026 09:00,1 - Critical,Desk",
    "INC0002,New,0,Wang,2/3/2026 09:00,2/3/2026 09:00,3 - Moderate,Desk",
    "INC0002,Closed,1,Wang,2/3/2026 10:00,2/3/2026 09:00,3 - Moderate,Desk",
)

Told = tuple[int, str, str]
Ask = Callable[..., Told]


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Ask:
    """Run a command in this process: exit code, standard output, standard error."""

    def call(*arguments: object) -> Told:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "导出 数据.csv"
    path.write_text("\n".join((HEADER, *ROWS)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in FOLDERS:
        shutil.copytree(reference_root() / folder, tmp_path / "体系" / folder)
    return tmp_path / "体系"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A dataset without findings under DQ-07."""
    return write_dataset(
        tmp_path / "clean", [{"record_id": "INC1", "number": "INC1", "opened_at": "2026-03-02T09:00:00Z"}]
    )


# Exit codes


def test_0_clean(ask: Ask, clean: Path) -> None:
    code, out, err = ask("audit", "--tickets", clean, "--rule", "DQ-07")
    assert (code, err) == (0, "")
    assert "DQ-07" in out or "pass" in out


def test_1_findings_and_what_counts_as_one(ask: Ask, export: Path) -> None:
    base = ("audit", "--tickets", export, "--zone", "Asia/Shanghai", "--rule", "INC-02")
    assert ask(*base)[0] == 1
    assert ask(*base, "--fail-on", "major")[0] == 0
    assert ask(*base, "--fail-on", "never")[0] == 0


def test_2_findings_are_not_what_cannot_be_answered(ask: Ask, clean: Path) -> None:
    code, out, err = ask("audit", "--tickets", clean, "--rule", "INC-99")
    assert (code, out) == (2, "")
    assert "INC-99" in err and "[unknown-rule]" in err


def test_3_a_bug_says_where_the_report_is_and_no_more(
    ask: Ask, clean: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the secret of INC1")

    monkeypatch.setattr("itsmctl.cli.audit.load", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    code, out, err = ask("audit", "--tickets", clean)
    assert (code, out) == (3, "")
    assert len(err.strip().splitlines()) == 1 and "ZeroDivisionError" in err and "INC1" not in err
    (report,) = tmp_path.glob("itsmctl-bug-*.txt")
    assert str(report) in err and "Traceback" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [ItsmctlError(Problem("spark-failed", "no answer")), ZeroDivisionError("busy")])
def test_130_what_fails_only_because_of_an_interruption(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, clean: Path, error: Exception
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise error

    monkeypatch.setattr("itsmctl.cli.audit.load", interrupt)
    code, _, err = ask("audit", "--tickets", clean)
    assert (code, err.strip()) == (130, "interrupted; nothing half-written is left")


def test_130_interrupted(ask: Ask, monkeypatch: pytest.MonkeyPatch, clean: Path) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("itsmctl.cli.audit.load", interrupt)
    code, out, err = ask("audit", "--tickets", clean)
    assert (code, out) == (130, "")
    assert "interrupted" in err and len(err.strip().splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_130_interrupted_as_a_process_leaves_nothing(tmp_path: Path, sent: signal.Signals) -> None:
    # What a shell starts in the background ignores SIGINT, and so would all that it starts.
    heeded = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from itsmctl.cli import main; main()"
    )
    command = [sys.executable, "-c", heeded, "generate", "--records", "200000", "--seed", "1", "-o", str(tmp_path / "out")]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(2.5)
    if process.poll() is not None:
        pytest.skip("the machine was faster than the interruption")
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_usage_errors_are_2(ask: Ask) -> None:
    for arguments in (
        ["nonsense"],
        ["audit", "--format", "nonsense"],
        ["import"],
        ["explain"],
        ["audit", "--nonsense"],
    ):
        code, out, err = ask(*arguments)
        assert (code, out) == (2, ""), arguments
        assert "Error" in err or "[" in err
    assert "Did you mean 'audit'?" in ask("audti")[2]


@pytest.mark.parametrize("before", [["--lang", "fr"], ["--lang=fr"]])
def test_an_unknown_language_before_the_command_is_refused(before: list[str], ask: Ask) -> None:
    code, out, err = ask(*before, "rules", "list")
    assert (code, out) == (2, "")
    assert "Invalid value for '--lang': 'fr' is not one of 'en', 'zh'." in err


def test_a_choice_is_answered_with_the_nearest_and_in_chinese_punctuation(ask: Ask) -> None:
    assert "(did you mean process?)" in ask("show", "proces", "incident")[2]
    assert "之一。（是否想写 process？）" in ask("show", "proces", "incident", "--lang", "zh")[2]
    missing = ask("explain", "--lang", "zh")[2]
    assert missing.startswith("用法：itsmctl explain ") and missing.endswith("缺少参数 'RECORD'。\n")
    assert "\n选项：\n" in ask("explain", "--lang", "zh", "--help")[1]
    assert "没有选项 '--ticket'。（是不是" in ask("audit", "--ticket", "x", "--lang", "zh")[2]


def test_a_record_that_is_not_there_is_answered_with_names_that_are(ask: Ask, clean: Path) -> None:
    assert (
        "no record 'TICKET-77'; its records have names such as INC1 ["
        in ask("explain", "TICKET-77", "--tickets", clean)[2]
    )


def test_an_audit_ends_with_where_to_look_next(ask: Ask, export: Path, tmp_path: Path) -> None:
    words = ["audit", "--tickets", export, "--zone", "UTC", "--rule", "INC-02", "-o", tmp_path / "result"]
    told = ask(*words)[1]
    *_, explained_by, _, own = told.splitlines()
    explained = shlex.split(explained_by)
    assert own == "  itsmctl init our-services"
    assert f"\n  {tmp_path / 'result' / 'report.html'}\n" in told and explained[:2] == ["itsmctl", "explain"]
    code, life, _ = ask(*explained[1:])
    assert code == 0 and life.startswith(explained[2])
    assert "report.zh.html" in ask(*words, "--lang", "zh")[1]
    assert "report.html" not in ask(*words, "--quiet")[1] + ask(*words, "--format", "markdown")[1]


def test_a_proposed_mapping_refuses_a_zone_that_is_none(ask: Ask, export: Path) -> None:
    code, _, err = ask("import", export, "--suggest", "--zone", "Europe/Berln")
    assert (code, "did you mean Europe/Berlin?" in err) == (2, True)


def test_help_and_version_are_0_and_every_command_has_help(ask: Ask) -> None:
    assert ask("--version")[0] == 0
    code, out, _ = ask("--help")
    assert code == 0 and all(f"  {name}" in out for name in COMMANDS)
    for name in COMMANDS:
        code, out, err = ask(name, "--help")
        assert (code, err) == (0, ""), name
        assert "Usage: itsmctl " + name in out


# Wrong input: one clear message with its place, exit code 2, nothing half-written


def wrong_inputs(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    files = {
        "empty.csv": (b"", "empty"),
        "picture.csv": (PNG, "picture.csv"),
        "picture.png": (PNG, "picture.png"),
        "header.csv": (HEADER.encode() + b"\n", "no rows"),
        "no-column.csv": (b"number,colour\nINC1,red\n", "no-column.csv"),
        "words.txt": ("这不是表格\n".encode(), "words.txt"),
        "broken.zip": (b"PK\x03\x04 broken", "broken.zip"),
        "broken.xes": (b"<?xml version='1.0'?><log><trace>", "broken.xes"),
        "broken.csv.gz": (b"\x1f\x8b broken", "broken.csv.gz"),
    }
    for name, (content, _) in files.items():
        (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    (tmp_path / "folder").mkdir()
    listed = {name: (tmp_path / name, word) for name, (_, word) in files.items()}
    return {
        **listed,
        "empty.zip": (tmp_path / "empty.zip", "empty.zip"),
        "nowhere": (tmp_path / "nowhere.csv", "nowhere.csv"),
        "folder": (tmp_path / "folder", "folder"),
    }


@pytest.mark.parametrize("name", ["empty.csv", "picture.csv", "picture.png", "header.csv", "no-column.csv", "words.txt", "broken.zip", "broken.xes", "broken.csv.gz", "empty.zip", "nowhere", "folder"])  # fmt: skip
@pytest.mark.parametrize("command", ["import", "audit"])
def test_a_file_that_is_no_export(command: str, name: str, ask: Ask, tmp_path: Path) -> None:
    path, word = wrong_inputs(tmp_path)[name]
    before = sorted(p.name for p in tmp_path.iterdir())
    out = tmp_path / "out"
    arguments = [path] if command == "import" else ["--tickets", path]
    code, printed, err = ask(command, *arguments, "--zone", "UTC", "-o", out)
    assert (code, printed) == (2, "")
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    assert path.name in lines[0] and word in lines[0] and lines[0].rstrip().endswith(("]", ")"))
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_times_without_a_zone_are_refused_until_one_is_given(ask: Ask, export: Path, tmp_path: Path) -> None:
    code, _, err = ask("import", export, "-o", tmp_path / "out")
    assert code == 2 and export.name in err and "zone" in err
    assert not (tmp_path / "out").exists()
    assert ask("import", export, "-o", tmp_path / "out", "--zone", "Asia/Shanghia")[0] == 2
    code, out, _ = ask("import", export, "-o", tmp_path / "out", "--zone", "Asia/Shanghai")
    assert code == 0 and "2" in out
    assert sorted(p.suffix for p in (tmp_path / "out").iterdir()) == [".json"] + [".parquet"] * 5


def test_a_missing_column_of_a_named_mapping_is_named(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "少列.csv"
    path.write_text("incident_state,opened_at\nNew,1/3/2026 09:00\n", encoding="utf-8")
    code, _, err = ask("import", path, "-o", tmp_path / "out", "--zone", "UTC", "--mapping", "servicenow-audit-log")
    assert code == 2 and "number" in err and path.name in err
    assert not (tmp_path / "out").exists()


def test_a_broken_yaml_is_named_with_line_and_column(ask: Ask, clean: Path, copy: Path, tmp_path: Path) -> None:
    path = copy / "policies" / "rules" / "incident.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("severity: major", "severity: [major", 1), encoding="utf-8")
    line = text[: text.index("severity: major")].count("\n") + 1
    for arguments in (["audit", "--tickets", clean, "-o", tmp_path / "out"], ["rules", "list"], ["clock", "--calendar", "cn-office", "--from", "2026-03-02", "--to", "2026-03-03"]):  # fmt: skip
        code, out, err = ask(*arguments, "--root", copy)
        assert (code, out) == (2, "")
        (told,) = err.strip().splitlines()
        assert (
            told.startswith(tuple(f"policies/rules/incident.yaml:{n}:" for n in (line, line + 1)))
            and "[not-yaml]" in told
        )
    assert not (tmp_path / "out").exists()
    code, out, _ = ask("validate", "--root", copy)
    assert code == 2 and out.startswith("policies/rules/incident.yaml:") and len(out.strip().splitlines()) == 1


def test_validate_and_the_gate_stop_at_the_same_problems(ask: Ask, copy: Path) -> None:
    against = ("--base", reference_root(), "--head", copy)
    file = copy / "policies" / "rules" / "incident.yaml"
    good = file.read_text("utf-8")
    file.write_text(good + '# itsmctl: ignore[one-accountable] reason="merger"\n', "utf-8")
    for level, code in (("error", 0), ("warning", 1), ("never", 0)):
        assert ask("validate", "--root", copy, "--fail-on", level)[0] == code
        assert ask("gate", *against, "--fail-on", level)[0] == code
    code, out, err = ask("validate", "--root", copy)
    assert (code, err) == (0, "1 warning\n") and out.startswith("policies/rules/incident.yaml:")
    assert ask("gate", *against)[0] == 0
    assert ask("validate", "--root", copy, "--lang", "zh")[2] == "1 个警告\n"
    file.write_text(good.replace("severity: major", "severity: grave", 1), "utf-8")
    assert [ask("validate", "--root", copy, "--fail-on", level)[0] for level in ("error", "warning", "never")] == [
        2,
        2,
        0,
    ]
    assert [ask("gate", *against, "--fail-on", level)[0] for level in ("error", "warning", "never")] == [1, 1, 0]


def test_a_calendar_without_open_hours_is_named(ask: Ask, clean: Path, copy: Path) -> None:
    path = copy / "catalog" / "calendars" / "cn-office.yaml"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "hours:" not in line]
    for day in ("mon", "tue", "wed", "thu", "fri"):
        lines = [f"  {day}: []" if line.startswith(f"  {day}:") else line for line in lines]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, out, err = ask("audit", "--tickets", clean, "--root", copy)
    assert (code, out) == (2, "")
    assert (
        err.startswith("catalog/calendars/cn-office.yaml:")
        and "[never-open]" in err
        and len(err.strip().splitlines()) == 1
    )


@pytest.mark.parametrize(
    ("arguments", "word", "hint"),
    [
        (["audit", "montly"], "montly", "monthly"),
        (["audit", "--rule", "INC06"], "INC06", "INC-06"),
        (["rules", "show", "INC06"], "INC06", "INC-06"),
        (["audit", "--mapping", "xes-vinsst"], "xes-vinsst", "xes-vinst"),
        (["clock", "--calendar", "cn-ofice", "--from", "2026-03-02", "--to", "2026-03-03"], "cn-ofice", "cn-office"),
        (["explain", "inc1"], "inc1", "INC1"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    arguments: list[str], word: str, hint: str, ask: Ask, clean: Path, export: Path
) -> None:
    if arguments[0] in ("audit", "explain"):
        arguments = [*arguments, "--tickets", str(export if "--mapping" in arguments else clean)]
    code, out, err = ask(*arguments)
    assert (code, out) == (2, "")
    assert word in err and f"did you mean {hint}?" in err
    assert "您" in ask(*arguments, "--lang", "zh")[2] or "？" in ask(*arguments, "--lang", "zh")[2]


def test_a_root_without_definitions(ask: Ask, tmp_path: Path, clean: Path) -> None:
    (tmp_path / "nothing").mkdir()
    for root in (tmp_path / "nothing", tmp_path / "nowhere"):
        code, out, err = ask("audit", "--tickets", clean, "--root", root)
        assert (code, out) == (2, "") and str(root) in err and "[no-definitions]" in err


# Outputs appear whole or not at all


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_may_not_be_written(ask: Ask, export: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    for command in (["import", export], ["audit", "--tickets", export]):
        code, _, err = ask(*command, "--zone", "UTC", "-o", locked / "out")
        assert code == 2 and "[cannot-write]" in err
        assert list(locked.iterdir()) == []


@pytest.mark.parametrize("command", ["import", "audit", "generate"])
def test_an_output_below_a_file_cannot_be_written(command: str, ask: Ask, export: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    arguments = {
        "import": ["import", export, "--zone", "UTC"],
        "audit": ["audit", "--tickets", export, "--zone", "UTC"],
        "generate": ["generate", "--records", "50", "--seed", "1"],
    }[command]
    for out in (file / "out", file):
        code, _, err = ask(*arguments, "-o", out)
        assert code == 2, err
        assert len(err.strip().splitlines()) == 1 and str(file) in err
    assert file.read_text(encoding="utf-8") == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["file", export.name])


def test_a_folder_with_somebody_elses_files_is_left_alone(ask: Ask, export: Path, tmp_path: Path) -> None:
    out = tmp_path / "result"
    out.mkdir()
    (out / "thesis.txt").write_text("mine", encoding="utf-8")
    for command in (["import", export], ["audit", "--tickets", export]):
        code, _, err = ask(*command, "--zone", "UTC", "-o", out)
        assert code == 2 and "thesis.txt" in err and "[output-exists]" in err
    assert [p.name for p in out.iterdir()] == ["thesis.txt"]


def test_an_earlier_result_is_replaced_and_kept_when_the_next_one_fails(ask: Ask, export: Path, tmp_path: Path) -> None:
    out = tmp_path / "结果"
    audit = ("audit", "--tickets", export, "--zone", "Asia/Shanghai", "-o", out)
    assert ask(*audit)[0] == 1
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    assert {"result.json", "verdicts.parquet", "findings.csv", "report.html"} <= set(first)
    assert ask(*audit)[0] == 1
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first
    assert ask(*audit, "--rule", "NO-99")[0] == 2
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([export.name, out.name])


# Chinese paths and words


def test_chinese_paths_all_the_way(ask: Ask, export: Path, copy: Path, tmp_path: Path) -> None:
    data, result = tmp_path / "数据 集", tmp_path / "审核 结果"
    assert ask("import", export, "-o", data, "--zone", "Asia/Shanghai", "--root", copy)[0] == 0
    code, out, err = ask("audit", "--tickets", data, "-o", result, "--root", copy, "--lang", "zh")
    assert (code, err) == (1, "")
    told = json.loads((result / "result.json").read_text(encoding="utf-8"))
    assert told["dataset"]["records"] == 2 and "严重" in out or "轻微" in out or "不符合" in out
    code, out, err = ask("explain", "INC0001", "--tickets", data, "--root", copy, "--lang", "zh")
    assert (code, err) == (0, "") and "INC0001" in out and "已解决" in out


def test_an_imported_dataset_takes_no_zone_any_more(ask: Ask, clean: Path) -> None:
    code, _, err = ask("audit", "--tickets", clean, "--zone", "UTC")
    assert code == 2 and "[already-imported]" in err and "--zone" in err


def test_a_folder_that_pretends_to_be_a_dataset(ask: Ask, clean: Path) -> None:
    receipt = clean / "receipt.json"
    text = receipt.read_text(encoding="utf-8")
    receipt.write_text(text.replace("receipt/v1", "receipt/v9"), encoding="utf-8")
    code, _, err = ask("audit", "--tickets", clean)
    assert code == 2 and "itsmctl/receipt/v9" in err and "[dataset-version]" in err
    receipt.write_text(text, encoding="utf-8")
    (clean / "event.parquet").write_bytes(b"PAR1 no")
    assert ask("audit", "--tickets", clean)[0] == 2
    (clean / "event.parquet").unlink()
    assert ask("audit", "--tickets", clean)[0] == 2


# How fast `--help` is


def measured(*arguments: str) -> tuple[float, float]:
    """Seconds on the clock and of the processor: medians of five whole processes, after one to warm the disk."""

    def once() -> tuple[float, float]:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        elapsed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        return elapsed, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    once()
    seconds, processor = zip(*(once() for _ in range(5)), strict=True)
    return statistics.median(seconds), statistics.median(processor)


def test_help_starts_quickly() -> None:
    """Under 150 ms on a quiet machine; on a busy one, at most 120 ms of the processor more than importing click."""
    ours, processor = measured(
        "-c", "from itsmctl.cli import main; import sys; sys.argv = ['itsmctl', '--help']; main()"
    )
    more = processor - measured("-c", "import click")[1]
    assert ours < 0.150 or more < 0.120, f"{ours * 1000:.0f} ms, {more * 1000:.0f} ms of the processor more than click"


def test_help_imports_nothing_heavy() -> None:
    script = "import sys; from itsmctl.cli import run; run(['--help']); print(sorted(set(sys.modules) & {'duckdb', 'jsonschema', 'yaml', 'jinja2', 'babel', 'git', 'rich', 'zoneinfo'}), file=sys.stderr)"
    told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert told.stderr.strip() == "[]"


def test_there_is_one_place_for_each_command() -> None:
    folder = Path(cli.__file__).parent
    places = {path.stem for path in (*folder.glob("*.py"), *(inner.parent for inner in folder.glob("*/__init__.py")))}
    assert {name.replace("import", "import_") for name in COMMANDS} <= places


def test_an_option_means_the_same_in_every_command() -> None:
    """The shared options are made in one place; `--format` says the same where a suffix names the form, and where none does.

    `--as-of` is a moment where tickets are judged and a day where definitions are.
    """
    shared = {"root", "language", "zone", "mappings", "quiet", "no_color", "form"}
    said: dict[str, set[tuple[object, ...]]] = {}
    for command in _all_commands(group):
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, f"{command.name} {option.name}"
            if isinstance(option, click.Option) and option.name in shared:
                said.setdefault(option.name, set()).add((tuple(option.opts), option.metavar, option.help))
    assert set(said) == shared
    assert {help_text for *_, help_text in said.pop("form")} == {
        "Form of the output.",
        "Form of the output; default: by the suffix of -o, else text.",
    }
    assert {name: ways for name, ways in said.items() if len(ways) > 1} == {}


def _all_commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from _all_commands(command) if isinstance(command, click.Group) else [command]


def test_one_of_a_thing_is_not_called_several(ask: Ask, export: Path, copy: Path, tmp_path: Path) -> None:
    export.write_text("\n".join((HEADER, ROWS[0])) + "\n", encoding="utf-8")
    _, out, _ = ask("import", str(export), "--zone", "Asia/Shanghai", "-o", str(tmp_path / "one"))
    assert "1 record, " in out and " from 1 row " in out
    with (copy / "policies" / "rules" / "incident.yaml").open("a", encoding="utf-8") as file:
        file.write("nonsense: 1\n")
    code, _, err = ask("validate", "--root", str(copy))
    assert (code, err.strip()) == (2, "1 problem")


def test_what_an_import_warns_of_is_said_in_chinese_too(ask: Ask, export: Path, tmp_path: Path) -> None:
    export.write_text("\n".join((HEADER, ROWS[0], ROWS[0])) + "\n", encoding="utf-8")
    _, out, _ = ask("import", str(export), "--zone", "Asia/Shanghai", "-o", str(tmp_path / "one"), "--lang", "zh")
    assert "! 1 行与先前的行完全相同，已合并 [duplicates]" in out


@pytest.mark.parametrize("name", ["picture.png", "picture.csv", "nowhere"])
def test_the_reason_why_a_file_is_refused_is_said_in_chinese_too(name: str, ask: Ask, tmp_path: Path) -> None:
    path = wrong_inputs(tmp_path)[name][0]
    said = ask("audit", "--tickets", path, "--lang", "zh")[2].removeprefix(f"{path}: ").partition(" [")[0]
    foreign = re.findall(r"[A-Za-z]+", re.sub(r"CSV|JSON|XML|Excel|xlsx|Parquet|SQLite|XES|PNG", "", said))
    assert said and foreign == []


def test_a_record_is_explained_in_the_zone_of_its_export(ask: Ask, tmp_path: Path) -> None:
    """Whoever follows a verdict to the row finds the same times there, whatever the zone of the calendar is."""
    export = tmp_path / "list.csv"
    export.write_text(
        "number,caller_id,opened_at,state,priority\nINC1,Ann,2026-03-02 23:30:00,New,1 - Critical\n", encoding="utf-8"
    )
    for form in ("text", "html"):
        told = ask("explain", "INC1", "--tickets", str(export), "--zone", "America/New_York", "--format", form)[1]
        assert "America/New_York" in told and "2026-03-02 23:30" in told
