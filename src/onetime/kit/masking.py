"""Takes card numbers out of what stations and commands said, for who may not see them (S15)."""

import re
from typing import Final

import msgspec

from onetime.kit.logs import masked

REPLACEMENT: Final = "…"
_ESCAPE: Final = "\\"
_NAMES: Final = r"(?:parent)?[_\s-]*id[_\s-]*tag"
_NAME: Final = re.compile(_NAMES, re.IGNORECASE)
_IN_TEXT: Final = re.compile(
    rf'("{_NAMES}"\s*:\s*)(?:"([^"]*)("?)|([^\s,\]}}"\[{{][^,\]}}]*))', re.IGNORECASE
)


def without_cards(frame: str) -> str:
    """Return a message with the cards in it by their last four characters, else as it came.

    One with escapes in it, which may spell anything, is read; if that fails nothing is shown.
    """
    if _ESCAPE not in frame:
        return _IN_TEXT.sub(_by_its_end, frame)
    try:
        tree = msgspec.json.decode(frame)
    except (ValueError, RecursionError):
        return REPLACEMENT
    without = cards_masked(tree)
    return frame if without == tree else msgspec.json.encode(without).decode()


def cards_masked(tree: object) -> object:
    """Return what was read from JSON with the cards in it by their last four characters."""
    if isinstance(tree, list):
        return [cards_masked(each) for each in tree]
    if isinstance(tree, str) and _NAME.search(tree):
        return without_cards(tree)  # a message within a message
    if not isinstance(tree, dict):
        return tree
    return {
        name: masked(str(value))
        if _NAME.fullmatch(name) and isinstance(value, str | int | float)
        else cards_masked(value)
        for name, value in tree.items()
    }


def _by_its_end(found: re.Match[str]) -> str:
    name, text, end, bare = found.groups()
    if bare is not None:
        if bare.strip() == "null":
            return found.group()
        return f'{name}"{masked(bare.strip())}"'
    return f'{name}"{masked(text)}{end}'
