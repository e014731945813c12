"""What stations report of their configuration is kept, apart from what is wanted of it."""

from sqlalchemy import select, update

from onetime.domain.facts import StationChanged
from onetime.operations.configuration import (
    ReportedKey,
    Wanted,
    keep_configuration,
    keep_keys,
    note_change_answer,
    note_change_asked,
    note_configuration_refused,
    plan_changes,
    wish_for,
)
from onetime.queries.configuration import (
    ConfigurationKey,
    configuration,
    stations_in_reach,
    stations_to_read_back,
    stations_to_restart,
)
from onetime.store import presence
from onetime.store.tables import charging_stations, station_configurations
from onetime.store.transaction import Transaction
from tests.charges import CP, quirks, wait
from tests.garage_makers import OWNER, a_station
from tests.store.test_presence import BOOT

SAMPLED = "MeterValuesSampledData"


def tell(tx: Transaction, **keys: str) -> None:
    """Let the station tell its whole configuration."""
    reported = [ReportedKey(key, value, False) for key, value in keys.items()]
    keep_configuration(tx, CP, reported)


def show(tx: Transaction, **keys: str) -> None:
    """Let the station tell some keys."""
    keep_keys(tx, CP, [ReportedKey(key, value, False) for key, value in keys.items()])


def boot(tx: Transaction, minutes: float = 1) -> None:
    wait(tx, minutes=minutes)
    presence.write_boot(tx, CP, BOOT)


def try_to_set(tx: Transaction, key: str, word: str) -> None:
    wait(tx, minutes=1)
    note_change_asked(tx, CP, key)
    note_change_answer(tx, CP, key, word)
    wait(tx, minutes=1)


def of(tx: Transaction, key: str) -> ConfigurationKey:
    (found,) = [each for each in configuration(tx.connection, CP) if each.key == key]
    return found


def test_the_keys_that_a_station_reported_are_kept(tx: Transaction) -> None:
    a_station(tx, CP)
    keep_configuration(tx, CP, [ReportedKey("HeartbeatInterval", "120", False)])

    row = tx.connection.execute(select(station_configurations)).mappings().one()
    assert (row["key"], row["value"], row["readonly"], row["reported_at"]) == (
        "HeartbeatInterval",
        "120",
        False,
        tx.now,
    )
    assert tx.facts() == [StationChanged(CP)]


def test_a_station_that_does_not_tell_is_not_asked_for_ever(tx: Transaction) -> None:
    """C05."""
    a_station(tx, CP)
    note_configuration_refused(tx, CP)

    read_at = tx.connection.execute(select(charging_stations.c.configuration_read_at)).scalar_one()
    assert read_at == tx.now
    assert quirks(tx) == {"C05": 1}


def test_some_keys_change_nothing_of_the_others(tx: Transaction) -> None:
    a_station(tx, CP)
    tell(tx, A="1", B="2")
    show(tx, B="3", C="4")

    found = {each.key: each.value for each in configuration(tx.connection, CP)}
    assert found == {"A": "1", "B": "3", "C": "4"}


def test_c06_a_number_of_connectors_that_can_not_be_is_kept_and_counted_once(
    tx: Transaction,
) -> None:
    a_station(tx, CP)
    tell(tx, NumberOfConnectors="1634030126")
    tell(tx, NumberOfConnectors="1634030126")
    assert quirks(tx) == {"C06": 1}
    assert of(tx, "NumberOfConnectors").value == "1634030126"


def test_what_every_station_should_have_is_wanted_where_it_can_be_written(
    tx: Transaction,
) -> None:
    a_station(tx, CP)
    tell(tx, HeartbeatInterval="86400", ClockAlignedDataInterval="300", Vendor="x")
    show(tx, TransactionMessageAttempts="3")
    keep_keys(tx, CP, [ReportedKey("AuthorizationCacheEnabled", "true", True)])

    assert plan_changes(tx, CP) == [
        Wanted("HeartbeatInterval", "120"),
        Wanted("TransactionMessageAttempts", "100"),
    ]
    assert of(tx, "HeartbeatInterval").state == "pending"
    assert of(tx, "ClockAlignedDataInterval").state == "applied"
    assert of(tx, "AuthorizationCacheEnabled").state is None
    assert of(tx, "Vendor").state is None


def test_a_station_that_is_not_kept_in_step_is_asked_nothing(tx: Transaction) -> None:
    a_station(tx, CP)
    tell(tx, HeartbeatInterval="86400")
    tx.connection.execute(update(charging_stations).values(is_kept_in_step=False))

    assert plan_changes(tx, CP) == []


