"""The garage's own authority and the certificates that it signs: made, renewed, revoked.

A private key leaves this room only as part of the answer to the person who asked for one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from onetime.domain.certificates import (
    AUTHORITY_DAYS,
    BACKDATED,
    SERVER_DAYS,
    STATION_DAYS,
    Purpose,
    host_fault,
    is_due,
    organization_fault,
    warning_for,
)
from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import CertificatesChanged
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.reviews import AlarmKind
from onetime.kit.signing import KeyKind, Span, make_client, make_root, make_server, revocation_list
from onetime.kit.x509 import Pair, Seen, seen_in
from onetime.operations.subjects import require, the_reason, the_working_station
from onetime.store import audit, certificates, reviews
from onetime.store.certificates import Authority, Certificate
from onetime.store.transaction import Row, Transaction

SERVER_KINDS = (KeyKind.ECDSA_P256, KeyKind.RSA_2048)
"""Both, so that each station finds one that it can read."""
ROOT_KINDS = (KeyKind.ECDSA_P256, KeyKind.RSA_3072)
LIST_LASTS = timedelta(days=7)
CLOCK = Actor("clock", "certificates")
FINGERPRINT_DIGITS = 64


class Ending(Struct, frozen=True, kw_only=True):
    """A certificate that ends within so many days; 0 when it has ended."""

    name: str
    station_id: StationId | None
    fingerprint: str
    not_after: datetime
    days: int

    def sentence(self, now: datetime) -> str:
        """Say it to people."""
        if self.not_after <= now:
            return f"The certificate of {self.name} ended on {self.not_after:%Y-%m-%d}."
        left = max((self.not_after - now).days, 1)
        return (
            f"The certificate of {self.name} ends on {self.not_after:%Y-%m-%d}, in {left}"
            f" day{'' if left == 1 else 's'}."
        )


def create_authority(
    tx: Transaction, actor: Actor, organization: str, kind: KeyKind = KeyKind.ECDSA_P256
) -> Authority:
    """Make the authority of this garage; raises Unacceptable, and Conflict when there is one."""
    require(organization_fault, organization, "organization")
    if kind not in ROOT_KINDS:
        raise Unacceptable(f"An authority has a key of {' or '.join(ROOT_KINDS)}.", "key_kind")
    if certificates.authority(tx.connection) is not None:
        raise Conflict("There is an authority already; onetime certificate list shows it.", "name")
    name = f"{organization} charging root {tx.now:%Y}"[:64]
    pair = make_root(kind, name, organization, _span(tx.now, AUTHORITY_DAYS))
    seen = seen_in(pair.certificate)
    certificates.add_authority(tx, organization, pair, seen)
    made = the_authority(tx)
    after: Row = {"fingerprint": seen.fingerprint, "not_after": seen.not_after}
    audit.record(tx, actor, "authority.created", f"authority:{made.id}", None, after)
    tx.announce(CertificatesChanged())
    return made


def the_authority(tx: Transaction) -> Authority:
    """Return the authority; raises NotFound with what to do when there is none."""
    found = certificates.authority(tx.connection)
    if found is None:
        raise NotFound(
            "This garage has no authority of its own yet: onetime certificate authority create.",
            "authority",
        )
    return found


def create_server_certificates(
    tx: Transaction, actor: Actor, hosts: Sequence[str]
) -> list[Certificate]:
    """Make certificates for the names and addresses under which the server is called.

    They take the place of earlier ones. Raises NotFound without an authority, Unacceptable.
    """
    if not hosts:
        raise Unacceptable("A server's certificate needs at least one name.", "name")
    for host in hosts:
        require(host_fault, host, "name")
    authority = the_authority(tx)
    span = _within(authority, tx.now, SERVER_DAYS)
    replaced = [each for each in certificates.all_certificates(tx.connection) if _serves(each)]
    made = []
    for kind in SERVER_KINDS:
        pair = make_server(authority.pair, kind, list(hosts), authority.organization, span)
        seen = seen_in(pair.certificate)
        made.append(
            certificates.add(tx, Purpose.SERVER, None, pair.certificate, seen, pair.private_key)
        )
    for each in replaced:
        certificates.change(tx, each.id, replaced_at=tx.now, private_key=None)
    after: Row = {"names": ",".join(hosts), "not_after": span.not_after}
    audit.record(tx, actor, "certificate.server-created", "server", None, after)
    tx.announce(CertificatesChanged())
    return [the_certificate(tx, each) for each in made]


def renew_server_certificates(tx: Transaction, actor: Actor) -> list[Certificate]:
    """Make the server's certificates anew for the same names; raises NotFound when it has none."""
    present = [each for each in certificates.all_certificates(tx.connection) if _serves(each)]
    if not present:
        raise NotFound(
            "The server has no certificate of our authority to renew:"
            " onetime certificate server create --name HOST.",
            "certificate",
        )
    return create_server_certificates(tx, actor, present[0].names.split(","))


def renew_what_is_due(tx: Transaction) -> bool:
    """Renew the server's certificates when they end within a month; say whether that was done."""
    present = [each for each in certificates.all_certificates(tx.connection) if _serves(each)]
    if not any(is_due(each.not_after, tx.now) for each in present):
        return False
    renew_server_certificates(tx, CLOCK)
    return True


