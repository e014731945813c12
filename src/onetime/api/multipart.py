"""The one file in a form that a station sends, taken out piece by piece.

Knows the form of `multipart/form-data` (RFC 7578); never what is in the file.
"""

import re
from collections.abc import AsyncIterator
from typing import Final

MAX_HEAD_BYTES: Final = 16_384
_BOUNDARY: Final = re.compile(
    r'multipart/form-data\s*;.*boundary="?([^";,]{1,70})"?', re.IGNORECASE
)
_FILE: Final = re.compile(rb'filename="([^"\r\n]{0,500})"', re.IGNORECASE)


class Malformed(Exception):
    """The body is no such form, or there is no file in it."""


def boundary_of(content_type: str) -> bytes | None:
    """Return what stands between the parts of a form; None when the body is none."""
    found = _BOUNDARY.match(content_type.strip())
    return None if found is None else found[1].encode()


async def file_in(
    body: AsyncIterator[bytes], boundary: bytes, named: list[str]
) -> AsyncIterator[bytes]:
    """Yield the pieces of the first file in a form, its name is put in `named`; raises Malformed.

    What comes after the file is not looked at.
    """
    mark = b"--" + boundary
    kept = b"\r\n"
    is_inside = False
    async for piece in body:
        kept += piece
        while not is_inside:
            end_of_head = kept.find(b"\r\n\r\n")
            head, rest = kept[: max(end_of_head, 0)], kept[end_of_head + 4 :]
            found = _FILE.search(head)
            if end_of_head >= 0 and mark not in head:
                raise Malformed
            if end_of_head >= 0 and found is not None:
                named.append(found[1].decode("utf-8", "replace"))
                kept, is_inside = rest, True
                continue
            next_part = rest.find(b"\r\n" + mark) if end_of_head >= 0 else -1
            if next_part < 0:  # more has to come, but not for ever
                if len(kept) > MAX_HEAD_BYTES:
                    raise Malformed
                break
            kept = rest[next_part:]  # a field before the file
        if is_inside:
            end = kept.find(b"\r\n" + mark)
            if end >= 0:
                yield kept[:end]
                return
            safe = max(len(kept) - len(mark) - 2, 0)
            yield kept[:safe]
            kept = kept[safe:]
    raise Malformed
