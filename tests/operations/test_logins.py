"""What a login changes, and what it does not (S08)."""

import pytest

from onetime.domain.stations import Proof, SecurityProfile
from onetime.operations.errands import UPGRADE, begin_errand
from onetime.operations.logins import note_login
from onetime.operations.stations import register_station
from onetime.store import stations
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import OWNER

BASIC, TLS = Proof(profile=SecurityProfile.BASIC), Proof(profile=SecurityProfile.TLS_BASIC)
CERTIFIED = Proof(profile=SecurityProfile.TLS_CERTIFICATE, certificate="f1")


@pytest.mark.parametrize(
    ("goal", "proofs", "reached"),
    [
        (None, (TLS,), 1),
        (None, (CERTIFIED,), 1),
        ("2", (TLS,), 2),
        ("2", (CERTIFIED,), 1),
        ("2", (TLS, BASIC), 2),
        ("3", (TLS, CERTIFIED), 3),
        ("3", (TLS, CERTIFIED, TLS), 3),
    ],
)
def test_a_profile_goes_up_as_far_as_a_person_wants_and_never_down(
    tx: Transaction, goal: str | None, proofs: tuple[Proof, ...], reached: int
) -> None:
    register_station(tx, OWNER, CP, 1)
    if goal is not None:
        begin_errand(tx, OWNER, CP, UPGRADE, goal)
    for proof in proofs:
        note_login(tx, CP, proof)

    station = stations.find(tx, CP)
    assert station is not None
    assert station.security_profile == reached
