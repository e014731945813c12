"""Guided operations on a station's keys and certificates, a step at a time.

A step asks the station one thing; what became of it is written down before the next. A step whose
answer is lost is taken again: each can be repeated without harm (white paper A01, A02, A05, M03 to
M05).
"""

import secrets
from typing import Final

from msgspec import Struct

from onetime.dispatch.commands import Sent, send
from onetime.domain.certificates import RequestState
from onetime.domain.commands import STATUS_WORDS, CommandStatus
from onetime.domain.errors import Conflict
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.stations import SecurityProfile
from onetime.garage import Garage
from onetime.kit.x509 import HashIds, hash_ids
from onetime.ocpp.v16.core import ChangeConfigurationRequest, ChangeConfigurationResponse
from onetime.ocpp.v16.security import (
    CertificateHashData,
    CertificateSignedRequest,
    CertificateSignedResponse,
    DeleteCertificateRequest,
    DeleteCertificateResponse,
    ExtendedTriggerMessageRequest,
    ExtendedTriggerMessageResponse,
    GetInstalledCertificateIdsRequest,
    GetInstalledCertificateIdsResponse,
    InstallCertificateRequest,
    InstallCertificateResponse,
)
from onetime.operations import errands as operations
from onetime.operations.errands import BEGIN, DONE, FAILED, Progress, note_progress
from onetime.operations.keys import KEY_BYTES
from onetime.operations.requests import Delivery, note_delivered
from onetime.operations.roots import forget_root, keep_roots
from onetime.queries.certificates import root
from onetime.queries.errands import Errand, newest_request
from onetime.queries.stations import station

ACTOR: Final = Actor("clock", "errands")
KEY: Final = "AuthorizationKey"
PROFILE: Final = "SecurityProfile"
ORGANIZATION: Final = "CpoName"
CENTRAL: Final = "CentralSystemRootCertificate"
USES: Final = (CENTRAL, "ManufacturerRootCertificate")
ROOT_KNOWN: Final = "root-known"
TAKEN: Final = ("Accepted", "RebootRequired")
WAITS_FOR_LOGIN: Final = "login"
WAITS_FOR_REQUEST: Final = "request"
SAID_NOTHING: Final = "the station did not answer; it is asked again"


async def run_errand(garage: Garage, errand: Errand) -> bool:
    """Take an errand a step on, if there is one to take; False when the station did not answer.

    Nothing is raised for what stations do.
    """
    progress = await _next(garage, StationId(errand.station_id), errand)
    if progress is not None:
        await garage.archive.write(note_progress, errand.id, progress)
    return progress is None or progress.said != SAID_NOTHING


async def hand_over(garage: Garage, delivery: Delivery) -> bool:
    """Bring a station the certificate that it had asked for (CertificateSigned).

    False when it did not answer.
    """
    request = CertificateSignedRequest(certificate_chain=delivery.certificate)
    done = await send(garage, ACTOR, delivery.station_id, request)
    is_taken: bool | None = None
    if isinstance(done.response, CertificateSignedResponse):
        is_taken = done.response.status == "Accepted"
    elif done.status is CommandStatus.CALL_ERROR:
        is_taken = False
    await garage.archive.write(note_delivered, delivery.request_id, is_taken)
    return is_taken is not None


async def _next(garage: Garage, station_id: StationId, errand: Errand) -> Progress | None:
    match errand.kind:
        case operations.ROTATE:
            return await _rotate(garage, station_id, errand)
        case operations.UPGRADE:
            return await _upgrade(garage, station_id, errand)
        case operations.INSTALL:
            return await _install(garage, station_id)
        case operations.READ:
            return await _read(garage, station_id)
        case operations.DELETE:
            return await _delete(garage, station_id, errand)
    return await _renew(garage, station_id, errand)


async def _rotate(garage: Garage, station_id: StationId, errand: Errand) -> Progress | None:
    """Send a new key; both open until the station shows it, which ends the errand (A01, K25)."""
    if errand.step == WAITS_FOR_LOGIN:
        return None
    try:
        done = await _change(garage, station_id, KEY, secrets.token_hex(KEY_BYTES))
    except Conflict as full:
        return Progress(step=BEGIN, state=FAILED, said=full.sentence)
    status = _status_of(done)
    if status in TAKEN:
        return Progress(step=WAITS_FOR_LOGIN, said=f"the station says {status}")
    return _refused_or_again(BEGIN, done, f"the station keeps its key: {status}")


