"""Settings of an installation, from ``MAILLAGE_*`` of the environment; no secret has a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

TIMEZONE = ZoneInfo("Europe/Paris")
"""Deadlines are days of the territory: they end at 23:59:59 there."""


class ConfigError(Exception):
    """A setting is missing or cannot be read; the message names it and its remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What an administrator chooses.

    Attributes
    ----------
    database
        An SQLAlchemy address, ``sqlite:////var/lib/maillage/maillage.db``.
    secret
        Signs cookies and digests addresses: at least 32 signs.
    master_keys
        Fernet keys that wrap the keys of firms; the first seals, all open (rotation).
    hosts
        Names under which pages are asked for; any other is refused.
    address
        How mails name the place, ``https://maillage.example.fr``.
    mail
        ``console``, ``folder:/path`` or ``smtp://user:password@host:587``.
    mail_from
        The sender's address.
    proxy
        The address of the web server in front, whose word on who asks is believed; empty: none.
    needs_second_factor
        Whether agents, administrators and data protection officers must have one.
    """

    database: str
    secret: str = field(repr=False)
    master_keys: tuple[str, ...] = field(repr=False)
    hosts: tuple[str, ...]
    address: str
    mail: str = field(default="console", repr=False)
    mail_from: str = "maillage@localhost"
    least_hiding: int = 3
    batch_size: int = 15
    proxy: str = ""
    needs_second_factor: bool = True

    def __post_init__(self) -> None:
        if len(self.secret) < 32:
            raise ConfigError("MAILLAGE_SECRET: at least 32 signs; `maillage keys` writes one.")
        if not self.master_keys:
            raise ConfigError("MAILLAGE_KEYS: at least one key; `maillage keys` writes one.")
        if not self.hosts:
            raise ConfigError("MAILLAGE_HOSTS: the host names of the site, with commas between.")
        if self.least_hiding < 2:
            raise ConfigError("MAILLAGE_LEAST_HIDING: 2 or more; a card hides nobody alone.")

    @classmethod
    def from_environment(cls, values: Mapping[str, str]) -> Config:
        """Read ``MAILLAGE_DATABASE``, ``_SECRET``, ``_KEYS``, ``_HOSTS``, ``_ADDRESS``, ``_MAIL``…

        Raises
        ------
        ConfigError
            With the name of what is missing or unreadable.
        """

        def needed(name: str) -> str:
            value = values.get(f"MAILLAGE_{name}", "").strip()
            if not value:
                raise ConfigError(f"MAILLAGE_{name} is not set.")
            return value

        def listed(name: str) -> tuple[str, ...]:
            return tuple(part.strip() for part in needed(name).split(",") if part.strip())

        def counted(name: str, default: int) -> int:
            text = values.get(f"MAILLAGE_{name}", str(default)).strip()
            if not text.isdecimal():
                raise ConfigError(f"MAILLAGE_{name}: « {text} » is not a whole number.")
            return int(text)

        second = values.get("MAILLAGE_SECOND_FACTOR", "required").strip()
        if second not in {"required", "offered"}:
            raise ConfigError(f"MAILLAGE_SECOND_FACTOR: « {second} »; required or offered.")
        return cls(
            database=needed("DATABASE"),
            secret=needed("SECRET"),
            master_keys=listed("KEYS"),
            hosts=listed("HOSTS"),
            address=needed("ADDRESS").rstrip("/"),
            mail=values.get("MAILLAGE_MAIL", "console"),
            mail_from=values.get("MAILLAGE_MAIL_FROM", "maillage@localhost"),
            least_hiding=counted("LEAST_HIDING", 3),
            batch_size=counted("BATCH_SIZE", 15),
            proxy=values.get("MAILLAGE_PROXY", "").strip(),
            needs_second_factor=second == "required",
        )

    def as_environment(self) -> dict[str, str]:
        """The same settings again, for a process that is started beside this one."""
        return {
            "MAILLAGE_DATABASE": self.database,
            "MAILLAGE_SECRET": self.secret,
            "MAILLAGE_KEYS": ",".join(self.master_keys),
            "MAILLAGE_HOSTS": ",".join(self.hosts),
            "MAILLAGE_ADDRESS": self.address,
            "MAILLAGE_MAIL": self.mail,
            "MAILLAGE_MAIL_FROM": self.mail_from,
            "MAILLAGE_LEAST_HIDING": str(self.least_hiding),
            "MAILLAGE_BATCH_SIZE": str(self.batch_size),
            "MAILLAGE_PROXY": self.proxy,
            "MAILLAGE_SECOND_FACTOR": "required" if self.needs_second_factor else "offered",
        }
