"""Takes secrets out of what goes into the OCPP log (C07, S36); everything else stays as it was."""

import re
from typing import Final

import msgspec

REPLACEMENT: Final = "***"
_SECRET_KEY: Final = re.compile(
    r"password|authorizationkey|secret|passphrase|\bpin\b", re.IGNORECASE
)
_WITH_SECRETS: Final = frozenset({"ChangeConfiguration", "GetConfiguration", "DataTransfer"})


def is_secret_key(key: str) -> bool:
    """Say whether a configuration key of a station holds a secret."""
    return _SECRET_KEY.search(key.replace("_", "").replace(" ", "")) is not None


def redacted(action: str | None, frame: str) -> str:
    """Return a frame with the values of secret configuration keys replaced.

    A frame that might hold one and can not be read is replaced as a whole.
    """
    if action not in _WITH_SECRETS or not _SECRET_KEY.search(frame):
        return frame
    try:
        tree = msgspec.json.decode(frame)
    except (msgspec.DecodeError, RecursionError):
        return REPLACEMENT
    return msgspec.json.encode(_without_secrets(tree)).decode()


def _without_secrets(tree: object) -> object:
    if isinstance(tree, list):
        return [_without_secrets(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    key = tree.get("key")
    is_secret = isinstance(key, str) and is_secret_key(key)
    return {
        name: REPLACEMENT
        if (is_secret and name == "value") or (isinstance(value, str) and is_secret_key(name))
        else _without_secrets(value)
        for name, value in tree.items()
    }
