"""Commands about certificates: a station's own, and the roots that it trusts."""

import msgspec

from onetime.kit.x509 import HashIds
from onetime.simulator import requests
from onetime.simulator.messages import Json
from onetime.simulator.outbox import Message
from onetime.simulator.replies import Commanded, Reply, with_status
from onetime.simulator.wire import strictly


def ask_for_certificate(station: Commanded) -> None:
    """Ask for a certificate, as ExtendedTriggerMessage.req wants it (A02)."""
    csr = station.access.wallet.ask(station.identity)
    station.tell(Message("SignCertificate", {"csr": csr}))


def certificate_signed(station: Commanded, payload: msgspec.Raw) -> Reply:
    """CertificateSigned.req: one for the key that was made here is shown from now on."""
    chain = strictly(requests.CertificateSigned, payload).certificate_chain
    pair = station.access.wallet.take(chain)
    if pair is None:
        return with_status("Rejected")
    return with_status("Accepted", lambda: station.access.take(pair))


def install_certificate(station: Commanded, payload: msgspec.Raw) -> Reply:
    """InstallCertificate.req: a root is trusted from the next connection on (M05)."""
    asked = strictly(requests.InstallCertificate, payload)
    now = station.pace.moment(station.pace.seconds())
    return with_status(station.access.install(asked.certificate_type, asked.certificate, now))


def get_installed_certificate_ids(station: Commanded, payload: msgspec.Raw) -> Reply:
    """GetInstalledCertificateIds.req: the roots are named by their hashes (M03)."""
    asked = strictly(requests.GetInstalledCertificateIds, payload)
    kept: list[Json] = [
        {
            "hashAlgorithm": each.hash_algorithm,
            "issuerNameHash": each.issuer_name_hash,
            "issuerKeyHash": each.issuer_key_hash,
            "serialNumber": each.serial_number,
        }
        for each in station.access.installed(asked.certificate_type)
    ]
    if not kept:
        return with_status("NotFound")
    return Reply({"status": "Accepted", "certificateHashData": kept})


def delete_certificate(station: Commanded, payload: msgspec.Raw) -> Reply:
    """DeleteCertificate.req: a root is trusted no more (M04)."""
    asked = strictly(requests.DeleteCertificate, payload).certificate_hash_data
    named = HashIds(
        hash_algorithm=asked.hash_algorithm,
        issuer_name_hash=asked.issuer_name_hash,
        issuer_key_hash=asked.issuer_key_hash,
        serial_number=asked.serial_number,
    )
    return with_status(station.access.delete(named))
