"""A charge is told to stop once; that it has ended is the station's to say."""

import pytest

from onetime.dispatch.remote_stops import stop_charge
from onetime.domain.commands import CommandStatus
from onetime.domain.errors import StoreDown
from onetime.domain.ids import TransactionId
from onetime.ocpp.exchange import (
    BrokenAnswer,
    CallErrored,
    ConnectionLost,
    Outcome,
    TimedOut,
)
from onetime.store.transaction import Transaction
from tests.charges import CP, a_garage, begin
from tests.garages import failed
from tests.ports import Port, a_yard, answered

STOP = "RemoteStopTransaction"


def charge(tx: Transaction) -> TransactionId:
    a_garage(tx)
    return begin(tx).transaction_id


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (answered(STOP, status="Accepted"), CommandStatus.ANSWERED),
        (answered(STOP, status="Rejected"), CommandStatus.ANSWERED),
        (CallErrored("InternalError", ""), CommandStatus.CALL_ERROR),
        (BrokenAnswer("status", b"{}"), CommandStatus.BROKEN_ANSWER),
        (TimedOut(), CommandStatus.TIMEOUT),
        (ConnectionLost(was_sent=True), CommandStatus.CONNECTION_LOST),
        (ConnectionLost(was_sent=False), CommandStatus.OFFLINE),
    ],
)
async def test_whatever_the_station_says_the_charge_stays_open(
    outcome: Outcome, status: CommandStatus, sqlite_url: str
) -> None:
    """Promise 6: not even a yes is the end of a charge."""
    port = Port(lambda *_: outcome)
    async with a_yard(sqlite_url, port) as yard:
        transaction_id = await yard.garage.archive.write(charge)
        sent = await stop_charge(yard.garage, CP, transaction_id)

        assert sent.status is status
        assert port.asked == [(CP, STOP, {"transactionId": transaction_id})]
        assert yard.commands() == [(STOP, "clock:permissions", status.value)]
        assert yard.rows("SELECT ended_by, end_time FROM charging_sessions") == [(None, None)]


async def test_what_can_not_be_recorded_is_not_asked(sqlite_url: str) -> None:
    port = Port(lambda *_: answered(STOP, status="Accepted"))
    async with a_yard(sqlite_url, port) as yard:
        transaction_id = await yard.garage.archive.write(charge)
        yard.gate.fault = failed("disk I/O error", "SQLITE_IOERR")
        with pytest.raises(StoreDown):
            await stop_charge(yard.garage, CP, transaction_id)

        assert (port.asked, yard.commands()) == ([], [])
