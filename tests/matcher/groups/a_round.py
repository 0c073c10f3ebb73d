"""Small surveys of machines, floors and purchases, a few words each."""

import datetime

from matcher.catalogue import load_catalogue
from matcher.declarations import (
    Direction,
    Equipment,
    EquipmentMode,
    Pool,
    PoolDirection,
    Site,
    Survey,
)
from matcher.settings import Settings

AS_OF = datetime.date(2027, 1, 11)
SETTINGS = Settings(as_of=AS_OF)
CATALOGUE = load_catalogue()
KM_A_DEGREE = 111.19493


def a_site(site_id, east_km=0.0, **said):
    """A firm of its own, so many km east by road (the detour is taken out), on the equator."""
    said.setdefault("siret", f"{abs(hash_of(site_id)) % 10**9:09d}00011")
    return Site(
        site_id=site_id,
        name=f"Firme {site_id}",
        latitude=0.0,
        longitude=east_km / SETTINGS.detour_factor / KM_A_DEGREE,
        **said,
    )


def hash_of(text):
    """The same for the same text in every process."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(text))


def siren_of(site_id):
    return a_site(site_id).siret[:9]


def months(amount, which=range(1, 13)):
    return tuple(float(amount) if month in which else 0.0 for month in range(1, 13))


def an_offer(site_id, amount=40, which=range(1, 13), **said):
    return _equipment(site_id, Direction.OFFER, amount, which, said)


def a_need(site_id, amount=10, which=range(1, 13), **said):
    return _equipment(site_id, Direction.NEED, amount, which, said)


def a_buyer(site_id, amount, **said):
    return a_need(site_id, amount, mode=EquipmentMode.CO_BUY, **said)


def _equipment(site_id, direction, amount, which, said):
    said.setdefault("equipment", "machining_centre")
    said.setdefault("item_id", f"{site_id}-{direction.value}-{said['equipment']}")
    said.setdefault("hours_by_month", None if amount is None else months(amount, which))
    return Equipment(site_id=site_id, direction=direction, **said)


def a_pool(site_id, amount, eur_per_year, **said):
    said.setdefault("category", "forklift_training")
    said.setdefault("direction", PoolDirection.BUYS)
    said.setdefault("decided_here", True)
    said.setdefault("pool_id", f"{site_id}-{said['category']}")
    return Pool(site_id=site_id, amount=amount, eur_per_year=eur_per_year, **said)


def a_survey(sites, equipment=(), pools=()):
    return Survey(
        sites={site.site_id: site for site in sites},
        equipment={item.item_id: item for item in equipment},
        pools={pool.pool_id: pool for pool in pools},
    )


def free_of_costs(**more):
    """Settings in which trips, set-up and follow-up cost nothing: sums that a hand can check."""
    overrides = {
        "sharing_follow_up": 0.0,
        "sharing_trip": 0.0,
        "hours_per_visit": 1e12,
        "co_buy_running_share": 0.0,
        "pool_follow_up": 0.0,
    }
    return Settings(as_of=AS_OF, factor_overrides=overrides, **more)
