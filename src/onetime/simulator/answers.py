"""What a central system may answer, read as strictly as the OCPP 1.6 schemas put it; no state.

A field too many, a word that OCPP does not have or a time without zone is a violation. The types
are the simulator's own: a mistake in the product's types must not hide itself here.
"""

from typing import Literal, TypeAlias

import msgspec

from onetime.simulator.wire import Empty, Moment, Strict, TagVerdict, strictly


class BootAnswer(Strict, frozen=True):
    """BootNotification.conf."""

    status: Literal["Accepted", "Pending", "Rejected"]
    current_time: Moment
    interval: int


class HeartbeatAnswer(Strict, frozen=True):
    """Heartbeat.conf."""

    current_time: Moment


class AuthorizeAnswer(Strict, frozen=True):
    """Authorize.conf."""

    id_tag_info: TagVerdict


class StartAnswer(Strict, frozen=True):
    """StartTransaction.conf."""

    id_tag_info: TagVerdict
    transaction_id: int


class StopAnswer(Strict, frozen=True):
    """StopTransaction.conf."""

    id_tag_info: TagVerdict | msgspec.UnsetType = msgspec.UNSET


class SignAnswer(Strict, frozen=True):
    """SignCertificate.conf."""

    status: Literal["Accepted", "Rejected"]


class TransferAnswer(Strict, frozen=True):
    """DataTransfer.conf."""

    status: Literal["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"]
    data: str | msgspec.UnsetType = msgspec.UNSET


Answer: TypeAlias = (
    Empty
    | BootAnswer
    | HeartbeatAnswer
    | AuthorizeAnswer
    | StartAnswer
    | StopAnswer
    | TransferAnswer
    | SignAnswer
)

ANSWERS: dict[str, type[Answer]] = {
    "Authorize": AuthorizeAnswer,
    "BootNotification": BootAnswer,
    "DataTransfer": TransferAnswer,
    "DiagnosticsStatusNotification": Empty,
    "FirmwareStatusNotification": Empty,
    "Heartbeat": HeartbeatAnswer,
    "LogStatusNotification": Empty,
    "MeterValues": Empty,
    "SecurityEventNotification": Empty,
    "SignCertificate": SignAnswer,
    "SignedFirmwareStatusNotification": Empty,
    "StartTransaction": StartAnswer,
    "StatusNotification": Empty,
    "StopTransaction": StopAnswer,
}


def answer_to(action: str, payload: msgspec.Raw) -> Answer:
    """Read the answer to a message of ours; raises Violation."""
    return strictly(ANSWERS[action], payload)
