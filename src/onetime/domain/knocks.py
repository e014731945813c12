"""Why somebody was refused at the door for stations, in plain words, and what helps.

Words only: who is refused is decided at the door.
"""

import re
import shlex
from typing import Final

from msgspec import Struct

from onetime.domain.stations import MAX_STATION_ID_LENGTH, station_id_fault

_ORDINALS: Final = ("", "", "second", "third", "fourth", "fifth")
_NOT_IN_ID: Final = re.compile(r"[\x00-\x20\x7f/?#\ufffd]+")


class Advice(Struct, frozen=True):
    """Why a knock was refused, and what a person can do; `{identity}` is ready for a shell."""

    why: str
    remedy: str


ADVICE: Final[dict[str, Advice]] = {
    "unknown": Advice(
        "nobody has registered this identity", "If it is yours: onetime station add {identity}"
    ),
    "no-password": Advice(
        "it sent no password",
        "Enter its key at the station, as AuthorizationKey or password; if nobody has it any more,"
        " onetime station rotate-key {identity} prints another.",
    ),
    "wrong-password": Advice(
        "it sent a wrong password",
        "Compare the key at the station; if nobody has it any more, onetime station rotate-key"
        " {identity} prints another.",
    ),
    "too-many-attempts": Advice(
        "its logins failed so often that the next one has to wait, for a minute at most",
        "Put its identity and key right at the station, then wait a minute. If it is none of"
        " yours, somebody guesses keys from that address: shut it out in the network.",
    ),
    "held": Advice(
        "connections under its identity kept replacing each other, so the present one was held",
        "Find the second device with this identity and give it one of its own; if there is none,"
        " the line is unstable.",
    ),
    "resting": Advice(
        "its connections broke the protocol again and again, so that the next one has to wait, for"
        " half a minute",
        "The alarms say what it does wrong; update its firmware, or ask its maker. It is let in"
        " again by itself.",
    ),
    "disabled": Advice(
        "the station is disabled", "If it may charge again: onetime station enable {identity}"
    ),
    "needs-tls": Advice(
        "its security profile asks for an encrypted connection",
        "Enter its address at the station as `onetime station show {identity}` prints it, beginning"
        " with wss://.",
    ),
    "no-certificate": Advice(
        "it showed no certificate, which its security profile asks for",
        "Let it have one: onetime certificate station issue {identity}",
    ),
    "wrong-certificate": Advice(
        "its certificate is not in its name",
        "If the name in it is the station's: onetime station edit {identity} --certificate-name"
        " NAME",
    ),
    "expired-certificate": Advice(
        "its certificate is not valid at this time",
        "Let it have another: onetime certificate station issue {identity}; and look at its clock.",
    ),
    "revoked-certificate": Advice(
        "its certificate was revoked",
        "If it may charge again: onetime certificate station issue {identity}",
    ),
    "tls-no-shared-suite": Advice(
        "it knows none of the encryptions that are allowed",
        "Update its firmware; OCPP_TLS_RSA_KEY_EXCHANGE allows two older encryptions, without "
        "forward secrecy.",
    ),
    "tls-version": Advice(
        "it knows no TLS of version 1.2 or later",
        "Update its firmware; versions before TLS 1.2 are not spoken.",
    ),
    "tls-plain": Advice(
        "it speaks without encryption on the encrypted port",
        "Enter its address with wss:// in place of ws://.",
    ),
    "tls-server-unknown": Advice(
        "it does not trust the certificate of this server",
        "Install the certificate that `onetime certificate authority show` prints at the "
        "station, and check the host name in its address.",
    ),
    "tls-station-unknown": Advice(
        "its certificate is of no authority that is trusted here",
        "Let it ask for one of ours, or name its authority in OCPP_TLS_CLIENT_CA.",
    ),
    "tls-slow": Advice(
        "it did not finish the handshake of the encryption in time",
        "Look at the network to it.",
    ),
    "tls-hung-up": Advice(
        "it hung up while the encryption was agreed on; perhaps it does not trust the "
        "certificate of this server",
        "Install the certificate that `onetime certificate authority show` prints at the "
        "station, and check the host name in its address.",
    ),
    "tls-failed": Advice(
        "the encryption could not be agreed on",
        "Look at the log of the station.",
    ),
    "no-identity": Advice(
        "its address names no identity",
        "Its address has to end in /ocpp/ and the station's identity.",
    ),
    "bad-identity": Advice(
        "its identity can not be registered as it is",
        "Give it another identity at the station, without blanks, / ? or #.",
    ),
    "public-address": Advice(
        "it comes from a public address without encryption",
        "Bring it into the garage's own network or a VPN, or let it connect by wss://;"
        " OCPP_ALLOW_PUBLIC_PLAIN lets it in, with everything that it says readable on the way.",
    ),
    "foreign-version": Advice(
        "it offers only versions of OCPP other than 1.6",
        "Set OCPP 1.6 (OCPP-J 1.6, JSON) at the station.",
    ),
    "tls-on-plain": Advice(
        "it speaks TLS to the port for plain connections",
        "Enter ws:// in place of wss:// at the station, or the port for encrypted connections:"
        " onetime station show ID tells the address.",
    ),
    "not-websocket": Advice(
        "it asked for no WebSocket, as a browser does",
        "At a station choose OCPP 1.6 JSON, not SOAP; pages for people are on another port.",
    ),
    "bad-request": Advice(
        "its request was no proper HTTP",
        "See whether it is a station at all; if so, show this to its vendor.",
    ),
    "too-slow": Advice(
        "its request did not come in time",
        "See whether its line is very bad; if it is no station, shut it out in the network.",
    ),
    "too-large": Advice(
        "its request was larger than any station's is",
        "If it is no station, shut it out in the network.",
    ),
    "crowded": Advice(
        "too many others wait to be let in from the same address, or altogether",
        "If these are your stations, it comes right by itself; otherwise shut the address out in"
        " the network.",
    ),
}
"""By the reason for which somebody was refused."""


def why_refused(reason: str, detail: str, count: int) -> str:
    """Say why somebody was refused, and how often; a reason without words is shown as it is."""
    why = ADVICE[reason].why if reason in ADVICE else reason
    if detail:
        why = f"{why} ({detail})"
    if reason == "wrong-password" and count > 1:
        often = (
            f"the {_ORDINALS[count]} time" if count < len(_ORDINALS) else f"{count} times by now"
        )
        why = f"{why}, {often}"
    return why


def remedy_for(reason: str, identity: str, registered: str | None) -> str:
    """Say what helps; `registered` is the identity of a station that may have been meant."""
    if registered is not None:
        return f"Station {registered} is registered: enter its identity exactly so at the station."
    if reason == "bad-identity" and (better := better_identity(identity)):
        return (
            f"Enter the identity at the station as {better}, and here:"
            f" onetime station add {shlex.quote(better)}"
        )
    if reason not in ADVICE:
        return ""
    return ADVICE[reason].remedy.format(identity=shlex.quote(identity))


def better_identity(identity: str) -> str | None:
    """Return an identity without what can not be registered; None when nothing is left."""
    better = _NOT_IN_ID.sub("-", identity).strip("-")[:MAX_STATION_ID_LENGTH]
    return better if better and station_id_fault(better) is None else None


def likeness(identity: str) -> str:
    """Return what two identities share of which one was typed amiss."""
    return re.sub(r"[^0-9a-z]", "", identity.casefold())
