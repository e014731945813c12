"""All that is wrong with an act is told at once, and a bug is no objection."""

import pytest

from onetime.domain.accounts import Role
from onetime.domain.errors import Conflict, NotFound, Refusal, Several, Unacceptable
from onetime.operations.accounts import AccountChanges, create_account, edit_account
from onetime.operations.api_tokens import create_api_token
from onetime.operations.objections import Objections
from onetime.operations.passwords import PasswordHash
from onetime.operations.renters import create_renter
from onetime.operations.spots import add_spot
from onetime.operations.stations import StationChanges, edit_station, register_station
from onetime.operations.tokens import CardChanges, edit_card, issue_card
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_card, a_renter, a_station

NONSENSE = StationChanges(
    security_profile=7, power_limit_watts=-1, register_factor=3, connector_count=0
)


def test_one_objection_is_itself_and_several_are_told_together() -> None:
    first, second = Conflict("The one.", "a"), NotFound("The other.", "b")
    objections = Objections()
    objections.end()
    with objections:
        raise first
    with pytest.raises(Conflict, match="The one"):
        objections.end()
    with objections:
        raise second
    with pytest.raises(Several) as told:
        objections.end()

    assert told.value.refusals == (first, second)
    assert (told.value.sentence, told.value.code) == ("The one. The other.", "unacceptable")
    assert Several([first, Conflict("Again.")]).code == "conflict"
    with pytest.raises(ValueError, match="bug"), objections:
        raise ValueError("bug")


def fields(tx: Transaction, refused: Refusal) -> list[str | None]:
    assert isinstance(refused, Several), refused
    return [each.field for each in refused.refusals]


def test_each_act_tells_all_that_stands_in_its_way(tx: Transaction) -> None:
    renter = a_renter(tx)
    card = a_card(tx, "CARD-1", renter)
    a_station(tx)
    add_spot(tx, OWNER, "B1", station_id="CP-1")
    owner = create_account(
        tx, OWNER, email="o@example.org", role=Role.OWNER, password_hash=PasswordHash("h")
    )
    long = "x" * 1_000
    acts = {
        ("label", "floor_level", "charging_station_id"): lambda: add_spot(
            tx, OWNER, "B1", floor_level=long, station_id="CP-9"
        ),
        ("label", "charging_station_id"): lambda: add_spot(tx, OWNER, "", station_id="CP-1"),
        ("token", "renter_id", "description"): lambda: issue_card(
            tx, OWNER, card.lower(), 9, description=long
        ),
        ("renter_id", "description", "parent_id_tag"): lambda: edit_card(
            tx, OWNER, card, CardChanges(renter_id=9, description=long, parent_id_tag=long)
        ),
        ("name", "contact_email", "phone_number"): lambda: create_renter(
            tx, OWNER, name="", contact_email="x", phone_number=long
        ),
        ("id", "password"): lambda: register_station(tx, OWNER, "CP-1", 1, "short"),
        ("name", "renter_id", "expires_at"): lambda: create_api_token(
            tx, OWNER, name="", role=Role.RENTER, renter_id=9, expires_at=tx.now
        ),
        ("email", "renter_id"): lambda: create_account(
            tx, OWNER, email="x", role=Role.RENTER, password_hash=PasswordHash("h"), renter_id=9
        ),
        ("security_profile", "power_limit_watts", "register_factor", "connector_count"): lambda: (
            edit_station(tx, OWNER, "CP-1", NONSENSE)
        ),
        ("renter_id", "account_id", "email"): lambda: edit_account(
            tx, OWNER, owner, AccountChanges(role=Role.RENTER, renter_id=9, email="x")
        ),
    }
    for expected, act in acts.items():
        with pytest.raises(Several) as told:
            act()
        assert fields(tx, told.value) == [*expected]


def test_one_thing_alone_is_refused_as_before(tx: Transaction) -> None:
    a_station(tx)
    with pytest.raises(NotFound, match="CP-9"):
        add_spot(tx, OWNER, "B1", station_id="CP-9")
    with pytest.raises(Unacceptable):
        register_station(tx, OWNER, "CP-2", 0, "a password that is long enough")
