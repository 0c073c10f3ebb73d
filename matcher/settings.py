"""The one set of choices that a run depends on, each default with its unit and its source."""

from __future__ import annotations

import datetime
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from matcher.errors import SettingsError


class Objective(StrEnum):
    """What a plan makes as large as it can."""

    EUR = "eur"
    CO2E = "co2e"


class Backend(StrEnum):
    """Which writing of the model is solved; both read the same arrays."""

    AUTO = "auto"
    REFERENCE = "reference"  # PuLP: readable, small
    ENGINE = "engine"  # arrays straight into HiGHS


class Solver(StrEnum):
    """The solver behind the reference model."""

    HIGHS = "highs"
    CBC = "cbc"


_JUDGEMENT = "engineering judgement"


def _setting(
    default: Any, unit: str, source: str, low: float | None = None, high: float | None = None
) -> Any:
    return field(
        default=default, metadata={"unit": unit, "source": source, "low": low, "high": high}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Parameters of a run. Prices and emissions are not here: they are rows of ``factors.csv``,
    which ``factor_overrides`` can replace one by one.
    """

    as_of: datetime.date | None = _setting(None, "date", "the round; match() asks for it")
    objective: Objective = _setting(Objective.EUR, "-", "the EPCI's choice")
    proposals: int | None = _setting(
        None, "proposals", "None: as many as pay; the EPCI's choice", 0
    )
    animation_hours: float | None = _setting(
        None, "h of the round", "None: no limit; the EPCI's own staff", 0.0
    )
    max_proposals_per_site: int = _setting(
        3, "proposals", f"{_JUDGEMENT}: what a contact reads in one round", 0
    )
    max_proposals_per_firm: int = _setting(
        5, "proposals", f"{_JUDGEMENT}: over all sites of one firm", 0
    )
    detour_factor: float = _setting(
        1.3,
        "road km / great-circle km",
        f"{_JUDGEMENT}: usual order of magnitude in France",
        1.0,
        3.0,
    )
    trench_detour_factor: float = _setting(
        1.3, "trench m / great-circle m", f"{_JUDGEMENT}: trenches follow roads", 1.0, 3.0
    )
    nearest_partners: int = _setting(
        20, "needs an offer", f"{_JUDGEMENT}: the 20 nearest cover a territory of 60 sites", 1
    )
    best_paying_partners: int = _setting(
        20, "needs an offer", f"{_JUDGEMENT}: a far but well-paying outlet must not be lost", 0
    )
    delta_t_min_k: float = _setting(
        5.0, "K", f"{_JUDGEMENT}: water to water plate exchanger", 0.0, 50.0
    )
    interest_rate: float = _setting(
        0.05, "share a year", f"{_JUDGEMENT}: annuity of a pipe", 0.0, 0.5
    )
    pipe_life_years: int = _setting(20, "years", f"{_JUDGEMENT}: annuity of a pipe", 1, 60)
    subsidy_share: float = _setting(
        0.0, "share of capital cost", "none is counted until it is granted", 0.0, 1.0
    )
    most_users_a_host: int = _setting(
        4, "users", f"{_JUDGEMENT}: beyond, one machine's diary is no longer kept by hand", 1, 8
    )
    machine_hours_a_month: float = _setting(
        150.0, "h", f"{_JUDGEMENT}: a machine on one shift, its upkeep taken off", 1.0, 744.0
    )
    machine_life_years: float = _setting(
        8.0, "years", f"{_JUDGEMENT}: where no buyer said how long the machine lasts", 1.0, 40.0
    )
    pool_radius_km: float = _setting(
        40.0, "km", f"{_JUDGEMENT}: one round, one classroom, one supplier's branch", 1.0, 500.0
    )
    most_pool_members: int = _setting(
        12, "members", f"{_JUDGEMENT}: as many as one meeting can agree", 2, 60
    )
    contract_horizon_days: int = _setting(
        365, "days", f"{_JUDGEMENT}: a contract that ends later is not worth a call yet", 0, 3660
    )
    floor_eur: float = _setting(
        2000.0, "EUR a year a site", f"{_JUDGEMENT}: most that one more site served may cost", 0.0
    )
    floor_tco2e: float = _setting(
        2.0, "tCO2e a year a site", f"{_JUDGEMENT}: the same where carbon is the aim", 0.0
    )
    floor_least_gain_eur: float = _setting(
        500.0, "EUR a year a side", f"{_JUDGEMENT}: below, a lead serves nobody", 0.0
    )
    new_lead_malus_eur: float = _setting(
        200.0, "EUR a year", f"{_JUDGEMENT}: a lead that firms know already goes first", 0.0
    )
    new_lead_malus_tco2e: float = _setting(
        0.2, "tCO2e a year", f"{_JUDGEMENT}: the same where carbon is the aim", 0.0
    )
    gap: float = _setting(1e-6, "share", "solve_*: proved optimum", 0.0, 1.0)
    portfolio_gap: float = _setting(
        0.01, "share", "match(): 1 %, below what the declared amounts are known to", 0.0, 1.0
    )
    curve_points: int = _setting(20, "points", "the page has room for 20", 0, 20)
    other_plans: int = _setting(
        0, "plans", "match --decisions asks for two; each takes about as long as the plan", 0, 5
    )
    robustness_draws: int = _setting(
        200, "draws", "a share of draws is then known to 3 points in a hundred or better", 0, 10_000
    )
    key_questions: int = _setting(
        0, "questions", "match --decisions asks for three; some seconds for 60 sites", 0, 50
    )
    pareto_points: int = _setting(
        0, "points", "match --pareto N: plans between euros, tCO2e and sites served", 0, 500
    )
    node_limit: int = _setting(
        5_000, "branch-and-bound nodes a component", "work limit, so that a run can be repeated", 0
    )
    time_limit_s: float = _setting(
        600.0, "s", "emergency stop only; the plan then says time_limit", 0.0
    )
    seed: int = _setting(0, "-", "fixed, so that a run can be repeated", 0)
    shapley_orders: int = _setting(
        400,
        "orders of arrival",
        f"{_JUDGEMENT}: standard error near 1 % of the total in groups above twelve",
        4,
        100_000,
    )
    hiring_yearly_hours: float = _setting(
        1607.0, "h of presence a year", "Code du travail, L. 3121-41: full time", 200.0, 2200.0
    )
    hiring_monthly_hours: float = _setting(
        151.67,
        "h a month",
        "35 h x 52 / 12: the legal week (Code du travail, L. 3121-27)",
        1.0,
        208.0,
    )
    hiring_month_tolerance: float = _setting(
        0.05, "share of a month", f"{_JUDGEMENT}: a peak that an agency covers", 0.0, 0.5
    )
    hiring_daily_hours: float = _setting(
        10.0, "h a day", "Code du travail, L. 3121-18: most in a day", 1.0, 12.0
    )
    hiring_leave_days: int = _setting(
        25, "days of work a year", "five weeks (Code du travail, L. 3141-3)", 0, 60
    )
    hiring_least_load: float = _setting(
        0.8, "share of paid hours", f"{_JUDGEMENT}: below, part time is proposed", 0.0, 1.0
    )
    hiring_least_weekly_hours: float = _setting(
        24.0, "h a week", "Code du travail, L. 3123-27: least part time", 1.0, 35.0
    )
    hiring_most_employers: int = _setting(
        4, "employers a post", f"{_JUDGEMENT}: two or three in practice, never more than four", 2, 4
    )
    hiring_least_pilot: float = _setting(
        0.4, "share of hours", f"{_JUDGEMENT}: one employer leads", 0.0, 1.0
    )
    hiring_most_share: float = _setting(
        0.7, "share of hours", f"{_JUDGEMENT}: above, that site should hire by itself", 0.0, 1.0
    )
    hiring_radius_km: float = _setting(
        25.0, "road km between two sites", f"{_JUDGEMENT}: half an hour by car", 0.0
    )
    backend: Backend = _setting(Backend.AUTO, "-", "auto: the engine, at every size")
    solver: Solver = _setting(Solver.HIGHS, "-", "behind the reference model")
    workers: int | None = _setting(
        None, "processes", "None: the machine's cores; changes no result", 1
    )
    factor_overrides: Mapping[str, float] = field(
        default_factory=dict,
        metadata={"unit": "that of the factor", "source": "the user", "low": None, "high": None},
    )

    @property
    def round_day(self) -> datetime.date:
        """The date of the round; SettingsError without one, since nothing reads today's date."""
        if self.as_of is None:
            raise SettingsError("as-of-missing")
        return self.as_of

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            low, high = item.metadata.get("low"), item.metadata.get("high")
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            # Written so that nan, which compares with nothing, is outside too.
            inside = (low is None or value >= low) and (high is None or value <= high)
            if not inside or value != value:
                raise SettingsError(
                    "out-of-range",
                    {
                        "name": item.name,
                        "value": value,
                        "low": "−∞" if low is None else low,
                        "high": "∞" if high is None else high,
                    },
                )

    @classmethod
    def from_toml(cls, path: Path, **overrides: Any) -> Settings:
        """Read settings from a TOML file; ``overrides`` (command line) win over the file.

        Raises
        ------
        SettingsError
            For an unreadable file, an unknown name, a wrong type or a value out of range.
        """
        try:
            with path.open("rb") as file:
                values = tomllib.load(file)
        except OSError as error:
            raise SettingsError("no-file", {"file": path.name}) from error
        except UnicodeDecodeError as error:
            raise SettingsError("not-text", {"file": path.name}) from error
        except tomllib.TOMLDecodeError as error:
            raise SettingsError("file", {"file": path.name, "detail": error}) from error
        return cls.from_mapping({**values, **overrides}, origin=path.name)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], origin: str = "settings") -> Settings:
        """Build settings from plain values, checking names and types."""
        known = {item.name: item for item in fields(cls)}
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise SettingsError(
                "unknown",
                {"file": origin, "name": ", ".join(unknown), "known": ", ".join(sorted(known))},
            )
        return cls(**{name: _converted(origin, name, value) for name, value in values.items()})

    def to_dict(self) -> dict[str, Any]:
        """What the plan records: everything that can change its result."""
        plain: dict[str, Any] = {}
        for item in fields(self):
            if item.name in ("workers", "time_limit_s"):
                continue
            value = getattr(self, item.name)
            if isinstance(value, datetime.date):
                value = value.isoformat()
            elif isinstance(value, StrEnum):
                value = value.value
            elif isinstance(value, Mapping):
                value = dict(sorted(value.items()))
            plain[item.name] = value
        return plain


