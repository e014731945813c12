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
    ReviewKind.ESTIMATE: "The energy of a charge is an estimate: the station has not said it all.",
    ReviewKind.ORPHAN_STOP: "A station ended a charge that nobody has seen begin.",
    ReviewKind.CONTRADICTION: "A station told the end of the same charge in two ways.",
    ReviewKind.UNKNOWN_TAG: "A card that nobody was given was held to a station.",
    ReviewKind.QUARANTINE: "A message was not clear, and was kept as it came.",
    ReviewKind.UNASSIGNED_ENERGY: "Energy flowed that belongs to no charge.",
    ReviewKind.IMPLAUSIBLE: "A meter value can hardly be right.",
    ReviewKind.REGISTER: "A station's meter went back.",
    ReviewKind.OVERLAP: "Two charges claim the same energy; it was booked to the later one alone.",
    ReviewKind.FOREIGN_TRANSACTION: "A station named what is another station's.",
}

REVIEW_ADVICE: dict[ReviewKind, str] = {
    ReviewKind.ESTIMATE: "Nothing, unless the renter objects: when the station tells the real"
    " value, that replaces the estimate.",
    ReviewKind.ORPHAN_STOP: "Find out who charged there at that time. Nobody is charged for it.",
    ReviewKind.CONTRADICTION: "Compare both with the display of the station or its meter. What"
    " was told first is booked.",
    ReviewKind.UNKNOWN_TAG: "Issue the card, if you know whose it is.",
    ReviewKind.QUARANTINE: "Show the message to an electrician or to the vendor of the station.",
    ReviewKind.UNASSIGNED_ENERGY: "Find out whether somebody charged there unseen; a little is"
    " what the station itself uses.",
    ReviewKind.IMPLAUSIBLE: "Compare it with the display of the station before you bill it.",
    ReviewKind.REGISTER: "Nothing, if the meter or the station was replaced; otherwise let an"
    " electrician look at it.",
    ReviewKind.OVERLAP: "Compare both charges with the display of the station.",
    ReviewKind.FOREIGN_TRANSACTION: "See whether two stations use the same identity, or one poses"
    " as another.",
}
"""What a person can do about it."""


class AlarmKind(StrEnum):
    """What a person should know soon."""

    CHARGE_WITHOUT_PERMISSION = "charge-without-permission"
    CHARGE_TOLD_TO_STOP = "charge-told-to-stop"
    CHARGE_WITHOUT_CARD = "charge-without-card"
    FOREIGN_TRANSACTION = "foreign-transaction"
    MESSAGE_TOO_LARGE = "message-too-large"
    TAKEOVERS = "takeovers"
    FLOOD = "flood"
    STATION_FAULTED = "station-faulted"
    SECURITY_EVENT = "security-event"
    STATION_DEAF = "station-deaf"
    ACTION_WITHHELD = "action-withheld"
    REMOTE_START_MISSED = "remote-start-missed"
    CARDS_NOT_IN_LIST = "cards-not-in-list"
    CERTIFICATE_ENDS = "certificate-ends"
    CERTIFICATE_TROUBLE = "certificate-trouble"
    KEY_NOT_TAKEN = "key-not-taken"
    UPGRADE_STALLED = "upgrade-stalled"
    LOGIN_GUESSING = "login-guessing"
    CARD_IN_TWO_PLACES = "card-in-two-places"
    UNKNOWN_CARDS = "unknown-cards"
    SERVER_CLOCK = "server-clock"
