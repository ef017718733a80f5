"""`itsmctl assess`: answers given and computed, customers asked, complaints counted, and the next step."""

from __future__ import annotations

import click

from itsmctl.cli.assess import complaints, experience, fill, new, next, show, survey


class _Assess(click.Group):
    """What is no command of its own is about an assessment, as in `itsmctl assess maturity`."""

    alone = "show"
    """The command that it then is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        heard = 0 if not args or not args[0].startswith("--lang") else 1 if "=" in args[0] else 2
        first = args[heard : heard + 1]
        named = bool(first) and (first[0] in self.commands or first[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else [self.alone, *args])


@click.group("assess", cls=_Assess)
def command() -> None:
    """Compute assessments, never above what tickets and definitions show; fill them in.

    Without a command: `itsmctl assess [ASSESSMENT] …` is `itsmctl assess show [ASSESSMENT] …`.

    \b
    itsmctl assess maturity --result result
    itsmctl assess new maturity --period 2026-H2 --by "Xu Jing 徐静"
    itsmctl assess fill maturity-2026-h2
    """


command.add_command(show.command)
command.add_command(new.command)
command.add_command(fill.command)
command.add_command(experience.command)
command.add_command(survey.command)
command.add_command(complaints.command)
command.add_command(next.command)
