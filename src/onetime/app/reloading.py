"""Takes over what has changed while the doors are open: keys, certificates, a database that heals.

Knows which bell means which; never why one rings.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from onetime.api.server import WebDoors
from onetime.app.parts import RETRY_SECONDS, Bells, Parts
from onetime.kit.logs import get_log
from onetime.loops.pace import attempt
from onetime.operations.presence import note_all_disconnected
from onetime.queries.certificates import kept
from onetime.store.certificates import revoked_fingerprints
from onetime.store.stations import credentials

CERTIFICATES_SECONDS: Final = 60.0

log = get_log("app")


async def reload_keys(parts: Parts, bells: Bells) -> None:
    """Take over changed credentials, and end connections that they no longer allow, for ever."""
    archive, keyring, switchboard = parts.garage.archive, parts.keyring, parts.switchboard

    async def reload() -> None:
        fresh = await archive.read(credentials)
        revoked = await archive.read(revoked_fingerprints)
        known = [each for each in switchboard.connected() if keyring.knows(each)]
        asked_before = keyring.expects_certificates()
        keyring.load(fresh, revoked)
        if keyring.expects_certificates() != asked_before:
            bells.certificates_changed.set()
        switchboard.hang_up(
            each
            for each in known
            if (came := switchboard.came_with(each)) and not keyring.still_admits(each, *came)
        )

    while True:
        await bells.keys_changed.wait()
        bells.keys_changed.clear()
        while not await attempt("credentials", reload):
            await asyncio.sleep(RETRY_SECONDS)


async def reload_certificates(
    parts: Parts, bells: Bells, web: Callable[[], WebDoors | None], https_port: int
) -> None:
    """Show the newest certificates: when they changed here, and once a minute for files."""
    encrypted = parts.encrypted

    async def reload() -> None:
        await encrypted.refresh(await parts.garage.archive.read(kept))
        doors = web()
        if doors is not None and encrypted.pairs:
            await doors.offer_https(https_port, encrypted.for_people)

    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(CERTIFICATES_SECONDS):
                await bells.certificates_changed.wait()
        bells.certificates_changed.clear()
        await attempt("certificates", reload)


async def reopen(parts: Parts, bells: Bells) -> None:
    """Let stations in again after the database was down; none of them is connected then."""
    archive = parts.garage.archive

    async def let_in() -> None:
        await archive.write(note_all_disconnected)
        bells.up_again.clear()
        if not archive.is_down:
            parts.listener.refuse_all(False)
            log.info("stations_let_in_again")

    while True:
        await bells.up_again.wait()
        while not await attempt("reopening", let_in):
            await asyncio.sleep(RETRY_SECONDS)
