"""Rows B: how stations boot, and what they expect of us around it."""

import json

import pytest
from sqlalchemy import select

from onetime.operations.stations import StationChanges, edit_station
from onetime.store.tables import boot_logs
from tests.garage_makers import OWNER
from tests.quirks.conftest import Connect
from tests.quirks.station import CARD, Central, Station, register

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_b01_a_charge_that_is_reported_before_any_boot_is_booked(
    central: Central, connect: Connect
) -> None:
    """ZJ Beny EV#15028: traffic before the boot; a SecurityError would lose the charge."""
    async with connect() as station:
        transaction_id = await station.start(1_000)
        await station.stop(transaction_id, 3_500)
        await station.boot()

        assert (await central.session(station))["energy_wh"] == 2_500
        assert await central.quirks(station) == {"B01": 1}


async def test_b02_a_new_connection_without_boot_keeps_what_the_last_boot_said(
    central: Central, connect: Connect
) -> None:
    """Webasto EV#31192: no BootNotification on a new socket."""
    async with connect() as station:
        await station.boot()
    async with connect(station.id) as again:
        await again.status("Available")
    await central.until(lambda: central.quirks(again), lambda found: found == {"B02": 1})

    row = await central.of(again)
    boots = await central.rows(select(boot_logs).where(boot_logs.c.station_id == again.id))
    assert (row["vendor"], row["model"]) == ("Vendor", "Model")
    assert len(boots) == 1


async def test_b05_a_station_that_knows_none_of_our_calls_charges_all_the_same(
    central: Central, connect: Connect
) -> None:
    """MH#640: TriggerMessage is missing; no feature may depend on it."""
    async with connect() as station:
        await station.boot()
        call = json.loads(await station.listen())
        await station.say(json.dumps([4, call[1], "NotImplemented", "", {}]))
        await station.stop(await station.start(1_000), 2_000)

        outward = [
            row["action"] for row in await central.journal(station) if row["direction"] == "out"
        ]
        assert set(outward) == {"GetConfiguration"}
        assert (await central.session(station))["energy_wh"] == 1_000

        async def quirks() -> dict[str, int]:
            await station.call("Heartbeat")  # what it is asked meanwhile is answered on the way
            return await central.quirks(station)

        await central.until(quirks, lambda found: found == {"C05": 1})


async def test_b06_a_reboot_inside_a_charge_does_not_end_it(
    central: Central, connect: Connect
) -> None:
    """EV#16012: some stations go on with the same id after a crash (OE#787)."""
    async with connect() as station:
        await station.boot()
        transaction_id = await station.start(1_000)
    async with connect(station.id) as again:
        await again.boot()
        assert (await central.session(again))["ended_by"] is None
        await again.meter(register(1_800), transaction_id=transaction_id)
        await again.stop(transaction_id, 2_000)

        session = await central.session(again)
        assert (session["ended_by"], session["energy_wh"]) == ("station", 1_000)
        assert session["estimated"] == ""
        assert await central.quirks(again) == {}


async def test_b08_the_heartbeat_interval_is_never_zero(central: Central, connect: Connect) -> None:
    """kubarskii/OCPP-J-CP-Simulator#14: with 0 clients flood."""
    async with connect() as station:
        assert 60 <= (await station.boot())["interval"] <= 300


async def test_b09_times_have_no_fraction_unless_a_person_says_that_a_station_needs_it(
    central: Central, connect: Connect
) -> None:
    """RP#42: a fraction trips parsers; NEXT EV#31191: without one the other kind trips."""
    async with connect() as station:
        assert (await station.boot())["currentTime"] == central.time()
        changes = StationChanges(times_with_fraction=True)
        await central.do(edit_station, OWNER, station.id, changes)
        await station.closed()
    with_fraction = central.time().replace("Z", ".000Z")
    async with connect(station.id) as again:
        assert (await again.boot())["currentTime"] == with_fraction
        assert (await again.call("Heartbeat"))["currentTime"] == with_fraction
        assert (await again.call("Authorize", idTag=CARD))["idTagInfo"] == {"status": "Accepted"}
        assert await central.quirks(again) == {}


async def test_b09_a_station_that_knows_only_z_gets_z(central: Central, station: Station) -> None:
    """HA#512: +00:00 is not understood."""
    assert (await station.call("Heartbeat"))["currentTime"].endswith("Z")
