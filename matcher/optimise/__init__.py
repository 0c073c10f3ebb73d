"""The optimiser: who exchanges what with whom, with what is proved about it."""

from matcher.optimise.exchange_plan import ExchangePlan, solve_exchange
from matcher.optimise.heat import HeatCascade, heat_cascade
from matcher.optimise.hiring import HiringPlan, SharedJob, check_job, solve_hiring
from matcher.optimise.pooling import PoolingPlan, solve_pooling
from matcher.optimise.sharing import SharingPlan, solve_sharing

__all__ = [
    "ExchangePlan",
    "HeatCascade",
    "HiringPlan",
    "PoolingPlan",
    "SharedJob",
    "SharingPlan",
    "check_job",
    "heat_cascade",
    "solve_exchange",
    "solve_hiring",
    "solve_pooling",
    "solve_sharing",
]
