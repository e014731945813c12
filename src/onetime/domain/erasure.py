"""Takes what names a person out of texts and messages, and leaves everything else as it is.

Knows how cards and names are found however they are written; never where the texts are kept.
"""

import re
from collections.abc import Sequence
from typing import TypeAlias

import msgspec
from msgspec import Struct

from onetime.domain.tokens import bare_hex, token_key

SHORTEST = 4
"""Shorter words stand in texts for much else; only a whole value is taken for them."""
NOBODY = "someone erased"
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


class Card(Struct, frozen=True):
    """The number of a card, and what takes its place."""

    token: str
    pseudonym: str


class Traces(Struct, frozen=True):
    """By what a person is found: card numbers, and words such as name, e-mail address, phone."""

    cards: tuple[Card, ...]
    words: tuple[str, ...]


class Eraser:
    """Looks for the traces of one person."""

    def __init__(self, traces: Traces) -> None:
        self._cards = {token_key(each.token): each.pseudonym for each in traces.cards}
        self._bare = {
            digits: each.pseudonym
            for each in traces.cards
            if (digits := bare_hex(each.token)) is not None
        }
        self._words = {each.casefold() for each in traces.words}
        patterns = [
            (_however_separated(each.token), each.pseudonym)
            for each in traces.cards
            if len(each.token) >= SHORTEST
        ]
        patterns += [(re.escape(each), NOBODY) for each in traces.words if len(each) >= SHORTEST]
        # The longest first: a number may begin with another one.
        self._patterns = sorted(patterns, key=lambda each: -len(each[0]))
        self._any = re.compile(
            "|".join(
                rf"(?<![0-9A-Za-z])(?P<p{at}>{pattern})(?![0-9A-Za-z])"
                for at, (pattern, _) in enumerate(self._patterns)
            )
            or r"(?!)",
            re.IGNORECASE,
        )

    def in_tag(self, tag: str) -> str | None:
        """Return what takes a tag's place, or None when it is none of this person's."""
        if (found := self._cards.get(token_key(tag))) is not None:
            return found
        digits = bare_hex(tag)
        return None if digits is None else self._bare.get(digits)

    def in_text(self, text: str) -> str | None:
        """Return a text without the traces in it, or None when there are none."""
        if (whole := self._whole(text)) is not None:
            return whole
        cleaned, found = self._any.subn(self._instead, text)
        return cleaned if found else None

    def in_message(self, text: str) -> str | None:
        """As `in_text`, for a text that may be JSON: every value in it is looked at as it means."""
        try:
            read: Json = msgspec.json.decode(text, type=object)  # type: ignore[assignment]  # any JSON
        except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
            return self.in_text(text)
        cleaned = self._in_json(read)
        return None if cleaned == read else msgspec.json.encode(cleaned).decode()

    def _in_json(self, value: Json) -> Json:
        if isinstance(value, str):
            found = self.in_text(value)
            return value if found is None else found
        if isinstance(value, list):
            return [self._in_json(each) for each in value]
        if isinstance(value, dict):
            return {
                key if (found := self.in_text(key)) is None else found: self._in_json(each)
                for key, each in value.items()
            }
        return value

    def _whole(self, text: str) -> str | None:
        if text.casefold() in self._words:
            return NOBODY
        return self.in_tag(text)

    def _instead(self, found: "re.Match[str]") -> str:
        assert found.lastgroup is not None
        return self._patterns[int(found.lastgroup[1:])][1]


def pseudonyms(renter_id: int, tokens: Sequence[str]) -> tuple[Card, ...]:
    """Return what takes the place of a renter's card numbers; nothing leads back from it."""
    return tuple(
        Card(token, f"erased-{renter_id}-{number}") for number, token in enumerate(tokens, 1)
    )


def _however_separated(token: str) -> str:
    if bare_hex(token) is None:
        return re.escape(token)
    digits = re.sub(r"[ :-]", "", token)
    return "[ :-]?".join(digits)
