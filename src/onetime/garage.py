"""What the doors and the hall share: the archive, the clock, the ports to stations and viewers."""

from typing import Protocol

from msgspec import Struct, field

from onetime.domain.errors import Refusal, StoreDown
from onetime.domain.facts import Fact
from onetime.domain.ids import StationId
from onetime.kit.background import Background
from onetime.kit.broadcast import Broadcast
from onetime.kit.clock import Clock
from onetime.ocpp.exchange import Outcome
from onetime.store.archive import Archive
from onetime.store.transaction import Transaction

__all__ = ["Archive", "Garage", "Reply", "Stations", "Transaction"]


class Reply(Struct, frozen=True):
    """How a call ended, and the seconds since it was sent, or asked for if it never was."""

    outcome: Outcome
    seconds: float


class Stations(Protocol):
    """The call port: asks a station something, wherever it is connected."""

    def is_connected(self, station_id: StationId) -> bool:
        """Say whether the station has a connection now."""
        ...

    async def call(
        self, station_id: StationId, action: str, request: Struct | bytes, timeout_seconds: float
    ) -> Reply:
        """Send a CALL and wait for its one named outcome; never raises for what stations do.

        `dispatch/commands.py` is the caller: what is asked of a station is recorded.
        """
        ...


class Garage(Struct, frozen=True):
    """Handed to every door; made once, in `app/wiring.py`."""

    archive: Archive
    clock: Clock
    feed: Broadcast[Fact]
    stations: Stations
    background: Background = field(default_factory=lambda: Background(Refusal, StoreDown))
