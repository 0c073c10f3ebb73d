"""What each party gets: the interval of prices where both gain, and a fair price in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceInterval:
    """EUR a giver's unit, from taker to giver (negative: the giver pays), haulage apart."""

    low: float
    fair: float
    high: float


def price_interval(
    *, avoided_cost_eur_per_unit: float, net_gain_eur_per_unit: float, parties: int = 2
) -> PriceInterval:
    r"""Prices between which nobody is worse off than today, and the one that shares evenly.

    .. math::

       p_{low} = -\delta, \qquad p_{high} = g - \delta, \qquad p_{fair} = g / m - \delta   & (14)

    with :math:`\delta` what the giver pays today to be rid of one unit (negative when it is paid),
    :math:`g` the whole net gain a unit (haulage, process and fixed costs deducted, borne by the
    taker), :math:`m` the number of parties. At the fair price each party gets the same gain.

    Parameters
    ----------
    avoided_cost_eur_per_unit
        :math:`\delta`.
    net_gain_eur_per_unit
        :math:`g`; above 0, or there is nothing to share.
    parties
        Two, or three with a processor, whose share the taker pays.

    Raises
    ------
    ValueError
        When the net gain is negative.
    """
    if net_gain_eur_per_unit < 0:
        raise ValueError(f"Nothing to share: net gain {net_gain_eur_per_unit} EUR a unit.")
    low = 0.0 - avoided_cost_eur_per_unit  # never -0.0, which would be written so
    return PriceInterval(
        low=low,
        fair=low + net_gain_eur_per_unit / parties,
        high=low + net_gain_eur_per_unit,
    )
