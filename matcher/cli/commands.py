"""The command line: ``maillage …``. The only room that reads the clock and prints."""

from __future__ import annotations

import datetime
import json
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, override

import click

from matcher.catalogue.loading import default_folder
from matcher.cli.spoken import (
    LANGUAGE_KEY,
    SpokenGroup,
    language_in,
    language_option,
    os_error_in_words,
    plan_lines,
    survey_line,
)
from matcher.cli.suggested import name_of, suggestion_in_words
from matcher.cli.surveying import import_group, prefill
from matcher.declarations import Survey
from matcher.errors import BAD_INPUT, CellProblem, MaillageError, Severity, SurveyError
from matcher.prefilling import known_sites
from matcher.reading import read_last_round, read_survey
from matcher.rounds.last_round import LastRound
from matcher.settings import Settings
from matcher.survey_format.template import write_template
from matcher.wording import LANGUAGES, Language, say

DEMO_AS_OF = datetime.date(2027, 1, 11)
"""Date of the round of the made-up territory: fixed, so that the demonstration never changes."""

WARNINGS_OF_A_KIND = 2
"""Shown while matching; ``check`` and the report show them all."""

OTHER_PLANS, KEY_QUESTIONS = 2, 3
"""Plans nearly as good, and questions to ask first, that ``--decisions`` looks for."""


class _Group(SpokenGroup):
    """Says bad input in words and exits 2 (1: our own fault); never shows a stack trace for it."""

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SurveyError as error:
            doubts = error.partial.warnings if isinstance(error.partial, Survey) else ()
            _print_problems((*doubts, *error.problems), language_in(ctx))
        except MaillageError as error:
            click.echo(error.message(language_in(ctx)), err=True)
            return ctx.exit(error.exit_code)
        except OSError as error:
            click.echo(os_error_in_words(error, language_in(ctx)), err=True)
        return ctx.exit(BAD_INPUT)


class _Refused(click.ClickException):
    """Bad input that is not in a file: said in the reader's language, exit 2."""

    exit_code = BAD_INPUT

    @override
    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


@click.group(cls=_Group)
@click.version_option(version("maillage"), prog_name="maillage")
@click.option("--lang", type=click.Choice(LANGUAGES), expose_value=False)
def main() -> None:
    """Match the firms of a territory: few links, proved, explained, in confidence."""


