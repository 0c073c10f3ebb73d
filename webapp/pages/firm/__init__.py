"""A firm's pages: its answers, its leads, its data. Nothing here can reach another firm's rows."""

from webapp.pages.firm import answers, cards, data, leads
from webapp.pages.firm.blueprint import pages

__all__ = ["answers", "cards", "data", "leads", "pages"]
