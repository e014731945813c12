"""What an operation collects and what of it reaches the database."""

from datetime import datetime

import pytest
from msgspec import Struct
from sqlalchemy import bindparam, func, select

from onetime.domain.facts import SessionEnded, SessionStarted
from onetime.store.message_tables import ocpp_messages, station_reports
from onetime.store.tables import charging_stations
from onetime.store.transaction import Row, Transaction
from tests.charges import CP
from tests.garage_makers import a_station


class Known(Struct, frozen=True, array_like=True):
    id: str
    is_online: bool
    last_boot_at: datetime | None
    created_at: datetime


c = charging_stations.c
STATION = select(c.id, c.is_online, c.last_boot_at, c.created_at).where(c.id == bindparam("id"))


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


def test_rows_given_as_tuples_are_written_like_the_others(tx: Transaction) -> None:
    message = a_message(tx.now, "[1]")
    spoiled = {**message, "frame": "[\0]", "action": "x" * 60}
    tx.extend(ocpp_messages, [tuple(message.values()), tuple(spoiled.values())])
    assert frames(tx) == []

    tx.flush(ocpp_messages)
    tx.flush()

    found = tx.connection.execute(select(ocpp_messages).order_by(ocpp_messages.c.id)).mappings()
    first, second = ({**row} for row in found)
    assert {**first, "id": None} == {**message, "id": None}
    assert (second["frame"], second["action"]) == ("[\ufffd]", "x" * 50)


def test_a_row_is_read_as_a_struct_with_the_types_of_its_fields(tx: Transaction) -> None:
    a_station(tx, CP)

    found = tx.one(STATION, Known, id=CP)

    assert found == Known(CP, is_online=False, last_boot_at=None, created_at=tx.now)
    assert tx.every(STATION, Known, id=CP) == [found]
    assert tx.one(STATION, Known, id="CP-2") is None


class Turned(Struct, frozen=True, array_like=True):
    is_online: bool
    id: str
    last_boot_at: datetime | None
    created_at: datetime


def test_a_struct_whose_fields_are_not_the_columns_in_their_order_is_a_bug(
    tx: Transaction,
) -> None:
    with pytest.raises(TypeError, match="Turned is not made of the columns"):
        tx.one(STATION, Turned, id=CP)
