"""Runs guided operations on keys and certificates at stations that are connected, step by step."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from functools import partial
from typing import Final

from onetime.dispatch.errands import hand_over, run_errand
from onetime.domain.facts import ErrandChanged, ForeignCommit, StationConnected
from onetime.domain.ids import StationId
from onetime.garage import Garage
from onetime.kit.logs import get_log
from onetime.loops.crew import Crew
from onetime.loops.pace import repeat, repeat_when
from onetime.operations.errands import ask_for_renewals, note_stragglers
from onetime.operations.keys import settle_old_keys
from onetime.operations.requests import Delivery, deliveries
from onetime.queries.errands import Errand, open_errands

EVERY_SECONDS: Final = 10.0
AT_ONCE: Final = 8
RETRY_SECONDS: Final = 300.0
"""After a step without an answer a station is left alone for so long, or until it comes anew."""
SETTLE_SECONDS: Final = 60.0
RENEW_SECONDS: Final = 3_600.0

log = get_log("loops")


async def run_errands(garage: Garage) -> None:
    """Take errands on and hand certificates over, for ever."""
    retry_at: dict[StationId, float] = {}
    arrivals: Counter[StationId] = Counter()
    async with asyncio.TaskGroup() as tasks:
        crew = Crew("errands", tasks, AT_ONCE)

        async def forgive() -> None:
            """A station that comes anew is asked at once, whatever it did before."""
            subscription = garage.feed.subscribe(StationConnected)
            while True:
                fact = await subscription.next()
                if isinstance(fact, StationConnected):
                    arrivals[fact.station_id] += 1
                    retry_at.pop(fact.station_id, None)

        async def step() -> None:
            for delivery in await garage.archive.write(deliveries):
                if is_reached(delivery.station_id):
                    crew.send(delivery.station_id, partial(bring, delivery))
            for errand in await garage.archive.read(open_errands):
                if is_reached(StationId(errand.station_id)):
                    crew.send(StationId(errand.station_id), partial(take_on, errand))

        def is_reached(station_id: StationId) -> bool:
            is_rested = retry_at.get(station_id, 0.0) <= garage.clock.monotonic()
            return is_rested and garage.stations.is_connected(station_id)

        async def bring(delivery: Delivery) -> None:
            await ask(delivery.station_id, hand_over(garage, delivery))

        async def take_on(errand: Errand) -> None:
            await ask(StationId(errand.station_id), run_errand(garage, errand))

        async def ask(station_id: StationId, asking: Awaitable[bool]) -> None:
            """Leave a station alone that says nothing, unless it has come anew meanwhile."""
            arrival = arrivals[station_id]
            if not await asking and arrivals[station_id] == arrival:
                retry_at[station_id] = garage.clock.monotonic() + RETRY_SECONDS

        tasks.create_task(forgive())
        await repeat_when(
            "errands",
            EVERY_SECONDS,
            step,
            garage.feed,
            ErrandChanged,
            StationConnected,
            ForeignCommit,
        )


async def settle_keys(garage: Garage) -> None:
    """End the time in which two keys open a station, for ever."""

    async def step() -> None:
        if settled := await garage.archive.write(settle_old_keys):
            log.info("keys_settled", stations=settled)

    await repeat("keys", SETTLE_SECONDS, step)


async def look_for_stragglers(garage: Garage) -> None:
    """Tell of stations that said yes to a security profile and never came by it, for ever."""

    async def step() -> None:
        for station_id in await garage.archive.write(note_stragglers):
            log.warning("upgrade_stalled", station=station_id)

    await repeat("stragglers", SETTLE_SECONDS, step)


async def renew_station_certificates(garage: Garage) -> None:
    """Let stations ask for another certificate a month before theirs ends, for ever."""

    async def step() -> None:
        for station_id in await garage.archive.write(ask_for_renewals):
            log.info("certificate_renewal_began", station=station_id)

    await repeat("renewals", RENEW_SECONDS, step)
