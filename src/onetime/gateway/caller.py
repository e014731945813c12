"""Who sends a message: what a handler may know beside the message itself."""

from msgspec import Struct

from onetime.domain.ids import StationId


class Caller(Struct, frozen=True):
    """A station's message at the door: whence it came, how it deviated, its raw frame, its id.

    `content` is its payload as it came, or what there is of it. `is_solicited` says that we had
    asked for the message.
    """

    station_id: StationId
    address: str
    quirks: tuple[str, ...]
    frame: str
    message_id: str
    content: bytes
    is_logged: bool = True
    is_solicited: bool = False
    register_factor: int = 1
