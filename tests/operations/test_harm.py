"""What harms a station is withheld from it, by onetime itself and not from people."""

from sqlalchemy import select

from onetime.domain.facts import StationChanged
from onetime.operations.harm import (
    BOOT_TRIGGER,
    is_withheld,
    note_boot_harm,
    note_deaf,
    note_death,
    note_harmless,
    note_hears,
)
from onetime.store.tables import alarms, charging_stations
from onetime.store.transaction import Transaction
from tests.charges import CP, quirks
from tests.garage_makers import a_station

PROFILE = "SetChargingProfile"


def alarm_kinds(tx: Transaction) -> list[str]:
    return list(tx.connection.execute(select(alarms.c.kind)).scalars())


def deaf_since(tx: Transaction) -> object:
    return tx.connection.execute(select(charging_stations.c.deaf_since)).scalar_one()


def test_the_second_death_withholds_an_action_with_one_alarm(tx: Transaction) -> None:
    """K22."""
    a_station(tx, CP)
    note_death(tx, CP, PROFILE)
    assert not is_withheld(tx, CP, PROFILE)
    assert alarm_kinds(tx) == []

    note_death(tx, CP, PROFILE)
    note_death(tx, CP, PROFILE)
    assert is_withheld(tx, CP, PROFILE)
    assert not is_withheld(tx, CP, "SendLocalList")
    assert alarm_kinds(tx) == ["action-withheld"]
    assert quirks(tx) == {"K22": 3}


def test_an_answer_makes_good_what_was_chance(tx: Transaction) -> None:
    a_station(tx, CP)
    note_death(tx, CP, PROFILE)
    note_harmless(tx, CP, PROFILE)
    note_death(tx, CP, PROFILE)
    assert not is_withheld(tx, CP, PROFILE)

    note_death(tx, CP, PROFILE)
    note_harmless(tx, CP, PROFILE)
    assert not is_withheld(tx, CP, PROFILE)


def test_one_harm_is_enough_to_ask_for_no_boot_again(tx: Transaction) -> None:
    """B04."""
    a_station(tx, CP)
    note_boot_harm(tx, CP)

    assert is_withheld(tx, CP, BOOT_TRIGGER)
    assert not is_withheld(tx, CP, "TriggerMessage")
    assert quirks(tx) == {"B04": 1}


def test_a_deaf_station_is_marked_until_it_answers(tx: Transaction) -> None:
    """K12."""
    a_station(tx, CP)
    note_hears(tx, CP)
    assert tx.facts() == []

    note_deaf(tx, CP)
    note_deaf(tx, CP)
    assert deaf_since(tx) == tx.now
    assert alarm_kinds(tx) == ["station-deaf"]
    note_hears(tx, CP)
    assert deaf_since(tx) is None
    assert [each for each in tx.facts() if isinstance(each, StationChanged)] == [
        StationChanged(CP),
        StationChanged(CP),
    ]
