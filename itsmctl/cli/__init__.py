"""The command line: one module per command, loaded when it is run; here the group, and what errors become."""

from __future__ import annotations

import copy
import gc
import importlib
import os
import signal
import sys

import click

from itsmctl import __version__
from itsmctl.cli.failing import report_bug, report_misuse, report_problems
from itsmctl.cli.speaking import (
    LANGUAGE,
    NAMED,
    Misused,
    forget_help_option,
    language_of,
    named_in,
    refuse_unknown_language,
    speak,
    spoken,
    spoken_parameter,
    told,
)
from itsmctl.errors import ItsmctlError

_GARBAGE = 100_000
"""How many objects more than before make Python look for garbage: looking often costs a short-lived process a tenth of its
time, and finds nothing."""

COMMANDS = {
    "init": "Write a small working management system to begin with.",
    "validate": "Check definitions: schema, references, laws.",
    "rules": "List the rules, or show one in full.",
    "show": "Show one definition: page, drawing, BPMN, data.",
    "schema": "Print the JSON Schema of a kind of definition or output.",
    "import": "Turn ticket exports into a dataset, with a receipt.",
    "export": "Write a dataset as CSV, and import it again unchanged.",
    "audit": "Judge tickets by the definitions.",
    "report": "Report an audit, or the quality of a service.",
    "baseline": "Freeze the findings of today, and let them only shrink.",
    "explain": "Show one record's life, verdicts and clocks.",
    "clock": "Count service hours between two moments.",
    "diff": "Show what changed in the definitions, as meaning.",
    "gate": "Judge a change of the definitions, for a pull request.",
    "replay": "Show which past tickets a change judges differently.",
    "sample": "Plan, draw and evaluate a sample where people must judge.",
    "evidence": "Build an evidence pack, or verify one.",
    "coverage": "Show what stands for each clause, and what to do next.",
    "site": "Build the portal: catalogue, processes, people, handbook.",
    "assess": "Compute an assessment by what tickets show, and what to do.",
    "scorecard": "Compute indicators, and who answers for them.",
    "generate": "Make a ticket history with planted violations.",
    "demo": "See all of it on generated tickets.",
}
"""Every command with its one line of help, so that `--help` need not import them."""


class Commands(click.Group):
    """Finds commands by name in `itsmctl.cli.<name>:command`, and only imports the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[LANGUAGE], ctx.meta[NAMED] = language_of(args), named_in(args)
        speak(ctx.meta[LANGUAGE])
        if args and args[0].startswith("--lang"):  # before the command it means the same as behind it
            if len(args) > 1 or "=" in args[0]:
                refuse_unknown_language(args[0].partition("=")[2] if "=" in args[0] else args[1], ctx)
            args = args[1 if "=" in args[0] else 2 :]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"itsmctl.cli.{cmd_name.replace('import', 'import_')}")
        command: click.Command = module.command
        if isinstance(command, click.Group):
            from itsmctl.cli.options import listening

            command = listening(command)
        return spoken(command, ctx.meta.get(LANGUAGE, "en"))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        forget_help_option(self)
        return super().get_help_option(ctx)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        language = ctx.meta.get(LANGUAGE, "en")
        return [spoken_parameter(parameter, language) for parameter in super().get_params(ctx)]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        said = copy.copy(self)
        said.help = told(self.help, ctx.meta.get(LANGUAGE, "en"))
        super(Commands, said).format_help_text(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = ctx.meta.get(LANGUAGE, "en")
        with formatter.section(told("Commands", language)):
            formatter.write_dl([(name, told(line, language)) for name, line in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from itsmctl.errors import did_you_mean

            near = did_you_mean(args[0], COMMANDS)
            if near:
                raise Misused("No such command {name!r}. Did you mean {near!r}?", ctx, name=args[0], near=near)
            raise Misused("No such command {name!r}.", ctx, name=args[0])
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="itsmctl")
def group() -> None:
    """Compliance as code for IT service management.

    Service catalogue, SLAs, roles and processes as YAML in git; ticket exports audited against them; evidence packs
    that an ISO/IEC 20000 auditor can verify alone. 服务管理体系即代码：用 git 中的定义审核工单。

    \b
    New here?   itsmctl demo
    Your own?   itsmctl init our-services
    Your data?  itsmctl audit --tickets export.csv --zone Asia/Shanghai -o result
    中文？      itsmctl --lang zh --help

    Exit codes: 0 clean, 1 findings, 2 cannot answer, 3 our bug, 130 interrupted.
    """


def main() -> None:
    """Run the command line and exit with its code.

    Everything is written and closed by then, and taking a hundred thousand values apart one by one takes a twentieth of a
    second: the process ends without it.
    """
    gc.set_threshold(_GARBAGE)
    # Whoever ends the process (a job that takes too long, say) leaves nothing half-written either.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # once more, while the first was being told
        code = 130
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)  # everything is done
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or 1
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 clean, 1 findings, 2 cannot answer, 3 our bug, 130 interrupted."""
    try:
        code = group.main(arguments, prog_name="itsmctl", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except ItsmctlError as error:
        if _is_of_interruption(error):
            return _interrupted(arguments)
        report_problems(error.problems, arguments)
        return 2
    except click.exceptions.Abort:
        return _interrupted(arguments)
    except KeyboardInterrupt:
        return _interrupted(arguments)
    except click.ClickException as error:
        report_misuse(error, arguments)
        return 2
    except BrokenPipeError:
        # The reader went away (`| head`). Nothing is wrong, but what was printed is not whole.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:  # noqa: BLE001 - the one place where a bug is caught, to say so and how to report it
        from itsmctl.output import FULL, disk_full

        if isinstance(error, OSError) and error.errno in FULL:
            report_problems(disk_full().problems, arguments)
            return 2
        if _is_of_interruption(error):
            return _interrupted(arguments)
        report_bug(error, arguments)
        return 3


def _is_of_interruption(error: BaseException) -> bool:
    """Whether something went wrong only because what it needs was being ended."""
    before = error.__cause__ or error.__context__
    return before is not None and (isinstance(before, KeyboardInterrupt) or _is_of_interruption(before))


def _interrupted(arguments: list[str]) -> int:
    from itsmctl.language import tr
    from itsmctl.scratch import end_all

    end_all()
    click.echo(tr("interrupted; nothing half-written is left", language_of(arguments)), err=True)
    return 130
