"""All about a renter in one file, and nothing about anybody else."""

import csv
import io
import zipfile

import httpx
import msgspec
from sqlalchemy import insert

from onetime.operations.renters import create_renter
from onetime.operations.spots import add_spot, assign_spot
from onetime.operations.tokens import issue_card
from onetime.store.tables import meter_readings
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
