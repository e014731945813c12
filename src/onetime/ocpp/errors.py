"""What can be wrong with a message, in the words of OCPP-J. Knows no messages and no garage."""

from enum import StrEnum


class CallErrorCode(StrEnum):
    """Codes of a CALLERROR (OCPP-J 1.6, 4.2.3).

    Two spellings that look wrong are right: the errata sheet (5.1, 5.2) keeps them on purpose.
    """

    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    INTERNAL_ERROR = "InternalError"
    PROTOCOL_ERROR = "ProtocolError"
    SECURITY_ERROR = "SecurityError"
    FORMATION_VIOLATION = "FormationViolation"
    PROPERTY_CONSTRAINT_VIOLATION = "PropertyConstraintViolation"
    OCCURENCE_CONSTRAINT_VIOLATION = "OccurenceConstraintViolation"
    TYPE_CONSTRAINT_VIOLATION = "TypeConstraintViolation"
    GENERIC_ERROR = "GenericError"


class OcppViolation(Exception):
    """A payload breaks OCPP 1.6: code for the peer, field (dotted, or empty) and a sentence."""

    def __init__(self, code: CallErrorCode, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.code = code
        self.field = field
        self.reason = reason
