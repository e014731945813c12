"""Files that stations send when they are asked to: what they may be called, how large, how long.

Knows limits and names; never where a file lies.
"""

import hashlib
from datetime import timedelta
from enum import StrEnum
from typing import Final

from onetime.kit.texts import is_writable, one_line

MAX_FILE_BYTES: Final = 64 * 2**20
MAX_FILES_OF_STATION: Final = 50
MAX_AWAITED_OF_STATION: Final = 10
QUOTA_BYTES: Final = 2 * 2**30
AWAITED_FOR: Final = timedelta(hours=24)
MAX_NAME_LENGTH: Final = 200
SECRET_BYTES: Final = 24
NAMELESS: Final = "file"


class FileKind(StrEnum):
    """What a file is."""

    DIAGNOSTICS = "diagnostics"
    LOG = "log"


def digest_of_secret(secret: str) -> str:
    """Return under what the secret of an address is kept; it has the entropy itself."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def name_of_file(said: str) -> str:
    """Return what a file is called: the last part of what its station said, made harmless."""
    name = one_line(said.replace("\\", "/").rpartition("/")[2])[-MAX_NAME_LENGTH:]
    is_fine = is_writable(name) and name.strip(". ") and not set(name) & set('"<>|*?:/')
    return name if is_fine else NAMELESS
