"""Moves a station's configuration towards what is wanted of it, and reads back what came of that.

Bounded: each key at most once a boot, and a few times in all; a station that does not answer is
left alone until later.
"""

from typing import Final

from onetime.dispatch.commands import Sent, send
from onetime.dispatch.configuration import DEFAULT_CHUNK, MAX_CHUNK, MAX_KEYS_KEY
from onetime.domain.commands import CommandStatus
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.garage import Garage
from onetime.kit.logs import get_log
from onetime.ocpp.v16.core import (
    ChangeConfigurationRequest,
    GetConfigurationRequest,
    ResetRequest,
)
from onetime.operations.configuration import note_not_shown, plan_changes
from onetime.queries.configuration import (
    Standing,
    keys_to_read_back,
    may_restart,
    reported_number,
)

ACTOR: Final = Actor("clock", "commissioning")
SAID: Final = frozenset(
    {CommandStatus.ANSWERED, CommandStatus.CALL_ERROR, CommandStatus.BROKEN_ANSWER}
)
"""Endings after which a station is there to be asked more."""

log = get_log("dispatch")


async def bring_in_step(garage: Garage, station_id: StationId) -> bool:
    """Ask a station for what it lacks, and read it back; False when it ceased to answer.

    Raises StoreDown.
    """
    for wanted in await garage.archive.write(plan_changes, station_id):
        request = ChangeConfigurationRequest(key=wanted.key, value=wanted.value)
        if not _said_something(await send(garage, ACTOR, station_id, request)):
            return False
    return await read_back(garage, station_id)


async def read_back(garage: Garage, station_id: StationId) -> bool:
    """Ask a station to show what it accepted; False when it ceased to answer. Raises StoreDown."""
    keys = await garage.archive.read(keys_to_read_back, station_id)
    if not keys:
        return True
    limit = await garage.archive.read(reported_number, station_id, MAX_KEYS_KEY)
    chunk = min(limit or DEFAULT_CHUNK, MAX_CHUNK)
    for start in range(0, len(keys), chunk):
        request = GetConfigurationRequest(key=keys[start : start + chunk])
        if not _said_something(await send(garage, ACTOR, station_id, request)):
            return False
    await garage.archive.write(note_not_shown, station_id)
    return True


async def restart_if_idle(garage: Garage, station: Standing) -> None:
    """Restart a station for the changes that wait for that, once, when nobody uses it (C09)."""
    if await garage.archive.read(may_restart, station, garage.clock.now()):
        log.info("station_restarted_for_changes", station=station.station_id)
        await send(garage, ACTOR, station.station_id, ResetRequest(type="Soft"))


def _said_something(sent: Sent) -> bool:
    return sent.status in SAID
