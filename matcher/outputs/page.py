"""One way to make a page: our templates, escaped, style and scripts inside, nothing asked."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from matcher.outputs.labels import curved, with_minus
from matcher.wording import Language, day, number, say, thousands_of_euros

SERVED_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFiles:
    """Addresses of the style and of the scripts on the page's own host."""

    style: str
    scripts: tuple[str, ...]


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("matcher.outputs", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        km=lambda value: number(round(value, 2 if value < 1 else 1), language),
        num=lambda value: with_minus(number(value, language)),
        keur=lambda value: with_minus(thousands_of_euros(value, language)),
        day=lambda value: day(value, language),
        said=lambda message: spaced(message.text(language), language),
        spaced=lambda text: spaced(text, language),
    )
    return environment


def spaced(text: str, language: Language) -> str:
    """French text as a printer sets it: no line starts with ``?`` or amid a number."""
    if language != "fr":
        return text
    text = re.sub(r" (?=[:;?!»€%])", "\u00a0", text).replace("« ", "«\u00a0")
    text = re.sub(r"(?<=\d) (?=\d{3}\b)", "\u202f", text)
    return curved(text)


def template_text(name: str) -> str:
    """The text of one file beside the templates (style, script)."""
    return resources.files("matcher.outputs").joinpath("templates", name).read_text("utf-8")


def render(
    template: str,
    language: Language,
    context: Mapping[str, Any],
    *,
    scripts: tuple[str, ...] = (),
    files: PageFiles | None = None,
) -> str:
    """Render one page.

    Parameters
    ----------
    template
        Name of the template; it is also the catalogue that ``t`` reads (``report.html``: report).
    language
        Of the page.
    context
        Names for the template.
    scripts
        Sources of ours or of a library, written into the page. Only these can run: the page's
        content security policy names their digests, and nothing may be asked of any host.
    files
        Where a server keeps style and scripts apart: they are then named, not written in.
    """
    room = template.partition(".")[0].removeprefix("public_")
    return (
        _environment(language)
        .get_template(template)
        .render(
            **context,
            language=language,
            t=lambda key, **values: spaced(say(f"{room}.{key}", language, **values), language),
            style=Markup(template_text("style.css")),  # noqa: S704 - our own file
            scripts=[Markup(source) for source in scripts],  # noqa: S704 - ours, or the library's
            files=files,
            policy=_policy(scripts) if files is None else SERVED_POLICY,
        )
    )


def _policy(scripts: tuple[str, ...]) -> str:
    digests = " ".join(f"'sha256-{_digest(source)}'" for source in scripts)
    may_run = f" script-src {digests};" if digests else ""
    return f"default-src 'none'; style-src 'unsafe-inline';{may_run} img-src data:"


def _digest(source: str) -> str:
    # HTML reads every line break as one line feed, and so does the digest.
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
