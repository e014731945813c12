"""Who knocked in vain is told with the reason, and with what helps."""

from datetime import timedelta

import pytest

from onetime.domain.knocks import ADVICE
from onetime.operations.knocks import Knock, note_knocks
from onetime.queries.knocks import Knocking, knocking, knocking_of
from onetime.store.transaction import Transaction
from tests.garage_makers import a_station


def refused(
    tx: Transaction, identity: str, reason: str, *, count: int = 1, detail: str = ""
) -> Knocking:
    """Let somebody be refused; return what is told of that."""
    knock = Knock(
        identity=identity,
        reason=reason,
        ip_address="10.0.0.9",
        count=count,
        detail=detail,
        last_at=tx.now,
    )
    note_knocks(tx, [knock])
    (found,) = [each for each in knocking(tx.connection) if each.identity == identity]
    return found


def test_who_knocked_in_vain_is_listed_the_latest_first(tx: Transaction) -> None:
    refused(tx, "CP-1", "unknown")
    tx.now += timedelta(minutes=1)
    refused(tx, "CP-2", "it rained")

    assert [(each.identity, each.reason) for each in knocking(tx.connection)] == [
        ("CP-2", "it rained"),
        ("CP-1", "nobody has registered this identity"),
    ]
    assert [each.identity for each in knocking_of(tx.connection, "CP-1")] == ["CP-1"]


def test_what_it_offers_is_told(tx: Transaction) -> None:
    told = refused(tx, "CP-1", "foreign-version", detail="ocpp2.0.1")

    assert told.reason == "it offers only versions of OCPP other than 1.6 (ocpp2.0.1)"
    assert told.remedy == "Set OCPP 1.6 (OCPP-J 1.6, JSON) at the station."


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "it sent a wrong password"),
        (3, "it sent a wrong password, the third time"),
        (70, "it sent a wrong password, 70 times by now"),
    ],
)
def test_how_often_a_password_was_wrong_is_told(tx: Transaction, count: int, words: str) -> None:
    assert refused(tx, "CP-1", "wrong-password", count=count).reason == words


def test_an_identity_with_blanks_gets_a_better_one_proposed(tx: Transaction) -> None:
    told = refused(tx, "Garage 1 left", "bad-identity")

    assert "Enter the identity at the station as Garage-1-left" in told.remedy
    assert "onetime station add Garage-1-left" in told.remedy


@pytest.mark.parametrize("typed", ["cp-1", "CP 1", "CP_1"])
def test_an_identity_that_was_typed_amiss_is_recognised(tx: Transaction, typed: str) -> None:
    a_station(tx)

    assert refused(tx, typed, "unknown").remedy == (
        "Station CP-1 is registered: enter its identity exactly so at the station."
    )


@pytest.mark.parametrize("reason", ADVICE)
def test_no_refusal_is_without_remedy(tx: Transaction, reason: str) -> None:
    told = refused(tx, "$(reboot)", reason)

    assert told.kind == reason
    assert told.remedy
    assert "{" not in told.remedy
    assert "add $(reboot)" not in told.remedy
