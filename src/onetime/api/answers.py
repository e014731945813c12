"""Answers whose text stands already, so that it is written once: it is kept, or it is a problem.

Knows bytes and their kind; never what they say.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

from litestar import Response

T = TypeVar("T")

JSON: Final = "application/json"


def standing(
    text: bytes,
    status: int | None = None,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> "Response[T]":
    """Return an answer with this text, which is JSON of whatever the route says it answers."""
    return Response(text, status_code=status, media_type=media_type, headers=headers)  # type: ignore[arg-type]  # T, as JSON already
