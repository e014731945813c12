"""All about a renter in one file, and nothing about anybody else."""

import csv
import io
import zipfile
from datetime import timedelta

import httpx
import msgspec
from sqlalchemy import insert, update

from onetime.domain.reviews import ReviewKind
from onetime.operations.renters import create_renter
from onetime.operations.spots import add_spot, assign_spot
from onetime.operations.tokens import issue_card
from onetime.store import reviews
from onetime.store.message_tables import ocpp_messages
from onetime.store.reviews import Finding
from onetime.store.tables import meter_readings, token_renters
from onetime.store.transaction import Transaction
from tests.api.doors import V1, Door
from tests.garage_makers import OWNER, a_session, a_station


def garage(tx: Transaction) -> None:
    anna = create_renter(tx, OWNER, name="=Anna", contact_email="anna@example.org")
    bert = create_renter(tx, OWNER, name="Bert", contact_email="bert@example.org")
    a_station(tx)
    issue_card(tx, OWNER, "ANNA-CARD", anna, description="Key ring")
    issue_card(tx, OWNER, "BERT-CARD", bert)
    assign_spot(tx, OWNER, add_spot(tx, OWNER, "B-1"), anna)
    for number in range(1, 1_205):
        a_session(tx, number, token_id="ANNA-CARD", renter_id=anna)
    a_session(tx, 2_000, token_id="BERT-CARD", renter_id=bert)
    said_of(tx)
    for transaction in (7, 2_000):
        tx.connection.execute(
            insert(meter_readings).values(
                transaction_id=transaction,
                timestamp=tx.now,
                measurand="Voltage",
                value=230.0,
                unit="V",
                station_id="CP-1",
                connector_id=1,
            )
        )


def said_of(tx: Transaction) -> None:
    """Frames that name cards, however they are written, and findings about charges."""
    for action, frame in (
        ("Authorize", '[2,"1","Authorize",{"idTag":"ANNA-CARD"}]'),
        ("StartTransaction", '[2,"2","StartTransaction",{ "idTag" : "anna-card" }]'),
        ("RemoteStartTransaction", '[2,"3","RemoteStartTransaction",{"idTag":"anna:card"}]'),
        ("Authorize", '[2,"4","Authorize",{"idTag":"BERT-CARD"}]'),
        ("Authorize", '[2,"5","Authorize",{"idTag":"ANNA-CARD-BERT"}]'),
        ("SendLocalList", '[2,"6","SendLocalList",{"a":["ANNA-CARD","BERT-CARD"]}]'),
    ):
        tx.connection.execute(
            insert(ocpp_messages).values(
                station_id="CP-1",
                at=tx.now,
                direction="in",
                action=action,
                frame=frame,
                outcome="answered",
            )
        )
    tx.connection.execute(
        update(token_renters)
        .where(token_renters.c.token == "BERT-CARD")
        .values(valid_from=tx.now - timedelta(hours=1))
    )
    for session_id, text in ((7, "It went back."), (1_205, "Bert's did.")):
        finding = Finding(kind=ReviewKind.REGISTER, key=text, evidence=text, session_id=session_id)
        reviews.open_review(tx, finding)


async def test_a_card_that_changed_hands_is_each_ones_in_their_time(
    door: Door, owner: httpx.AsyncClient
) -> None:
    def handed_over(tx: Transaction) -> None:
        garage(tx)
        tx.connection.execute(
            insert(ocpp_messages).values(
                station_id="CP-1",
                at=tx.now - timedelta(days=1),
                direction="in",
                action="Authorize",
                frame='[2,"7","Authorize",{"idTag":"BERT-CARD","of":"an earlier holder"}]',
                outcome="answered",
            )
        )

    await door.perform(handed_over)

    bundle = zipfile.ZipFile(io.BytesIO((await owner.get(f"{V1}/renters/2/export")).content))
    told = msgspec.json.decode(bundle.read("renter.json"), type=dict[str, list[dict]])

    assert [each["frame"] for each in told["messages"]] == [
        '[2,"4","Authorize",{"idTag":"BERT-CARD"}]'
    ]
    assert [each["evidence"] for each in told["findings"]] == ["Bert's did."]


async def test_everything_of_a_person_is_there_twice_and_nothing_of_others(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.perform(garage)

    answer = await owner.get(f"{V1}/renters/1/export")

    assert answer.headers["content-type"] == "application/zip"
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    told = msgspec.json.decode(bundle.read("renter.json"), type=dict[str, list[dict]])
    counts = {part: len(rows) for part, rows in told.items()}
    assert counts == {
        "renter": 1,
        "accounts": 0,
        "sign_ins": 0,
        "spots": 1,
        "cards": 1,
        "sessions": 1_204,
        "readings": 1,
        "reservations": 0,
        "remote_starts": 0,
        "messages": 3,
        "findings": 1,
        "audit": 3,
    }
    for part, rows in told.items():
        text = bundle.read(f"{part}.csv").decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline="")))
        assert lines[1:] == [] if not rows else len(lines) == len(rows) + 1
    assert told["cards"][0]["description"] == "Key ring"
    assert "'=Anna" in bundle.read("renter.csv").decode()
    everything = b"".join(bundle.read(name) for name in bundle.namelist())
    assert b"Bert" not in everything
    assert b"BERT" not in everything
    assert (await owner.get(f"{V1}/renters/9/export")).status_code == 404
