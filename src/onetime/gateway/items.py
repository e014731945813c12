"""What a lane is told, one item after another, and by whom; never what is done with it."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from onetime.domain.stations import Proof
from onetime.gateway.answers import Incoming


class Speaker(Protocol):
    """A connection as its lane sees it."""

    address: str
    quirks: tuple[str, ...]
    is_adopted: bool
    proof: Proof

    def send(self, frame: bytes) -> None:
        """Send an answer."""
        ...

    def booted(self) -> None:
        """The answer to a BootNotification is on its way: calls may go out."""
        ...

    def hang_up(self, code: int, reason: str) -> None:
        """Close the socket."""
        ...

    def pause(self) -> None:
        """Read no more for now."""
        ...

    def resume(self) -> None:
        """Read on."""
        ...


class Arrived(Struct, frozen=True):
    """A connection was opened, perhaps while another one was still there."""

    speaker: Speaker
    replaced: Speaker | None


class Left(Struct, frozen=True):
    """A connection is gone."""

    speaker: Speaker


class Said(Struct, frozen=True):
    """A CALL was read."""

    speaker: Speaker
    incoming: Incoming


class Mumbled(Struct, frozen=True):
    """A frame was read that is no message, or broke a limit."""

    frame: str
    quirks: tuple[str, ...]
    at: datetime
    is_oversized: bool = False


Step = Arrived | Left | Mumbled
Item = Step | Said
