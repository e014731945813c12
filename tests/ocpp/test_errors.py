"""The codes of a CALLERROR are spelled as OCPP-J 1.6 spells them, errors of spelling included."""

from onetime.ocpp.errors import CallErrorCode, OcppViolation


def test_the_codes_are_those_of_ocpp_j_1_6() -> None:
    assert {code.value for code in CallErrorCode} == {
        "NotImplemented",
        "NotSupported",
        "InternalError",
        "ProtocolError",
        "SecurityError",
        "FormationViolation",
        "PropertyConstraintViolation",
        "OccurenceConstraintViolation",
        "TypeConstraintViolation",
        "GenericError",
    }


def test_a_violation_reads_as_field_and_reason() -> None:
    code = CallErrorCode.TYPE_CONSTRAINT_VIOLATION

    assert str(OcppViolation(code, "idTag", "Is null")) == "idTag: Is null"
    assert str(OcppViolation(code, "", "No JSON")) == "No JSON"
