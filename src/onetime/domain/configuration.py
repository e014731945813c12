"""What a station's configuration should be, and how far it is from that.

Knows keys and values as OCPP 1.6 names them (section 9); never how a station is asked.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

MAX_CONNECTORS: Final = 100
"""A station of a garage has fewer; what a station says beyond that is garbage (C06)."""
MAX_ATTEMPTS: Final = 3
NUMBER_OF_CONNECTORS: Final = "NumberOfConnectors"
SAMPLED: Final = "MeterValuesSampledData"
REGISTER: Final = "Energy.Active.Import.Register"
WELL_KNOWN_SAMPLES: Final = f"{REGISTER},Power.Active.Import"
"""Every station that measures takes these; what else it may measure is not probed (C08)."""


class WishSource(StrEnum):
    """Who wants a value: we, of every station, or a person, of this one."""

    COMMISSIONING = "commissioning"
    PERSON = "person"


class WishState(StrEnum):
    """How far a station is from what is wanted.

    `accepted`: it said yes, and has not been asked since. `differs`: it said yes and shows another
    value. `reboot-required`: it holds from the next boot on.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    APPLIED = "applied"
    DIFFERS = "differs"
    REJECTED = "rejected"
    NOT_SUPPORTED = "not-supported"
    REBOOT_REQUIRED = "reboot-required"


ANSWERS: Final[Mapping[str, WishState]] = {
    "Accepted": WishState.ACCEPTED,
    "RebootRequired": WishState.REBOOT_REQUIRED,
    "Rejected": WishState.REJECTED,
    "NotSupported": WishState.NOT_SUPPORTED,
}
"""What the words of ChangeConfiguration.conf mean for a wish."""


class Rule(Struct, frozen=True, kw_only=True):
    """A value that every station should have; a range means that others are as good."""

    key: str
    value: str
    smallest: int | None = None
    largest: int | None = None
    holds: str | None = None
    attempts: int = MAX_ATTEMPTS

    def is_met(self, reported: str | None) -> bool:
        """Say whether what a station reports is what is wanted, or as good."""
        if reported is None:
            return False
        if self.holds is not None:
            return self.holds in (each.strip() for each in reported.split(","))
        if self.smallest is not None and self.largest is not None:
            number = _number(reported)
            return number is not None and self.smallest <= number <= self.largest
        return is_same(self.value, reported)


class Wish(Struct, frozen=True, kw_only=True):
    """A value that is wanted of one key of one station, and what came of it."""

    key: str
    value: str
    source: WishSource
    state: WishState
    tried_at: datetime | None
    attempts: int


def commissioning(heartbeat_interval_seconds: int) -> tuple[Rule, ...]:
    """Return what is wanted of every station, as far as it lets these keys be written."""
    return (
        Rule(key="HeartbeatInterval", value=str(heartbeat_interval_seconds)),  # B08
        Rule(key="ClockAlignedDataInterval", value="900", smallest=1, largest=900),  # M15
        Rule(key="AllowOfflineTxForUnknownId", value="false"),  # C11
        Rule(key="StopTransactionOnInvalidId", value="true"),  # C11
        Rule(key="AuthorizationCacheEnabled", value="false"),  # C14
        # Rule 1 of the catalogue: a station that gives up loses energy.
        Rule(key="TransactionMessageAttempts", value="100", smallest=20, largest=2**31),
        Rule(key="MeterValueSampleInterval", value="60", smallest=1, largest=900),
        Rule(key=SAMPLED, value=WELL_KNOWN_SAMPLES, holds=REGISTER, attempts=1),  # C08
    )


def is_same(wanted: str, reported: str | None) -> bool:
    """Say whether two values mean the same: as text without case, or as numbers."""
    if reported is None:
        return False
    if wanted.strip().casefold() == reported.strip().casefold():
        return True
    number = _number(wanted)
    return number is not None and number == _number(reported)


def state_now(
    wish: Wish, *, is_met: bool, is_tried_since_boot: bool, is_read_since_tried: bool
) -> WishState:
    """Return how far a station is, now that it has told what it holds.

    What was tried before the boot is tried anew; a value that was accepted is believed once it was
    read back. A wish that waits for a boot does so until the boot comes.
    """
    if is_met:
        return WishState.APPLIED
    if wish.state in (WishState.NOT_SUPPORTED, WishState.PENDING):
        return wish.state
    if not is_tried_since_boot:
        return WishState.PENDING
    if wish.state in (WishState.ACCEPTED, WishState.APPLIED) and is_read_since_tried:
        return WishState.DIFFERS
    return wish.state


def is_due(wish: Wish, attempts: int, *, is_tried_since_boot: bool) -> bool:
    """Say whether a station is to be asked for it now: at most once a boot, and not for ever."""
    return wish.state is WishState.PENDING and not is_tried_since_boot and wish.attempts < attempts


def plausible_connectors(reported: str | None) -> int | None:
    """Return how many connectors a station says that it has, if that can be (C06)."""
    number = _number(reported or "")
    return number if number is not None and 1 <= number <= MAX_CONNECTORS else None


def _number(text: str) -> int | None:
    try:
        return int(text.strip()) if len(text) <= 20 else None
    except ValueError:
        return None
