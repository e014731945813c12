"""What answers to commands are made of, and what they need of their station; knows no command."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from onetime.simulator.access import Access
from onetime.simulator.chores import Chores
from onetime.simulator.configuration import Configuration
from onetime.simulator.connector import Connector
from onetime.simulator.messages import JsonObject
from onetime.simulator.outbox import Message
from onetime.simulator.pace import Pace
from onetime.simulator.profiles import Profiles
from onetime.simulator.rights import Rights


@dataclass(frozen=True)
class Reply:
    """An answer, and what follows once it has been sent."""

    payload: JsonObject
    afterwards: Callable[[], None] | None = None


class Commanded(Protocol):
    """What commands need of their station."""

    pace: Pace
    configuration: Configuration
    connectors: list[Connector]
    profiles: Profiles
    rights: Rights
    identity: str
    access: Access
    chores: Chores
    firmware: str
    arrived: asyncio.Event

    def tell(self, message: Message) -> None:
        """Send a message when its turn comes."""
        ...

    def tell_boot(self) -> None:
        """Send a BootNotification when its turn comes."""
        ...

    def reboot(self, reason: str) -> None:
        """End all charges for this reason and start again."""
        ...

    def reconnect(self) -> None:
        """End the connection and open another, by what holds now."""
        ...

    def show_all(self) -> None:
        """Let all unused connectors show what has changed."""
        ...


def with_status(word: str, afterwards: Callable[[], None] | None = None) -> Reply:
    """Answer with a status alone, as most commands are."""
    return Reply({"status": word}, afterwards)
