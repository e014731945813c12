"""Firmware that people bring for stations: what it may be called, how large it may be.

Knows limits and names; never where a file lies.
"""

import re
from typing import Final

MAX_FIRMWARE_BYTES: Final = 512 * 2**20
MAX_FIRMWARE_FILES: Final = 50
FIRMWARE_QUOTA_BYTES: Final = 4 * 2**30
FIRMWARE_SECRET_BYTES: Final = 24
NAME_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$"
"""What stands in an address as it is, and in a head without quotes being needed."""


def is_firmware_name(name: str) -> bool:
    """Say whether firmware may be called so; a number is none: it would be taken for its id."""
    return re.fullmatch(NAME_PATTERN, name) is not None and not name.isdigit()