async def _upgrade(garage: Garage, station_id: StationId, errand: Errand) -> Progress | None:
    """Bring a station to a higher security profile; it has a way back until it has come by it."""
    present = (await garage.archive.read(station, station_id)).security_profile
    words = (errand.goal or "").split(" ")
    goal = SecurityProfile(int(words[0]))
    if present >= goal:
        return Progress(step=DONE, state=DONE, said=f"it has security profile {present}")
    target = SecurityProfile.TLS_BASIC if present < 2 else SecurityProfile.TLS_CERTIFICATE
    step = errand.step if errand.step.endswith(str(int(target))) else f"root-{int(target)}"
    if step.startswith("root"):
        return await _trust(garage, station_id, step, target, is_known=ROOT_KNOWN in words)
    if step.startswith(("name", "ask")):
        return await _ask_for_request(garage, station_id, step)
    if step.startswith("wait"):
        return await _certified(garage, station_id, errand, f"profile-{int(target)}")
    if step.startswith("profile"):
        return await _set_profile(garage, station_id, step, target)
    return None  # it waits for a login, which raises the profile


async def _trust(
    garage: Garage, station_id: StationId, step: str, target: SecurityProfile, *, is_known: bool
) -> Progress:
    """Let the station trust our authority, unless a person says that it does already."""
    after = "name-3" if target is SecurityProfile.TLS_CERTIFICATE else "profile-2"
    ours = await garage.archive.read(root)
    if is_known or ours is None:
        return Progress(step=after, said="the root certificate is taken to be known")
    done = await _install_root(garage, station_id, ours.certificate)
    if _status_of(done) == "Accepted":
        return Progress(step=after, said="the station trusts our authority")
    if done.status in (CommandStatus.ANSWERED, CommandStatus.CALL_ERROR):
        if await _has_root(garage, station_id, ours.certificate):
            return Progress(step=after, said="the station trusted our authority already")
        said = (
            f"the station does not take our root certificate ({_status_of(done)}); put it in by"
            " hand and begin again with root-known"
        )
        return Progress(step=step, state=FAILED, said=said)
    return Progress(step=step, said=SAID_NOTHING)


async def _ask_for_request(garage: Garage, station_id: StationId, step: str) -> Progress:
    """Tell the station whose name goes into its request, then let it ask (A02)."""
    if step.startswith("name"):
        ours = await garage.archive.read(root)
        if ours is not None:
            await _change(garage, station_id, ORGANIZATION, ours.organization)
    done = await _trigger(garage, station_id)
    if _status_of(done) == "Accepted":
        return Progress(step="wait-3", said="the station will ask for a certificate")
    said = f"the station will not ask for a certificate: {_status_of(done)}"
    return _refused_or_again("ask-3", done, said)


async def _certified(
    garage: Garage, station_id: StationId, errand: Errand, after: str
) -> Progress | None:
    """Look whether the station has got its certificate since it was asked to want one."""
    request = await garage.archive.read(newest_request, station_id)
    if request is None or request.at < errand.created_at:
        return None
    if request.state is RequestState.DELIVERED:
        return Progress(step=after, said="the station has its certificate")
    if request.state in (RequestState.REFUSED, RequestState.REJECTED):
        said = f"there is no certificate: {request.why}"
        return Progress(step=errand.step, state=FAILED, said=said)
    return None


async def _set_profile(
    garage: Garage, station_id: StationId, step: str, target: SecurityProfile
) -> Progress:
    """Set the profile; from here on the station comes by the new one, or falls back (A05)."""
    done = await _change(garage, station_id, PROFILE, str(int(target)))
    status = _status_of(done)
    if status in TAKEN:
        said = f"the station says {status}; it is let in by both profiles until it comes"
        return Progress(step=f"{WAITS_FOR_LOGIN}-{int(target)}", said=said)
    said = f"the station keeps its security profile: {status}"
    return _refused_or_again(step, done, said)


async def _install(garage: Garage, station_id: StationId) -> Progress:
    ours = await garage.archive.read(root)
    if ours is None:
        return Progress(step=BEGIN, state=FAILED, said="there is no authority")
    done = await _install_root(garage, station_id, ours.certificate)
    if _status_of(done) == "Accepted":
        await _read(garage, station_id)
        return Progress(step=DONE, state=DONE, said="the station trusts our authority")
    return _refused_or_again(BEGIN, done, f"the station says {_status_of(done)}")


async def _read(garage: Garage, station_id: StationId) -> Progress:
    counted = 0
    for use in USES:
        found = await _ids(garage, station_id, use)
        if isinstance(found, Sent):
            return _refused_or_again(BEGIN, found, f"the station says {_status_of(found)}")
        await garage.archive.write(keep_roots, station_id, use, found)
        counted += len(found)
    return Progress(step=DONE, state=DONE, said=f"it trusts {counted} root certificates")


