"""What needs a person: kinds of findings that wait for a decision, and alarms."""

from enum import StrEnum


class ReviewKind(StrEnum):
    """Why something waits for a person's decision."""

    ESTIMATE = "estimate"
    ORPHAN_STOP = "orphan-stop"
    CONTRADICTION = "contradiction"
    UNKNOWN_TAG = "unknown-tag"
    QUARANTINE = "quarantine"
    UNASSIGNED_ENERGY = "unassigned-energy"
    IMPLAUSIBLE = "implausible"
    REGISTER = "register"
    OVERLAP = "overlap"
    FOREIGN_TRANSACTION = "foreign-transaction"


REVIEW_WORDS: dict[ReviewKind, str] = {
    ReviewKind.ESTIMATE: "A charge was booked by estimate; the station has not said it all.",
    ReviewKind.ORPHAN_STOP: "A station ended a charge that nobody has seen begin.",
    ReviewKind.CONTRADICTION: "A station told the end of the same charge in two ways.",
    ReviewKind.UNKNOWN_TAG: "A card was held to a station that may not charge here.",
    ReviewKind.QUARANTINE: "A message could not be understood and was kept as it came.",
    ReviewKind.UNASSIGNED_ENERGY: "Energy flowed that belongs to no charge.",
    ReviewKind.IMPLAUSIBLE: "A value can not be right, or is more than the station can deliver.",
    ReviewKind.REGISTER: "A station's energy register went back.",
    ReviewKind.OVERLAP: "Two charges claim the same energy; it was booked to the later one alone.",
    ReviewKind.FOREIGN_TRANSACTION: "A station named a charge of another station.",
}


class AlarmKind(StrEnum):
    """What a person should know soon."""

    CHARGE_WITHOUT_PERMISSION = "charge-without-permission"
    CHARGE_WITHOUT_CARD = "charge-without-card"
    FOREIGN_TRANSACTION = "foreign-transaction"
    MESSAGE_TOO_LARGE = "message-too-large"
    TAKEOVERS = "takeovers"
    FLOOD = "flood"
    STATION_FAULTED = "station-faulted"
    SECURITY_EVENT = "security-event"
