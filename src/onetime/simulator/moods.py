"""How a station takes what it is asked: it obeys, or says no, or worse; knows no socket.

A mood is for one action, or for all (`*`). A station that is in no mood obeys.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeAlias

from onetime.ocpp.errors import CallErrorCode
from onetime.simulator.messages import JsonObject


class Mood(StrEnum):
    """What becomes of a CALL."""

    OBEY = "obey"  # it is carried out
    REFUSE = "refuse"  # the answer is OCPP's word for no, and nothing is done
    ERROR = "error"  # a CALLERROR
    SILENT = "silent"  # no answer at all, while the station goes on talking (quirk K12)
    GARBAGE = "garbage"  # an answer that no schema knows
    VANISH = "vanish"  # the line is cut in place of an answer


Moods: TypeAlias = Mapping[str, Mood]

EVERYTHING: Final = "*"
ERROR_CODE: Final = CallErrorCode.INTERNAL_ERROR
ERROR_DESCRIPTION: Final = "not in the mood"
GARBAGE: Final = b'["garbage"]'
REJECTED: Final[JsonObject] = {"status": "Rejected"}
REFUSALS: Final[Mapping[str, JsonObject]] = {
    "ClearChargingProfile": {"status": "Unknown"},
    "DeleteCertificate": {"status": "Failed"},
    "GetConfiguration": {},
    "GetDiagnostics": {},
    "GetInstalledCertificateIds": {"status": "NotFound"},
    "GetLocalListVersion": {"listVersion": -1},
    "SendLocalList": {"status": "Failed"},
    "UnlockConnector": {"status": "UnlockFailed"},
    "UpdateFirmware": {},
}
"""How OCPP says no where it does not say Rejected; {} where it has no word for it."""


def mood_for(moods: Moods, action: str) -> Mood:
    """Return how a station takes this action."""
    return moods.get(action, moods.get(EVERYTHING, Mood.OBEY))


def refusal(action: str) -> JsonObject:
    """Return the answer by which a station says no to this action."""
    return REFUSALS.get(action, REJECTED)


def read_mood(text: str) -> tuple[str, Mood]:
    """Read a mood as people write it: `refuse`, or `Reset=silent`; raises ValueError."""
    action, is_one, word = text.rpartition("=")
    return (action if is_one else EVERYTHING), Mood(word)
