"""What becomes of a command is what the books hold, whether the station agrees, errs or is mute."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from msgspec import Struct, json
from sqlalchemy import text

from onetime.dispatch.commands import send
from onetime.dispatch.effects import ASKED, ENDED
from onetime.domain.facts import Fact
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.policy import Policy
from onetime.garage import Garage, Reply
from onetime.kit.broadcast import Broadcast
from onetime.kit.clock import SystemClock
from onetime.ocpp.actions import COMMANDS
from onetime.ocpp.codec import decode_response
from onetime.ocpp.errors import OcppViolation
from onetime.ocpp.exchange import (
    Answered,
    BrokenAnswer,
    CallErrored,
    ConnectionLost,
    ExpiredInQueue,
    Outcome,
    QueueFull,
    TimedOut,
)
from onetime.ocpp.v16.core import (
    ChangeConfigurationRequest,
    ClearCacheRequest,
    GetConfigurationRequest,
    RemoteStartTransactionRequest,
    UnlockConnectorRequest,
)
from onetime.ocpp.v16.local_list import (
    AuthorizationEntry,
    GetLocalListVersionRequest,
    SendLocalListRequest,
)
from onetime.ocpp.v16.reservation import CancelReservationRequest, ReserveNowRequest
from onetime.ocpp.v16.smart_charging import (
    ClearChargingProfileRequest,
    SetChargingProfileRequest,
)
from onetime.ocpp.v16.types import (
    ChargingProfile,
    ChargingSchedule,
    ChargingSchedulePeriod,
    IdTagInfo,
)
from onetime.store.archive import Archive
from onetime.store.database import open_database
from tests.garage_makers import OWNER
from tests.garages import furnish

CP_1 = StationId("CP-1")
CLOCK = Actor("clock", "test")
ACCEPTED, REJECTED = {"status": "Accepted"}, {"status": "Rejected"}
UNHEARD = [ConnectionLost(was_sent=False), ExpiredInQueue(), QueueFull()]
IN_DOUBT = [TimedOut(), ConnectionLost(was_sent=True), {"status": "accepted!"}]
ERRED = [CallErrored("NotSupported", ""), CallErrored("InternalError", "")]

RESERVE = ReserveNowRequest(
    connector_id=1,
    id_tag="CARD-1",
    reservation_id=7,
    expiry_date=datetime(2099, 1, 1, tzinfo=UTC),
)
PROFILE = ChargingProfile(
    charging_profile_id=10,
    stack_level=0,
    charging_profile_purpose="TxProfile",
    charging_profile_kind="Relative",
    charging_schedule=ChargingSchedule(
        charging_rate_unit="A",
        charging_schedule_period=(ChargingSchedulePeriod(start_period=0, limit=6.0),),
    ),
)
INSTALL = SetChargingProfileRequest(connector_id=1, cs_charging_profiles=PROFILE)
START = RemoteStartTransactionRequest(id_tag="CARD-1", connector_id=1, charging_profile=PROFILE)
LISTED = AuthorizationEntry(id_tag="CARD-1", id_tag_info=IdTagInfo(status="Accepted"))
LIST = SendLocalListRequest(list_version=5, update_type="Full", local_authorization_list=(LISTED,))
CHANGE = ChangeConfigurationRequest(key="Vendor", value="y")


class Books:
    """Sends to a station that says what it is told to, and tells what is kept of it."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.said: object = None
        feed: Broadcast[Fact] = Broadcast()
        self.garage = Garage(archive, SystemClock(), feed, self)

    def is_connected(self, station_id: StationId) -> bool:
        return True

    async def call(
        self, station_id: StationId, action: str, request: Struct | bytes, timeout_seconds: float
    ) -> Reply:
        return Reply(self._outcome(action), 0.1)

    async def send(self, request: Struct, said: object, actor: Actor = OWNER) -> None:
        self.said = said
        await send(self.garage, actor, CP_1, request)

    def ask(self, statement: str) -> list[tuple]:
        with self.archive.database.reader.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def _outcome(self, action: str) -> Outcome:
        if isinstance(self.said, Outcome):
            return self.said
        payload = json.encode(self.said)
        try:
            return Answered(decode_response(action, payload), payload)
        except OcppViolation as violation:
            return BrokenAnswer(str(violation), payload)


@pytest.fixture
async def books(sqlite_url: str) -> AsyncIterator[Books]:
    furnish(sqlite_url)
    archive = Archive(open_database(sqlite_url), SystemClock(), Policy())
    archive.start(asyncio.get_running_loop())
    books = Books(archive)
    yield books
    await books.garage.background.end(1.0)
    archive.stop()