def warn_of_ends(tx: Transaction, shown: Sequence[bytes]) -> list[Ending]:
    """Raise an alarm for each certificate that ends within 60, 30 or 7 days, once for each.

    `shown` is what the server shows, which may lie in files; those of stations and the authority
    are known here. Returns what was told anew.
    """
    told = []
    for ending in _endings(tx, shown):
        key = f"{ending.fingerprint}:{ending.days}"
        if not reviews.is_raised(tx, AlarmKind.CERTIFICATE_ENDS, key):
            sentence = ending.sentence(tx.now)
            reviews.raise_alarm(tx, AlarmKind.CERTIFICATE_ENDS, key, sentence, ending.station_id)
            told.append(ending)
    return told


def issue_station_pair(tx: Transaction, actor: Actor, station_id: str, kind: KeyKind) -> Pair:
    """Make a certificate with its key for a station that can not ask for one itself.

    The key is handed over once and not kept. Raises NotFound, Conflict.
    """
    station = the_working_station(tx, station_id)
    authority = the_authority(tx)
    span = _within(authority, tx.now, STATION_DAYS)
    name = station.certificate_name or station.id
    pair = make_client(authority.pair, kind, name, authority.organization, span)
    seen = seen_in(pair.certificate)
    certificates.add(tx, Purpose.STATION, station.id, pair.certificate, seen)
    after: Row = {"fingerprint": seen.fingerprint, "not_after": seen.not_after}
    audit.record(tx, actor, "certificate.issued", f"station:{station.id}", None, after)
    return pair


def revoke(tx: Transaction, actor: Actor, which: str, reason: str) -> Certificate:
    """Let a certificate open nothing any more, from now on; connections made with it end.

    `which` is its number, or the SHA-256 fingerprint of any certificate. Raises NotFound,
    Conflict when it is revoked already, Unacceptable without a reason.
    """
    why = the_reason(reason)
    found = _known(tx, which)
    if found.revoked_at is not None:
        raise Conflict(f"Certificate {found.id} was revoked already.", "certificate")
    if found.purpose is Purpose.SERVER and found.replaced_at is None:
        raise Conflict(
            "The server shows this certificate; make others first: onetime certificate server"
            " renew. Stations trust their authority, whatever is revoked here.",
            "certificate",
        )
    certificates.change(tx, found.id, revoked_at=tx.now, revoked_because=why)
    subject = f"certificate:{found.id}"
    audit.record(tx, actor, "certificate.revoked", subject, None, {"revoked_at": tx.now}, why)
    tx.announce(CertificatesChanged())
    return the_certificate(tx, found.id)


def revocations(tx: Transaction) -> bytes:
    """Return the signed list of what was revoked, for others that want to check; NotFound."""
    authority = the_authority(tx)
    listed = [
        (each.serial_number, each.revoked_at)
        for each in certificates.all_certificates(tx.connection, with_past=True)
        if each.revoked_at is not None and each.purpose is not Purpose.FOREIGN
    ]
    return revocation_list(authority.pair, listed, tx.now, tx.now + LIST_LASTS)


def the_certificate(tx: Transaction, certificate_id: int) -> Certificate:
    """Return a certificate; raises NotFound."""
    found = certificates.find(tx.connection, certificate_id)
    if found is None:
        raise NotFound(f"There is no certificate {certificate_id}.", "certificate")
    return found


def _endings(tx: Transaction, shown: Sequence[bytes]) -> list[Ending]:
    authority = certificates.authority(tx.connection)
    found: list[tuple[str, StationId | None, Seen]] = [
        ("the server", None, seen_in(each)) for each in shown
    ]
    if authority is not None:
        found.append(("the authority", None, seen_in(authority.certificate.encode())))
    found += [
        (
            f"station {each.station_id}",
            StationId(each.station_id),
            seen_in(each.certificate.encode()),
        )
        for each in certificates.all_certificates(tx.connection)
        if each.purpose is Purpose.STATION and each.station_id is not None
    ]
    return [
        Ending(
            name=name,
            station_id=station_id,
            fingerprint=seen.fingerprint,
            not_after=seen.not_after,
            days=days,
        )
        for name, station_id, seen in found
        if (days := warning_for(seen.not_after, tx.now)) is not None
    ]


def _known(tx: Transaction, which: str) -> Certificate:
    """Find a certificate by number or fingerprint; a foreign one is entered, to be revoked."""
    text = which.replace(":", "").lower()
    if len(text) != FINGERPRINT_DIGITS or set(text) - set("0123456789abcdef"):
        if not which.isdecimal() or len(which) > 9:
            raise NotFound(
                f"{which!r} is neither the number of a certificate nor a SHA-256 fingerprint.",
                "certificate",
            )
        return the_certificate(tx, int(which))
    known = certificates.find_by_fingerprint(tx.connection, text)
    if known is not None:
        return known
    return the_certificate(tx, certificates.add_foreign(tx, text))


def _serves(each: Certificate) -> bool:
    return each.purpose is Purpose.SERVER


def _span(now: datetime, days: int) -> Span:
    start = now.replace(microsecond=0)
    return Span(start - BACKDATED, start + timedelta(days=days))


def _within(authority: Authority, now: datetime, days: int) -> Span:
    """No certificate outlives its authority."""
    span = _span(now, days)
    return Span(span.not_before, min(span.not_after, authority.not_after))