async def _delete(garage: Garage, station_id: StationId, errand: Errand) -> Progress:
    use, *parts = (errand.goal or "").split(" ")
    ids = HashIds(
        hash_algorithm=parts[0],
        issuer_name_hash=parts[1],
        issuer_key_hash=parts[2],
        serial_number=parts[3],
    )
    request = DeleteCertificateRequest(certificate_hash_data=_wire(ids))
    done = await send(garage, ACTOR, station_id, request)
    if _status_of(done) in ("Accepted", "NotFound"):
        await garage.archive.write(forget_root, station_id, use, ids)
        return Progress(step=DONE, state=DONE, said=f"the station says {_status_of(done)}")
    return _refused_or_again(BEGIN, done, f"the station says {_status_of(done)}")


async def _renew(garage: Garage, station_id: StationId, errand: Errand) -> Progress | None:
    if errand.step == WAITS_FOR_REQUEST:
        certified = await _certified(garage, station_id, errand, DONE)
        if certified is not None and certified.step == DONE:
            return Progress(step=DONE, state=DONE, said=certified.said)
        return certified
    done = await _trigger(garage, station_id)
    if _status_of(done) == "Accepted":
        return Progress(step=WAITS_FOR_REQUEST, said="the station will ask for a certificate")
    said = f"the station will not ask for a certificate: {_status_of(done)}"
    return _refused_or_again(BEGIN, done, said)


async def _has_root(garage: Garage, station_id: StationId, certificate: str) -> bool:
    found = await _ids(garage, station_id, CENTRAL)
    if isinstance(found, Sent):
        return False
    await garage.archive.write(keep_roots, station_id, CENTRAL, found)
    pem = certificate.encode()
    return any(_same(each, hash_ids(pem, pem, each.hash_algorithm)) for each in found)


async def _ids(garage: Garage, station_id: StationId, use: str) -> list[HashIds] | Sent:
    """Return the root certificates that a station names for a use; or how the question ended."""
    request = GetInstalledCertificateIdsRequest(certificate_type=use)  # type: ignore[arg-type]  # one of USES
    done = await send(garage, ACTOR, station_id, request)
    if not isinstance(done.response, GetInstalledCertificateIdsResponse):
        return done
    return [
        HashIds(
            hash_algorithm=each.hash_algorithm,
            issuer_name_hash=each.issuer_name_hash,
            issuer_key_hash=each.issuer_key_hash,
            serial_number=each.serial_number,
        )
        for each in done.response.certificate_hash_data or ()
    ]


async def _install_root(garage: Garage, station_id: StationId, certificate: str) -> Sent:
    request = InstallCertificateRequest(certificate_type=CENTRAL, certificate=certificate)
    return await send(garage, ACTOR, station_id, request)


async def _trigger(garage: Garage, station_id: StationId) -> Sent:
    request = ExtendedTriggerMessageRequest(requested_message="SignChargePointCertificate")
    return await send(garage, ACTOR, station_id, request)


async def _change(garage: Garage, station_id: StationId, key: str, value: str) -> Sent:
    return await send(garage, ACTOR, station_id, ChangeConfigurationRequest(key=key, value=value))


def _refused_or_again(step: str, done: Sent, refusal: str) -> Progress:
    """A no ends the errand; no answer at all lets the step be taken again."""
    if done.status in (CommandStatus.ANSWERED, CommandStatus.CALL_ERROR):
        return Progress(step=step, state=FAILED, said=refusal)
    return Progress(step=step, said=SAID_NOTHING)


def _status_of(done: Sent) -> str:
    """Return the station's word, or why there is none."""
    response: Struct | None = done.response
    if isinstance(
        response,
        ChangeConfigurationResponse
        | DeleteCertificateResponse
        | ExtendedTriggerMessageResponse
        | InstallCertificateResponse,
    ):
        return response.status
    return done.code or STATUS_WORDS[done.status]


def _wire(ids: HashIds) -> CertificateHashData:
    return CertificateHashData(
        hash_algorithm=ids.hash_algorithm,  # type: ignore[arg-type]  # as the station named it
        issuer_name_hash=ids.issuer_name_hash,
        issuer_key_hash=ids.issuer_key_hash,
        serial_number=ids.serial_number,
    )


def _same(one: HashIds, other: HashIds) -> bool:
    """Compare as OCPP does, whatever the case of the digits and zeros before them."""

    def plain(ids: HashIds) -> tuple[str, ...]:
        return (
            ids.issuer_name_hash.lower(),
            ids.issuer_key_hash.lower(),
            ids.serial_number.lower().lstrip("0"),
        )

    return plain(one) == plain(other)
