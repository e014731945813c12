"""Passwords as they are kept: Argon2id, so slow and large that guessing a stolen one is dear (S19).

Plain functions without a transaction: they take tens of milliseconds and 19 MiB, so a door calls
them in a thread of its own, before or after the writer, never in it.
"""

from typing import Final, NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from onetime.domain.accounts import MAX_PASSWORD, as_typed, password_fault
from onetime.domain.errors import Unacceptable
from onetime.kit.texts import is_writable

PasswordHash = NewType("PasswordHash", str)
"""A password that was accepted, hashed, with salt and parameters in one text."""

_HASHER: Final = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16
)
_NOBODY: Final = PasswordHash(
    "$argon2id$v=19$m=19456,t=2,p=1$ScUVlz2/oU3W65Bx2kM8eQ"
    "$WocAK7U7hWskkzHfbHG7BTKmOVzui8wJ2SuaFntWo7o"
)
"""What the password of a name that nobody has is compared with: the same work, always in vain."""


def hashed_password(password: str, email: str) -> PasswordHash:
    """Return the hash of a password chosen for this login name; raises Unacceptable."""
    if not is_writable(password):
        raise Unacceptable("Control characters and broken letters can not be typed.", "password")
    if sentence := password_fault(password, email):
        raise Unacceptable(sentence, "password")
    return PasswordHash(_HASHER.hash(as_typed(password)))


def is_password(kept: PasswordHash | None, password: str) -> bool:
    """Say whether this is the password; the same work when there is none to compare with (S03).

    What is longer than a password can be is cut for the work, and never right.
    """
    try:
        _HASHER.verify(kept or _NOBODY, as_typed(password[:MAX_PASSWORD]))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None and len(password) <= MAX_PASSWORD
