"""Rows T: what stations' clocks say."""

from pathlib import Path

import pytest

from tests.quirks.conftest import Connect
from tests.quirks.station import Central, Station, central_system, connected, register

pytestmark = pytest.mark.asyncio(loop_scope="module")
DEAD = "1970-01-01T00:00:07Z"


async def test_t01_a_charge_with_times_of_1970_is_booked_at_its_arrival_and_marked(
    central: Central, station: Station
) -> None:
    """MO#311."""
    began = central.clock.now()
    transaction_id = await station.start(1_000, timestamp=DEAD)
    central.later(hours=1)
    await station.meter(register(2_000), transaction_id=transaction_id, timestamp=DEAD)
    await station.stop(transaction_id, 3_000, timestamp="1970-01-01T01:00:07Z")

    session = await central.session(station)
    (reading,) = await central.readings(station)
    assert session["start_time"] == began
    assert session["end_time"] == central.clock.now()
    assert session["stated_start"] == "1970-01-01T00:00:07.000000Z"
    assert session["estimated"] == "end_time,start_time"
    assert session["energy_wh"] == 2_000
    assert reading["timestamp"] == central.clock.now()
    assert (await central.quirks(station))["T01"] >= 2


async def test_t01_meter_values_of_a_dead_clock_that_are_repeated_are_kept_once(
    central: Central, station: Station
) -> None:
    """The repeat comes later by our clock, and at the same time by its own."""
    transaction_id = await station.start(1_000, timestamp=DEAD)
    metering = station.metering(
        register(1_500), {"value": "3", "unit": "A"}, transaction_id=transaction_id, timestamp=DEAD
    )
    for _ in range(3):
        await station.call("MeterValues", **metering)
        central.later(minutes=1)

    assert len(await central.readings(station)) == 2


@pytest.mark.parametrize("queued", [0, 30])
async def test_t01_meter_values_of_a_clock_that_is_ahead_and_are_repeated_are_kept_once(
    central: Central, station: Station, queued: int
) -> None:
    """The repeat may come when the clock of the garage has passed what the station said."""
    transaction_id = await station.start(1_000, timestamp=central.time(-queued))
    ahead = central.time(5)
    metering = station.metering(register(1_500), transaction_id=transaction_id, timestamp=ahead)
    for _ in range(4):
        await station.call("MeterValues", **metering)
        central.later(minutes=4)

    assert len(await central.readings(station)) == 1
    assert (await central.quirks(station))["X01"] == 3


async def test_t03_times_without_zone_are_read_in_the_zone_of_the_site_when_that_fits(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    """Growatt THOR EV#10399: local time without a zone."""
    async with (
        central_system(tmp_path, migrated_sqlite, site_timezone="Europe/Berlin") as central,
        connected(central) as station,
        connected(central) as other,
    ):
        await station.boot()
        began = central.clock.now()
        opening = station.opening(1_000, timestamp="2026-03-01T13:00:00")  # 12:00 UTC
        transaction_id = (await station.call("StartTransaction", **opening))["transactionId"]
        again = await station.call("StartTransaction", **opening)
        central.later(hours=3)
        await station.meter(
            register(1_500), transaction_id=transaction_id, timestamp="2026-03-01T14:30:00"
        )
        await station.stop(transaction_id, 2_000, timestamp="2026-03-01T15:00:00.5")
        await other.start(1_000, timestamp=central.time().removesuffix("Z"))  # UTC fits better

        session = await central.session(station)
        (reading,) = await central.readings(station)
        assert again["transactionId"] == transaction_id
        assert session["start_time"] == began
        assert session["end_time"].isoformat() == "2026-03-01T14:00:00.500000+00:00"
        assert reading["timestamp"].isoformat() == "2026-03-01T13:30:00+00:00"
        assert session["estimated"] == ""
        assert (await central.session(other))["start_time"] == central.clock.now()
        assert (await central.quirks(station))["T03"] == 4
        assert (await central.quirks(other))["T03"] == 1


async def test_t04_local_time_called_utc_is_taken_and_the_drift_is_shown(
    central: Central, station: Station
) -> None:
    """Chago ST#136: local time labelled Z until the first synchronisation."""
    await station.status("Preparing", timestamp=central.time(60))
    transaction_id = await station.start(1_000, timestamp=central.time(60))
    await station.status("Charging", timestamp=central.time(60))
    await station.stop(transaction_id, 2_000, timestamp=central.time(61))
    drift = (await central.of(station))["clock_drift_seconds"]
    await station.status("Available", timestamp=central.time())

    assert drift == 3_600
    assert (await central.of(station))["clock_drift_seconds"] == 0
    assert (await central.session(station))["energy_wh"] == 1_000
    state = await central.connector(station)
    assert state is not None
    assert state["status"] == "Available"
    assert (await central.quirks(station))["T04"] >= 1


async def test_t04_live_frames_win_by_arrival_whatever_their_clock_says(
    central: Central, station: Station
) -> None:
    await station.status("Charging", timestamp=central.time())
    central.later(minutes=5)
    await station.status("Finishing", timestamp=central.time(-120))

    state = await central.connector(station)
    assert state is not None
    assert state["status"] == "Finishing"


async def test_t05_a_buffer_of_years_ago_is_history_and_changes_nothing_of_today(
    central: Central, connect: Connect
) -> None:
    """Alfen HA#361: at first contact the whole old buffer is replayed."""
    async with connect() as station:
        await station.boot()
        await station.status("Available")
        await station.status("Faulted", timestamp="2022-05-01T10:00:00Z", errorCode="GroundFailure")
        await station.meter(register(100), timestamp="2022-05-01T10:00:00Z")
        await station.meter(register(90_000), timestamp="2022-06-01T10:00:00Z")
        old = await station.start(90_000, idTag="F0F0F0F0", timestamp="2022-06-02T10:00:00Z")
        await station.meter(register(95_000), transaction_id=old, timestamp="2022-06-02T11:00:00Z")
        await station.stop(old, 96_000, timestamp="2022-06-02T12:00:00Z")

        state = await central.connector(station)
        session = await central.session(station)
        assert state is not None
        assert state["status"] == "Available"
        assert await central.alarms(station) == {}
        assert [row["value"] for row in await central.readings(station)] == [100, 90_000, 95_000]
        assert session["start_time"].year == 2022
        assert session["energy_wh"] == 6_000
        assert await central.unassigned(station) == 0
        assert (await central.quirks(station))["T05"] >= 1


async def test_t06_a_stop_before_its_start_in_time_is_booked_by_register(
    central: Central, station: Station
) -> None:
    transaction_id = await station.start(1_000, timestamp=central.time(-10))
    await station.stop(transaction_id, 9_000, timestamp=central.time(-600))

    session = await central.session(station)
    assert session["energy_wh"] == 8_000
    assert session["end_time"] == session["start_time"]
    assert session["estimated"] == "end_time"
    assert await central.quirks(station) == {"T06": 1}


async def test_t07_a_status_without_time_counts_at_its_arrival(
    central: Central, station: Station
) -> None:
    """EV#14579. The time is optional: no deviation is counted."""
    await station.status("Available", timestamp=None)

    state = await central.connector(station)
    assert state is not None
    assert state["last_updated"] == central.clock.now()
    assert await central.quirks(station) == {}
