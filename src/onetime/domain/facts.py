"""What happened, told after the commit: identities and numbers that wake viewers and loops.

A fact is never the reason for a change: whoever is woken reads the state again.
"""

from msgspec import Struct

from onetime.domain.ids import StationId


class StationBooted(Struct, frozen=True, tag=True):
    """A BootNotification was accepted."""

    station_id: StationId


class StationConnected(Struct, frozen=True, tag=True):
    """A station's newest connection was opened."""

    station_id: StationId


class StationDisconnected(Struct, frozen=True, tag=True):
    """A station has no connection any more."""

    station_id: StationId


class StationChanged(Struct, frozen=True, tag=True):
    """A person changed a station, its credentials or its place."""

    station_id: StationId


class ConnectorChanged(Struct, frozen=True, tag=True):
    """A connector's status or error was reported."""

    station_id: StationId
    connector_id: int


class SessionStarted(Struct, frozen=True, tag=True):
    """A charge was entered in the books."""

    session_id: int


class SessionEnded(Struct, frozen=True, tag=True):
    """A charge was closed, or its estimate was replaced by the real value."""

    session_id: int


class ReadingsRecorded(Struct, frozen=True, tag=True):
    """Meter values were stored."""

    station_id: StationId
    connector_id: int


class AlarmRaised(Struct, frozen=True, tag=True):
    """Something needs a person soon."""

    alarm_id: int


class ReviewOpened(Struct, frozen=True, tag=True):
    """Something was kept aside for a person to decide."""

    review_id: int


class ReviewResolved(Struct, frozen=True, tag=True):
    """A person decided about what was kept aside."""

    review_id: int


class AlarmAcknowledged(Struct, frozen=True, tag=True):
    """A person has seen an alarm."""

    alarm_id: int


class CommandAsked(Struct, frozen=True, tag=True):
    """Something is asked of a station."""

    command_id: int
    station_id: StationId


class CommandEnded(Struct, frozen=True, tag=True):
    """It is known what became of a command, or that this will never be known."""

    command_id: int
    station_id: StationId


class ReservationChanged(Struct, frozen=True, tag=True):
    """A reservation was asked for, kept, used or ended."""

    station_id: StationId


class ProfilesChanged(Struct, frozen=True, tag=True):
    """A charging profile was sent to a station, or holds there no more."""

    station_id: StationId


class ConfigurationChanged(Struct, frozen=True, tag=True):
    """A configuration key of a station was asked for, changed or read."""

    station_id: StationId


class RevocationChanged(Struct, frozen=True, tag=True):
    """A card was revoked, or a station has confirmed that it knows."""


class GarageChanged(Struct, frozen=True, tag=True):
    """A renter, spot or card was changed."""


class AccessChanged(Struct, frozen=True, tag=True):
    """An account, a sign-in or a token of a program began, changed or ended."""


class CertificatesChanged(Struct, frozen=True, tag=True):
    """A certificate of this garage was made, renewed or revoked."""


class ErrandChanged(Struct, frozen=True, tag=True):
    """A guided operation on a station's keys or certificates has something to do next."""

    errand_id: int


class ForeignCommit(Struct, frozen=True, tag=True):
    """Another process changed the database: everything remembered has to be read again."""


Fact = (
    StationBooted
    | StationConnected
    | StationDisconnected
    | StationChanged
    | ConnectorChanged
    | SessionStarted
    | SessionEnded
    | ReadingsRecorded
    | AlarmRaised
    | ReviewOpened
    | ReviewResolved
    | AlarmAcknowledged
    | CommandAsked
    | CommandEnded
    | ReservationChanged
    | ProfilesChanged
    | ConfigurationChanged
    | RevocationChanged
    | GarageChanged
    | CertificatesChanged
    | ErrandChanged
    | AccessChanged
    | ForeignCommit
)
