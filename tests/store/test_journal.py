"""The OCPP log holds messages and reports as they came, in order."""

from sqlalchemy import select

from onetime.store import journal
from onetime.store.journal import INWARD, Entry, Report
from onetime.store.message_tables import ocpp_messages, station_reports
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station


def test_messages_are_logged_in_the_order_of_arrival(tx: Transaction) -> None:
    for number in range(3):
        entry = Entry(
            station_id=CP,
            at=tx.now,
            direction=INWARD,
            action="Heartbeat" if number else None,
            message_id=str(number),
            frame=f'[2,"{number}","Heartbeat",{{}}]',
            answer=f'[3,"{number}",{{}}]',
            outcome="answered",
        )
        journal.append(tx, entry)
    tx.flush()

    rows = tx.connection.execute(select(ocpp_messages).order_by(ocpp_messages.c.id)).all()
    assert [row.message_id for row in rows] == ["0", "1", "2"]
    assert rows[2].frame == '[2,"2","Heartbeat",{}]'
    assert rows[2].answer == '[3,"2",{}]'
    assert rows[2].at == tx.now


def test_a_report_is_kept_with_the_time_of_its_arrival(tx: Transaction) -> None:
    a_station(tx, CP)
    journal.append_report(tx, Report(station_id=CP, kind="firmware", status="Installed"))
    tx.flush()

    row = tx.connection.execute(select(station_reports)).one()
    assert (row.kind, row.status, row.at, row.stated_at) == ("firmware", "Installed", tx.now, None)