_ENUMS: dict[str, type[StrEnum]] = {"objective": Objective, "backend": Backend, "solver": Solver}
_INTEGERS = frozenset(
    {
        "proposals",
        "max_proposals_per_site",
        "max_proposals_per_firm",
        "nearest_partners",
        "best_paying_partners",
        "pipe_life_years",
        "curve_points",
        "other_plans",
        "pareto_points",
        "robustness_draws",
        "key_questions",
        "hiring_leave_days",
        "hiring_most_employers",
        "node_limit",
        "seed",
        "shapley_orders",
        "workers",
    }
)


def _converted(origin: str, name: str, value: Any) -> Any:
    where = {"file": origin, "name": name, "value": value}
    if value is None:
        return None
    if name == "as_of":
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value
        try:
            return datetime.date.fromisoformat(str(value))
        except ValueError as error:
            raise SettingsError("not-a-date", where) from error
    if name in _ENUMS:
        try:
            return _ENUMS[name](value)
        except ValueError as error:
            choices = ", ".join(member.value for member in _ENUMS[name])
            raise SettingsError("not-in-list", {**where, "known": choices}) from error
    if name == "factor_overrides":
        if not isinstance(value, Mapping) or not all(
            isinstance(number, int | float)
            and not isinstance(number, bool)
            and math.isfinite(number)
            for number in value.values()
        ):
            raise SettingsError("not-a-table", where)
        return {str(key): float(number) for key, number in value.items()}
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError("not-a-number", where)
    if name in _INTEGERS and not float(value).is_integer():
        raise SettingsError("not-whole", where)
    return int(value) if name in _INTEGERS else float(value)
