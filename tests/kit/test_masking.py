"""Cards in messages are shown by how they end; everything else stays as it came."""

import pytest

from onetime.kit.masking import cards_masked, without_cards

CARD = "04A1CANARYB2C3"


@pytest.mark.parametrize(
    ("frame", "shown"),
    [
        ('[2,"1","Authorize",{"idTag":"04A1CANARYB2C3"}]', '[2,"1","Authorize",{"idTag":"…B2C3"}]'),
        ('{ "idTag" : "04A1CANARYB2C3" , "a":1}', '{ "idTag" : "…B2C3" , "a":1}'),
        ('{"parentIdTag":"04A1CANARYB2C3"}', '{"parentIdTag":"…B2C3"}'),
        ('{"IDTAG":"04A1CANARYB2C3"}', '{"IDTAG":"…B2C3"}'),
        ('{"id_tag":"04A1CANARYB2C3"}', '{"id_tag":"…B2C3"}'),
        ('{"idTag":1234567890,"a":1}', '{"idTag":"…7890","a":1}'),
        ('{"idTag":1234567890', '{"idTag":"…7890"'),
        ('[2,"1","Authorize",{"idTag":"04A1CANARYB2C3', '[2,"1","Authorize",{"idTag":"…B2C3'),
        ('{"\\u0069dTag":"04A1CANARYB2C3"}', '{"idTag":"…B2C3"}'),
        ('{"\\u0069dTag":"04A1CANARYB2C3"', "…"),
        ('{"data":"{\\"idTag\\":\\"04A1CANARYB2C3\\"}"}', '{"data":"{\\"idTag\\":\\"…B2C3\\"}"}'),
        ("\\" + "[" * 100_000, "…"),
    ],
)  # fmt: skip
def test_a_card_is_shown_by_how_it_ends(frame: str, shown: str) -> None:
    assert without_cards(frame) == shown


@pytest.mark.parametrize(
    "frame",
    [
        '{"idTagInfo":{"status":"Accepted"}}',
        '{"idTag":null}',
        '[2,"1","Heartbeat",{}]',
        "no json, and a \u2028 of its own",
        '{ "a" : "\\n" }',
    ],
)
def test_a_message_without_cards_stays_as_it_came(frame: str) -> None:
    assert without_cards(frame) == frame


def test_a_list_for_a_station_is_masked_card_by_card() -> None:
    listed = {"listVersion": 3, "localAuthorizationList": [{"idTag": CARD, "idTagInfo": None}]}

    assert cards_masked({"idTag": 1234567890}) == {"idTag": "…7890"}
    assert cards_masked(listed) == {
        "listVersion": 3,
        "localAuthorizationList": [{"idTag": "…B2C3", "idTagInfo": None}],
    }
