"""What the door needs to judge a login."""

from onetime.domain.ids import StationId
from onetime.domain.stations import Credential, SecurityProfile
from onetime.store.stations import change, credentials, find, secret, set_credential
from onetime.store.transaction import Transaction
from tests.garage_makers import a_station


def test_credentials_are_those_of_every_station_that_is_not_retired(tx: Transaction) -> None:
    for name in ("ON", "OFF", "GONE", "OPEN"):
        a_station(tx, name)
    set_credential(tx, "ON", b"salt", b"digest")
    change(tx, "OFF", {"is_enabled": False})
    change(tx, "GONE", {"retired_at": tx.now})
    change(tx, "OPEN", {"security_profile": 0})

    found = credentials(tx.connection)

    assert sorted(found) == ["OFF", "ON", "OPEN"]
    assert found[StationId("ON")] == Credential(
        station_id=StationId("ON"),
        security_profile=SecurityProfile.BASIC,
        salt=b"salt",
        digest=b"digest",
        is_enabled=True,
    )
    assert not found[StationId("OFF")].is_enabled
    assert (found[StationId("OPEN")].salt, found[StationId("OPEN")].digest) == (b"", b"")


def test_a_second_key_replaces_the_first(tx: Transaction) -> None:
    a_station(tx, "CP-1")
    set_credential(tx, "CP-1", b"old", b"old")
    set_credential(tx, "CP-1", b"new", b"new")

    assert credentials(tx.connection)[StationId("CP-1")].salt == b"new"


def test_an_unknown_station_is_not_found(tx: Transaction) -> None:
    assert find(tx, "CP-1") is None


def test_the_secret_of_an_installation_has_256_bits(tx: Transaction) -> None:
    assert len(secret(tx.connection)) == 32
