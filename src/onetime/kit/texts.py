"""Text that people and stations write; knows nothing of what it names."""

import unicodedata

_UNWRITABLE = ("Cc", "Cs")


def is_writable(text: str) -> bool:
    """Say whether a text has no control characters and no broken letters."""
    return all(unicodedata.category(letter) not in _UNWRITABLE for letter in text)


def one_line(text: str) -> str:
    """Return a text without blanks at its ends and with single ones between words."""
    return " ".join(text.split())