def test_a_value_counts_when_it_was_read_back(tx: Transaction) -> None:
    """C09."""
    a_station(tx, CP)
    tell(tx, HeartbeatInterval="300")
    plan_changes(tx, CP)
    try_to_set(tx, "HeartbeatInterval", "Accepted")
    assert of(tx, "HeartbeatInterval").state == "accepted"
    assert stations_to_read_back(tx.connection) == {CP}
    assert of(tx, "HeartbeatInterval").value == "300"

    show(tx, HeartbeatInterval="120")
    key = of(tx, "HeartbeatInterval")
    assert (key.value, key.desired_value, key.state, key.source) == (
        "120",
        "120",
        "applied",
        "commissioning",
    )
    assert stations_to_read_back(tx.connection) == set()
    assert quirks(tx) == {}


def test_a_station_that_says_yes_and_shows_another_value_is_named(tx: Transaction) -> None:
    """C09."""
    a_station(tx, CP)
    tell(tx, HeartbeatInterval="300")
    plan_changes(tx, CP)
    try_to_set(tx, "HeartbeatInterval", "Accepted")
    show(tx, HeartbeatInterval="240")

    assert of(tx, "HeartbeatInterval").state == "differs"
    assert plan_changes(tx, CP) == []
    assert quirks(tx) == {"C09": 1}


def test_each_boot_gives_another_try_and_the_third_is_the_last(tx: Transaction) -> None:
    a_station(tx, CP)
    asked = []
    for _ in range(5):
        boot(tx)
        tell(tx, HeartbeatInterval="300")
        asked.append(len(plan_changes(tx, CP)))
        if asked[-1]:
            try_to_set(tx, "HeartbeatInterval", "Rejected")
            assert plan_changes(tx, CP) == []

    assert asked == [1, 1, 1, 0, 0]


def test_c08_what_a_station_measures_is_written_once_for_ever(tx: Transaction) -> None:
    a_station(tx, CP)
    for expected in (1, 0):
        boot(tx)
        tell(tx, **{SAMPLED: "Voltage"})
        assert len(plan_changes(tx, CP)) == expected
        note_change_asked(tx, CP, SAMPLED)


def test_what_a_station_does_not_know_is_never_asked_again(tx: Transaction) -> None:
    a_station(tx, CP)
    tell(tx, HeartbeatInterval="300")
    plan_changes(tx, CP)
    try_to_set(tx, "HeartbeatInterval", "NotSupported")
    boot(tx)
    tell(tx, HeartbeatInterval="300")

    assert plan_changes(tx, CP) == []


def test_a_change_that_needs_a_boot_waits_for_it(tx: Transaction) -> None:
    """C09, HA#1015."""
    a_station(tx, CP)
    boot(tx)
    tell(tx, HeartbeatInterval="300")
    plan_changes(tx, CP)
    try_to_set(tx, "HeartbeatInterval", "RebootRequired")
    show(tx, HeartbeatInterval="300")
    assert of(tx, "HeartbeatInterval").state == "reboot-required"
    assert stations_to_restart(tx.connection) == {CP}

    boot(tx)
    tell(tx, HeartbeatInterval="120")
    plan_changes(tx, CP)
    assert of(tx, "HeartbeatInterval").state == "applied"


def test_what_a_person_wants_goes_before_what_we_want(tx: Transaction) -> None:
    a_station(tx, CP)
    tell(tx, HeartbeatInterval="300")
    wish_for(tx, OWNER, CP, "HeartbeatInterval", "30")
    note_change_asked(tx, CP, "HeartbeatInterval")
    note_change_answer(tx, CP, "HeartbeatInterval", "Accepted")
    wait(tx, minutes=1)
    show(tx, HeartbeatInterval="30")

    assert plan_changes(tx, CP) == []
    key = of(tx, "HeartbeatInterval")
    assert (key.desired_value, key.state, key.asked_by) == ("30", "applied", "cli:uid-0")
    boot(tx)
    tell(tx, HeartbeatInterval="300")
    assert plan_changes(tx, CP) == [Wanted("HeartbeatInterval", "30")]


def test_stations_are_in_reach_once_they_have_told_their_configuration(tx: Transaction) -> None:
    a_station(tx, CP)
    tell(tx, HeartbeatInterval="300")
    assert stations_in_reach(tx.connection) == []
    presence.set_online(tx, CP)
    assert [each.station_id for each in stations_in_reach(tx.connection)] == [CP]
    boot(tx)
    assert stations_in_reach(tx.connection) == []
