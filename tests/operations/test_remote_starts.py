"""C10: a remote start that was accepted and never began is told to a person, and not repeated."""

from onetime.domain.reviews import AlarmKind
from onetime.operations.commands import Asking, note_command
from onetime.operations.configuration import ReportedKey, keep_configuration
from onetime.operations.remote_starts import expect_charge, watch_remote_starts
from onetime.store.tables import alarms
from onetime.store.transaction import Transaction
from tests.charges import CP, TAG, a_garage, alarm_kinds, begin, quirks, wait


def promised(tx: Transaction, connector: int | None = None, tag: str = TAG) -> None:
    asking = Asking(
        station_id=CP, action="RemoteStartTransaction", asked_by="api:test", payload="{}"
    )
    command_id = note_command(tx, asking)
    expect_charge(tx, CP, connector, tag, command_id)


def test_a_charge_that_begins_keeps_the_promise(tx: Transaction) -> None:
    a_garage(tx)
    promised(tx, connector=1)
    wait(tx, minutes=1)
    begin(tx, tag=TAG.lower())
    wait(tx, minutes=5)

    assert watch_remote_starts(tx) == 0
    assert alarm_kinds(tx) == []


def test_a_charge_that_begins_before_the_answer_is_the_one_that_was_promised(
    tx: Transaction,
) -> None:
    a_garage(tx)
    begin(tx)
    promised(tx)
    wait(tx, minutes=5)

    assert watch_remote_starts(tx) == 0


def test_without_a_charge_there_is_an_alarm_after_the_stations_time_and_half_a_minute(
    tx: Transaction,
) -> None:
    a_garage(tx)
    keep_configuration(tx, CP, [ReportedKey("ConnectionTimeOut", "120", False)])
    promised(tx, connector=1)
    wait(tx, minutes=2.4)
    assert watch_remote_starts(tx) == 0
    wait(tx, minutes=0.1)

    assert watch_remote_starts(tx) == 1
    assert watch_remote_starts(tx) == 0
    assert alarm_kinds(tx) == [(AlarmKind.REMOTE_START_MISSED, 1)]
    sentence = tx.connection.execute(alarms.select()).mappings().one()["sentence"]
    assert "CP-1, connector 1 accepted a remote start for card …B2C3" in sentence
    assert TAG not in sentence
    assert quirks(tx) == {"C10": 1}


def test_a_charge_of_another_card_or_connector_or_before_is_not_what_was_promised(
    tx: Transaction,
) -> None:
    a_garage(tx)
    begin(tx, connector=1)
    wait(tx, minutes=1)
    promised(tx, connector=2)
    begin(tx, connector=2, tag="OTHER")
    begin(tx, 2_000, connector=1)
    wait(tx, minutes=5)

    assert watch_remote_starts(tx) == 1


def test_one_charge_keeps_one_promise(tx: Transaction) -> None:
    a_garage(tx)
    promised(tx)
    promised(tx)
    begin(tx)
    wait(tx, minutes=5)

    assert watch_remote_starts(tx) == 1
