"""An erasure is brought to its end by the server, whoever began it."""

from pathlib import Path

from onetime.operations.erasure import erase_renter
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER
from tests.garages import BOOT, CARD, another_process, furnish, open_house, settings


async def test_what_stations_said_is_cleaned_in_the_background(
    sqlite_url: str, tmp_path: Path
) -> None:
    def begin(tx: Transaction) -> None:
        erase_renter(tx, OWNER, 1, "Anna Example")

    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        await station.call("Authorize", {"idTag": CARD})
        assert house.value(f"SELECT count(*) FROM ocpp_messages WHERE frame LIKE '%{CARD}%'") == 1
        with another_process(sqlite_url) as other:
            other.perform(begin)

        await house.until(
            lambda: house.value("SELECT count(*) FROM erasures WHERE done_at IS NULL") == 0, 20
        )

        assert house.value(f"SELECT count(*) FROM ocpp_messages WHERE frame LIKE '%{CARD}%'") == 0
        verdict = await station.call("Authorize", {"idTag": CARD})
        assert verdict["idTagInfo"] == {"status": "Invalid"}
