"""The parts of a running central system, for those who keep them going; no rules, no order."""

import asyncio
from typing import Final

from msgspec import Struct

from onetime.garage import Garage
from onetime.gateway.encryption import Encrypted
from onetime.gateway.keyring import Keyring
from onetime.gateway.knocking import KnockingList
from onetime.gateway.server import Listener
from onetime.gateway.switchboard import Switchboard

RETRY_SECONDS: Final = 1.0
"""After this a step of the wiring that failed is taken again."""


class Parts(Struct, frozen=True, kw_only=True):
    """What stands once the door for stations is open."""

    garage: Garage
    switchboard: Switchboard
    keyring: Keyring
    knocking: KnockingList
    listener: Listener
    encrypted: Encrypted


class Bells:
    """What has happened and is not dealt with yet."""

    def __init__(self) -> None:
        self.keys_changed = asyncio.Event()
        self.certificates_changed = asyncio.Event()
        self.up_again = asyncio.Event()
