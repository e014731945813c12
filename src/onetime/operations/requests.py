"""Stations ask for certificates: checked, signed at once or kept for a person, handed over.

The key never leaves the station: what comes is a request for its public half.
"""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from onetime.domain.certificates import (
    BACKDATED,
    STATION_DAYS,
    Purpose,
    RequestState,
    common_name_fault,
)
from onetime.domain.errors import Conflict, NotFound
from onetime.domain.facts import ErrandChanged, StationChanged
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.reviews import AlarmKind
from onetime.domain.stations import SecurityProfile
from onetime.kit.signing import Span, sign_request
from onetime.kit.x509 import Unreadable, read_request, seen_in
from onetime.operations.certificates import the_authority
from onetime.operations.subjects import the_reason, the_working_station
from onetime.store import audit, certificates, reviews, stations
from onetime.store.certificates import Request
from onetime.store.transaction import Row, Transaction

AUTOMATIC: Final = Actor("clock", "certificates")
AUTOMATIC_A_DAY: Final = 5
"""A station gets so many certificates a day by itself; more wait for a person."""
MOST_ATTEMPTS: Final = 10


class Delivery(Struct, frozen=True, kw_only=True):
    """A signed certificate that a station has not got yet."""

    request_id: int
    station_id: StationId
    certificate: str


def take_request(tx: Transaction, station_id: StationId, pem: str) -> bool:
    """Take a station's request (A02, A03); say whether it will be dealt with.

    It is signed at once when the station proved who it is over TLS, and the name in it is its
    identity or the one that a person entered; otherwise it waits for a person. A broken request or
    a weak key is refused, and so is everything while there is no authority.
    """
    if certificates.authority(tx.connection) is None:
        return _refuse(tx, station_id, pem, "", "there is no authority that could sign it")
    try:
        asked = read_request(pem.encode())
    except Unreadable as fault:
        return _refuse(tx, station_id, pem, "", str(fault))
    name_fault = common_name_fault(asked.common_name)
    if (weakness := asked.fault or name_fault) is not None:
        return _refuse(tx, station_id, pem, asked.common_name, weakness)
    _replace_open_ones(tx, station_id)
    request_id = certificates.add_request(
        tx, station_id, pem, asked.common_name, RequestState.WAITING
    )
    why = _reason_to_wait(tx, station_id, asked.common_name)
    if why is None:
        _sign(tx, AUTOMATIC, _the_request(tx, request_id))
        return True
    certificates.change_request(tx, request_id, why=why)
    _tell(tx, station_id, f"Station {station_id} asks for a certificate, which waits: {why}.")
    return True


def approve_request(tx: Transaction, actor: Actor, request_id: int) -> Request:
    """Sign a request that waits, in the name that it gives; that becomes the station's.

    Raises NotFound, and Conflict when it does not wait or another station goes by that name.
    """
    request = _the_waiting_one(tx, request_id)
    station = the_working_station(tx, request.station_id)
    name = request.common_name
    if name not in (station.id, station.certificate_name):
        other = stations.named(tx, name, station.id)
        if other is not None:
            raise Conflict(f"Station {other} goes by the name {name!r} already.", "request_id")
        before = {"certificate_name": station.certificate_name}
        stations.change(tx, station.id, {"certificate_name": name})
        audit.record(
            tx,
            actor,
            "station.edited",
            f"station:{station.id}",
            before,
            {"certificate_name": name},
        )
        tx.announce(StationChanged(station.id))
    _sign(tx, actor, request)
    return _the_request(tx, request_id)


def refuse_request(tx: Transaction, actor: Actor, request_id: int, reason: str) -> Request:
    """Let a request that waits come to nothing; raises NotFound, Conflict, Unacceptable."""
    why = the_reason(reason)
    request = _the_waiting_one(tx, request_id)
    certificates.change_request(
        tx, request_id, state=RequestState.REFUSED.value, why=why, decided_by=str(actor)
    )
    subject = f"station:{request.station_id}"
    audit.record(tx, actor, "certificate.request-refused", subject, None, None, why)
    return _the_request(tx, request_id)


