"""``build_sharing``: machines, premises and vehicles that several sites could use."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np

from matcher.candidates.bundles import Bundle, Bundles, Gate, LeftOut
from matcher.catalogue import Catalogue
from matcher.declarations import EquipmentMode, Months, Survey
from matcher.groups.co_buying import co_bought, more_buyers
from matcher.groups.machines import Machine, machines
from matcher.groups.misses import Miss, Misses
from matcher.groups.neighbours import Neighbours
from matcher.groups.sharing_card import bundle_of, limits_of
from matcher.groups.sharing_deal import Deal, End, Terms, reckon, share_out
from matcher.groups.sharing_gates import Pair, pair_or_miss
from matcher.optimise import facility
from matcher.settings import Settings

# Users of one host among whom groups are formed, the best first; beyond, pairs only.
_GROUPS_AMONG = 5
# Pairs kept a user: the best hosts. A person compares no more.
_HOSTS_A_USER = 5


def build_sharing(survey: Survey, catalogue: Catalogue, settings: Settings) -> Bundles:
    """Pairs and groups around one host, and purchases in common; what refused the others.

    Raises
    ------
    SettingsError
        Without ``as_of``.
    """
    day = settings.round_day
    if not survey.equipment:
        return Bundles()
    near = Neighbours(survey, settings)
    misses = Misses("sharing")
    found, unknown = machines(survey, catalogue, settings)
    for item_id, code in unknown.items():
        words = survey.equipment[item_id].equipment
        misses.note(item_id, Miss(gate=Gate.NOT_KNOWN, code=code, values={"words": words}))
    classes = [same for same in _by_class(found) if len(same) > 1]
    terms = {end: Terms.of(catalogue, settings, end) for end in End} if classes else {}
    bundles: list[Bundle] = []
    left_out: list[LeftOut] = []
    for same in classes:
        pairs = _pairs(same, survey, near, day, misses)
        deals, wider = _deals(pairs, terms, settings, survey, near, misses)
        left_out += wider
        bundles += [bundle_of(deal, terms[End.LIKELY], survey, near) for deal in deals]
        bundles += co_bought(same, survey, near, terms, catalogue, settings, misses)
        left_out += more_buyers(same, terms, settings)
    return misses.closed(
        bundles,
        {key: amount for machine in found for key, amount in limits_of(machine).items()},
        ((machine.item_id, _alone(machine)) for machine in found),
        left_out,
    )


def _alone(machine: Machine) -> str:
    if machine.mode is EquipmentMode.CO_BUY:
        return "alone-buyer"
    return "alone-offer" if machine.is_offer else "alone-need"


def _by_class(found: Sequence[Machine]) -> Iterable[list[Machine]]:
    groups: dict[str, list[Machine]] = defaultdict(list)
    for machine in found:
        groups[machine.klass.key].append(machine)
    return [groups[key] for key in sorted(groups)]


def _pairs(
    same: Sequence[Machine],
    survey: Survey,
    near: Neighbours,
    as_of: datetime.date,
    misses: Misses,
) -> list[Pair]:
    """Every host and user of one class that pass the gates."""
    pairs = []
    offers = [m for m in same if m.is_offer and m.mode is not EquipmentMode.CO_BUY]
    needs = [m for m in same if not m.is_offer and m.mode is not EquipmentMode.CO_BUY]
    for host in offers:
        for user in needs:
            if near.same_firm(host.site_id, user.site_id):
                continue
            answer = pair_or_miss(host, user, survey, near, as_of)
            if isinstance(answer, Pair):
                pairs.append(answer)
                continue
            misses.note(host.item_id, answer, user.item_id)
            misses.note(user.item_id, answer, host.item_id)
    return pairs


def _deals(
    pairs: Sequence[Pair],
    terms: Mapping[End, Terms],
    settings: Settings,
    survey: Survey,
    near: Neighbours,
    misses: Misses,
) -> tuple[list[Deal], list[LeftOut]]:
    """Pairs that pay, then the groups around one host; and what more users could have made."""
    likely = terms[End.LIKELY]
    paying: list[tuple[float, Pair, Deal]] = []
    for pair in pairs:
        served = share_out([pair], likely)
        deal = reckon([pair], served, terms)
        if deal is not None:
            paying.append((deal.value.value or 0.0, pair, deal))
            continue
        short = -likely.net(pair, served[0])
        names = {
            "host": survey.sites[pair.host.site_id].name,
            "user": survey.sites[pair.user.site_id].name,
        }
        miss = Miss(
            gate=Gate.DOES_NOT_PAY, code="does-not-pay", gap=short, unit="EUR/year",
            values={**names, "gap": short},
        )  # fmt: skip
        misses.note(pair.host.item_id, miss, pair.user.item_id)
        misses.note(pair.user.item_id, miss, pair.host.item_id)
    kept = _best_of(paying)
    deals = [deal for _, _, deal in kept]
    of_host: dict[str, list[Pair]] = defaultdict(list)
    for _, pair, _ in kept:
        of_host[pair.host.item_id].append(pair)
    for host_id in sorted(of_host):
        deals += _groups(of_host[host_id][:_GROUPS_AMONG], terms, settings, near)
    deals += _contested([pair for _, pair, _ in kept], terms, settings, near)
    among = {host_id: of_host[host_id][:_GROUPS_AMONG] for host_id in of_host}
    return _distinct(deals), _more_users([pair for _, pair, _ in paying], among, likely, settings)


def _more_users(
    paying: Sequence[Pair], among: Mapping[str, Sequence[Pair]], terms: Terms, settings: Settings
) -> list[LeftOut]:
    """For each host, the groups with a user that is not among those of which groups were made."""
    by_host: dict[str, list[Pair]] = defaultdict(list)
    for pair in paying:
        by_host[pair.host.item_id].append(pair)
    found = []
    for host_id in sorted(by_host):
        made = {pair.user.item_id for pair in among.get(host_id, ())}
        worth = {pair.user.item_id: terms.at_most(pair) for pair in by_host[host_id]}
        beyond = frozenset(worth) - made
        if beyond:
            found.append(
                LeftOut(
                    hub=host_id,
                    worth=worth,
                    beyond=beyond,
                    most=settings.most_users_a_host,
                    at_once=len(worth),
                )
            )
    return found


def _best_of(paying: list[tuple[float, Pair, Deal]]) -> list[tuple[float, Pair, Deal]]:
    """The best hosts of each user, the best pairs first."""
    ranked = sorted(paying, key=lambda each: (-each[0], each[1].user.item_id, each[1].host.item_id))
    count: dict[str, int] = defaultdict(int)
    kept = []
    for each in ranked:
        user_id = each[1].user.item_id
        count[user_id] += 1
        if count[user_id] <= _HOSTS_A_USER:
            kept.append(each)
    return kept


def _groups(
    pairs: list[Pair], terms: Mapping[End, Terms], settings: Settings, near: Neighbours
) -> list[Deal]:
    """Two users and more on one host, of one mode: one proposal for its attention."""
    deals = []
    for size in range(2, min(settings.most_users_a_host, len(pairs)) + 1):
        for group in combinations(sorted(pairs, key=lambda pair: pair.user.item_id), size):
            if not _one_table(group, near):
                continue
            deal = reckon(group, share_out(group, terms[End.LIKELY]), terms)
            if deal is not None:
                deals.append(deal)
    return deals


def _one_table(group: Sequence[Pair], near: Neighbours) -> bool:
    """Whether one agreement fits all: the same legal object, and firms that may meet."""
    return len({pair.mode for pair in group}) == 1 and near.may_meet(
        [pair.user.site_id for pair in group]
    )


def _contested(
    pairs: Sequence[Pair], terms: Mapping[End, Terms], settings: Settings, near: Neighbours
) -> list[Deal]:
    """Where hours are short, who should have them: facility location by months (40)-(44), each
    user free to stay as today. Adds deals in which a user gets a part of its need.

    What a use costs a year is spread over what it could be, so that no decision is left: these
    are candidates, and :func:`reckon` takes the whole cost of each.
    """
    pairs = [pair for pair in pairs if not pair.host.is_space]
    if not _is_short(pairs, terms[End.LIKELY]):
        return []
    hosts = sorted({pair.host.item_id: pair.host for pair in pairs}.items())
    users = sorted({pair.user.item_id: pair.user for pair in pairs}.items())
    host_at = {item_id: at for at, (item_id, _) in enumerate(hosts)}
    user_at = {item_id: at for at, (item_id, _) in enumerate(users)}
    likely = terms[End.LIKELY]
    weight = 1 + likely.set_up_share(pairs[0])
    need = np.array([user.room for _, user in users])
    stay = np.arange(len(users))
    problem = facility.FacilityProblem(
        capacity=np.vstack([np.array([host.room for _, host in hosts]) / weight, need]),
        fixed_cost=np.zeros(len(hosts) + len(users)),
        need=need,
        arc_user=np.concatenate([[user_at[pair.user.item_id] for pair in pairs], stay]),
        arc_host=np.concatenate(
            [[host_at[pair.host.item_id] for pair in pairs], len(hosts) + stay]
        ),
        arc_cost=np.array(
            [
                likely.unit_cost(pair) + likely.yearly_cost(pair, pair.most) / sum(pair.most)
                for pair in pairs
            ]
            + [likely.hire(user.price) for _, user in users]
        ),
    )
    amount = facility.solve(problem, settings).amount
    deals = []
    for host_id, _ in hosts:
        at_host = [
            (pair, _within(pair, amount[at]))
            for at, pair in enumerate(pairs)
            if pair.host.item_id == host_id and amount[at].sum() > 0
        ]
        choices = [[each] for each in at_host] + ([at_host] if len(at_host) > 1 else [])
        for choice in choices:
            group = [pair for pair, _ in choice]
            if len(group) <= settings.most_users_a_host and _one_table(group, near):
                deal = reckon(group, [served for _, served in choice], terms)
                if deal is not None:
                    deals.append(deal)
    return deals


def _is_short(pairs: Sequence[Pair], terms: Terms) -> bool:
    """Whether some host, in some month, cannot serve all that could come to it."""
    wanted: dict[str, list[float]] = defaultdict(lambda: [0.0] * 12)
    rooms = {pair.host.item_id: pair.host.room for pair in pairs}
    for pair in pairs:
        for month, amount in enumerate(pair.most):
            wanted[pair.host.item_id][month] += amount * (1 + terms.set_up_share(pair))
    return any(
        amount > rooms[item_id][month] + 1e-9
        for item_id, months in wanted.items()
        for month, amount in enumerate(months)
    )


def _within(pair: Pair, amounts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Months:
    """What the plan gives, in the months in which the pair may meet."""
    return tuple(min(float(amount), most) for amount, most in zip(amounts, pair.most, strict=True))


def _distinct(deals: Iterable[Deal]) -> list[Deal]:
    """Each host and users and amounts once, in a fixed order."""
    found: dict[tuple[object, ...], Deal] = {}
    for deal in deals:
        order = sorted(range(len(deal.pairs)), key=lambda at: deal.pairs[at].user.item_id)
        key = (
            deal.pairs[0].host.item_id,
            tuple(deal.pairs[at].user.item_id for at in order),
            tuple(tuple(round(amount, 6) for amount in deal.served[at]) for at in order),
        )
        found.setdefault(key, deal)
    return [found[key] for key in sorted(found, key=repr)]
