"""Whatever becomes of a valid conversation on its way: it is answered, and the books hold."""

import asyncio
import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import RowMapping, select

from onetime.domain.ids import StationId
from onetime.domain.policy import Policy
from onetime.domain.stations import SecurityProfile
from onetime.operations.reconciliation import close_stale_sessions
from onetime.store import stations
from onetime.store.database import Database, open_database
from onetime.store.message_tables import quirk_counts
from onetime.store.tables import charging_sessions, unassigned_energy
from onetime.store.transaction import Transaction
from tests.garage_makers import a_card, a_renter
from tests.quirks.conversations import (
    BEGAN,
    ENERGY,
    Answering,
    Conversation,
    Line,
    conversations,
    respelled,
    shuffled,
    spoiled,
    tell,
)
from tests.quirks.station import CARD, Central, Station, central_system, connected

CP = StationId("CP-1")
OVER_SOCKETS = settings(max_examples=max(12, settings().max_examples // 50))


@pytest.fixture(scope="module")
def database(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("mutations") / "onetime.db"
    shutil.copy(migrated_sqlite, path)
    database = open_database(f"sqlite:///{path}")
    yield database
    database.close()


@contextmanager
def a_garage(database: Database) -> Iterator[Answering]:
    """A station, a renter and a card, in a transaction that leaves nothing behind."""
    with database.writer.connect() as connection:
        transaction = connection.begin()
        tx = Transaction(connection, Policy(), BEGAN)
        stations.insert_station(tx, CP, SecurityProfile.NONE)
        a_card(tx, CARD, a_renter(tx))
        yield Answering(tx, CP, BEGAN)
        transaction.rollback()


@given(conversation=conversations())
def test_what_is_told_as_it_was_is_booked_to_the_wh(
    database: Database, conversation: Conversation
) -> None:
    """The yardstick of the other tests: nothing is changed on the way."""
    truth = conversation.truth
    with a_garage(database) as answering:
        tell(conversation.lines, answering.hear)

        booked = [row["energy_wh"] for row in sessions_of(answering.tx)]
        assert tuple(booked) == truth.charges
        assert counted(answering.tx).keys() <= {"M11"}
        told = sum(booked) + unassigned_of(answering.tx)
        idle_at_the_end = truth.register_to - truth.register_from - told
        assert idle_at_the_end in (0, 40, 700)  # nobody has told of that


@given(conversation=conversations(), choice=st.data())
def test_lost_doubled_late_and_mixed_up_lines_never_book_anything_twice(
    database: Database, conversation: Conversation, choice: st.DataObject
) -> None:
    lines = choice.draw(shuffled(conversation.lines))
    with a_garage(database) as answering:
        told = tell(lines, answering.hear)

        require_answers(told)
        require_books(answering.tx, conversation)
        require_one_session_each(answering.tx, lines)
        close_what_is_open(answering)
        require_books(answering.tx, conversation)


@given(conversation=conversations())
def test_values_in_other_types_leave_the_same_books(
    database: Database, conversation: Conversation
) -> None:
    with a_garage(database) as answering:
        told = tell([respelled(line) for line in conversation.lines], answering.hear)

        require_answers(told)
        booked = [row["energy_wh"] for row in sessions_of(answering.tx)]
        assert tuple(booked) == conversation.truth.charges
        assert counted(answering.tx)["X15"] > 0


@given(conversation=conversations(), choice=st.data())
def test_spoiled_lines_are_answered_counted_and_never_book_less_than_nothing(
    database: Database, conversation: Conversation, choice: st.DataObject
) -> None:
    lines = choice.draw(spoiled(choice.draw(shuffled(conversation.lines))))
    with a_garage(database) as answering:
        told = tell(lines, answering.hear)

        require_answers(told)
        close_what_is_open(answering)
        for row in sessions_of(answering.tx):
            assert row["energy_wh"] >= 0
            assert row["end_time"] >= row["start_time"]
            assert row["meter_stop"] is not None
        ids = [row["transaction_id"] for row in sessions_of(answering.tx)]
        assert len(set(ids)) == len(ids)
        assert unassigned_of(answering.tx) >= 0


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def central(
    runner: asyncio.Runner, migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Central]:
    context = central_system(tmp_path_factory.mktemp("garage"), migrated_sqlite)
    yield runner.run(context.__aenter__())
    runner.run(context.__aexit__(None, None, None))


@OVER_SOCKETS
@given(conversation=conversations(), choice=st.data())
def test_spoiled_lines_are_answered_on_the_wire_and_the_line_stays(
    runner: asyncio.Runner, central: Central, conversation: Conversation, choice: st.DataObject
) -> None:
    lines = choice.draw(spoiled(choice.draw(shuffled(conversation.lines))))

    async def talk() -> None:
        async with connected(central) as station:
            ids: dict[int | None, int] = {}
            for line in lines:
                await say(station, line, ids)
            await say(station, Line("Heartbeat", {}, 0), ids)

    runner.run(talk())


async def say(station: Station, line: Line, ids: dict[int | None, int]) -> None:
    """Say a line; what is no message is not answered, which the next answer shows."""
    if line.frame is not None:
        await station.say(line.frame.encode(errors="replace").decode())
        return
    payload = line.payload
    if "transactionId" in payload and isinstance(payload["transactionId"], str):
        payload = {**payload, "transactionId": ids.get(line.charge, -1)}
    name = f"x{len(ids)}"
    await station.say(json.dumps([2, name, line.action, payload]))
    while (answer := await station.hear())[1] != name:
        pass  # the answer to a frame that was cut, but not by much
    assert answer[0] in ((3,) if line.action in ENERGY else (3, 4))
    if line.action == "StartTransaction":
        ids[line.charge] = answer[2]["transactionId"]


def require_answers(told: list[tuple[Line, list[Any] | None]]) -> None:
    """Each message is answered, and what carries energy is never refused.

    Of a frame that was cut, `Answering` knows what could be read of it.
    """
    for line, answer in told:
        if line.frame is None:
            assert answer is not None
            assert answer[0] == 3 or line.action not in ENERGY


def require_books(tx: Transaction, conversation: Conversation) -> None:
    """No Wh is booked twice, none is made up, and no charge gets more than it drew."""
    truth = conversation.truth
    booked = [row for row in sessions_of(tx) if row["energy_wh"] is not None]
    stretches = sorted(
        (row["meter_start"], row["meter_start"] + row["energy_wh"])
        for row in booked
        if row["energy_wh"] > 0
    )
    for (_, end), (start, _) in itertools.pairwise(stretches):
        assert end <= start
    assert all(row["energy_wh"] >= 0 for row in booked)
    total = sum(row["energy_wh"] for row in booked) + unassigned_of(tx)
    assert total <= truth.register_to - truth.register_from
    assert all(truth.register_from <= start <= end <= truth.register_to for start, end in stretches)


def require_one_session_each(tx: Transaction, lines: list[Line]) -> None:
    """A charge is in the books once for each Start that came, unless it came again much later.

    After its end it can not be told from the Start of another charge, but for its message id.
    """
    starts = [line.charge for line in lines if line.action == "StartTransaction"]
    at_once = [first for first, _ in itertools.groupby(lines)]
    apart = [line for line in at_once if line.action == "StartTransaction"]
    assert len(set(starts)) <= len(sessions_of(tx)) <= len(apart)


def close_what_is_open(answering: Answering) -> None:
    answering.clock.advance(3 * 86_400)
    answering.tx.now = answering.clock.now()
    close_stale_sessions(answering.tx)
    assert all(row["ended_by"] is not None for row in sessions_of(answering.tx))


def sessions_of(tx: Transaction) -> list[RowMapping]:
    statement = select(charging_sessions).order_by(charging_sessions.c.id)
    return list(tx.connection.execute(statement).mappings())


def unassigned_of(tx: Transaction) -> int:
    rows = tx.connection.execute(select(unassigned_energy.c.energy_wh)).scalars().all()
    assert all(energy_wh >= 0 for energy_wh in rows)
    return sum(rows)


def counted(tx: Transaction) -> dict[str, int]:
    rows = tx.connection.execute(select(quirk_counts)).mappings()
    return {row["quirk"]: row["count"] for row in rows}
