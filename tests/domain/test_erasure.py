"""What names a person is found however it is written, and nothing else is touched."""

import pytest

from onetime.domain.erasure import Card, Eraser, Traces, pseudonyms

ERASER = Eraser(
    Traces(
        (Card("04A1B2C3D4E5F6", "erased-7-1"), Card("CARD-12", "erased-7-2"), Card("77", "x")),
        ("Anna Example", "anna@example.org", "+49 30 1234", "Jo"),
    )
)


@pytest.mark.parametrize(
    ("frame", "cleaned"),
    [
        (
            '[2,"m1","Authorize",{"idTag":"04a1b2c3d4e5f6"}]',
            '[2,"m1","Authorize",{"idTag":"erased-7-1"}]',
        ),
        (
            '[2,"m1","Authorize",{"idTag":"04:A1:B2:C3:D4:E5:F6"}]',
            '[2,"m1","Authorize",{"idTag":"erased-7-1"}]',
        ),
        (
            '[2,"m1","Authorize",{"idTag":"\\u0030\\u0034A1B2C3D4E5F6"}]',
            '[2,"m1","Authorize",{"idTag":"erased-7-1"}]',
        ),
        (
            '[2,"m1","DataTransfer",{"data":"tag=card-12;of=Anna example"}]',
            '[2,"m1","DataTransfer",{"data":"tag=erased-7-2;of=someone erased"}]',
        ),
        ('{"77":1,"a":["77",77,"x77"]}', '{"x":1,"a":["x",77,"x77"]}'),
        ('[2,"m1","Authorize",{"idTag":"CARD-12"', '[2,"m1","Authorize",{"idTag":"erased-7-2"'),
        ('"jo"', '"someone erased"'),
        ("mail anna@example.org or +49 30 1234.", "mail someone erased or someone erased."),
    ],
)
def test_what_names_the_person_is_replaced(frame: str, cleaned: str) -> None:
    assert ERASER.in_message(frame) == cleaned


@pytest.mark.parametrize(
    "frame",
    [
        '[2, "m1","StatusNotification", {"connectorId": 77, "info":"Jo smiles"}]',
        '[2,"m1","Authorize",{"idTag":"CARD-123"}]',
        '[2,"m1","Authorize",{"idTag":"104A1B2C3D4E5F6"}]',
        "Joanna Examples",
        "[2,\ud800",
        "[" * 3_000,
        "",
    ],
)
def test_everything_else_stays_byte_for_byte(frame: str) -> None:
    assert ERASER.in_message(frame) is None


def test_nothing_is_found_when_nothing_is_looked_for() -> None:
    assert Eraser(Traces((), ())).in_message("Anna Example") is None


def test_pseudonyms_lead_back_to_nothing() -> None:
    assert pseudonyms(7, ["04A1", "04A2"]) == (
        Card("04A1", "erased-7-1"),
        Card("04A2", "erased-7-2"),
    )
