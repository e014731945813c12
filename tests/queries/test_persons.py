"""Each part of what is kept of a person can be asked on both databases."""

from sqlalchemy import insert

from onetime.queries.persons import PARTS, person_page
from onetime.store.message_tables import ocpp_messages
from onetime.store.transaction import Transaction
from tests.garage_makers import a_card, a_renter, a_session, a_station

NAMED = {
    "spaced": '[2,"1","Authorize",{ "idTag" : "04:a1:B2:c3" }]',
    "other": '[2,"1","Authorize",{"idTag":"04A1B2C3D4"}]',
}


def test_messages_are_found_however_a_card_is_written(tx: Transaction) -> None:
    renter = a_renter(tx)
    card = a_card(tx, "04A1B2C3", renter)
    a_session(tx, 7, station_id=a_station(tx), token_id=card, renter_id=renter)
    for frame in NAMED.values():
        tx.connection.execute(
            insert(ocpp_messages).values(
                station_id="CP-1",
                at=tx.now,
                direction="in",
                action="Authorize",
                frame=frame,
                outcome="answered",
            )
        )

    found = {part: person_page(tx.connection, renter, part) for part in PARTS}

    assert [each["frame"] for each in found["messages"]] == [NAMED["spaced"]]
    assert len(found["sessions"]) == len(found["renter"]) == len(found["cards"]) == 1
