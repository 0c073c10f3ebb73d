"""The optimiser: who exchanges what with whom, with what is proved about it."""

from matcher.optimise.exchange_plan import ExchangePlan, solve_exchange
from matcher.optimise.heat import HeatCascade, heat_cascade

__all__ = ["ExchangePlan", "HeatCascade", "heat_cascade", "solve_exchange"]
