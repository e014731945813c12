"""What stations ask to be signed: checked, signed at once or kept for a person, handed over."""

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from onetime.domain.certificates import RequestState
from onetime.domain.errors import Conflict
from onetime.kit.signing import make_request
from onetime.kit.x509 import is_issued_by, seen_in
from onetime.operations.certificates import create_authority
from onetime.operations.errands import ask_for_renewals
from onetime.operations.requests import (
    AUTOMATIC_A_DAY,
    MOST_ATTEMPTS,
    approve_request,
    deliveries,
    note_delivered,
    refuse_request,
    take_request,
)
from onetime.operations.stations import StationChanges, edit_station, register_station
from onetime.store import certificates, errands
from onetime.store.transaction import Transaction
from tests.certificates import EC, RSA
from tests.charges import CP
from tests.databases import NOW
from tests.garage_makers import OWNER
from tests.kit.test_signing import request_with


@pytest.fixture
def authority(tx: Transaction) -> bytes:
    register_station(tx, OWNER, CP, 3)
    return create_authority(tx, OWNER, "Garage").certificate.encode()


def asks(tx: Transaction, name: str = CP, kind: object = EC) -> bool:
    return take_request(tx, CP, make_request(EC if kind is EC else RSA, name, "X")[0].decode())


def newest(tx: Transaction) -> certificates.Request:
    return certificates.requests(tx.connection)[0]


def sentences(tx: Transaction) -> str:
    return str(tx.connection.exec_driver_sql("SELECT sentence FROM alarms").all())


@pytest.mark.parametrize("kind", [EC, RSA])
def test_a_proven_station_gets_its_certificate_at_once(
    tx: Transaction, authority: bytes, kind: object
) -> None:
    assert asks(tx, kind=kind)

    (delivery,) = deliveries(tx)
    signed = delivery.certificate.encode()
    assert is_issued_by(signed, authority)
    assert (seen_in(signed).common_name, seen_in(signed).organization) == (CP, "Garage")
    assert seen_in(signed).not_after == NOW.replace(microsecond=0) + timedelta(days=365)


def test_a_request_on_a_plain_line_waits_for_a_person(tx: Transaction, authority: bytes) -> None:
    edit_station(tx, OWNER, CP, StationChanges(security_profile=1))
    assert asks(tx)
    assert (newest(tx).state, newest(tx).why) == (
        RequestState.WAITING,
        "it has not proven who it is over TLS",
    )
    assert deliveries(tx) == []
    approve_request(tx, OWNER, newest(tx).id)
    assert len(deliveries(tx)) == 1
    assert "which waits" in sentences(tx)


def test_another_name_waits_and_becomes_the_stations_when_a_person_approves(
    tx: Transaction, authority: bytes
) -> None:
    register_station(tx, OWNER, "OTHER", 3)
    assert asks(tx, "OTHER")
    with pytest.raises(Conflict, match="Station OTHER goes by the name"):
        approve_request(tx, OWNER, newest(tx).id)
    assert asks(tx, "SN-1")
    approve_request(tx, OWNER, newest(tx).id)
    assert asks(tx, "SN-1")
    assert newest(tx).state is RequestState.APPROVED, "the name is the station's now"
    with pytest.raises(Conflict, match="does not wait"):
        refuse_request(tx, OWNER, newest(tx).id, "too late")


def test_what_can_not_be_signed_is_refused_and_told(tx: Transaction, authority: bytes) -> None:
    weak = request_with(rsa.generate_private_key(65537, 1024)).decode()
    for pem, why in (
        ("nothing", "it is no signing request"),
        (weak, "its RSA key has 1024 bits"),
    ):
        assert not take_request(tx, CP, pem)
        assert newest(tx).state is RequestState.REFUSED
        assert why in str(newest(tx).why)
        assert why in sentences(tx)
    assert deliveries(tx) == []


def test_without_authority_nothing_is_signed(tx: Transaction) -> None:
    register_station(tx, OWNER, CP, 3)
    assert not asks(tx)


def test_who_asks_again_gets_the_newer_one_only(tx: Transaction, authority: bytes) -> None:
    assert asks(tx)
    assert asks(tx)
    assert len(deliveries(tx)) == 1


def test_a_station_does_not_get_any_number_of_certificates(
    tx: Transaction, authority: bytes
) -> None:
    for _ in range(AUTOMATIC_A_DAY):
        asks(tx)
        assert newest(tx).state is RequestState.APPROVED
    asks(tx)
    assert newest(tx).state is RequestState.WAITING
    asks(Transaction(tx.connection, tx.policy, NOW + timedelta(days=2)))
    assert newest(tx).state is RequestState.APPROVED


def test_a_certificate_is_handed_over_until_the_station_says_something(
    tx: Transaction, authority: bytes
) -> None:
    asks(tx)
    for _ in range(MOST_ATTEMPTS - 1):
        note_delivered(tx, newest(tx).id, None)
    assert len(deliveries(tx)) == 1
    note_delivered(tx, newest(tx).id, None)
    assert (newest(tx).state, deliveries(tx)) == (RequestState.REJECTED, [])
    asks(tx)
    note_delivered(tx, newest(tx).id, False)
    assert newest(tx).why == "the station rejects it"
    asks(tx)
    note_delivered(tx, newest(tx).id, True)
    assert newest(tx).state is RequestState.DELIVERED


def at(tx: Transaction, when: datetime) -> Transaction:
    return Transaction(tx.connection, tx.policy, when)


def test_a_certificate_is_renewed_a_month_before_it_ends(tx: Transaction, authority: bytes) -> None:
    asks(tx)
    note_delivered(tx, newest(tx).id, True)
    end = NOW.replace(microsecond=0) + timedelta(days=365)
    assert ask_for_renewals(at(tx, end - timedelta(days=31))) == []
    assert ask_for_renewals(at(tx, end - timedelta(days=30))) == [CP]
    assert ask_for_renewals(at(tx, end - timedelta(days=29))) == [], "it is under way"
    assert [each.kind for each in errands.open_ones(tx.connection)] == ["renew-certificate"]
