"""Times in messages: those without zone are read as the garage means them (T03)."""

from datetime import datetime
from typing import Final

from onetime.garage import Transaction
from onetime.gateway.caller import Caller
from onetime.operations.clocks import meant_time

WITHOUT_ZONE: Final = "T03"


def time_of(tx: Transaction, caller: Caller, stated: datetime) -> datetime:
    """Return the moment that a time of this message means."""
    if WITHOUT_ZONE not in caller.quirks:
        return stated
    return meant_time(tx, caller.station_id, stated)
