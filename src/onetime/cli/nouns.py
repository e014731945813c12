"""What commands about whole lists call those lists: as the API does, and `cards` for tokens."""

import argparse
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T", bound=StrEnum)

_ALSO = {"cards": "tokens"}


def noun_of(nouns: type[T]) -> Callable[[str], T]:
    """Return what reads one of these nouns."""

    def read(text: str) -> T:
        try:
            return nouns(_ALSO.get(text, text))
        except ValueError:
            known = ", ".join([each.value for each in nouns])
            raise argparse.ArgumentTypeError(f"{text!r} is none of {known}") from None

    return read
