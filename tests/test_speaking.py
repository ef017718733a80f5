"""The command line in the reader's language: help, click's own words, and what was asked wrongly."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from itsmctl.cli import COMMANDS, group, run
from itsmctl.cli.speaking import paragraphs, phrases, speak, texts
from itsmctl.language import tr
from itsmctl.reports.plain import cells


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak("en")


def every_command() -> Iterator[list[str]]:
    """The words that name each command."""

    def below(command: click.Command, words: list[str]) -> Iterator[list[str]]:
        yield words
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                yield from below(inner, [*words, name])

    return below(group, [])


@pytest.mark.parametrize("words", list(every_command()), ids=lambda words: " ".join(words) or "itsmctl")
def test_help_fits_a_terminal_and_is_chinese_where_that_is_asked_for(words: list[str]) -> None:
    told = CliRunner(env={"COLUMNS": "80"}).invoke(group, ["--lang", "zh", *words, "--help"]).output
    assert told.startswith("用法：") and "显示此说明并退出。" in told
    assert "Show this message" not in told and "Usage" not in told
    english = CliRunner(env={"COLUMNS": "80"}).invoke(group, [*words, "--help"]).output
    examples = {line.strip() for line in english.splitlines()}
    assert max(cells(line) for line in told.splitlines() if line.strip() not in examples) <= 80
    assert english.startswith("Usage:") and "显示此说明" not in english


def test_every_text_has_a_translation() -> None:
    every = {*texts(group), *COMMANDS.values(), *phrases()}
    assert len(every) > 300
    same = {text for text in every if tr(text, "zh") == text}
    assert not same


def test_paragraphs_are_lines_but_for_examples() -> None:
    assert paragraphs("One\n    line.\n\n    \b\n    itsmctl a\n    itsmctl b") == [
        "One line.",
        "\b\nitsmctl a\nitsmctl b",
    ]
    assert paragraphs("") == []


def test_the_environment_names_the_language_and_the_command_line_overrules_it() -> None:
    runner = CliRunner(env={"ITSMCTL_LANG": "zh"})
    assert runner.invoke(group, ["audit", "--help"]).output.startswith("用法：")
    assert runner.invoke(group, ["audit", "--lang", "en", "--help"]).output.startswith("Usage:")
    assert "个文件有效" in runner.invoke(group, ["validate"]).output
    assert runner.invoke(group, ["validate", "--lang=en"]).output.isascii()


@pytest.mark.parametrize(
    "words",
    [
        ["rules", "--lang", "zh", "--help"],
        ["assess", "--help", "--lang=zh"],
        ["rules", "--lang", "zh", "list"],
        ["assess", "--lang=zh", "next", "--help"],
    ],
)
def test_between_the_names_of_a_command_it_means_the_same(words: list[str]) -> None:
    runner = CliRunner()
    plain = [word for word in words if not word.startswith("--lang") and word != "zh"]
    told = runner.invoke(group, words)
    assert told.exit_code == 0
    assert told.output == runner.invoke(group, ["--lang", "zh", *plain]).output
    assert told.output != runner.invoke(group, plain).output


def test_before_the_command_it_means_the_same() -> None:
    runner = CliRunner()
    assert (
        runner.invoke(group, ["--lang", "zh", "validate"]).output
        == runner.invoke(group, ["validate", "--lang", "zh"]).output
    )
    assert (
        runner.invoke(group, ["--lang=zh", "rules", "list"]).output
        == runner.invoke(group, ["rules", "list", "--lang", "zh"]).output
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["audti"], "没有命令 'audti'。是不是 'audit'？"),
        (["audit", "--treads", "3"], "没有选项 '--treads'。"),
        (["audit", "--threads", "0"], "0 不在范围 x>=1 内。"),
        (["audit", "--format", "pdf"], "'pdf' 不是"),
        (["import"], "请指明导出的 FILES，或数据库：--from URL --table NAME"),
        (["show", "history", "policy"], "show history 需要 2 个名称，而不是 1 个"),
        (["assess", "complaints", "-o", "x.dox"], "没有以 '.dox' 结尾的输出形式"),
    ],
)  # fmt: skip
def test_what_was_asked_wrongly_is_said_in_chinese(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, "--lang", "zh"]) == 2
    shown = capsys.readouterr().err
    assert "错误：" in shown and told in shown and "Error" not in shown