def test_every_command_shows_what_its_station_can_do() -> None:
    assert set(ENDED) == set(COMMANDS)
    assert set(ASKED) <= set(COMMANDS)


RESERVED = "SELECT reservation_id, status FROM reservations"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (ACCEPTED, "active"),
        ({"status": "Occupied"}, "refused"),
        *((each, "refused") for each in (*UNHEARD, *ERRED)),
        *((each, "unknown") for each in IN_DOUBT),
    ],
)
async def test_a_reservation_is_what_the_station_said(
    books: Books, said: object, status: str
) -> None:
    await books.send(RESERVE, said)

    assert books.ask(RESERVED) == [(7, status)]


async def test_a_reservation_is_given_up_with_the_stations_consent(books: Books) -> None:
    await books.send(RESERVE, ACCEPTED)
    for said in (REJECTED, TimedOut(), CallErrored("NotSupported", "")):
        await books.send(CancelReservationRequest(reservation_id=7), said)
        assert books.ask(RESERVED) == [(7, "active")]
    await books.send(CancelReservationRequest(reservation_id=7), ACCEPTED)

    assert books.ask(RESERVED) == [(7, "cancelled")]


HELD = "SELECT charging_profile_id, connector_id, status FROM installed_profiles"


@pytest.mark.parametrize("request_", [INSTALL, START])
@pytest.mark.parametrize(
    ("said", "status"),
    [
        (ACCEPTED, "installed"),
        (REJECTED, "refused"),
        *((each, "refused") for each in (*UNHEARD, *ERRED)),
        *((each, "unknown") for each in IN_DOUBT),
    ],
)
async def test_a_profile_holds_if_the_station_said_so(
    books: Books, request_: Struct, said: object, status: str
) -> None:
    await books.send(request_, said)

    assert books.ask(HELD) == [(10, 1, status)]


async def test_profiles_are_cleared_by_what_is_named_if_the_station_had_one(books: Books) -> None:
    await books.send(INSTALL, ACCEPTED)
    for request, said in (
        (ClearChargingProfileRequest(), {"status": "Unknown"}),
        (ClearChargingProfileRequest(), TimedOut()),
        (ClearChargingProfileRequest(stack_level=1), ACCEPTED),
    ):
        await books.send(request, said)
        assert books.ask(HELD) == [(10, 1, "installed")]
    await books.send(ClearChargingProfileRequest(id=10), ACCEPTED)

    assert books.ask(HELD) == [(10, 1, "cleared")]


@pytest.mark.parametrize("said", [REJECTED, *UNHEARD, *ERRED, *IN_DOUBT])
async def test_no_charge_is_expected_of_a_start_that_was_not_accepted(
    books: Books, said: object
) -> None:
    await books.send(START, said)
    assert books.ask("SELECT status FROM remote_starts") == []

    await books.send(START, ACCEPTED)
    assert books.ask("SELECT status, asked_by FROM remote_starts") == [("waiting", "cli:uid-0")]


VERSIONS = "SELECT desired_version, acknowledged_version, attempts FROM local_lists"
ENTRIES = "SELECT id_tag, acknowledged_version FROM local_list_entries"


async def test_a_list_that_was_taken_is_what_the_station_holds(books: Books) -> None:
    await books.send(LIST, ACCEPTED)

    assert books.ask(VERSIONS) == [(5, 5, 0)]
    assert books.ask(ENTRIES) == [("CARD-1", 5)]


async def test_a_list_with_tags_that_no_card_can_have_is_kept_without_them(books: Books) -> None:
    accepted = IdTagInfo(status="Accepted")
    odd = [
        AuthorizationEntry(id_tag=each, id_tag_info=accepted)
        for each in ("ß" * 20, "ß" * 19, "A\0B", "card-1", "CARD-1")
    ]
    await books.send(
        SendLocalListRequest(
            list_version=5, update_type="Full", local_authorization_list=tuple(odd)
        ),
        ACCEPTED,
    )

    assert books.ask(ENTRIES) == [("CARD-1", 5)]


@pytest.mark.parametrize(
    ("said", "versions"),
    [
        *((each, (5, 5, 1)) for each in (*UNHEARD, *ERRED)),
        *((each, (6, None, 1)) for each in IN_DOUBT),
        ({"status": "Failed"}, (6, None, 1)),
        ({"status": "VersionMismatch"}, (6, None, 1)),
    ],
)
async def test_a_difference_that_was_not_taken_leaves_the_list_or_a_doubt(
    books: Books, said: object, versions: tuple
) -> None:
    await books.send(LIST, ACCEPTED)
    gone = (AuthorizationEntry(id_tag="CARD-1"),)
    await books.send(
        SendLocalListRequest(
            list_version=6, update_type="Differential", local_authorization_list=gone
        ),
        said,
    )

    assert books.ask(VERSIONS) == [versions]
    assert books.ask(ENTRIES) == [("CARD-1", 5)]


