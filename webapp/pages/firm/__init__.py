"""A firm's pages: its answers, its leads, its data. Nothing here can reach another firm's rows."""

from webapp.pages.firm import answers, cards, data, files, leads, team
from webapp.pages.firm.blueprint import pages

__all__ = ["answers", "cards", "data", "files", "leads", "pages", "team"]