@main.command(name="match")
@click.argument("survey", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--settings", "settings_file", type=click.Path(path_type=Path))
@click.option("--proposals", type=click.IntRange(min=0))
@click.option("--hours", type=click.FloatRange(min=0))
@click.option("--objective", type=click.Choice(["eur", "co2e"]))
@click.option("--decisions", is_flag=True)
@click.option("--pareto", "pareto_points", type=click.IntRange(min=2))
@click.option("--after", type=click.Path(path_type=Path))
@click.option("--answers", type=click.Path(path_type=Path))
@click.option("--register", type=click.Path(path_type=Path))
@click.option("--public", is_flag=True)
@click.option("--outlook", is_flag=True)
@click.option("--dask", "dask_address")
@click.option("--workers", type=click.IntRange(min=1))
@language_option
@click.pass_context
def match_command(
    ctx: click.Context,
    survey: Path,
    out: Path,
    as_of: datetime.datetime | None,
    settings_file: Path | None,
    proposals: int | None,
    hours: float | None,
    objective: str | None,
    decisions: bool,
    pareto_points: int | None,
    after: Path | None,
    answers: Path | None,
    register: Path | None,
    public: bool,
    outlook: bool,
    dask_address: str | None,
    workers: int | None,
    language: Language,
) -> None:
    """Propose links for a SURVEY (a workbook or a folder of csv) and write the files."""
    ctx.meta[LANGUAGE_KEY] = language
    given: dict[str, Any] = {
        "as_of": as_of.date() if as_of else None,
        "proposals": proposals,
        "animation_hours": hours,
        "objective": objective,
        "workers": workers,
        "other_plans": OTHER_PLANS if decisions else None,
        "key_questions": KEY_QUESTIONS if decisions else None,
        "pareto_points": pareto_points,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = (
        Settings.from_toml(settings_file, **chosen)
        if settings_file
        else Settings.from_mapping(chosen)
    )
    if settings.as_of is None:
        settings = replace(settings, as_of=datetime.date.today())
    if answers is not None and after is None:
        raise _Refused(say("cli.answers-without-plan", language))
    last = None if after is None else read_last_round(after, answers)
    _match_and_write(
        survey, out, settings, register, public, dask_address, language, last, outlook=outlook
    )


@main.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo-output"),
)
@language_option
@click.pass_context
def demo(ctx: click.Context, out: Path, language: Language) -> None:
    """Match the made-up territory and say where to open the result."""
    ctx.meta[LANGUAGE_KEY] = language
    folder = _demo_folder()
    register = folder / "register.csv"
    _match_and_write(
        folder,
        out,
        Settings(as_of=DEMO_AS_OF),
        register if register.exists() else None,
        False,
        None,
        language,
        outlook=True,
    )
    click.echo(
        say("cli.demo-open", language, report=out / "report.html", network=out / "network.html")
    )


@main.command()
@click.argument("survey", type=click.Path(path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--register", type=click.Path(path_type=Path))
@language_option
@click.pass_context
def check(
    ctx: click.Context,
    survey: Path,
    as_of: datetime.datetime | None,
    register: Path | None,
    language: Language,
) -> None:
    """Read a SURVEY and list every error and every doubt; exit 2 when there is an error."""
    ctx.meta[LANGUAGE_KEY] = language
    day = as_of.date() if as_of else datetime.date.today()
    read = read_survey(survey, as_of=day, register=_list_in(register))
    _print_problems(read.warnings, language)
    click.echo(survey_line(read, language))
    if not read.sites:
        click.echo(say("cli.no-site", language), err=True)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@language_option
@click.pass_context
def template(ctx: click.Context, file: Path, language: Language) -> None:
    """Write an empty survey workbook that a firm's contact can fill."""
    ctx.meta[LANGUAGE_KEY] = language
    if file.suffix.lower() != ".xlsx":
        raise _Refused(say("cli.template-suffix", language, file=file))
    if file.exists():  # it may be a filled one
        raise _Refused(say("cli.template-exists", language, file=file))
    write_template(file, language=language)
    click.echo(say("cli.template-written", language, file=file))


@main.command(name="suggest")
@click.option("--waste", "waste_code")
@click.option("--activity", "activity_code")
@click.option("--text")
@click.option("--need")
@click.option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def suggest_command(
    ctx: click.Context,
    waste_code: str | None,
    activity_code: str | None,
    text: str | None,
    need: str | None,
    as_json: bool,
    language: Language,
) -> None:
    """Ranked outlets and takers of a waste, or sources for a need."""
    ctx.meta[LANGUAGE_KEY] = language
    if not (waste_code or text or need):
        raise _Refused(say("suggest.nothing-asked", language))
    from matcher.suggesting import suggest

    found = suggest(waste_code=waste_code, activity_code=activity_code, text=text, need=need)
    for message_id, given in found.warnings:
        click.echo(say(message_id, language, given=name_of(given, language)), err=True)
    if as_json:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
    else:
        click.echo(suggestion_in_words(found, language))


main.add_command(import_group)
main.add_command(prefill)


def _match_and_write(
    survey_path: Path,
    out: Path,
    settings: Settings,
    register: Path | None,
    public: bool,
    dask_address: str | None,
    language: Language,
    after: LastRound | None = None,
    *,
    outlook: bool = False,
) -> None:
    started, used = time.perf_counter(), time.process_time()
    _check_folder(out, language)
    from matcher.matching import match
    from matcher.outputs import write_outputs

    progress = _progress(language)
    progress("stages.read")
    survey = read_survey(survey_path, as_of=settings.as_of, register=_list_in(register))
    known = known_sites(register) if register else ()
    _print_problems(survey.warnings, language, most=WARNINGS_OF_A_KIND)
    if not survey.sites:
        click.echo(say("cli.no-site", language), err=True)
    plan = match(
        survey,
        settings,
        register=known,
        dask_address=dask_address,
        outlook=outlook,
        progress=progress,
        after=after,
    )
    progress("stages.write")
    run_info = {
        "seconds": round(time.perf_counter() - started, 3),
        "cpu_seconds_of_this_process": round(time.process_time() - used, 3),
        "solve_seconds": round(plan.report.solve.seconds, 3),
        "machine": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("maillage", "PuLP", "highspy", "numpy")},
    }
    written = write_outputs(plan, out, public=public, language=language, run_info=run_info)
    click.echo(plan_lines(plan, language))
    for path in written:
        click.echo(f"  {path}")


def _list_in(register: Path | None) -> Path | None:
    """A list of SIRETs is whole, so a site that it lacks is doubtful; an imported folder is not."""
    return None if register is not None and register.is_dir() else register


def _progress(language: Language) -> Callable[[str], None]:
    """A line a stage on a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        return lambda stage: None
    return lambda stage: click.echo(f"{say(stage, language)} …", err=True)


def _print_problems(
    problems: tuple[CellProblem, ...], language: Language, *, most: int | None = None
) -> None:
    """All problems on stderr, or at most so many of each code and the count of the others."""
    seen: Counter[str] = Counter()
    for problem in problems:
        seen[problem.code] += 1
        if most is not None and seen[problem.code] > most:
            continue
        word = say(f"cli.severity.{problem.severity}", language)
        click.echo(f"{word} [{problem.code}] {problem.message(language)}", err=True)
    left = sum(max(0, count - most) for count in seen.values()) if most is not None else 0
    if left:
        click.echo(say("cli.more-problems", language, left=left), err=True)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if errors:
        click.echo(say("cli.errors", language, errors=errors), err=True)


def _check_folder(out: Path, language: Language) -> None:
    """Whether files can be written there: said before the work, not after it."""
    nearest = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise _Refused(say("cli.out-is-a-file", language, path=nearest))
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _Refused(say("cli.cannot-write", language, path=nearest))


def _demo_folder() -> Path:
    return default_folder().parent / "demo"
