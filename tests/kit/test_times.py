"""Times as text, and the zones that times can be told in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from onetime.kit.times import to_words, zone_of

AT = datetime(2026, 7, 1, 12, 0, 59, tzinfo=UTC)


def test_people_read_minutes_and_the_zone() -> None:
    assert to_words(AT.astimezone(timezone(timedelta(hours=2)))) == "2026-07-01 12:00 UTC"


def test_a_zone_knows_its_summer() -> None:
    zone = zone_of("Europe/Berlin")

    assert zone is not None
    assert zone.utcoffset(AT) == timedelta(hours=2)
    assert zone_of("UTC") is UTC


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "Europe", "\0"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_of(name) is None
