"""The authority of the garage: made once, signs, renews, warns; what is revoked opens nothing."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from onetime.domain.certificates import Purpose
from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.kit.x509 import belong_together, is_issued_by, seen_in
from onetime.operations.certificates import (
    create_authority,
    create_server_certificates,
    issue_station_pair,
    renew_server_certificates,
    renew_what_is_due,
    revocations,
    revoke,
    the_authority,
    warn_of_ends,
)
from onetime.operations.stations import StationChanges, edit_station, register_station
from onetime.queries.certificates import certificate_list, kept
from onetime.store import certificates
from onetime.store.tables import alarms, audit_entries
from onetime.store.transaction import Transaction
from tests.certificates import EC, RSA
from tests.charges import CP
from tests.databases import NOW
from tests.garage_makers import OWNER


@pytest.fixture
def authority(tx: Transaction) -> bytes:
    return create_authority(tx, OWNER, "Garage").certificate.encode()


def at(tx: Transaction, when: datetime) -> Transaction:
    return Transaction(tx.connection, tx.policy, when)


def test_there_is_one_authority(tx: Transaction, authority: bytes) -> None:
    seen = seen_in(authority)
    assert (seen.organization, seen.is_authority, seen.key_kind) == ("Garage", True, "ecdsa-p256")
    with pytest.raises(Conflict, match="There is an authority already"):
        create_authority(tx, OWNER, "Garage")


@pytest.mark.parametrize("organization", ["", " ", "x" * 65, "a\nb"])
def test_an_organization_has_a_name(tx: Transaction, organization: str) -> None:
    with pytest.raises(Unacceptable, match=r"1 to 64 characters|can not be stored"):
        create_authority(tx, OWNER, organization)


def test_without_authority_nothing_is_signed(tx: Transaction) -> None:
    with pytest.raises(NotFound, match="onetime certificate authority create"):
        create_server_certificates(tx, OWNER, ["localhost"])


def test_the_server_gets_one_of_each_kind_in_place_of_earlier_ones(
    tx: Transaction, authority: bytes
) -> None:
    create_server_certificates(tx, OWNER, ["old.example"])
    create_server_certificates(tx, OWNER, ["garage.example", "10.0.0.5"])

    pairs = kept(tx.connection).pairs
    assert [seen_in(each.certificate).key_kind for each in pairs] == ["ecdsa-p256", "rsa-2048"]
    for each in pairs:
        assert belong_together(each)
        assert is_issued_by(each.certificate, authority)
        assert seen_in(each.certificate).names == ("garage.example", "10.0.0.5")
    rows = tx.connection.exec_driver_sql(
        "SELECT replaced_at IS NULL, private_key IS NULL FROM certificates ORDER BY id"
    )
    assert [tuple(map(bool, row)) for row in rows] == [(False, True)] * 2 + [(True, False)] * 2


@pytest.mark.parametrize("host", ["", "a b", "http://x", "x" * 65, "*", "-x/"])
def test_a_host_has_a_name(tx: Transaction, authority: bytes, host: str) -> None:
    with pytest.raises(Unacceptable):
        create_server_certificates(tx, OWNER, [host])


def test_certificates_of_the_server_are_renewed_a_month_before_they_end(
    tx: Transaction, authority: bytes
) -> None:
    create_server_certificates(tx, OWNER, ["garage.example"])
    end = seen_in(kept(tx.connection).pairs[0].certificate).not_after
    assert end == NOW.replace(microsecond=0) + timedelta(days=397)
    assert not renew_what_is_due(at(tx, end - timedelta(days=31)))
    assert renew_what_is_due(at(tx, end - timedelta(days=30)))
    renewed = seen_in(kept(tx.connection).pairs[0].certificate)
    assert (renewed.names, renewed.not_after) == (("garage.example",), end + timedelta(days=367))
    with pytest.raises(NotFound):
        renew_server_certificates(at_without(tx), OWNER)


def at_without(tx: Transaction) -> Transaction:
    for each in certificate_list(tx.connection):
        certificates.change(tx, each.id, replaced_at=tx.now)
    return tx


def test_warnings_come_60_30_and_7_days_before_the_end_once_each(
    tx: Transaction, authority: bytes
) -> None:
    register_station(tx, OWNER, CP, 3)
    pair = issue_station_pair(tx, OWNER, CP, EC)
    end = seen_in(pair.certificate).not_after
    told = {
        days: [each.days for each in warn_of_ends(at(tx, end - timedelta(days=days)), [])]
        for days in (61, 60, 59, 30, 29, 7, 6, 0, -1)
    }
    assert told == {61: [], 60: [60], 59: [], 30: [30], 29: [], 7: [7], 6: [], 0: [0], -1: []}
    sentences = [row.sentence for row in tx.connection.execute(select(alarms.c.sentence))]
    assert sentences[0] == f"The certificate of station CP-1 ends on {end:%Y-%m-%d}, in 60 days."
    assert sentences[-1] == f"The certificate of station CP-1 ended on {end:%Y-%m-%d}."


def test_a_certificate_from_a_file_is_warned_of_too(tx: Transaction, authority: bytes) -> None:
    register_station(tx, OWNER, CP, 3)
    pair = issue_station_pair(tx, OWNER, CP, RSA)
    end = seen_in(pair.certificate).not_after
    names = {each.name for each in warn_of_ends(at(tx, end), [pair.certificate])}
    assert "the server" in names


def test_a_station_gets_a_certificate_in_the_name_that_was_entered(
    tx: Transaction, authority: bytes
) -> None:
    register_station(tx, OWNER, CP, 3)
    assert seen_in(issue_station_pair(tx, OWNER, CP, EC).certificate).common_name == CP
    edit_station(tx, OWNER, CP, StationChanges(certificate_name="SN-1"))
    pair = issue_station_pair(tx, OWNER, CP, EC)
    assert seen_in(pair.certificate).common_name == "SN-1"
    stored = str(tx.connection.exec_driver_sql("SELECT * FROM certificates").all())
    assert pair.private_key.decode().splitlines()[1] not in stored


def test_two_stations_do_not_go_by_one_name(tx: Transaction) -> None:
    for name in ("A", "B"):
        register_station(tx, OWNER, name, 3)
    edit_station(tx, OWNER, "A", StationChanges(certificate_name="SN-1"))
    for taken in ("SN-1", "A"):
        with pytest.raises(Conflict, match="Station A goes by the name"):
            edit_station(tx, OWNER, "B", StationChanges(certificate_name=taken))


def test_what_is_revoked_is_known_by_its_fingerprint_and_listed(
    tx: Transaction, authority: bytes
) -> None:
    register_station(tx, OWNER, CP, 3)
    seen = seen_in(issue_station_pair(tx, OWNER, CP, EC).certificate)
    spaced = ":".join(seen.fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()

    found = revoke(tx, OWNER, spaced, "stolen")

    assert certificates.revoked_fingerprints(tx.connection) == {seen.fingerprint}
    assert (found.revoked_because, found.purpose) == ("stolen", Purpose.STATION)
    assert b"BEGIN X509 CRL" in revocations(tx)
    with pytest.raises(Conflict, match="was revoked already"):
        revoke(tx, OWNER, str(found.id), "again")


def test_a_certificate_of_another_authority_is_revoked_by_its_fingerprint(tx: Transaction) -> None:
    revoke(tx, OWNER, "ab" * 32, "stolen")
    assert certificates.revoked_fingerprints(tx.connection) == {"ab" * 32}
    for nothing in ("no number", "7", "xy" * 32):
        with pytest.raises(NotFound):
            revoke(tx, OWNER, nothing, "stolen")


def test_what_the_server_shows_is_not_revoked_under_it(tx: Transaction, authority: bytes) -> None:
    (first, *_) = create_server_certificates(tx, OWNER, ["garage.example"])
    with pytest.raises(Conflict, match="make others first"):
        revoke(tx, OWNER, str(first.id), "stolen")


def test_no_key_reaches_audit_or_a_line_of_a_log(tx: Transaction, authority: bytes) -> None:
    create_server_certificates(tx, OWNER, ["garage.example"])
    tx.flush(audit_entries)
    assert "PRIVATE" not in str(tx.connection.execute(select(audit_entries)).all())
    assert "PRIVATE" not in repr(the_authority(tx))
    assert "PRIVATE" not in repr(kept(tx.connection))
