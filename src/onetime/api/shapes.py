"""What fields of bodies look like: lengths for the decoder, forms for the second look at a body.

A form is told in the document and, where a body misses it, in words: "This has to be ...". Whether
a value is accepted is decided by the rules of the garage; these only tell all faults at once.
"""

from datetime import datetime
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from onetime.domain.people import (
    MAX_FLOOR_LENGTH,
    MAX_LABEL_LENGTH,
    MAX_NAME_LENGTH,
    MAX_PHONE_LENGTH,
)
from onetime.domain.stations import (
    MAX_PASSWORD_BYTES,
    MAX_POWER_WATTS,
    MAX_STATION_ID_LENGTH,
    MIN_CHOSEN_PASSWORD,
)
from onetime.domain.tokens import MAX_DESCRIPTION_LENGTH, MAX_TOKEN_LENGTH
from onetime.operations.subjects import MAX_REASON_LENGTH

LARGEST_ID: Final = 2**63 - 1


def _text(longest: int, pattern: str, words: str, shortest: int | None = 1) -> Meta:
    form = {"pattern": pattern, "description": words}
    return Meta(min_length=shortest, max_length=longest, extra_json_schema=form)


RowId: TypeAlias = Annotated[int, Meta(ge=1, le=LARGEST_ID)]
"""The number of a row."""

Name: TypeAlias = Annotated[str, _text(MAX_NAME_LENGTH, r"\S", "a name, not blanks alone")]
Email: TypeAlias = Annotated[
    str, _text(MAX_NAME_LENGTH, r"^\s*[^@\s]+@[^@\s]+\s*$", "an e-mail address", shortest=3)
]
Phone: TypeAlias = Annotated[
    str,
    _text(
        MAX_PHONE_LENGTH,
        r"^\s*$|^\s*([0-9+()/.\s-]*[0-9]){3}[0-9+()/.\s-]*$",
        "a phone number, or nothing",
        shortest=None,
    ),
]
Label: TypeAlias = Annotated[
    str, _text(MAX_LABEL_LENGTH, r"^\S(.*\S)?$", "a label in one line, without blanks at its ends")
]
Floor: TypeAlias = Annotated[str, Meta(max_length=MAX_FLOOR_LENGTH)]
CardNumber: TypeAlias = Annotated[
    str,
    _text(
        MAX_TOKEN_LENGTH,
        "^[!-~]([ -~]*[!-~])?$",
        "the number of a card: ASCII, no blanks at its ends",
    ),
]
Description: TypeAlias = Annotated[str, Meta(max_length=MAX_DESCRIPTION_LENGTH)]
Identity: TypeAlias = Annotated[
    str,
    _text(
        MAX_STATION_ID_LENGTH,
        r"^[^\x00-\x20\x7f/?#]+$",
        "the identity of a station, without blanks and / ? #",
    ),
]
StationName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=MAX_STATION_ID_LENGTH)]
"""The identity of a station that is there; stations may have adopted themselves under any."""
Password: TypeAlias = Annotated[
    str, Meta(min_length=MIN_CHOSEN_PASSWORD, max_length=MAX_PASSWORD_BYTES)
]
Profile: TypeAlias = Annotated[int, Meta(ge=0, le=3)]
Power: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_POWER_WATTS)]
Reason: TypeAlias = Annotated[str, _text(MAX_REASON_LENGTH, r"\S", "a reason, not blanks alone")]
Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
"""A time with its zone."""
