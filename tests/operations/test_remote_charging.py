"""What a renter may begin and end from afar."""

import pytest
from msgspec import structs

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.ids import StationId
from onetime.domain.tokens import Verdict, verdict
from onetime.operations.authorization import authorize
from onetime.operations.remote_charging import begin_remotely, stop_remotely
from onetime.operations.renters import deactivate_renter
from onetime.operations.site import lock_garage
from onetime.operations.spots import assign_spot
from onetime.operations.tokens import block_card
from onetime.queries.renters import renter
from onetime.queries.tokens import token_list
from onetime.store import tokens
from onetime.store.local_lists import cards
from onetime.store.transaction import Transaction
from tests.garage_makers import (
    OWNER,
    a_card,
    a_renter,
    a_session,
    a_spot,
    a_station,
    audit_trail,
)


def furnished(tx: Transaction) -> tuple[int, int]:
    """Two renters, each with a spot and a station, and a third spot that nobody has."""
    anna, bert = a_renter(tx), a_renter(tx, "Bert")
    for label, station, who in (("A", "CP-1", anna), ("B", "CP-2", bert), ("FREE", "CP-3", None)):
        a_station(tx, station)
        a_spot(tx, label, station)
        if who is not None:
            assign_spot(tx, OWNER, label, who)
    return anna, bert


def test_a_renter_has_one_tag_for_good_which_every_station_takes(tx: Transaction) -> None:
    """Alfen takes hexadecimal tags only (G06)."""
    anna, bert = furnished(tx)
    first = begin_remotely(tx, OWNER, anna, "A")
    again = begin_remotely(tx, OWNER, anna, "FREE")
    other = begin_remotely(tx, OWNER, bert, "B")

    assert (first.station_id, again.station_id) == ("CP-1", "CP-3")
    assert first.id_tag == again.id_tag != other.id_tag
    assert len(first.id_tag) == 16
    assert set(first.id_tag) <= set("0123456789ABCDEF")
    card = tokens.find(tx, first.id_tag)
    assert card is not None
    assert (card.renter_id, verdict(card, tx.now)) == (anna, Verdict.ACCEPTED)


def test_a_renter_who_charges_from_afar_ends_that_first_where_the_owner_wants_it(
    tx: Transaction,
) -> None:
    """S14."""
    anna, _ = furnished(tx)
    tx.policy = structs.replace(tx.policy, refuse_concurrent_charges=True)
    tag = begin_remotely(tx, OWNER, anna, "A").id_tag
    a_session(tx, 1, token_id=tag, renter_id=anna, start=tx.now, energy_wh=None)

    assert begin_remotely(tx, OWNER, anna, "A").id_tag == tag
    with pytest.raises(Conflict, match="end that first"):
        begin_remotely(tx, OWNER, anna, "FREE")


def test_the_tag_is_no_card_in_anybodys_pocket(tx: Transaction) -> None:
    anna, _ = furnished(tx)
    begin_remotely(tx, OWNER, anna, "A")

    assert token_list(tx.connection).items == ()
    assert renter(tx.connection, anna).token_count == 0


def test_making_the_tag_is_audited_without_it(tx: Transaction) -> None:
    anna, _ = furnished(tx)
    before = len(audit_trail(tx))
    tag = begin_remotely(tx, OWNER, anna, "A").id_tag
    begin_remotely(tx, OWNER, anna, "A")

    assert audit_trail(tx)[before:] == [
        ("card.issued", f"card:…{tag[-4:]}", None, {"renter_id": anna, "is_remote": True})
    ]


def test_a_spot_of_somebody_else_is_not_there(tx: Transaction) -> None:
    anna, _ = furnished(tx)
    for spot in ("B", "no such", "\0"):
        with pytest.raises(NotFound):
            begin_remotely(tx, OWNER, anna, spot)


def test_a_spot_without_a_station_can_not_charge(tx: Transaction) -> None:
    anna = a_renter(tx)
    a_spot(tx, "EMPTY")
    with pytest.raises(Conflict, match="No station stands at spot EMPTY"):
        begin_remotely(tx, OWNER, anna, "EMPTY")


def test_who_is_blocked_or_gone_begins_nothing(tx: Transaction) -> None:
    anna, bert = furnished(tx)
    block_card(tx, OWNER, begin_remotely(tx, OWNER, anna, "A").id_tag)
    with pytest.raises(Conflict, match="blocked"):
        begin_remotely(tx, OWNER, anna, "A")
    begin_remotely(tx, OWNER, bert, "B")
    deactivate_renter(tx, OWNER, bert)
    with pytest.raises(Conflict, match="blocked"):
        begin_remotely(tx, OWNER, bert, "FREE")


def test_nobody_begins_anything_while_the_garage_is_locked(tx: Transaction) -> None:
    anna, _ = furnished(tx)
    lock_garage(tx, OWNER, "smoke on level 2")

    with pytest.raises(Conflict, match="locked"):
        begin_remotely(tx, OWNER, anna, "A")


def test_which_connector_is_meant(tx: Transaction) -> None:
    anna, _ = furnished(tx)
    assert begin_remotely(tx, OWNER, anna, "A").connector_id == 1
    assert begin_remotely(tx, OWNER, anna, "A", 2).connector_id == 2
    a_session(tx, 1, station_id="CP-1")
    assert begin_remotely(tx, OWNER, anna, "A").connector_id == 1
    with pytest.raises(Unacceptable, match="no connector 2"):
        begin_remotely(tx, OWNER, anna, "A", 2)
    tx.connection.exec_driver_sql("UPDATE charging_sessions SET connector_id = 2")
    a_session(tx, 2, station_id="CP-1")
    with pytest.raises(Unacceptable, match="1 or 2"):
        begin_remotely(tx, OWNER, anna, "A")
    assert begin_remotely(tx, OWNER, anna, "A", 2).connector_id == 2


def test_only_an_own_charge_that_goes_on_can_be_ended(tx: Transaction) -> None:
    anna, bert = furnished(tx)
    hers = a_session(tx, 71, station_id="CP-1", renter_id=anna, energy_wh=None)
    his = a_session(tx, 72, station_id="CP-2", renter_id=bert, energy_wh=None)
    nobodys = a_session(tx, 73, station_id="CP-3", energy_wh=None)
    over = a_session(tx, 74, station_id="CP-1", renter_id=anna)

    stopping = stop_remotely(tx, anna, hers)
    assert (stopping.station_id, stopping.transaction_id) == ("CP-1", 71)
    for foreign in (his, nobodys, 9_999):
        with pytest.raises(NotFound):
            stop_remotely(tx, anna, foreign)
    with pytest.raises(Conflict, match="has ended"):
        stop_remotely(tx, anna, over)


def test_a_station_that_asks_is_told_that_the_tag_may_charge(tx: Transaction) -> None:
    anna, _ = furnished(tx)
    tag = begin_remotely(tx, OWNER, anna, "A").id_tag

    assert authorize(tx, StationId("CP-1"), tag.lower()).verdict is Verdict.ACCEPTED


def test_the_tag_takes_no_place_in_the_lists_of_stations(tx: Transaction) -> None:
    """They hold few cards, and no charge is begun from afar while a station is out of reach."""
    anna, _ = furnished(tx)
    a_card(tx, "CARD", anna)
    begin_remotely(tx, OWNER, anna, "A")

    assert [each.entry.id_tag for each in cards(tx.connection, tx.now)] == ["CARD"]
