"""What holds for any round of machines and users."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from matcher.candidates.bundles import Gate
from tests.matcher.groups.a_round import SETTINGS, a_need, a_site, an_offer
from tests.matcher.groups.test_sharing import built

amounts = st.integers(1, 30)
prices = st.integers(10, 120)


@st.composite
def rounds(draw):
    """One to three hosts, one to four users of one class, on a line of forty kilometres."""
    sites, equipment = [], []
    for at in range(draw(st.integers(1, 3))):
        sites.append(a_site(f"H{at}", draw(st.integers(0, 40))))
        equipment.append(an_offer(f"H{at}", draw(amounts), eur_per_hour=draw(prices)))
    for at in range(draw(st.integers(1, 4))):
        sites.append(a_site(f"U{at}", draw(st.integers(0, 40))))
        which = draw(st.sets(st.integers(1, 12), min_size=1))
        equipment.append(a_need(f"U{at}", draw(amounts), which, eur_per_hour=draw(prices)))
    return sites, equipment


@given(rounds())
def test_nobody_in_a_bundle_is_below_doing_nothing(round_):
    for bundle in built(*round_, settings=SETTINGS).bundles:
        assert min(member.gain.value for member in bundle.members) > 0
        assert bundle.price_low <= bundle.fair_price <= bundle.price_high


@given(rounds())
def test_every_declaration_is_in_a_bundle_or_refused(round_):
    found = built(*round_, settings=SETTINGS)
    in_bundles = {member for bundle in found.bundles for member in bundle.declaration_ids}
    refused = {refusal.declaration_id for refusal in found.refusals}

    assert in_bundles | refused == {item.item_id for item in round_[1]}
    alone = {each.declaration_id for each in found.refusals if each.gate is Gate.ALONE}
    assert not in_bundles & alone


@given(rounds(), st.integers(0, 10**6))
def test_the_order_of_rows_changes_nothing(round_, seed):
    sites, equipment = (list(part) for part in round_)
    chance = random.Random(seed)
    chance.shuffle(sites)
    chance.shuffle(equipment)

    assert built(sites, equipment, settings=SETTINGS) == built(*round_, settings=SETTINGS)


@given(rounds())
def test_a_site_further_away_never_brings_more(round_):
    sites, equipment = round_
    farther = [replace(site, longitude=(site.longitude or 0) * 1.5) for site in sites]

    def best(where):
        return sum(bundle.worth for bundle in built(where, equipment, settings=SETTINGS).bundles)

    assert best(farther) <= best(sites) + 1e-6
