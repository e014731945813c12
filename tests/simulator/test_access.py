"""What a station shows and trusts, and which security profiles it can speak."""

import pytest

from onetime.kit.signing import KeyKind, make_request
from onetime.kit.x509 import Pair, hash_ids
from onetime.simulator.access import CENTRAL, MANUFACTURER, Access
from onetime.simulator.line import Address
from tests.certificates import a_client, an_authority, client_context
from tests.databases import NOW

PLAIN = Address("ws://host/ocpp", "CP-1", "a-password-of-16+")
ROOT = an_authority().certificate


def access(secure_url: str | None = "wss://host/ocpp", root: bool = True) -> Access:
    made = Access(Address(PLAIN.url, PLAIN.identity, PLAIN.password, secure_url=secure_url))
    if root:
        assert made.install(CENTRAL, ROOT.decode(), NOW) == "Accepted"
    return made


@pytest.mark.parametrize(
    ("address", "profile"),
    [
        (Address("ws://host/ocpp", "CP-1"), 0),
        (PLAIN, 1),
        (Address("wss://host/ocpp", "CP-1", "a-password-of-16+", client_context()), 2),
        (Address("wss://host/ocpp", "CP-1", None, client_context()), 3),
    ],
)
def test_the_profile_is_what_the_station_does(address, profile):
    assert Access(address).profile == profile


def test_a_profile_that_can_not_be_spoken_is_refused():
    able = access()

    assert [able.may_change_to(each) for each in (0, 1, 2, 3)] == [False, True, True, False]
    assert not access(secure_url=None).may_change_to(2)
    assert not access(root=False).may_change_to(2)


def test_an_upgrade_shows_the_key_then_the_certificate_and_never_goes_back():
    able = access()
    able.change_to(2)
    able.let_in()
    assert (able.profile, able.address.url) == (2, "wss://host/ocpp")
    assert not able.may_change_to(1)
    able.turned_away()
    able.turned_away()
    assert able.profile == 2

    assert not able.may_change_to(3)
    able.take(a_client("CP-1"))
    able.change_to(3)
    assert (able.profile, able.address.password) == (3, None)


def test_a_station_that_is_not_let_in_with_the_new_profile_takes_the_old_one_again():
    able = access()
    able.change_to(2)
    able.turned_away()
    assert able.profile == 2
    able.turned_away()

    assert (able.profile, able.address.url) == (1, "ws://host/ocpp")


def test_the_last_root_by_which_it_knows_its_central_system_stays():
    able = Access(Address("wss://localhost/ocpp", "CP-1", "password", client_context()))
    (ours,) = able.installed(CENTRAL)
    other = an_authority("Other").certificate
    assert able.delete(ours) == "Failed"
    assert able.install(CENTRAL, other.decode(), NOW) == "Accepted"
    assert able.delete(ours) == "Accepted"

    assert able.address.encryption is not None
    (left,) = able.address.encryption.get_ca_certs()
    assert left["subject"][1] == (("commonName", "Other"),)
    assert able.installed(CENTRAL) == [hash_ids(other, other)]


def test_a_certificate_that_only_the_context_knows_is_not_given_up_for_a_root():
    context = client_context(shown=a_client("CP-1"))
    able = Access(Address("wss://localhost/ocpp", "CP-1", None, context))
    assert able.install(CENTRAL, an_authority("Other").certificate.decode(), NOW) == "Accepted"

    assert able.delete(able.installed(CENTRAL)[0]) == "Failed"


def test_a_request_is_no_root():
    request, key = make_request(KeyKind.ECDSA_P256, "CP-1", "Garage")

    assert Access(PLAIN).install(MANUFACTURER, request.decode(), NOW) == "Rejected"
    assert Pair(request, key).private_key == key
