"""Times as text, on the wire and in storage; knows nothing of what happened at them."""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What stands in for a time that a station did not give or that cannot be read."""


def utc(moment: datetime) -> datetime:
    """Return the same moment in UTC; a time without zone is taken as UTC."""
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def to_wire(moment: datetime) -> str:
    """Return `YYYY-MM-DDThh:mm:ssZ`, the form that every station's parser takes (quirk B09)."""
    return utc(moment).isoformat(timespec="seconds")[:19] + "Z"


def to_words(moment: datetime) -> str:
    """Return `YYYY-MM-DD hh:mm UTC`, for people."""
    return utc(moment).isoformat(" ", timespec="minutes")[:16] + " UTC"


@lru_cache(maxsize=1024)
def to_text(moment: datetime) -> str:
    """Return `YYYY-MM-DDTHH:MM:SS.ffffffZ`, whose order as text is the order in time."""
    return utc(moment).isoformat(timespec="microseconds")[:26] + "Z"


def from_text(text: str) -> datetime:
    """Read a time that `to_text` wrote."""
    return datetime.fromisoformat(text)


def parse_time(text: str) -> datetime:
    """Read a time or a date that a person or a station wrote; without zone it is UTC.

    Raises ValueError with one sentence that can be shown.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"{text!r} is not a time; write it like 2026-01-31T18:00:00Z or 2026-01-31"
        ) from None
    try:
        return utc(moment)
    except OverflowError:
        raise ValueError(f"{text!r} lies outside the calendar") from None


def zone_of(name: str) -> tzinfo | None:
    """Return the time zone of this name, or None when this computer knows none such."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
