"""The network of a run as pages, drawn once when the run is stored: laying it out takes a while."""

from __future__ import annotations

from matcher.outputs.network_page import network_files, network_page
from matcher.outputs.page import PageFiles
from matcher.plan import Plan
from webapp.texts import LANGUAGES

FOLDER = "/reseau"
"""Where the application serves :func:`matcher.outputs.network_page.network_files`."""


def drawing_of(plan: Plan) -> dict[str, str]:
    """The page by language; style and scripts are asked of our own host."""
    style, *scripts = (f"{FOLDER}/{name}" for name in network_files())
    files = PageFiles(style=style, scripts=tuple(scripts))
    return {language: network_page(plan, language, files) for language in LANGUAGES}
