"""Parts of a file that somebody asks for, to go on where it broke off (RFC 9110, 14).

Knows one range of bytes; whoever asks for several gets the whole.
"""

import re
from typing import Final

_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


class Unsatisfiable(Exception):
    """Nothing of the file lies where it is asked for."""


def span(asked: str, size: int) -> tuple[int, int] | None:
    """Return where the part begins and ends (not included); None when it is the whole.

    Raises Unsatisfiable.
    """
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        begin, end = max(size - int(found[2]), 0), size
    else:
        begin, end = int(found[1]), min(int(found[2] or size) + 1, size)
        if found[2] and int(found[2]) < begin:
            return None
    if begin >= end:
        raise Unsatisfiable
    return begin, end
