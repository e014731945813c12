"""A station's certificates when asked: its own, and the roots that it trusts."""

from ocpp.v16 import call

from onetime.kit.signing import sign_request
from onetime.kit.x509 import hash_ids
from onetime.simulator.access import CENTRAL, MANUFACTURER, MOST_ROOTS
from tests.certificates import PAST, YEAR, a_client, an_authority
from tests.simulator.central import Central
from tests.simulator.rig import Rig, running
from tests.simulator.test_commands import ask


def pem(name: str = "Garage root") -> str:
    return an_authority(name).certificate.decode()


def named(name: str = "Garage root") -> dict[str, str]:
    """How OCPP names a root."""
    root = an_authority(name).certificate
    ids = hash_ids(root, root)
    return {
        "hash_algorithm": "SHA256",
        "issuer_name_hash": ids.issuer_name_hash,
        "issuer_key_hash": ids.issuer_key_hash,
        "serial_number": ids.serial_number,
    }


async def install(rig: Rig, certificate: str, use: str = CENTRAL) -> str:
    request = call.InstallCertificate(certificate_type=use, certificate=certificate)
    return str((await ask(rig, request)).status)


async def test_a_certificate_is_asked_for_with_a_key_that_stays(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        asked = await ask(
            rig, call.ExtendedTriggerMessage(requested_message="SignChargePointCertificate")
        )
        await central.until(lambda: central.calls("SignCertificate"))
        request = central.calls("SignCertificate")[0].payload["csr"]
        signed = sign_request(an_authority(), request.encode(), "RIG", "Garage", YEAR).decode()
        foreign = await ask(rig, call.CertificateSigned(a_client("RIG").certificate.decode()))
        taken = await ask(rig, call.CertificateSigned(signed))

    assert asked.status == "Accepted"
    assert (foreign.status, taken.status) == ("Rejected", "Accepted")
    assert "PRIVATE" not in request


async def test_roots_are_installed_named_and_deleted(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        nothing = await ask(rig, call.GetInstalledCertificateIds(certificate_type=CENTRAL))
        assert await install(rig, pem()) == "Accepted"
        assert await install(rig, pem()) == "Accepted"  # it is there already
        kept = await ask(rig, call.GetInstalledCertificateIds(certificate_type=CENTRAL))
        other = await ask(rig, call.GetInstalledCertificateIds(certificate_type=MANUFACTURER))
        gone = await ask(rig, call.DeleteCertificate(certificate_hash_data=named()))
        again = await ask(rig, call.DeleteCertificate(certificate_hash_data=named()))

    assert (nothing.status, nothing.certificate_hash_data) == ("NotFound", None)
    assert (kept.status, kept.certificate_hash_data) == ("Accepted", [named()])
    assert other.status == "NotFound"
    assert (gone.status, again.status) == ("Accepted", "NotFound")
    assert central.errors() == []


async def test_what_is_no_root_is_rejected_and_so_is_one_too_many(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        refused = [
            await install(rig, text)
            for text in (
                "PEM",
                a_client("RIG").certificate.decode(),
                a_client("RIG", span=PAST).certificate.decode(),
            )
        ]
        kept = [await install(rig, pem(f"Root {number}")) for number in range(MOST_ROOTS + 1)]

    assert refused == ["Rejected"] * 3
    assert kept == ["Accepted"] * MOST_ROOTS + ["Rejected"]
