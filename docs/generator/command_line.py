"""The command line: the help of every command, as the program prints it."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.testing import CliRunner

from generator.markdown import block, in_both
from itsmctl.cli import COMMANDS, group

INTRODUCTION = """# Command line

Options mean the same everywhere. Without `--root`, definitions are read from the current folder when it holds some,
else the reference set that comes with itsmctl is used, and the output says so.

| exit code | meaning |
|---|---|
| 0 | clean: nothing found at or above `--fail-on` |
| 1 | findings (`audit`), warnings only (`validate --fail-on warning`), something loosened (`diff`), verdicts that flip (`replay`), not to be merged (`gate`), a sample that does not support (`sample evaluate`), an altered pack (`evidence verify`), a stale file (`show codeowners --check`) |
| 2 | cannot answer: wrong usage, bad definitions, unreadable data |
| 3 | a bug of ours: one line, and a file to send us |
| 130 | interrupted; nothing is left half-written |

Outputs appear whole or not at all. `NO_COLOR` is respected, and `ITSMCTL_LANG=zh` speaks Chinese where `--lang` names no
language, before or behind the command; nothing else in the environment changes an output.

"""
CHINESE = """# 命令行

选项在各处含义相同。不写 `--root` 时，当前文件夹有定义就读取它们，否则使用 itsmctl 自带的参考集，并在输出中说明。

| 退出码 | 含义 |
|---|---|
| 0 | 干净：没有达到 `--fail-on` 的发现 |
| 1 | 有发现（`audit`），只有警告（`validate --fail-on warning`），有放宽（`diff`），有判定翻转（`replay`），不可合并（`gate`），样本不支持信赖（`sample evaluate`），证据包被改动（`evidence verify`），文件已过时（`show codeowners --check`） |
| 2 | 无法回答：用法错误、定义有误、数据不可读 |
| 3 | 我们的缺陷：一行说明，以及一个可寄给我们的文件 |
| 130 | 被中断；不留下写了一半的内容 |

输出要么完整出现，要么不出现。遵从 `NO_COLOR`；未写 `--lang`（放在命令前后均可）时，`ITSMCTL_LANG=zh` 使输出和说明用中文；除此之外，
环境不影响输出。

"""


def pages() -> dict[str, str]:
    """One page with every command and sub-command, in each language."""
    return in_both("command-line", "".join([INTRODUCTION, *sections("en")]), "".join([CHINESE, *sections("zh")]))


def sections(language: str) -> Iterator[str]:
    """The help of each command under its name."""
    for path in ((), *command_paths()):
        name = " ".join(("itsmctl", *path))
        level = "##" if len(path) < 2 else "###"
        yield f"{level} {name}\n\n{block(help_text(path, language))}\n"


def command_paths() -> Iterator[tuple[str, ...]]:
    """Every command and sub-command, in the order of `--help`."""
    for name in COMMANDS:
        yield (name,)
        command = command_at((name,))
        if isinstance(command, click.Group):
            for child in sorted(command.commands):
                yield (name, child)


def command_at(path: tuple[str, ...]) -> click.Command:
    """The command of that path."""
    found: click.Command = group
    for name in path:
        assert isinstance(found, click.Group), path
        child = found.get_command(click.Context(found), name)
        assert child is not None, path
        found = child
    return found


def help_text(path: tuple[str, ...], language: str = "en") -> str:
    """What `itsmctl PATH --help` prints on 80 columns, in a language."""
    runner = CliRunner(env={"COLUMNS": "80", "LINES": "24"})
    result = runner.invoke(group, ["--lang", language, *path, "--help"], prog_name="itsmctl", catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output
