"""The optimiser: who exchanges what with whom, with what is proved about it."""

from matcher.optimise.exchange_plan import ExchangePlan, solve_exchange

__all__ = ["ExchangePlan", "solve_exchange"]
