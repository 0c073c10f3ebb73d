"""A first survey out of a list of sites: what their trades probably have and lack, marked."""

from matcher.prefilling.listing import Heads, ListedSite, SiteList, read_site_list
from matcher.prefilling.register import known_sites
from matcher.prefilling.supposing import LIKELY_PERCENT, prefill

__all__ = [
    "LIKELY_PERCENT",
    "Heads",
    "ListedSite",
    "SiteList",
    "known_sites",
    "prefill",
    "read_site_list",
]
