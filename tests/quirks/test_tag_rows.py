"""Rows G: how stations present cards."""

import pytest

from onetime.domain.people import Actor
from onetime.operations.tokens import block_card
from tests.quirks.station import CARD, Central, Station

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWNER = Actor("cli", "uid-0")


async def test_g01_a_card_in_small_letters_is_the_same_card(
    central: Central, station: Station
) -> None:
    """EVR#566: a station presents in small letters what was issued in capitals. No deviation."""
    answer = await station.call("Authorize", idTag=CARD.lower())
    transaction_id = await station.start(1_000, idTag=CARD.lower())
    await station.stop(transaction_id, 2_000, idTag=CARD)

    session = await central.session(station)
    assert answer == {"idTagInfo": {"status": "Accepted"}}
    assert session["token_id"] == CARD
    assert session["id_tag"] == CARD.lower()
    assert session["marks"] == ""
    assert await central.quirks(station) == {}


@pytest.mark.parametrize("presented", [CARD[:12], CARD + "00"])
async def test_g04_a_card_number_that_was_cut_or_padded_is_suggested_but_never_matched(
    central: Central, station: Station, presented: str
) -> None:
    """SE#98: 6 of 7 bytes of the card's number."""
    answer = await station.call("Authorize", idTag=presented)

    (finding,) = [
        row for row in await central.reviews(station) if row["key"].endswith(presented.lower())
    ]
    assert answer == {"idTagInfo": {"status": "Invalid"}}
    assert "It begins like card …E5F6 of renter 1" in finding["evidence"]
    assert CARD not in finding["evidence"]
    assert await central.quirks(station) == {"G04": 1}


async def test_g05_a_card_number_of_more_than_20_characters_is_looked_up_as_a_whole(
    central: Central, station: Station
) -> None:
    """Sigen EVDC HA#1803. Its first 20 characters are the number of another card."""
    await central.card("12345678901234567890", "Ben Example")
    long = "123456789012345678901234"
    answer = await station.call("Authorize", idTag=long)
    await station.stop(await station.start(1_000, idTag=long), 2_000)

    session = await central.session(station)
    assert answer == {"idTagInfo": {"status": "Invalid"}}
    assert (session["id_tag"], session["token_id"]) == (long, None)
    assert session["energy_wh"] == 1_000
    assert (await central.quirks(station))["G05"] == 2


async def test_g08_authorize_start_and_stop_rule_alike_on_a_blocked_card(
    central: Central, station: Station
) -> None:
    """CO#1048: the answer to a Stop came from another look-up."""
    card = await central.card("B10C4ED0", "Cleo Example")
    await central.do(block_card, OWNER, card)
    authorized = await station.call("Authorize", idTag=card)
    started = await station.call("StartTransaction", **station.opening(1_000, idTag=card))
    stopped = await station.stop(started["transactionId"], 1_000, idTag=card)

    refused = {"status": "Invalid"}
    assert authorized["idTagInfo"] == started["idTagInfo"] == stopped["idTagInfo"] == refused
    assert await central.quirks(station) == {"X18": 1}
