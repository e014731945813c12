"""Takes secrets out of what goes into the OCPP log (C07, S36); everything else stays as it was."""

import re
from typing import Final

import msgspec

REPLACEMENT: Final = "***"
_SECRET_KEY: Final = re.compile(
    r"password|authorizationkey|secret|passphrase|\bpin\b", re.IGNORECASE
)
_SPELLED_APART: Final = re.compile(r"[_\s-]")
_WITH_SECRETS: Final = frozenset({"ChangeConfiguration", "GetConfiguration", "DataTransfer"})
_WITH_ADDRESSES: Final = frozenset(
    {"GetDiagnostics", "GetLog", "SignedUpdateFirmware", "UpdateFirmware"}
)
_LOGIN_IN_ADDRESS: Final = re.compile(r"(?<=://)[^/?#\s\"@]*@(?:[^/?#\s\"@]*@)*")
"""Who logs in stands before the host, and a password may have an `@` in it."""
_SECRET_IN_ADDRESS: Final = re.compile(r"(?<=/files)(\\?/)[\w-]{32}(?![\w-])", re.ASCII)
"""Our own addresses let whoever knows them send or fetch a file."""
_ESCAPE: Final = "\\u"


def is_secret_key(key: str) -> bool:
    """Say whether a configuration key of a station holds a secret, however it is spelled."""
    is_whole = _SECRET_KEY.search(key) is not None
    return is_whole or _SECRET_KEY.search(_SPELLED_APART.sub("", key)) is not None


def redacted(action: str | None, frame: str) -> str:
    """Return a frame with secrets replaced: values of keys, logins and our secrets in addresses.

    One of an unknown action may hold anything. A frame that names a secret, or might in escapes,
    and can not be read is replaced as a whole.
    """
    if action in _WITH_ADDRESSES:
        nameless = _LOGIN_IN_ADDRESS.sub(f"{REPLACEMENT}@", frame)
        return _SECRET_IN_ADDRESS.sub(rf"\1{REPLACEMENT}", nameless)
    if action is not None and action not in _WITH_SECRETS:
        return frame
    try:
        tree = msgspec.json.decode(frame)
    except (ValueError, RecursionError):
        return REPLACEMENT if _ESCAPE in frame or is_secret_key(frame) else frame
    without = _without_secrets(tree)
    return frame if without == tree else msgspec.json.encode(without).decode()


def _without_secrets(tree: object) -> object:
    if isinstance(tree, list):
        return [_without_secrets(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    key = tree.get("key")
    has_secret_key = isinstance(key, str) and is_secret_key(key)
    return {
        name: REPLACEMENT
        if _is_secret(name, value) or (has_secret_key and name == "value")
        else _without_secrets(value)
        for name, value in tree.items()
    }


def _is_secret(name: str, value: object) -> bool:
    """A field that is named like a secret, or vendor's data that speaks of one."""
    if not isinstance(value, str):
        return False
    return is_secret_key(name) or (name == "data" and is_secret_key(value))
