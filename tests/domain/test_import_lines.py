"""One line of a table: texts that can not be stored, and numbers."""

import pytest

from onetime.domain.import_lines import Asked, Fault


@pytest.mark.parametrize("text", ["Anna\x00", "Anna\x1b[2J", "\ud800"])
def test_what_can_not_be_stored_is_told(text: str) -> None:
    faults: list[Fault] = []
    asked = Asked(7, {"name": text}, faults)

    asked.text("name", lambda text: None)

    assert not asked.is_sound
    assert [(each.line, each.field) for each in faults] == [(7, "name")]


@pytest.mark.parametrize(("text", "number"), [("", None), ("3", 3), ("003", 3)])
def test_a_number_is_read(text: str, number: int | None) -> None:
    asked = Asked(7, {"power": text}, [])

    assert asked.number_in("power", 0, 3) == number
    assert asked.is_sound


@pytest.mark.parametrize("text", ["4", "-1", "1.5", "٣", "x", "9" * 5_000])
def test_what_is_no_number_is_told(text: str) -> None:
    asked = Asked(7, {"power": text}, [])

    assert asked.number_in("power", 0, 3) is None
    assert not asked.is_sound
