"""What a firm says of itself: its site, to be confirmed; who must never know; how many leads."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.catalogue import fold, load_catalogue
from webapp.mapping.typed import months_of
from webapp.models import Firm, Place, Response
from webapp.operations import journal
from webapp.operations.errors import OperationError
from webapp.operations.firm.notes import (
    keep_private,
    keep_progress,
    open_sheet,
    private_of,
    progress_of,
    whole,
)
from webapp.policy import Actor
from webapp.texts import Language

PATTERNS = ("day", "2x8", "3x8", "5x8", "weekend", "seasonal")
MOST_NAMES = 20
MOST_SIGNS = 100
USUAL_LEADS = 3
MOST_LEADS = 5
"""A firm is asked about five leads a round at most, over its sites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSheet:
    """What is known of a site, to be confirmed. ``places``: commune code and name."""

    name: str
    siret: str | None
    activity: str
    headcount: str
    commune: str
    pattern: str
    closed_months: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Who must never know, and how many leads. ``unresolved``: names that the agent looks up."""

    excluded: str
    leads: int


def site(session: Session, actor: Actor, response_id: str, language: Language) -> SiteSheet:
    """What is known of the site, for the firm to confirm."""
    response = whole(session, actor, response_id)
    register, private = response.site.register, private_of(session, response)
    code = str(register.get("activity_code", ""))
    label = load_catalogue().activity_label(code, language) if code else None
    places = session.scalars(
        select(Place)
        .where(Place.territory_id == response.round.territory_id)
        .order_by(Place.name, Place.commune_code)
    )
    return SiteSheet(
        name=response.site.name,
        siret=response.site.siret,
        activity=" · ".join(part for part in (label, code) if part),
        headcount=str(register.get("headcount", "")),
        commune=str(register.get("commune_code", "")),
        pattern=str(private.get("working_pattern", "")),
        closed_months=tuple(months_of(str(private.get("closed_months", "")))),
        places=tuple((place.commune_code, place.name or place.commune_code) for place in places),
        is_confirmed=bool(progress_of(session, response).get("site")),
    )


def confirm_site(
    session: Session,
    actor: Actor,
    response_id: str,
    *,
    headcount: str,
    commune: str,
    pattern: str | None,
    closed_months: list[str] | None,
    is_finished: bool,
    now: datetime.datetime,
) -> None:
    """Keep what the firm says of its site (None: not said) and, once finished, that it confirms.

    Raises
    ------
    OperationError
        ``headcount-wrong``, ``closed``, ``charter-first``.
    """
    response = _writable(session, actor, response_id)
    count = headcount.replace(",", ".").replace("\u00a0", "").replace(" ", "")
    if count and not _is_headcount(count):
        raise OperationError("headcount-wrong", value=headcount[:40])
    known = {
        place.commune_code: place
        for place in session.scalars(
            select(Place).where(Place.territory_id == response.round.territory_id)
        )
    }
    register = dict(response.site.register)
    before = dict(register)
    if count:
        register["headcount"] = count
    if commune in known and commune != register.get("commune_code"):
        register["commune_code"] = commune
        for name in ("latitude", "longitude", "park"):
            register.pop(name, None)  # they were of the other place
    response.site.register = register
    private = private_of(session, response)
    if pattern is not None:
        private["working_pattern"] = pattern if pattern in PATTERNS else ""
    if closed_months is not None:
        private["closed_months"] = ",".join(
            month for month in closed_months if month.isdecimal() and 1 <= int(month) <= 12
        )
    keep_private(session, response, private)
    if not is_finished:
        return
    keep_progress(session, response, site=now.isoformat())
    journal.record(
        session,
        actor,
        "site_confirmed",
        response.public_id,
        now=now,
        firm=response.firm,
        changed=sorted(name for name in before if before[name] != register.get(name)),
    )


def limits(session: Session, actor: Actor, response_id: str) -> Limits:
    """Who must never know, and how many leads."""
    response = whole(session, actor, response_id)
    private = private_of(session, response)
    wanted = str(private.get("max_proposals", ""))
    return Limits(
        excluded=str(private.get("excluded_said", private.get("excluded", ""))),
        leads=int(wanted) if wanted.isdecimal() else USUAL_LEADS,
    )


def set_limits(
    session: Session,
    actor: Actor,
    response_id: str,
    *,
    excluded: str | None,
    leads: str,
    is_finished: bool,
    now: datetime.datetime,
) -> None:
    """Keep who must never know, by name or number (None: as before), and how many leads.

    A name that is exactly a firm's of the territory is resolved here; the firm is not told which
    are, or names could be tried out. The others wait for the agent before anything is matched.

    Raises
    ------
    OperationError
        ``too-many-names``, ``leads-wrong``, ``closed``, ``charter-first``.
    """
    response = _writable(session, actor, response_id)
    private = private_of(session, response)
    said = str(private.get("excluded_said", "")) if excluded is None else excluded
    names = [part.strip() for part in re.split(r"[;,\n]", said) if part.strip()]
    if len(names) > MOST_NAMES or any(len(name) > MOST_SIGNS for name in names):
        raise OperationError("too-many-names", most=MOST_NAMES)
    if leads and not (leads.isdecimal() and int(leads) <= MOST_LEADS):
        raise OperationError("leads-wrong", most=MOST_LEADS)
    if names != [part.strip() for part in str(private.get("excluded_said", "")).split(";")]:
        numbers, unresolved = _resolved(session, response, names)
        private["excluded"] = ";".join(numbers)
        private["excluded_said"] = "; ".join(names)
        private["excluded_unresolved"] = unresolved
    if leads:
        private["max_proposals"] = leads
    keep_private(session, response, private)
    if not is_finished:
        return
    keep_progress(session, response, limits=now.isoformat())
    journal.record(session, actor, "limits_set", response.public_id, now=now, firm=response.firm)


def _resolved(
    session: Session, response: Response, names: list[str]
) -> tuple[list[str], list[str]]:
    """SIREN or SIRET numbers, and the names that are nobody's for certain."""
    known: dict[str, list[str | None]] = {}
    for firm in session.scalars(
        select(Firm).where(Firm.territory_id == response.round.territory_id)
    ):
        known.setdefault(fold(firm.name), []).append(firm.siren)
    numbers, unresolved = [], []
    for name in names:
        digits = re.sub(r"[\s.]", "", name)
        if digits.isdecimal() and len(digits) in {9, 14}:
            numbers.append(digits)
            continue
        found = known.get(fold(name), [])
        if len(found) == 1 and found[0]:
            numbers.append(found[0])
        else:
            unresolved.append(name)
    return numbers, unresolved


def _writable(session: Session, actor: Actor, response_id: str) -> Response:
    whole(session, actor, response_id)
    return open_sheet(session, actor, response_id)


def _is_headcount(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and float(text) < 1_000_000
