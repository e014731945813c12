"""A person is forgotten everywhere, and not a watt-hour with it."""

import pytest
from msgspec import json
from sqlalchemy import insert, select, update

from onetime.domain.accounts import Role
from onetime.domain.errors import Conflict, Unacceptable
from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.operations import erasure
from onetime.operations.api_tokens import create_api_token
from onetime.operations.erasure import erase_renter, erase_traces
from onetime.operations.renters import create_renter
from onetime.operations.spots import add_spot, assign_spot
from onetime.operations.tokens import issue_card
from onetime.queries.audit import audit_chain
from onetime.queries.sessions import Wanted, session_sums
from onetime.store import audit, erasures, reviews
from onetime.store.access_tables import accounts, kept_answers
from onetime.store.columns import metadata
from onetime.store.command_tables import (
    commissionings,
    desired_configurations,
    installed_profiles,
    local_list_entries,
    station_commands,
)
from onetime.store.message_tables import ocpp_messages, quarantined_frames, station_reports
from onetime.store.reviews import Finding
from onetime.store.tables import charging_sessions, station_configurations, station_connectors
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_session, a_station

TAG = "04A1B2C3D4E5F6"
NAME = "Annabel Vorbild"
SECRETS = (TAG, "04:a1:b2", NAME, "annabel@example.org", "+49 30 777", "Annas key ring")


def everything(tx: Transaction) -> str:
    """All that stands in all tables, in small letters."""
    tx.flush()
    said = []
    for table in metadata.tables.values():
        for row in tx.connection.execute(select(table)):
            said += [
                each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each)
                for each in row
            ]
    return "\n".join(said).casefold()


def a_person(tx: Transaction) -> int:
    """A renter with traces wherever there can be some."""
    renter = create_renter(
        tx, OWNER, name=NAME, contact_email="annabel@example.org", phone_number="+49 30 777"
    )
    issue_card(tx, OWNER, TAG, renter, description="Annas key ring")
    issue_card(tx, OWNER, "CARD-2", renter, parent_id_tag=TAG)
    assign_spot(tx, OWNER, add_spot(tx, OWNER, "B-1"), renter)
    station = a_station(tx)
    for number in range(7, 12):
        a_session(tx, number, token_id=TAG, renter_id=renter)
    a_session(tx, 20)
    tx.connection.execute(
        update(charging_sessions)
        .where(charging_sessions.c.transaction_id == 20)
        .values(id_tag="04:a1:b2:c3:d4:e5:f6", stop_id_tag=TAG, start_digest="d")
    )
    said_of_stations(tx, station)
    kept_of_stations(tx, a_station(tx, "CP-2"))
    said_of_people(tx, renter, station)
    return renter


def said_of_stations(tx: Transaction, station: str) -> None:
    tx.connection.execute(
        insert(ocpp_messages).values(
            station_id=station,
            at=tx.now,
            direction="in",
            action="Authorize",
            frame=f'[2,"m1","Authorize",{{"idTag":"{TAG.lower()}"}}]',
            answer='[3,"m1",{}]',
            outcome="answered",
        )
    )
    tx.connection.execute(
        insert(quarantined_frames).values(
            station_id=station, at=tx.now, frame=f'[2,"m1","Sta {TAG}', reason=f"{NAME}?"
        )
    )
    tx.connection.execute(
        insert(station_reports).values(
            station_id=station, at=tx.now, kind="k", status="s", details=f"read {TAG}"
        )
    )
    tx.connection.execute(
        insert(station_commands).values(
            station_id=station,
            action="RemoteStartTransaction",
            asked_by="account:1",
            asked_at=tx.now,
            payload=f'{{"idTag":"{TAG}"}}',
            status="answered",
            response='{"status":"Accepted"}',
        )
    )


def kept_of_stations(tx: Transaction, station: str) -> None:
    """What a station is set to, and shows, with a card in it."""
    at = {"station_id": station}
    for key, table in (("A", station_configurations), ("B", desired_configurations)):
        common = {**at, "key": key, "value": f"read,{TAG}"}
        if table is station_configurations:
            row = {**common, "readonly": False, "reported_at": tx.now}
        else:
            row = {**common, "source": "person", "state": "pending", "asked_by": "account:1"}
            row |= {"asked_at": tx.now, "attempts": 0}
        tx.connection.execute(insert(table).values(row))
    tx.connection.execute(
        insert(installed_profiles).values(
            **at,
            connector_id=1,
            charging_profile_id=1,
            stack_level=0,
            purpose="TxProfile",
            profile=f'{{"vendorData":"{NAME}"}}',
            status="active",
            asked_by="account:1",
            sent_at=tx.now,
            changed_at=tx.now,
        )
    )
    tx.connection.execute(
        insert(station_connectors).values(
            **at,
            connector_id=9,
            status="Available",
            error_code="NoError",
            last_updated=tx.now,
            details=f"card {TAG.lower()} was read",
            received_at=tx.now,
            status_since=tx.now,
        )
    )
    tx.connection.execute(
        insert(commissionings).values(
            **at, started_at=tx.now, started_by="account:1", note=f"Tried with {NAME}."
        )
    )


