"""Charging profiles are stored, and what stations have of them is remembered."""

import pytest
from msgspec import structs

from onetime.domain.charging_profiles import Criteria, Profile
from onetime.domain.errors import Faulty, NotFound, Unacceptable
from onetime.domain.ids import StationId
from onetime.operations.charging_profiles import (
    note_profile_answer,
    note_profile_sent,
    note_profile_unanswered,
    note_profiles_cleared,
    profile_for,
    store_profile,
    stored_profile,
)
from onetime.queries.charging_profiles import (
    charging_profile,
    charging_profile_list,
    installed_profile_list,
)
from onetime.store.transaction import Transaction
from tests.charges import CP, a_garage, begin, end
from tests.domain.test_charging_profiles import PROFILE
from tests.garage_makers import OWNER, a_station, audit_trail

OTHER = StationId("CP-2")
TX_PROFILE = structs.replace(PROFILE, charging_profile_purpose="TxProfile")


def sent(
    tx: Transaction,
    command: int,
    number: int = 10,
    profile: Profile = PROFILE,
    *,
    station: StationId = CP,
    answer: str | None = "Accepted",
) -> None:
    note_profile_sent(tx, OWNER, station, 1, number, profile, command)
    if answer is not None:
        note_profile_answer(tx, station, command, answer)


def states(tx: Transaction, station: StationId = CP) -> list[tuple[int, str]]:
    page = installed_profile_list(tx.connection, station)
    return [(each.charging_profile_id, each.status.value) for each in page.items]


def test_a_profile_is_stored_and_read_back_as_it_was(tx: Transaction) -> None:
    number = store_profile(tx, OWNER, " Half  power ", PROFILE)

    found = charging_profile(tx.connection, number)
    assert (found.id, found.description) == (number, "Half power")
    assert found.charging_schedule == PROFILE.charging_schedule
    assert stored_profile(tx, number) == PROFILE
    assert [each.id for each in charging_profile_list(tx.connection).items] == [number]
    assert audit_trail(tx) == [
        (
            "charging-profile.stored",
            f"charging-profile:{number}",
            None,
            {"purpose": "TxDefaultProfile", "stack_level": 0},
        )
    ]


def test_what_breaks_a_rule_of_ocpp_is_not_stored(tx: Transaction) -> None:
    with pytest.raises(Unacceptable, match="A stack level is") as refusal:
        store_profile(tx, OWNER, "Odd", structs.replace(PROFILE, stack_level=-1))
    assert isinstance(refusal.value, Faulty)
    assert [each.field for each in refusal.value.faults] == ["stack_level"]
    with pytest.raises(Unacceptable, match="A description has"):
        store_profile(tx, OWNER, "  ", PROFILE)

    assert charging_profile_list(tx.connection).items == ()


def test_a_number_that_nobody_stored_is_not_found(tx: Transaction) -> None:
    with pytest.raises(NotFound):
        stored_profile(tx, 4711)
    with pytest.raises(NotFound):
        charging_profile(tx.connection, 4711)


def test_a_profile_for_one_charge_names_the_charge_that_goes_on(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx, connector=1)
    number = store_profile(tx, OWNER, "One charge", TX_PROFILE)
    other = store_profile(tx, OWNER, "Every charge", PROFILE)

    assert profile_for(tx, number, CP, 1).transaction_id == opened.transaction_id
    assert profile_for(tx, number, CP, 2).transaction_id is None
    assert profile_for(tx, number, CP, None).transaction_id is None
    assert profile_for(tx, other, CP, 1) == PROFILE
    with pytest.raises(NotFound):
        profile_for(tx, 4711, CP, 1)


def test_what_a_station_took_and_refused_is_remembered(tx: Transaction) -> None:
    a_garage(tx)
    sent(tx, 1, 10)
    sent(tx, 2, 11, structs.replace(PROFILE, stack_level=1), answer="Rejected")
    sent(tx, 3, 12, structs.replace(PROFILE, stack_level=2), answer=None)

    assert states(tx) == [(12, "pending"), (11, "refused"), (10, "installed")]
    found = installed_profile_list(tx.connection, CP).items[1]
    assert (found.answer, found.profile.stack_level) == ("Rejected", 1)


def test_without_an_answer_a_profile_may_hold_and_without_a_call_it_does_not(
    tx: Transaction,
) -> None:
    a_garage(tx)
    sent(tx, 1, 10, answer=None)
    sent(tx, 2, 11, answer=None)
    note_profile_unanswered(tx, CP, 1, "timeout", may_hold=True)
    note_profile_unanswered(tx, CP, 2, "offline", may_hold=False)

    assert states(tx) == [(11, "refused"), (10, "unknown")]


def test_the_like_of_a_profile_takes_its_place_at_its_own_station(tx: Transaction) -> None:
    a_garage(tx)
    a_station(tx, OTHER)
    sent(tx, 1, 10)
    sent(tx, 2, 10, station=OTHER)
    sent(tx, 3, 11)

    assert states(tx) == [(11, "installed"), (10, "replaced")]
    assert states(tx, OTHER) == [(10, "installed")]


def test_clearing_ends_what_fits(tx: Transaction) -> None:
    a_garage(tx)
    a_station(tx, OTHER)
    sent(tx, 1, 10)
    sent(tx, 2, 11, structs.replace(PROFILE, stack_level=1))
    sent(tx, 3, 12, station=OTHER)

    assert note_profiles_cleared(tx, CP, Criteria(stack_level=1)) == 1
    assert states(tx) == [(11, "cleared"), (10, "installed")]
    assert note_profiles_cleared(tx, CP, Criteria()) == 1
    assert states(tx, OTHER) == [(12, "installed")]


def test_a_profile_for_one_charge_ends_with_it(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    named = structs.replace(TX_PROFILE, transaction_id=opened.transaction_id)
    sent(tx, 1, 10, named)
    sent(tx, 2, 11, structs.replace(TX_PROFILE, stack_level=1))
    sent(tx, 3, 12, structs.replace(TX_PROFILE, stack_level=2, transaction_id=99))
    sent(tx, 4, 13)
    end(tx, opened.transaction_id, 2_000)

    assert states(tx) == [(13, "installed"), (12, "installed"), (11, "ended"), (10, "ended")]
