"""What an operation collects and what of it reaches the database."""

from datetime import datetime

from sqlalchemy import func, select

from onetime.domain.facts import SessionEnded, SessionStarted
from onetime.store.tables import ocpp_messages, station_reports
from onetime.store.transaction import Row, Transaction
from tests.charges import CP
from tests.garage_makers import a_station


def a_message(at: datetime, frame: str = "[]") -> Row:
    return {
        "station_id": CP,
        "at": at,
        "direction": "in",
        "action": "Heartbeat",
        "message_id": "1",
        "frame": frame,
        "answer": None,
        "outcome": "answered",
        "latency_ms": None,
    }


def a_report(at: datetime) -> Row:
    return {
        "station_id": CP,
        "at": at,
        "kind": "firmware",
        "status": "Installed",
        "request_id": None,
        "stated_at": None,
        "details": None,
    }


def frames(tx: Transaction) -> list[str]:
    return list(
        tx.connection.execute(select(ocpp_messages.c.frame).order_by(ocpp_messages.c.id)).scalars()
    )


def test_collected_rows_are_written_in_order_when_their_table_is_about_to_be_read(
    tx: Transaction,
) -> None:
    a_station(tx, CP)
    tx.append(ocpp_messages, a_message(tx.now, "[1]"))
    tx.append(station_reports, a_report(tx.now))
    tx.append(ocpp_messages, a_message(tx.now, "[2]"))
    assert frames(tx) == []

    tx.flush(ocpp_messages)

    assert frames(tx) == ["[1]", "[2]"]
    count = select(func.count()).select_from(station_reports)
    assert tx.connection.execute(count).scalar_one() == 0
    tx.flush()
    assert tx.connection.execute(count).scalar_one() == 1


def test_rows_are_written_once_however_often_they_are_flushed(tx: Transaction) -> None:
    tx.append(ocpp_messages, a_message(tx.now))

    tx.flush()
    tx.flush()
    tx.flush(ocpp_messages)

    assert len(frames(tx)) == 1


def test_what_was_rolled_back_is_neither_written_nor_told(tx: Transaction) -> None:
    tx.announce(SessionStarted(1))
    kept = len(tx.facts())
    tx.announce(SessionEnded(1))
    tx.append(ocpp_messages, a_message(tx.now))

    tx.forget(kept)
    tx.flush()

    assert frames(tx) == []
    assert tx.facts() == [SessionStarted(1)]


def test_text_that_no_database_keeps_is_cut_and_mended_on_its_way(tx: Transaction) -> None:
    tx.append(ocpp_messages, a_message(tx.now, "a\0b"))
    tx.flush()

    assert frames(tx) == ["a\ufffdb"]
