"""A log of what strangers can cause: so many lines of each kind in a while, and then a count.

Whoever is refused again and again, or breaks the protocol on purpose, does not fill a disk.
"""

from onetime.kit.clock import Clock
from onetime.kit.logs import Log

LINES = 20
SECONDS = 60.0


class FrugalLog:
    """Writes events of few fixed names to a log, within a budget for each name."""

    def __init__(self, log: Log, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._spent: dict[str, int] = {}
        self._since: dict[str, float] = {}

    def tell(self, event: str, **fields: str | int | float) -> None:
        """Write a line, unless too many of its kind were written of late."""
        if self._is_affordable(event):
            self._log.info(event, **fields)

    def exception(self, event: str, **fields: str | int | float) -> None:
        """Write a line with the exception that is being handled, as `tell`."""
        if self._is_affordable(event):
            self._log.exception(event, **fields)

    def _is_affordable(self, event: str) -> bool:
        now = self._clock.monotonic()
        if now - self._since.get(event, -SECONDS) >= SECONDS:
            withheld = self._spent.get(event, 0) - LINES
            self._since[event], self._spent[event] = now, 0
            if withheld > 0:
                self._log.info("lines_withheld", of=event, count=withheld)
        self._spent[event] += 1
        return self._spent[event] <= LINES
