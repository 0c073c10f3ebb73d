r"""What a link is worth: euros and tonnes of CO2e per giver's unit, and the most it can carry.

.. math::

   g   &= c_o + \eta\, p_n - k_r - h(d)                                          & (15) \\
   h   &= u_r\,(h_0 + h_1 d)\,\max(1, 0.4 / \rho)                                & (16) \\
   F   &= f + a\,(1 - s)\,(1000\,d\,t + P\,b + b_0)                             & (17) \\
   m   &= \sum_{t = 1}^{12} \min(\phi\, o_t,\; n_t / \eta)                       & (18) \\
   e   &= e_o + \alpha\, \eta\, e_n - u_r\, e_h d - w_r\, e_w                     & (19)

with :math:`c_o` what the giver pays today to be rid of a unit (negative: is paid), :math:`p_n` what
the taker pays today for a unit, :math:`\eta` the yield, :math:`k_r` the processes, :math:`d` km by
road or trench, :math:`u_r` the units carried per giver's unit, :math:`\rho` their density in t/m3,
:math:`t` EUR a metre of trench, :math:`P` the power in kW, :math:`b` and :math:`b_0` EUR per kW and
a pair of stations, :math:`a = i / (1 - (1 + i)^{-n})` the annuity, :math:`s` the share of aid,
:math:`\phi` the share of the offer warm enough. A price that nobody knows counts as 0 and
stays NaN in the flow table, so that the doubt can be shown.

:math:`w_r` is the electricity of a heat pump, MWh a giver's MWh, and :math:`e_w` its emission.

Carbon is counted only where it is additional: :math:`\alpha` is 0 when the giver's matter is put to
use today already (reuse, feed, recycling, composting, digestion, energy recovery). Whoever uses it
today must then buy elsewhere what the taker no longer buys: the purchase is displaced, not avoided.
It is 1 when the matter is thrown away, lost or kept in stock today. An emission that enters (19)
and is not known makes the whole not known (NaN): never 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.candidates.figures import LEVEL_OF_DISPOSAL, OPERATING_H, Figures, RouteTable
from matcher.candidates.places import crow_km
from matcher.candidates.table import Bools, Floats, FlowTable, Indices


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """The money, carbon and amounts of some links (P,); columns as in ``ArcTable``."""

    yield_per_unit: Floats
    gain: Floats
    avoided_tco2e: Floats
    haulage: Floats
    process_cost: Floats
    opening_cost: Floats
    capex_eur: Floats
    shared_follow_up: Floats
    shared_trench: Floats
    shared_capex: Floats
    most: Floats

    def value(self, *, in_tco2e: bool) -> Floats:
        """What the link brings a year at its largest amount, fixed cost deducted."""
        if in_tco2e:
            return self.avoided_tco2e * self.most
        return self.gain * self.most - self.opening_cost


class Reckoner:
    """Reckons links of one survey; what does not change from batch to batch is kept."""

    def __init__(self, flows: FlowTable, routes: RouteTable, figures: Figures) -> None:
        self.flows = flows
        self.routes = routes
        self.figures = figures
        self._cost = np.nan_to_num(flows.cost)
        self._tco2e_known = ~np.isnan(flows.tco2e)
        self._knows_tco2e = bool(self._tco2e_known.any())
        self._tco2e = np.nan_to_num(flows.tco2e) if self._knows_tco2e else flows.tco2e
        self._is_flat = np.asarray((flows.by_month == flows.by_month[:, :1]).all(axis=1))
        self._cuts_heat = bool(routes.thermal.any())
        self._has_pipe = bool(figures.is_pipe[routes.carried].any())
        fixed = figures.haulage_fixed[routes.carried] * routes.carried_units
        per_km = figures.haulage_per_km[routes.carried] * routes.carried_units
        self._haulage_fixed, self._haulage_per_km = fixed, per_km
        self._detour = figures.detour(routes.carried)
        self._has_hazard = bool(flows.hazardous.any())

    def road_km(self, offer: Indices, need: Indices, route: Indices) -> Floats:
        """Great circle × detour: by road, or by trench for what goes by pipe."""
        return crow_km(self.flows, offer, need) * self._detour[route]

    def usable_share(self, offer: Indices, need: Indices, route: Indices) -> Floats:
        """Share of an offer of heat that the need can still take: warm enough at the cold end.

        ``(T_offer - max(T_offer_return, T_need_return + approach)) / (T_offer - T_offer_return)``;
        1 where the offer's return is not known, and for all that is not heat; a need whose return
        is not known is taken to want all of it at its supply temperature. Cold alike, with the
        signs turned.
        """
        if not self._cuts_heat:
            return np.broadcast_to(1.0, offer.size)
        flows, figures = self.flows, self.figures
        sign = self.routes.thermal[route]
        supply = sign * flows.temperature_c[offer]
        back = sign * flows.return_temperature_c[offer]
        wanted = flows.return_temperature_c[need]
        wanted = np.where(np.isnan(wanted), flows.temperature_c[need], wanted)
        floor = sign * wanted + figures.delta_t_min_k
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.clip((supply - np.maximum(back, floor)) / (supply - back), 0.0, 1.0)
        return np.where((sign != 0) & ~np.isnan(share), share, 1.0)

    def reckon(
        self,
        offer: Indices,
        need: Indices,
        route: Indices,
        road_km: Floats,
        machine_cost: Floats | None = None,
    ) -> Reckoning:
        """Reckon some links; ``machine_cost`` (P,) replaces the process cost where it is known."""
        routes, figures = self.routes, self.figures
        yields = routes.yield_per_unit[route]
        is_pipe: Bools | None = None
        if self._has_pipe:
            carried = routes.carried[route]
            is_pipe = figures.is_pipe[carried]
            yields = yields * np.maximum(1e-6, 1 - figures.loss_share_per_km[carried] * road_km)
        process = routes.process_cost[route]
        if machine_cost is not None:
            process = np.where(np.isnan(machine_cost), process, machine_cost)
        haulage = self._haulage_fixed[route] + self._haulage_per_km[route] * road_km
        gain = self._cost[offer] + yields * self._cost[need] - process - haulage  # (15)
        most = self._most(offer, need, route, yields)
        opening = self._follow_up(offer, need)
        shared_follow_up = figures.shared_follow_up * opening
        capex: Floats = np.broadcast_to(0.0, offer.size)
        dug = capex
        if is_pipe is not None and is_pipe.any():
            capex, dug = np.zeros(offer.size), np.zeros(offer.size)
            dug[is_pipe] = self._trench(carried[is_pipe], road_km[is_pipe])
            capex[is_pipe] = self._capex(
                offer[is_pipe], need[is_pipe], carried[is_pipe], road_km[is_pipe], most[is_pipe]
            )
            opening = opening + figures.annuity * capex  # (17)
        return Reckoning(
            yield_per_unit=yields,
            gain=gain,
            avoided_tco2e=self._avoided(offer, need, route, yields, road_km),
            haulage=haulage,
            process_cost=process,
            opening_cost=opening,
            capex_eur=capex,
            shared_follow_up=shared_follow_up,
            shared_trench=figures.shared_trench * figures.annuity * dug,
            shared_capex=figures.shared_trench * dug,
            most=most,
        )

    def _follow_up(self, offer: Indices, need: Indices) -> Floats:
        """EUR a year to follow a link; inside one firm there is nobody to follow."""
        flows, figures = self.flows, self.figures
        each: Floats = np.broadcast_to(figures.link_cost, offer.size)
        if self._has_hazard:
            each = np.where(flows.hazardous[offer] > 0, figures.link_cost_hazardous, each)
        inside = flows.firm[offer] == flows.firm[need]
        return np.where(inside, 0.0, each) if inside.any() else each

    def _most(self, offer: Indices, need: Indices, route: Indices, yields: Floats) -> Floats:
        flows = self.flows
        share = self.usable_share(offer, need, route)
        most = np.minimum(share * flows.amount[offer], flows.amount[need] / yields)
        seasonal = np.flatnonzero(~(self._is_flat[offer] & self._is_flat[need]))
        if seasonal.size:
            supply = flows.by_month[offer[seasonal]] * share[seasonal, np.newaxis]
            demand = flows.by_month[need[seasonal]] / yields[seasonal, np.newaxis]
            most[seasonal] = np.minimum(supply, demand).sum(axis=1)  # (18)
        return most

    def _capex(
        self, offer: Indices, need: Indices, carried: Indices, trench_km: Floats, most: Floats
    ) -> Floats:
        flows, figures = self.flows, self.figures
        power_kw = np.fmin(flows.power_kw[offer], flows.power_kw[need])
        by_hours = np.where(figures.is_energy[carried], most * 1000 / OPERATING_H, 0.0)
        power_kw = np.where(np.isnan(power_kw), by_hours, power_kw)
        trench = self._trench(carried, trench_km)
        stations = power_kw * figures.station_eur_per_kw[carried] + figures.station_eur[carried]
        return np.asarray(trench + stations)

    def _trench(self, carried: Indices, trench_km: Floats) -> Floats:
        """EUR for digging and laying."""
        return np.asarray(trench_km * 1000 * self.figures.trench_eur_per_m[carried])

    def _avoided(
        self, offer: Indices, need: Indices, route: Indices, yields: Floats, road_km: Floats
    ) -> Floats:
        if not self._knows_tco2e:
            return np.broadcast_to(np.nan, offer.size)
        routes = self.routes
        per_km = (self.figures.haulage_tco2e_per_km[routes.carried] * routes.carried_units)[route]
        used = is_used_today(self.flows)[offer]
        spared = np.where(used, 0.0, yields * self._tco2e[need])
        power = routes.power_mwh[route]
        pumped = np.where(power > 0, power * self.figures.power_tco2e, 0.0)
        avoided = self._tco2e[offer] + spared - per_km * road_km - pumped  # (19)
        known = self._tco2e_known[offer] & (used | self._tco2e_known[need])
        return np.where(known, avoided, np.nan)


def is_used_today(flows: FlowTable) -> Bools:
    """(F,) whether today's outlet of an offer already puts it to some use, energy included."""
    return np.asarray((flows.outlet_rank >= 0) & (flows.outlet_rank < LEVEL_OF_DISPOSAL))
