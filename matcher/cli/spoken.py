"""Commands that speak the reader's language: their help, and what they say of a wrong line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, override

import click

from matcher.declarations import Survey
from matcher.errors import BAD_INPUT
from matcher.wording import LANGUAGES, Language, say

if TYPE_CHECKING:  # loading the solvers takes a second: check and template do without
    from matcher.plan import Plan

LANGUAGE_KEY = "language"


def language_in(ctx: click.Context | None) -> Language:
    """The language asked for on this line; French where nothing was said."""
    found: Language = "fr" if ctx is None else ctx.meta.get(LANGUAGE_KEY, "fr")
    return found


language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default=lambda: language_in(click.get_current_context()),
)
"""The option of every command that speaks."""


def language_asked(args: Sequence[str]) -> Language:
    """What ``--lang`` says, wherever it stands: help and errors come before it is read."""
    for place, word in enumerate(args):
        name, _, value = word.partition("=")
        if name == "--lang":
            value = value or "".join(args[place + 1 : place + 2])
            for language in LANGUAGES:
                if value == language:
                    return language
    return "fr"


class SpokenCommand(click.Command):
    """A command whose help stands in the catalogue ``cli``, under its own name."""

    def _help(self, language: Language) -> str:
        return say(f"cli.help.{self.name}", language)

    @override
    def get_short_help_str(self, limit: int = 45) -> str:
        return self._help(language_in(click.get_current_context(silent=True)))

    @override
    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, say("cli.usage", language_in(ctx)) + " ")

    @override
    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self._help(language_in(ctx)))

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = language_in(ctx)
        rows = [
            (record[0], say(f"cli.option.{_key(param)}", language))
            for param in self.get_params(ctx)
            if (record := param.get_help_record(ctx)) is not None
        ]
        with formatter.section(say("cli.options", language)):
            formatter.write_dl(rows)


class SpokenGroup(SpokenCommand, click.Group):
    """A group of such commands; wrong lines are refused in words, with exit 2."""

    command_class = SpokenCommand
    group_class = type

    @override
    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        asked = language_asked(sys.argv[1:] if args is None else args)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.UsageError as error:
            click.echo(usage_in_words(error, asked), err=True)
            sys.exit(BAD_INPUT)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta.setdefault(LANGUAGE_KEY, language_asked(args))
        return super().parse_args(ctx, args)

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = ", ".join(self.list_commands(ctx))
            words = say("cli.wrong.command", language_in(ctx), given=args[0], known=known)
            raise click.UsageError(words, ctx)
        return super().resolve_command(ctx, args)

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            (name, command.get_short_help_str())
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None
        ]
        with formatter.section(say("cli.commands", language_in(ctx))):
            formatter.write_dl(rows)


def _key(param: click.Parameter) -> str:
    return "help" if "--help" in param.opts else str(param.name)


def usage_in_words(error: click.UsageError, language: Language) -> str:
    """What is wrong with a line of command, and where the help is."""
    path = error.ctx.command_path if error.ctx is not None else "maillage"
    return f"{_wrong(error, language)}\n{say('cli.see-help', language, command=path)}"


def _wrong(error: click.UsageError, language: Language) -> str:
    if isinstance(error, click.NoSuchOption):
        return say("cli.wrong.option", language, given=error.option_name)
    if isinstance(error, click.BadOptionUsage):
        return say("cli.wrong.no-value", language, option=error.option_name)
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = error.param.opts[0] if error.param.opts else str(error.param.name)
        if isinstance(error.param, click.Argument):
            name = error.param.make_metavar(error.ctx) if error.ctx else name.upper()
        if isinstance(error, click.MissingParameter):
            return say("cli.wrong.missing", language, option=name)
        return _wrong_value(error.param.type, name, error.message, language)
    return error.message


def _wrong_value(kind: click.ParamType[Any], name: str, message: str, language: Language) -> str:
    if isinstance(kind, click.DateTime):
        return say("cli.wrong.date", language, option=name)
    if isinstance(kind, click.Choice):
        return say("cli.wrong.choice", language, option=name, known=", ".join(kind.choices))
    if isinstance(kind, click.FloatRange) and kind.min is not None:
        return say("cli.wrong.amount-from", language, option=name, least=kind.min)
    if isinstance(kind, click.IntRange) and kind.min is not None:
        return say("cli.wrong.number-from", language, option=name, least=kind.min)
    if isinstance(kind, type(click.INT)):
        return say("cli.wrong.number", language, option=name)
    return f"{name}: {message}"


def os_error_in_words(error: OSError, language: Language) -> str:
    """What the system refused, and what to do about it."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return say("cli.no-folder", language, path=error.filename or "?")
    if isinstance(error, PermissionError):
        return say("cli.cannot-write", language, path=error.filename or "?")
    detail = error.strerror or str(error)
    return say("cli.system", language, path=error.filename or "", detail=detail)


def plan_lines(plan: Plan, language: Language) -> str:
    """How many leads, what they bring, and what is proved of it."""
    solve = plan.report.solve
    total = sum(p.gain_eur_per_year.value or 0.0 for p in plan.proposals if not p.one_off)
    lines = say(
        "cli.plan",
        language,
        proposals=len(plan.proposals),
        gain=total,
        unmatched=len(plan.unmatched),
    )
    nothing = not plan.report.candidate_links and not plan.proposals
    proof = "nothing" if nothing else "optimal" if solve.proved_optimal else solve.status
    told = [say(f"cli.proof.{proof}", language, gap=solve.gap, links=plan.report.candidate_links)]
    told += [message.text(language) for _, message in plan.report.proof_messages]
    return "\n".join([lines, *told])


def survey_line(survey: Survey, language: Language) -> str:
    """How much a survey holds."""
    return say(
        "cli.survey",
        language,
        sites=len(survey.sites),
        flows=len(survey.flows),
        others=len(survey.equipment) + len(survey.jobs) + len(survey.pools),
        warnings=len(survey.warnings),
    )
