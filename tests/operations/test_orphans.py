"""Messages that belong to no charge are kept as they came, once."""

from sqlalchemy import select

from onetime.domain.ids import StationId
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import Closing
from onetime.operations.orphans import is_orphan, note_contradiction, note_foreign, note_orphan
from onetime.store.message_tables import quarantined_frames
from onetime.store.transaction import Transaction
from tests.charges import CP, a_garage, alarm_kinds, begin, booked, evidence, findings, quirks
from tests.garage_makers import a_station

FRAME = '[2,"19","StopTransaction",{"transactionId":7}]'


def a_closing(tx: Transaction, meter_stop: int | None = 5_000) -> Closing:
    return Closing(
        station_id=CP,
        transaction_id=7,
        id_tag=None,
        meter_stop=meter_stop,
        stated_time=tx.now,
        reason="Local",
    )


def frames(tx: Transaction) -> list[tuple[str, str]]:
    c = quarantined_frames.c
    rows = tx.connection.execute(select(c.station_id, c.frame).order_by(c.id))
    return [(row[0], row[1]) for row in rows]


def test_an_orphan_is_kept_once_with_its_frame(tx: Transaction) -> None:
    a_garage(tx)
    assert not is_orphan(tx, a_closing(tx))
    note_orphan(tx, a_closing(tx), FRAME, "X10")
    note_orphan(tx, a_closing(tx), FRAME, "X10")

    assert is_orphan(tx, a_closing(tx))
    assert frames(tx) == [("CP-1", FRAME)]
    assert "5.000 kWh" in evidence(tx, ReviewKind.ORPHAN_STOP)
    assert quirks(tx) == {"X10": 2}


def test_another_orphan_is_another_finding(tx: Transaction) -> None:
    a_garage(tx)
    for meter_stop in (5_000, 5_001, None):
        note_orphan(tx, a_closing(tx, meter_stop), FRAME, None)

    assert findings(tx) == [ReviewKind.ORPHAN_STOP] * 3
    assert quirks(tx) == {}


def test_a_contradiction_is_kept_once_for_what_it_says(tx: Transaction) -> None:
    a_garage(tx)
    session = booked(tx, begin(tx))
    for meter_stop in (5_000, 5_000, 6_000):
        note_contradiction(tx, session, a_closing(tx, meter_stop), FRAME)

    assert findings(tx) == [ReviewKind.CONTRADICTION] * 2
    assert len(frames(tx)) == 2


def test_a_foreign_charge_is_named_to_the_station_that_did_it(tx: Transaction) -> None:
    """S07."""
    a_garage(tx)
    other = StationId("CP-2")
    a_station(tx, other)
    session = booked(tx, begin(tx))
    for _ in range(2):
        note_foreign(tx, other, session, FRAME)

    assert frames(tx) == [("CP-2", FRAME)]
    assert "Station CP-2 named a charge of station CP-1" in evidence(
        tx, ReviewKind.FOREIGN_TRANSACTION
    )
    assert alarm_kinds(tx) == [("foreign-transaction", 1)]


def test_each_end_that_another_station_told_is_kept_and_alarms_once(tx: Transaction) -> None:
    """S07."""
    a_garage(tx)
    other = StationId("CP-2")
    a_station(tx, other)
    session = booked(tx, begin(tx))
    for frame in ("[1]", "[2]"):
        note_foreign(tx, other, session, frame, "MeterValues")
    for frame in ("[3]", "[4]", "[4]"):
        note_foreign(tx, other, session, frame)

    assert frames(tx) == [("CP-2", "[1]"), ("CP-2", "[3]"), ("CP-2", "[4]")]
    assert findings(tx) == [ReviewKind.FOREIGN_TRANSACTION] * 3
    assert alarm_kinds(tx) == [("foreign-transaction", 1)]
