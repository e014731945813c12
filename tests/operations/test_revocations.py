"""Revoking a card reaches every station, and each station's confirmation is its own."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from onetime.domain.errors import NotFound
from onetime.domain.facts import RevocationChanged
from onetime.domain.ids import StationId
from onetime.domain.local_lists import Entry, Update
from onetime.operations.abilities import learn_ability
from onetime.operations.commands import Asking, note_command
from onetime.operations.configuration import ReportedKey, keep_configuration
from onetime.operations.local_lists import note_list_answer, note_list_asked
from onetime.operations.renters import deactivate_renter
from onetime.operations.revocations import (
    confirm_revocations,
    note_cache_answer,
    note_cache_unanswered,
    note_revocations,
    revoke_deleted,
)
from onetime.operations.stations import retire_station
from onetime.operations.tokens import block_card, unblock_card
from onetime.queries.revocations import Revocation, revocation, stations_to_clear
from onetime.store.tables import authorization_tokens
from onetime.store.transaction import Transaction
from tests.charges import CP, TAG, a_garage, begin, wait
from tests.garage_makers import OWNER, a_station

OTHER = StationId("CP-2")


def clear(tx: Transaction, station: StationId = CP, word: str = "Accepted") -> None:
    asking = Asking(station_id=station, action="ClearCache", asked_by="clock:x", payload="{}")
    note_cache_answer(tx, station, note_command(tx, asking), word)


def shown(tx: Transaction) -> dict[str, tuple[str, str, bool]]:
    confirm_revocations(tx)
    return {
        each.station_id: (each.cache.value, each.list.value, each.confirmed_at is not None)
        for each in of(tx).stations
    }


def of(tx: Transaction) -> Revocation:
    return revocation(tx.connection, TAG.lower())


def blocked(tx: Transaction) -> None:
    a_garage(tx)
    block_card(tx, OWNER, TAG)


def test_a_blocked_card_waits_for_every_station(tx: Transaction) -> None:
    a_garage(tx)
    a_station(tx, OTHER)
    with pytest.raises(NotFound, match="Card …b2c3 was never revoked"):
        of(tx)
    block_card(tx, OWNER, TAG)

    assert RevocationChanged() in tx.facts()
    assert (of(tx).token, of(tx).reason, of(tx).revoked_at) == (TAG, "blocked", tx.now)
    assert shown(tx) == {
        "CP-1": ("waiting", "none", False),
        "CP-2": ("waiting", "none", False),
    }
    assert note_revocations(tx) == 0


def test_a_station_confirms_by_clearing_its_cache(tx: Transaction) -> None:
    blocked(tx)
    assert stations_to_clear(tx.connection, tx.now) == [CP]
    wait(tx, minutes=5)
    clear(tx)

    assert shown(tx) == {"CP-1": ("cleared", "none", True)}
    assert of(tx).is_confirmed
    assert of(tx).stations[0].confirmed_at == tx.now
    assert stations_to_clear(tx.connection, tx.now) == []


def test_a_cache_that_was_cleared_before_is_not_cleared(tx: Transaction) -> None:
    """L28: what was remembered in between may charge."""
    a_garage(tx)
    clear(tx)
    wait(tx, minutes=1)
    block_card(tx, OWNER, TAG)

    assert shown(tx) == {"CP-1": ("waiting", "none", False)}
    assert stations_to_clear(tx.connection, tx.now) == [CP]


def test_a_command_that_was_given_before_the_revocation_confirms_nothing(
    tx: Transaction,
) -> None:
    """L28: the answer comes later, but the station may have been told before."""
    a_garage(tx)
    asking = Asking(station_id=CP, action="ClearCache", asked_by="clock:x", payload="{}")
    command_id = note_command(tx, asking)
    wait(tx, minutes=1)
    block_card(tx, OWNER, TAG)
    note_cache_answer(tx, CP, command_id, "Accepted")

    assert shown(tx) == {"CP-1": ("waiting", "none", False)}


def test_a_card_has_to_leave_the_list_too(tx: Transaction) -> None:
    a_garage(tx)
    note_list_asked(tx, CP, 1)
    full = Update(is_full=True, entries=(Entry(id_tag=TAG.lower()), Entry(id_tag="OTHER")))
    note_list_answer(tx, CP, 1, full, "Accepted")
    block_card(tx, OWNER, TAG)
    clear(tx)
    assert shown(tx) == {"CP-1": ("cleared", "waiting", False)}

    note_list_asked(tx, CP, 2)
    assert shown(tx) == {"CP-1": ("cleared", "waiting", False)}
    note_list_answer(tx, CP, 2, Update(is_full=False, removed=(TAG,)), "Accepted")
    assert shown(tx) == {"CP-1": ("cleared", "removed", True)}


def test_a_list_in_doubt_may_hold_the_card_although_it_did_not_before(tx: Transaction) -> None:
    """L28: somebody sent a list, and no answer came."""
    a_garage(tx)
    other = Update(is_full=True, entries=(Entry(id_tag="OTHER"),))
    note_list_asked(tx, CP, 1)
    note_list_answer(tx, CP, 1, other, "Accepted")
    block_card(tx, OWNER, TAG)
    clear(tx)
    note_list_asked(tx, CP, 2)

    assert shown(tx) == {"CP-1": ("cleared", "waiting", False)}


def test_a_cache_that_is_off_has_nothing_to_forget(tx: Transaction) -> None:
    blocked(tx)
    clear(tx, word="Rejected")
    assert shown(tx) == {"CP-1": ("refused", "none", False)}

    keep_configuration(tx, CP, [ReportedKey("AuthorizationCacheEnabled", "false", False)])
    assert shown(tx) == {"CP-1": ("off", "none", True)}


def test_a_station_that_can_not_be_asked_remembers_nothing(tx: Transaction) -> None:
    blocked(tx)
    learn_ability(tx, CP, "ClearCache", False, "NotImplemented")

    assert shown(tx) == {"CP-1": ("none", "none", True)}


def test_a_station_that_did_not_answer_is_left_in_peace_unless_another_card_is_revoked(
    tx: Transaction,
) -> None:
    blocked(tx)
    asking = Asking(station_id=CP, action="ClearCache", asked_by="clock:x", payload="{}")
    note_cache_unanswered(tx, CP, note_command(tx, asking), "timeout")
    assert stations_to_clear(tx.connection, tx.now) == []
    wait(tx, minutes=1)
    assert stations_to_clear(tx.connection, tx.now) == [CP]

    note_cache_unanswered(tx, CP, note_command(tx, asking), "timeout")
    wait(tx, minutes=1)
    assert stations_to_clear(tx.connection, tx.now) == []
    unblock_card(tx, OWNER, TAG)
    block_card(tx, OWNER, TAG)
    assert stations_to_clear(tx.connection, tx.now) == [CP]


def test_expiry_and_the_end_of_a_tenancy_revoke_too(tx: Transaction) -> None:
    renter_id = a_garage(tx)
    expires = tx.now + timedelta(minutes=1)
    tx.connection.execute(update(authorization_tokens).values(expiry_date=expires))
    assert note_revocations(tx) == 0
    wait(tx, minutes=1)
    assert note_revocations(tx) == 1
    assert of(tx).reason == "expired"

    tx.connection.execute(update(authorization_tokens).values(expiry_date=None))
    assert note_revocations(tx) == 1
    assert of(tx).ended_at == tx.now
    assert stations_to_clear(tx.connection, tx.now) == []
    deactivate_renter(tx, OWNER, renter_id)
    assert of(tx).reason == "inactive"


def test_a_card_that_was_changed_past_all_operations_is_found(tx: Transaction) -> None:
    a_garage(tx)
    cards = authorization_tokens
    tx.connection.execute(update(cards).values(status="Blocked"))
    assert note_revocations(tx) == 1
    assert note_revocations(tx) == 0
    assert of(tx).reason == "blocked"

    tx.connection.execute(update(cards).values(status="Accepted"))
    assert note_revocations(tx) == 1
    assert of(tx).ended_at == tx.now


def test_a_deleted_card_is_revoked_although_nothing_is_left_of_it(tx: Transaction) -> None:
    a_garage(tx)
    revoke_deleted(tx, TAG)
    assert note_revocations(tx) == 1  # the card is there, and may charge
    assert of(tx).reason == "deleted"


def test_charges_that_go_on_are_listed_for_a_decision(tx: Transaction) -> None:
    """L28."""
    a_garage(tx)
    opened = begin(tx, tag=TAG.lower())
    block_card(tx, OWNER, TAG)

    (charge,) = of(tx).open_sessions
    assert (charge.id, charge.transaction_id) == (opened.session_id, opened.transaction_id)
    assert (charge.station_id, charge.connector_id) == ("CP-1", 1)


def test_a_retired_station_has_nothing_to_confirm(tx: Transaction) -> None:
    a_garage(tx)
    a_station(tx, OTHER)
    block_card(tx, OWNER, TAG)
    retire_station(tx, OWNER, OTHER)

    assert list(shown(tx)) == ["CP-1"]
    assert stations_to_clear(tx.connection, tx.now) == [CP]
