"""Decides about a knock: identity, password, subprotocol. From memory, at once, the same for all.

Unknown identities, wrong passwords and disabled stations get one and the same 401 (S03); what was
wrong is shown to people only.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

from onetime.domain.ids import StationId
from onetime.domain.policy import Policy, UnknownStations
from onetime.domain.stations import station_id_fault
from onetime.gateway.addresses import claim_of, is_public, password_of, protocol_of, target_of
from onetime.gateway.connection import NO_PROOF, Connection, Welcome
from onetime.gateway.door import Admitted, Knock, Refused
from onetime.gateway.keyring import Judgement, Keyring, Login
from onetime.gateway.knocking import KnockingList
from onetime.gateway.lane import Lane
from onetime.gateway.lockout import Lockout
from onetime.kit.clock import Clock

UNAUTHORIZED: Final = Refused(401, (("WWW-Authenticate", 'Basic realm="onetime"'),))
NOT_FOUND: Final = Refused(404, body="Connect to /ocpp/<identity>.\n")
FORBIDDEN: Final = Refused(403)
BUSY: Final = Refused(503)


class Reason(StrEnum):
    """Why a knock was refused, beside the judgements of the keyring."""

    NO_IDENTITY = "no-identity"
    PUBLIC_ADDRESS = "public-address"
    FOREIGN_VERSION = "foreign-version"
    TOO_MANY_ATTEMPTS = "too-many-attempts"
    BAD_IDENTITY = "bad-identity"
    HELD = "held"
    RESTING = "resting"


class Doorman:
    """Stands at the station door; `lane_of` gives the one lane of a station."""

    def __init__(
        self,
        keyring: Keyring,
        knocking: KnockingList,
        policy: Policy,
        lane_of: Callable[[StationId], Lane],
        clock: Clock,
        *,
        allow_public_plain: bool,
    ) -> None:
        self._keyring = keyring
        self._knocking = knocking
        self._policy = policy
        self._lane_of = lane_of
        self._clock = clock
        self._allow_public_plain = allow_public_plain
        self._lockout = Lockout(clock)
        keyring.on_changed = self.forgive

    def admit(self, knock: Knock) -> Admitted | Refused:
        """Let a station in, or say no and remember why."""
        target = target_of(knock.target)
        if target is None:
            self._knocking.note("", Reason.NO_IDENTITY, knock.address)
            return NOT_FOUND
        if is_public(knock.address) and not (knock.secure or self._allow_public_plain):
            self._knocking.note(target.identity, Reason.PUBLIC_ADDRESS, knock.address)
            return FORBIDDEN
        if not self._lockout.may_try(target.identity, knock.address):
            self._knocking.note(target.identity, self._why_not(target.identity), knock.address)
            return UNAUTHORIZED
        password = password_of(knock.headers.get("authorization"), target.identity)
        login = Login(target.identity, password, knock.secure, claim_of(knock.certificate))
        ruling = self._keyring.judge(login, self._clock.now())
        judgement = ruling.judgement
        is_adopted = judgement is Judgement.UNKNOWN and self._adopts(target.identity)
        if judgement is not Judgement.ADMITTED and not is_adopted:
            self._lockout.failed(target.identity, knock.address)
            self._knocking.note(target.identity, _reason(target.identity, judgement), knock.address)
            return UNAUTHORIZED
        self._lockout.succeeded(target.identity, knock.address)
        lane = self._lane_of(StationId(target.identity))
        hold_seconds = self._policy.takeover_hold.total_seconds()
        if hold_seconds and lane.is_held(hold_seconds):
            self._knocking.note(target.identity, Reason.HELD, knock.address)
            return BUSY
        if lane.has_to_rest():
            self._knocking.note(target.identity, Reason.RESTING, knock.address)
            return BUSY
        protocol = protocol_of(knock.subprotocols)
        if protocol.is_foreign:
            offered = ", ".join(knock.subprotocols)
            self._knocking.note(target.identity, Reason.FOREIGN_VERSION, knock.address, offered)
        else:
            self._knocking.forget(target.identity)
        welcome = Welcome(
            quirks=target.quirks + protocol.quirks,
            is_foreign=protocol.is_foreign,
            is_adopted=is_adopted,
            habits=self._keyring.habits(StationId(target.identity)),
            proof=ruling.proof or NO_PROOF,
        )
        return Admitted(protocol.chosen, Connection(lane, welcome, self._clock))

    def turned_away(self, address: str, reason: str) -> None:
        """Remember who did not even get to knock."""
        self._knocking.note("", reason, address)

    def forgive(self, changed: Iterable[StationId]) -> None:
        """Forget failed logins of stations that were entered or changed since."""
        for station_id in changed:
            self._lockout.forgive(station_id)

    def _why_not(self, identity: str) -> str:
        """Say what is wrong with a login that is not judged, as far as it is known without."""
        if not self._keyring.knows(identity):
            return _reason(identity, Judgement.UNKNOWN)
        if self._keyring.is_disabled(identity):
            return Judgement.DISABLED
        return Reason.TOO_MANY_ATTEMPTS

    def _adopts(self, identity: str) -> bool:
        if self._policy.unknown_stations is not UnknownStations.ACCEPT:
            return False
        return station_id_fault(identity) is None


def _reason(identity: str, judgement: Judgement) -> str:
    """Say why a login failed; an identity that nobody can register is a reason of its own."""
    if judgement is Judgement.UNKNOWN and station_id_fault(identity) is not None:
        return Reason.BAD_IDENTITY
    return judgement
