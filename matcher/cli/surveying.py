"""The commands that make a survey: out of public registers, or of a list of sites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from matcher.cli.spoken import LANGUAGE_KEY, SpokenCommand, SpokenGroup, language_option
from matcher.importing import Around, import_hotmaps, import_irep
from matcher.prefilling import LIKELY_PERCENT
from matcher.prefilling import prefill as prefill_sites
from matcher.wording import Language


@click.group(name="import", cls=SpokenGroup)
def import_group() -> None:
    """Make a survey out of public registers."""


def _territory_options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.argument("file", type=click.Path(path_type=Path))(command)
    command = click.option(
        "--out", required=True, type=click.Path(path_type=Path), help="Folder of csv to write."
    )(command)
    command = click.option("--territory")(command)
    return click.option(
        "--around", metavar="LAT,LON,KM", help="Sites within so many km of a point."
    )(command)


@import_group.command()
@_territory_options
@language_option
@click.pass_context
def hotmaps(
    ctx: click.Context,
    file: Path,
    out: Path,
    territory: str | None,
    around: str | None,
    language: Language,
) -> None:
    """Industrial sites with excess heat (Hotmaps industrial database)."""
    ctx.meta[LANGUAGE_KEY] = language
    report = import_hotmaps(
        file, out, territory=territory, around=_around(around), language=language
    )
    click.echo(report.text(language))


@import_group.command()
@_territory_options
@click.option("--year", type=int)
@language_option
@click.pass_context
def irep(
    ctx: click.Context,
    file: Path,
    out: Path,
    territory: str | None,
    around: str | None,
    year: int | None,
    language: Language,
) -> None:
    """French register of pollutant releases (IREP): sites, or a yearly table of waste."""
    ctx.meta[LANGUAGE_KEY] = language
    report = import_irep(
        file, out, territory=territory, around=_around(around), year=year, language=language
    )
    click.echo(report.text(language))


def _around(text: str | None) -> Around | None:
    return None if text is None else Around.parse(text)


@click.command(cls=SpokenCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.option(
    "--likely", "likely", type=click.IntRange(min=1, max=100), default=int(LIKELY_PERCENT)
)
@click.option("--complete", is_flag=True)
@language_option
@click.pass_context
def prefill(
    ctx: click.Context, file: Path, out: Path, likely: int, complete: bool, language: Language
) -> None:
    """Supposed flows of a list of sites, by activity and headcount, as a survey folder."""
    ctx.meta[LANGUAGE_KEY] = language
    report = prefill_sites(file, out, likely_percent=likely, complete=complete, language=language)
    click.echo(report.text(language))
