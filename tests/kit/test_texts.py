"""What can be stored as text, and how it is put into one line."""

import pytest

from onetime.kit.texts import is_writable, one_line


@pytest.mark.parametrize("text", ["", "Anna", "Zoë 🚗", "a\N{NO-BREAK SPACE}b", "שלום"])
def test_what_people_write_can_be_stored(text: str) -> None:
    assert is_writable(text)


@pytest.mark.parametrize("text", ["a\0", "a\nb", "\x1b[31m", "\udcff", "\x7f"])
def test_control_characters_and_broken_letters_can_not(text: str) -> None:
    assert not is_writable(text)


def test_blanks_are_single_and_inside() -> None:
    assert one_line("  Anna\n\tvan  Dijk ") == "Anna van Dijk"
