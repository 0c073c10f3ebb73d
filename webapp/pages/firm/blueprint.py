"""The one blueprint of a firm's pages."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("firm", "webapp.pages.firm", url_prefix="/entreprise")