def said_of_people(tx: Transaction, renter: int, station: StationId) -> None:
    reviews.open_review(
        tx, Finding(kind=ReviewKind.UNKNOWN_TAG, key=TAG.casefold(), evidence=f"{TAG} was held.")
    )
    reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, TAG, f"{NAME} is angry.", station)
    audit.record(tx, OWNER, "session.closed", "session:1", reason=f"{NAME} moved out.")
    audit.record(tx, OWNER, "session.closed", "session:2", reason="The cable broke.")
    create_api_token(tx, OWNER, name=NAME, role=Role.RENTER, renter_id=renter)
    tx.connection.execute(
        insert(accounts).values(
            email="annabel@example.org",
            email_key="annabel@example.org",
            role="renter",
            renter_id=renter,
            password_hash="h",
            password_changed_at=tx.now,
            is_enabled=True,
            created_at=tx.now,
        )
    )
    tx.connection.execute(
        insert(kept_answers).values(
            actor="api:1", key="k", digest="d", answer=json.encode({"name": NAME}), at=tx.now
        )
    )


def erase_all(tx: Transaction, renter: int) -> int:
    """Erase; return in how many slices."""
    begun = erase_renter(tx, OWNER, renter, NAME)
    slices = 0
    while erase_traces(tx, begun.id):
        slices += 1
    return slices


def test_no_trace_is_left_in_any_table_and_all_sums_stay(tx: Transaction) -> None:
    renter = a_person(tx)
    before = everything(tx)
    assert [each for each in SECRETS if each.casefold() not in before] == []
    sums = session_sums(tx.connection)
    own = session_sums(tx.connection, Wanted(renter_id=renter))

    erase_all(tx, renter)

    after = everything(tx)
    assert [each for each in (*SECRETS, "card-2") if each.casefold() in after] == []
    assert session_sums(tx.connection) == sums
    assert session_sums(tx.connection, Wanted(renter_id=renter)) == own
    assert own.sessions == 5
    assert audit_chain(tx.connection).fault is None
    assert "the cable broke." in after
    assert f"erased renter {renter}" in after


def test_long_tables_are_cleaned_in_slices(
    tx: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "SLICE_ROWS", 2)
    renter = a_person(tx)
    tables = len(erasures.PLACES)

    assert erase_all(tx, renter) > tables + 3
    assert TAG.casefold() not in everything(tx)


def test_the_name_has_to_be_written(tx: Transaction) -> None:
    renter = a_person(tx)
    before = everything(tx)

    for wrong in ("annabel vorbild", "", "yes", "Anna"):
        with pytest.raises(Unacceptable, match="can not be undone"):
            erase_renter(tx, OWNER, renter, wrong)
    assert everything(tx) == before


def test_nobody_is_erased_while_charging(tx: Transaction) -> None:
    renter = a_person(tx)
    a_session(tx, 30, token_id=TAG, renter_id=renter, energy_wh=None)

    with pytest.raises(Conflict, match="charges at present"):
        erase_renter(tx, OWNER, renter, NAME)


def test_it_is_not_done_while_a_station_holds_the_card(tx: Transaction) -> None:
    renter = a_person(tx)
    tx.connection.execute(
        insert(local_list_entries).values(
            station_id="CP-1",
            token_key=TAG.casefold(),
            id_tag=TAG,
            status="Accepted",
            acknowledged_version=1,
        )
    )
    erase_all(tx, renter)
    (erasure_id,) = erasures.pending(tx.connection)

    tx.connection.execute(local_list_entries.delete())
    assert erase_traces(tx, erasure_id) is False

    assert erasures.pending(tx.connection) == []
    assert TAG.casefold() not in everything(tx)


def test_others_keep_their_things(tx: Transaction) -> None:
    renter = a_person(tx)
    other = create_renter(tx, OWNER, name="Bert", contact_email="bert@example.org")
    issue_card(tx, OWNER, "CARD-22", other, parent_id_tag=TAG)

    erase_all(tx, renter)

    after = everything(tx)
    assert [each for each in ("bert", "bert@example.org", "card-22") if each not in after] == []
