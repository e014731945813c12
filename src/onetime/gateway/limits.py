"""How much a peer of the station door may take up, and who has to go when it is too much (S12).

Numbers and book-keeping only: it knows addresses, never sockets or identities.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

from msgspec import Struct

from onetime.kit.addresses import neighbourhood

VisitorT = TypeVar("VisitorT", bound=Hashable)


class Limits(Struct, frozen=True, kw_only=True):
    """Every number of the station door. A stranger is a socket that has not been let in."""

    header_bytes: int = 8 * 1024
    header_seconds: float = 10.0
    tls_seconds: float = 10.0  # for the handshake of TLS, before the header
    message_bytes: int = 1024 * 1024
    write_buffer_bytes: int = 1024 * 1024  # what may wait for a peer that does not read
    kernel_buffer_bytes: int = 128 * 1024  # per socket and direction; the kernel doubles it
    paused_messages: int = 1024  # messages that had been read when reading was paused
    control_frames: int = 100  # pings and pongs of a peer within each such window
    control_window_seconds: float = 10.0
    ping_seconds: float = 60.0  # a line silent for so long is pinged
    unconfirmed_seconds: float = 150.0  # what no computer at the other end confirms: it is cut
    close_seconds: float = 5.0  # for the peer's half of the closing handshake
    linger_seconds: float = 2.0  # for the last word to arrive before the socket is dropped
    retry_after_seconds: int = 30
    sockets: int = 8192
    strangers: int = 1024
    strangers_kept_for_known: int = 512  # of these, for addresses that logged in before
    strangers_per_address: int = 256  # a garage behind one router comes back all at once
    known_addresses: int = 4096
    accept_backlog: int = 1024


class Porch(Generic[VisitorT]):
    """The sockets that wait to be let in, by address and age."""

    __slots__ = ("_by_address", "_inside", "_known", "_limits", "_returning", "_unknown")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._inside = 0
        self._known: dict[str, None] = {}  # oldest login first
        self._unknown: dict[VisitorT, str] = {}  # oldest arrival first, as in the next two
        self._returning: dict[VisitorT, str] = {}
        self._by_address: dict[str, dict[VisitorT, None]] = {}

    @property
    def strangers(self) -> tuple[VisitorT, ...]:
        """Everybody who waits."""
        return (*self._unknown, *self._returning)

    @property
    def sockets(self) -> int:
        """All sockets, those let in included."""
        return self._inside + len(self._unknown) + len(self._returning)

    def enter(self, visitor: VisitorT, address: str) -> VisitorT | None:
        """Add an arrival; return whom it displaces: the oldest of its kind, itself, or nobody."""
        place = neighbourhood(address)
        displaced = self._displaced_by(visitor, place)
        if displaced is not None:
            self.leave(displaced)
        if displaced is not visitor:
            kind = self._returning if place in self._known else self._unknown
            kind[visitor] = place
            self._by_address.setdefault(place, {})[visitor] = None
        return displaced

    def leave(self, visitor: VisitorT) -> None:
        """Forget somebody who waited; may be called again."""
        place = self._unknown.pop(visitor, None) or self._returning.pop(visitor, None)
        if place is not None:
            neighbours = self._by_address[place]
            del neighbours[visitor]
            if not neighbours:
                del self._by_address[place]

    def let_in(self, visitor: VisitorT, address: str) -> None:
        """Count the visitor as inside and remember its address as one that logged in."""
        self.leave(visitor)
        self._inside += 1
        place = neighbourhood(address)
        self._known.pop(place, None)
        self._known[place] = None
        if len(self._known) > self._limits.known_addresses:
            del self._known[next(iter(self._known))]

    def go_out(self) -> None:
        """One of those inside is gone."""
        self._inside -= 1

    def _displaced_by(self, visitor: VisitorT, place: str) -> VisitorT | None:
        limits = self._limits
        neighbours = self._by_address.get(place, {})
        if len(neighbours) >= limits.strangers_per_address:
            return next(iter(neighbours))
        is_known = place in self._known
        is_full = (
            self.sockets >= limits.sockets
            or len(self._unknown) + len(self._returning) >= limits.strangers
        )
        open_room = limits.strangers - limits.strangers_kept_for_known
        if is_full or (not is_known and len(self._unknown) >= open_room):
            return self._oldest(is_known) or visitor
        return None

    def _oldest(self, is_known: bool) -> VisitorT | None:
        """Strangers from nowhere go first; those who came back give way only to their like."""
        for kind in (self._unknown, self._returning) if is_known else (self._unknown,):
            if kind:
                return next(iter(kind))
        return None


class Allowance:
    """So many in each stretch of time, and no more."""

    __slots__ = ("_began", "_left", "_number", "_seconds")

    def __init__(self, number: int, seconds: float) -> None:
        self._number = number
        self._seconds = seconds
        self._left = number
        self._began = 0.0

    def spend(self, now: float) -> bool:
        """Take one, at this moment in monotonic seconds; False when there is none left."""
        if now - self._began >= self._seconds:
            self._began, self._left = now, self._number
        self._left -= 1
        return self._left >= 0
