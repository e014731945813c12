"""Times in queries: a time with its zone, or a date, as on the command line."""

from datetime import datetime
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from onetime.domain.errors import Unacceptable
from onetime.kit.times import parse_time

MAX_LENGTH: Final = 40

MomentText: TypeAlias = Annotated[
    str,
    Meta(
        max_length=MAX_LENGTH,
        description="A time such as 2026-01-31T18:00:00Z, or a date; without zone it is UTC.",
    ),
]


def moment(text: str | None, field: str) -> datetime | None:
    """Return the moment that a parameter names; raises Unacceptable."""
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError as fault:
        raise Unacceptable(f"{fault}.", field) from None
