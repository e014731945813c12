"""What is past its time goes; charges stay."""

from datetime import timedelta

from onetime.operations.journal import INWARD, Entry, write_entry
from onetime.operations.retention import purge_messages, purge_readings
from onetime.store.transaction import Transaction
from tests.charges import CP, a_garage, begin, booked, end, kept, meter, wait


def test_old_readings_go_and_their_charge_stays(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    wait(tx, minutes=10)
    meter(tx, 2_000, transaction_id=opened.transaction_id)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 5_000)
    before = booked(tx, opened)
    wait(tx, days=1)

    assert purge_readings(tx, tx.now - timedelta(days=2), 100) == 0
    assert purge_readings(tx, tx.now, 100) == 1
    assert kept(tx) == []
    assert booked(tx, opened) == before


def test_old_messages_go_slice_by_slice(tx: Transaction) -> None:
    for _ in range(3):
        write_entry(
            tx,
            Entry(
                station_id=CP,
                at=tx.now,
                direction=INWARD,
                action=None,
                message_id=None,
                frame="?",
                answer=None,
                outcome="unanswered",
            ),
        )
    wait(tx, days=91)

    assert [purge_messages(tx, tx.now - timedelta(days=90), 2) for _ in range(3)] == [2, 1, 0]
