"""Nobody forgotten: at least one credible proposal for each site that can have one, elastic.

A site that has one is worth a price (66); a link counts only if it is worth a call (67).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Ints, Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Who could have a credible proposal, by which links, and what that is worth.

    ``site``, ``link`` (E,) are the places of a site and of a link that would serve it; ``least``
    (L,) is what such a link must carry to be worth a call, a giver's unit a year, 0 for others;
    ``price`` is what a site served is worth at most, in the objective's unit a year.
    """

    sites: tuple[str, ...]
    site: Ints
    link: Ints
    least: Floats
    price: float

    def served(self, is_open: Bools) -> Bools:
        """(S,) the sites that some open link serves."""
        count = np.bincount(self.site, is_open[self.link], minlength=len(self.sites))
        return np.asarray(count > 0)

    def among(self, links: Ints, served: Bools | None = None) -> Floor:
        """The floor of the sites that these links serve, but for those ``served`` (S,) already by
        others; places are those in ``links``.
        """
        place = np.full(self.least.size, -1, np.int64)
        place[links] = np.arange(links.size)
        inside = place[self.link] >= 0
        if served is not None:
            inside &= ~served[self.site]
        kept, site = np.unique(self.site[inside], return_inverse=True)
        return replace(
            self,
            sites=tuple(self.sites[k] for k in kept.tolist()),
            site=site.astype(np.int64),
            link=place[self.link[inside]],
            least=self.least[links],
        )

    def rewarding(self, exchange: ExchangeProblem) -> ExchangeProblem:
        """The model in which each site served brings the price: links ``u_s`` after its own."""
        offers, needs, _, links = exchange.counts
        count, periods = len(self.sites), exchange.supply.shape[1]
        unit = np.zeros((count, periods))
        unit[:, :1] = 1.0
        own, rows = np.arange(count), exchange.link_rows
        first = rows.upper.size
        asked = np.zeros(links, np.bool_)  # stays whatever it carries (63)
        asked[rows.column[rows.upper[rows.row] < 0]] = True
        return replace(
            exchange,
            supply=np.vstack([exchange.supply, unit]),
            demand=np.vstack([exchange.demand, unit]),
            arc_offer=np.concatenate([exchange.arc_offer, offers + own]),
            arc_need=np.concatenate([exchange.arc_need, needs + own]),
            arc_link=np.concatenate([exchange.arc_link, links + own]),
            arc_yield=np.concatenate([exchange.arc_yield, np.ones(count)]),
            arc_gain=np.concatenate([exchange.arc_gain, np.full(count, self.price)]),
            link_cost=np.concatenate([exchange.link_cost, np.zeros(count)]),
            link_lot=np.concatenate(
                [
                    np.maximum(exchange.link_lot, np.where(asked, 0.0, self.least)),
                    np.ones(count),
                ]
            ),
            link_weight=np.concatenate([exchange.link_weight, np.zeros(count)]),
            link_rows=Rows(
                row=np.concatenate([rows.row, first + own, first + self.site]),
                column=np.concatenate([rows.column, links + own, self.link]),
                coefficient=np.concatenate(
                    [rows.coefficient, np.ones(count), -np.ones(self.link.size)]
                ),
                upper=np.concatenate([rows.upper, np.zeros(count)]),
            ),
        )