async def test_a_version_that_was_told_is_compared(books: Books) -> None:
    await books.send(LIST, ACCEPTED)
    await books.send(GetLocalListVersionRequest(), {"listVersion": 5})
    assert books.ask(VERSIONS) == [(5, 5, 0)]
    await books.send(GetLocalListVersionRequest(), {"listVersion": 4})
    assert books.ask(VERSIONS) == [(5, None, 0)]

    await books.send(GetLocalListVersionRequest(), TimedOut())
    assert books.ask(VERSIONS) == [(5, None, 1)]


CACHE = "SELECT answer, cleared_at IS NULL, attempts FROM authorization_caches"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (ACCEPTED, ("Accepted", 0, 0)),
        (REJECTED, ("Rejected", 1, 1)),
        (TimedOut(), ("timeout", 1, 1)),
        (ConnectionLost(was_sent=False), ("offline", 1, 1)),
        (CallErrored("NotImplemented", ""), ("NotImplemented", 1, 1)),
    ],
)
async def test_a_cache_is_cleared_if_the_station_said_so(
    books: Books, said: object, kept: tuple
) -> None:
    await books.send(ClearCacheRequest(), said)

    assert books.ask(CACHE) == [kept]


WISHES = "SELECT key, value, source, state, attempts FROM desired_configurations"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (ACCEPTED, "accepted"),
        (REJECTED, "rejected"),
        ({"status": "RebootRequired"}, "reboot-required"),
        ({"status": "NotSupported"}, "not-supported"),
        *((each, "pending") for each in (*UNHEARD, *ERRED, *IN_DOUBT)),
    ],
)
async def test_a_change_is_wanted_whatever_the_station_says(
    books: Books, said: object, state: str
) -> None:
    await books.send(CHANGE, said)

    assert books.ask(WISHES) == [("Vendor", "y", "person", state, 1)]


async def test_what_a_loop_asks_is_nobodys_wish(books: Books) -> None:
    await books.send(CHANGE, ACCEPTED, CLOCK)

    assert books.ask(WISHES) == []


async def test_c07_a_secret_is_never_kept_as_a_wish(books: Books) -> None:
    key = ChangeConfigurationRequest(key="AuthorizationKey", value="CANARY")
    await books.send(key, ACCEPTED)

    assert books.ask(WISHES) == []
    assert "CANARY" not in f"{books.ask('SELECT payload FROM station_commands')}"


KEYS = "SELECT key, value FROM station_configurations ORDER BY key"


async def test_keys_that_were_told_are_kept_also_from_a_broken_answer(books: Books) -> None:
    told = [{"key": "A", "value": "1", "readonly": False}, {"key": "PIN", "value": "CANARY"}]
    await books.send(GetConfigurationRequest(), {"configurationKey": told[:1]})
    assert books.ask(KEYS) == [("A", "1")]

    await books.send(GetConfigurationRequest(), {"configurationKey": told})
    assert books.ask(KEYS) == [("A", "1"), ("PIN", "***")]


SHOWN = "SELECT action, is_supported, answer FROM station_abilities"


@pytest.mark.parametrize(
    ("request_", "said", "shown"),
    [
        (UnlockConnectorRequest(connector_id=1), {"status": "Unlocked"}, (1, "Unlocked")),
        (UnlockConnectorRequest(connector_id=1), {"status": "NotSupported"}, (0, "NotSupported")),
        (ClearCacheRequest(), REJECTED, (1, "answered")),
        (ClearCacheRequest(), CallErrored("NotImplemented", ""), (0, "NotImplemented")),
        (ClearCacheRequest(), CallErrored("InternalError", ""), None),
        (ClearCacheRequest(), TimedOut(), None),
        (LIST, {"status": "NotSupported"}, (0, "NotSupported")),
        (INSTALL, {"status": "NotSupported"}, (0, "NotSupported")),
        (GetLocalListVersionRequest(), {"listVersion": -1}, (0, "NotSupported")),
        (GetLocalListVersionRequest(), {"listVersion": 0}, (1, "answered")),
    ],
)
async def test_an_answer_shows_what_a_station_can_do(
    books: Books, request_: Struct, said: object, shown: tuple | None
) -> None:
    await books.send(request_, said)

    action = type(request_).__name__.removesuffix("Request")
    assert books.ask(SHOWN) == ([] if shown is None else [(action, *shown)])
