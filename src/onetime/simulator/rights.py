"""What a station knows by itself about tags: its cache, its local list, its reservations."""

from dataclasses import dataclass, field
from datetime import datetime

from onetime.simulator.configuration import Configuration


@dataclass(frozen=True)
class Reservation:
    """A connector kept for a tag; connector 0 is any of the station."""

    connector: int
    tag: str
    expires: datetime


@dataclass
class Rights:
    """Tags are compared without regard to case, as OCPP does."""

    list_version: int = 0
    listed: dict[str, str] = field(default_factory=dict)
    cached: dict[str, str] = field(default_factory=dict)
    reservations: dict[int, Reservation] = field(default_factory=dict)

    def offline(self, tag: str, configuration: Configuration) -> str | None:
        """Say by what right a tag may charge while nobody can be asked (OCPP 1.6, 3.4)."""
        key = tag.lower()
        if not configuration.switched_on("LocalAuthorizeOffline"):
            return None
        if configuration.switched_on("LocalAuthListEnabled") and key in self.listed:
            return "list" if self.listed[key] == "Accepted" else None
        if configuration.switched_on("AuthorizationCacheEnabled") and key in self.cached:
            return "cached" if self.cached[key] == "Accepted" else None
        return "unknown" if configuration.switched_on("AllowOfflineTxForUnknownId") else None

    def learn(self, tag: str, status: str, configuration: Configuration) -> None:
        """Remember the central system's verdict, where there is a cache."""
        if configuration.switched_on("AuthorizationCacheEnabled"):
            self.cached[tag.lower()] = status

    def kept_for_another(self, connector: int, tag: str, now: datetime) -> bool:
        """Say whether a reservation keeps this tag away; those past their time are dropped."""
        self.reservations = {n: r for n, r in self.reservations.items() if r.expires > now}
        here = [kept for kept in self.reservations.values() if kept.connector in (0, connector)]
        return bool(here) and all(kept.tag.lower() != tag.lower() for kept in here)

    def use_reservation(self, connector: int, tag: str) -> int | None:
        """Return the reservation that this tag has here, if any, and end it."""
        for number, kept in self.reservations.items():
            if kept.connector in (0, connector) and kept.tag.lower() == tag.lower():
                del self.reservations[number]
                return number
        return None