def deliveries(tx: Transaction) -> list[Delivery]:
    """Return what is signed and not handed over, the oldest first."""
    found = []
    for each in reversed(certificates.requests(tx.connection, (RequestState.APPROVED,))):
        assert each.certificate_id is not None
        signed = certificates.find(tx.connection, each.certificate_id)
        assert signed is not None
        found.append(
            Delivery(
                request_id=each.id,
                station_id=StationId(each.station_id),
                certificate=signed.certificate,
            )
        )
    return found


def note_delivered(tx: Transaction, request_id: int, is_taken: bool | None) -> None:
    """Note what a station said of its certificate; None when it said nothing."""
    request = _the_request(tx, request_id)
    if is_taken:
        certificates.change_request(tx, request_id, state=RequestState.DELIVERED.value)
        tx.announce(ErrandChanged(0))
    elif is_taken is False or request.attempts + 1 >= MOST_ATTEMPTS:
        why = "the station rejects it" if is_taken is False else "the station never answered"
        certificates.change_request(tx, request_id, state=RequestState.REJECTED.value, why=why)
        _tell(
            tx,
            StationId(request.station_id),
            f"Station {request.station_id} did not take the certificate that it had asked for:"
            f" {why}.",
        )
    else:
        certificates.change_request(tx, request_id, attempts=request.attempts + 1)


def _sign(tx: Transaction, actor: Actor, request: Request) -> None:
    authority = the_authority(tx)
    start = tx.now.replace(microsecond=0)
    end = min(start + timedelta(days=STATION_DAYS), authority.not_after)
    signed = sign_request(
        authority.pair,
        request.request.encode(),
        request.common_name,
        authority.organization,
        Span(start - BACKDATED, end),
    )
    seen = seen_in(signed)
    number = certificates.add(tx, Purpose.STATION, request.station_id, signed, seen)
    certificates.change_request(
        tx,
        request.id,
        state=RequestState.APPROVED.value,
        why=None,
        certificate_id=number,
        decided_by=str(actor),
    )
    after: Row = {"fingerprint": seen.fingerprint, "not_after": seen.not_after}
    audit.record(tx, actor, "certificate.signed", f"station:{request.station_id}", None, after)
    tx.announce(ErrandChanged(0))


def _reason_to_wait(tx: Transaction, station_id: StationId, name: str) -> str | None:
    station = stations.find(tx, station_id)
    assert station is not None  # it has just spoken
    if station.security_profile < SecurityProfile.TLS_BASIC:
        return "it has not proven who it is over TLS"
    if name not in (station.id, station.certificate_name):
        return f"the name in it is {name!r}, not the station's"
    day_ago = tx.now - timedelta(days=1)
    recent = [
        each
        for each in certificates.requests(tx.connection, station_id=station_id)
        if each.at > day_ago and each.decided_by == str(AUTOMATIC)
    ]
    if len(recent) >= AUTOMATIC_A_DAY:
        return f"it got {AUTOMATIC_A_DAY} certificates within a day"
    return None


def _replace_open_ones(tx: Transaction, station_id: StationId) -> None:
    """Whoever asks again has another key: what was asked before is of no use."""
    waiting = (RequestState.WAITING, RequestState.APPROVED)
    for each in certificates.requests(tx.connection, waiting, station_id):
        certificates.change_request(
            tx, each.id, state=RequestState.REFUSED.value, why="the station asked anew"
        )


def _refuse(tx: Transaction, station_id: StationId, pem: str, name: str, why: str) -> bool:
    request_id = certificates.add_request(tx, station_id, pem, name, RequestState.REFUSED)
    certificates.change_request(tx, request_id, why=why)
    _tell(tx, station_id, f"Station {station_id} asked for a certificate in vain: {why}.")
    return False


def _tell(tx: Transaction, station_id: StationId, sentence: str) -> None:
    reviews.raise_alarm(tx, AlarmKind.CERTIFICATE_TROUBLE, station_id, sentence, station_id)


def _the_request(tx: Transaction, request_id: int) -> Request:
    found = certificates.find_request(tx.connection, request_id)
    if found is None:
        raise NotFound(f"There is no certificate request {request_id}.", "request_id")
    return found


def _the_waiting_one(tx: Transaction, request_id: int) -> Request:
    request = _the_request(tx, request_id)
    if request.state is not RequestState.WAITING:
        raise Conflict(
            f"Certificate request {request_id} does not wait: it is {request.state}.", "request_id"
        )
    return request
