"""What became of a command to a station, one word each."""

from enum import StrEnum


class CommandStatus(StrEnum):
    """How a command ended; every command ends as one of these, and only once."""

    OPEN = "open"
    ANSWERED = "answered"
    CALL_ERROR = "call-error"
    BROKEN_ANSWER = "broken-answer"
    TIMEOUT = "timeout"
    OFFLINE = "offline"
    CONNECTION_LOST = "connection-lost"
    QUEUE_FULL = "queue-full"
    EXPIRED = "expired"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"


STATUS_WORDS: dict[CommandStatus, str] = {
    CommandStatus.OPEN: "it waits for its turn or for the station's answer",
    CommandStatus.ANSWERED: "the station answered; whether it agreed is in the response",
    CommandStatus.CALL_ERROR: "the station refused it with an error code",
    CommandStatus.BROKEN_ANSWER: "the station answered with something that OCPP does not know",
    CommandStatus.TIMEOUT: "no answer came in time; what the station did is not known",
    CommandStatus.OFFLINE: "it was never sent: the station was not connected",
    CommandStatus.CONNECTION_LOST: "the connection went before the answer; what the station did"
    " is not known",
    CommandStatus.QUEUE_FULL: "it was never sent: too many commands were waiting",
    CommandStatus.EXPIRED: "it was never sent: its turn did not come in time",
    CommandStatus.WITHHELD: "it was never sent: the station's connection dies of this action",
    CommandStatus.UNKNOWN: "the central system ended before the answer; what the station did is"
    " not known",
}
"""What each word means, as half a sentence."""
