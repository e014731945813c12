"""Which loops run beside the doors, each with what it needs; knows none of their work."""

from collections.abc import Coroutine
from typing import Final

from onetime.app.parts import Parts
from onetime.loops.boots import ask_for_boots
from onetime.loops.certificates import keep_certificates
from onetime.loops.commissioning import keep_configured
from onetime.loops.configuration import keep_configurations_read
from onetime.loops.deadlines import mind_deadlines
from onetime.loops.erasure import erase
from onetime.loops.errands import (
    look_for_stragglers,
    renew_station_certificates,
    run_errands,
    settle_keys,
)
from onetime.loops.knocks import write_knocks
from onetime.loops.local_lists import keep_lists
from onetime.loops.pace import repeat
from onetime.loops.permissions import stop_unpermitted
from onetime.loops.reconciliation import reconcile
from onetime.loops.retention import retain
from onetime.loops.revocations import spread_revocations
from onetime.loops.server_clock import watch_clock
from onetime.settings import Settings

LOOK_AROUND_SECONDS: Final = 5.0
KNOCKS_SECONDS: Final = 2.0


def loops_of(parts: Parts, chosen: Settings) -> list[Coroutine[None, None, None]]:
    """Return all that runs by the clock, ready to be started."""
    garage, switchboard = parts.garage, parts.switchboard

    async def look_around() -> None:
        switchboard.look_around()

    return [
        repeat("look-around", LOOK_AROUND_SECONDS, look_around),
        write_knocks(garage, parts.knocking.take, KNOCKS_SECONDS),
        keep_certificates(garage, lambda: parts.encrypted.pairs),
        run_errands(garage),
        settle_keys(garage),
        look_for_stragglers(garage),
        renew_station_certificates(garage),
        reconcile(garage),
        erase(garage),
        watch_clock(garage),
        keep_configurations_read(garage),
        ask_for_boots(garage, switchboard.take_unbooted),
        keep_configured(garage, is_on=chosen.keep_stations_in_step),
        *([keep_lists(garage)] if chosen.keep_stations_in_step else []),
        spread_revocations(garage),
        mind_deadlines(garage),
        stop_unpermitted(garage),
        retain(garage, chosen.ocpp_log_retention_days, chosen.readings_retention_days),
    ]
