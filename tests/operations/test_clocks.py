"""What a station's clock says, and what it means."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from onetime.kit.times import zone_of
from onetime.operations.clocks import is_before_our_time, meant_time, note_clock
from onetime.store import presence
from onetime.store.transaction import Transaction
from tests.databases import NOW
from tests.garage_makers import a_station

HOUR = timedelta(hours=1)


def in_zone(tx: Transaction, name: str) -> Transaction:
    zone = zone_of(name)
    assert zone is not None
    tx.policy = structs.replace(tx.policy, site_timezone=zone)
    return tx


def test_a_live_time_without_zone_is_read_in_the_zone_that_fits(tx: Transaction) -> None:
    cp = a_station(in_zone(tx, "Europe/Berlin"))

    assert meant_time(tx, cp, NOW + HOUR) == NOW
    assert presence.clock_of(tx, cp).times_are_local is True


def test_without_a_zone_of_the_site_nothing_is_shifted(tx: Transaction) -> None:
    assert meant_time(tx, a_station(tx), NOW + HOUR) == NOW + HOUR


def test_an_old_time_is_read_as_the_live_ones_were(tx: Transaction) -> None:
    """An hour ago in local time looks like now in UTC."""
    cp = a_station(in_zone(tx, "Europe/Berlin"))
    meant_time(tx, cp, NOW + HOUR)

    assert meant_time(tx, cp, NOW - 30 * HOUR) == NOW - 31 * HOUR
    assert meant_time(tx, cp, NOW) == NOW - HOUR


def test_a_station_that_was_never_seen_live_is_read_in_utc(tx: Transaction) -> None:
    cp = a_station(in_zone(tx, "Europe/Berlin"))

    assert meant_time(tx, cp, NOW - 30 * HOUR) == NOW - 30 * HOUR
    assert presence.clock_of(tx, cp).times_are_local is None


def test_what_would_come_from_the_future_corrects_what_was_taken_before(tx: Transaction) -> None:
    cp = a_station(in_zone(tx, "America/New_York"))
    meant_time(tx, cp, NOW - 5 * HOUR)
    assert presence.clock_of(tx, cp).times_are_local is True

    assert meant_time(tx, cp, NOW) == NOW
    assert presence.clock_of(tx, cp).times_are_local is False


def test_a_time_at_the_end_of_the_calendar_stays(tx: Transaction) -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)

    assert meant_time(in_zone(tx, "America/New_York"), a_station(tx), last) == last


@pytest.mark.parametrize(
    ("stated", "drift"),
    [
        (NOW + HOUR, 3_600),
        (NOW - HOUR, -3_600),
        (NOW, 0),
        (NOW - timedelta(days=2), None),
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (NOW + timedelta(days=400), None),
    ],
)
def test_the_drift_is_what_a_live_time_is_off(
    tx: Transaction, stated: datetime, drift: int | None
) -> None:
    cp = a_station(tx)
    note_clock(tx, cp, stated)

    assert presence.clock_of(tx, cp).clock_drift_seconds == drift


def test_what_lies_long_before_a_station_was_entered_is_history(tx: Transaction) -> None:
    cp = a_station(tx)

    assert is_before_our_time(tx, cp, NOW - timedelta(days=2))
    assert not is_before_our_time(tx, cp, NOW - timedelta(hours=20))
