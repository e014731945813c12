"""While the database can not be read nobody is told that a card may charge (S13)."""

import asyncio
from pathlib import Path

import pytest

from onetime.store import tokens
from onetime.store.transaction import Transaction
from tests.garages import (
    BOOT,
    CARD,
    PATIENCE_SECONDS,
    STARTED,
    Gone,
    Refused,
    failed,
    furnish,
    open_house,
    settings,
)
from tests.gateway.peers import on_uvloop

CALLS = (("Authorize", {"idTag": CARD}), ("StartTransaction", STARTED))


@on_uvloop
async def ask(tmp_path: Path, url: str, fault: Exception) -> None:
    furnish(url)
    async with open_house(settings(tmp_path, url)) as house:
        house.expected_failures = {"station_task_failed"}
        for action, payload in CALLS:
            station = await house.connect()
            await station.call("BootNotification", BOOT)
            with pytest.MonkeyPatch.context() as patch:

                def broken(tx: Transaction, id_tag: str) -> None:
                    raise fault

                patch.setattr(tokens, "find", broken)
                try:
                    answer = str(await station.call(action, payload))
                except (Gone, Refused) as refused:
                    answer = str(refused)
                assert "Accepted" not in answer
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await house.status() != 101:
                    await asyncio.sleep(0.1)
        station = await house.connect()
        answer = str(await station.call("Authorize", {"idTag": CARD}))
        assert "Accepted" in answer


@pytest.mark.parametrize(
    "fault",
    [failed("disk I/O error", "SQLITE_IOERR_READ"), ZeroDivisionError()],
    ids=["disk", "bug"],
)
def test_a_card_that_can_not_be_looked_up_is_never_accepted(
    tmp_path: Path, sqlite_url: str, fault: Exception
) -> None:
    ask(tmp_path, sqlite_url, fault)
