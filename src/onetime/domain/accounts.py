"""Who may come in: roles, the one who is behind a request, what proves it and how that is kept.

Knows what roles there are; which route asks for which is a table of the API.
"""

import hashlib
import unicodedata
from enum import StrEnum
from typing import Final

from msgspec import Struct

from onetime.domain.people import Actor

API_TOKEN_PREFIX: Final = "onetime_"
"""By this a token is recognised where it should not be: in a log, in a repository."""
MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 1024
_FEWEST_LETTERS: Final = 4


class Role(StrEnum):
    """What somebody is in this garage."""

    OWNER = "owner"
    MANAGER = "manager"
    INSTALLER = "installer"
    ACCOUNTANT = "accountant"
    RENTER = "renter"


WITH_SECOND_FACTOR: Final = frozenset({Role.OWNER, Role.MANAGER})
"""Who can be required to use one-time passwords besides the password (S19)."""


class Principal(Struct, frozen=True, kw_only=True):
    """Who is behind a request; only a renter's account has a renter, whose things alone it sees."""

    actor: Actor
    role: Role
    renter_id: int | None = None


def secret_digest(secret: str) -> str:
    """Return the hash under which a secret is kept that was made here, from random bits (S23)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def role_fault(role: Role, renter_id: int | None) -> str | None:
    """Return what is wrong with a role for this renter, or None."""
    if role is Role.RENTER and renter_id is None:
        return "The role renter needs the number of the renter whose things it may see."
    if role is not Role.RENTER and renter_id is not None:
        return f"Only the role renter belongs to a renter; {role.value} does not."
    return None


def email_key(email: str) -> str:
    """Return the form in which two login names are the same."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def as_typed(password: str) -> bytes:
    """Return the form in which a password is hashed: the same from whatever keyboard (NFKC)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def password_fault(password: str, email: str) -> str | None:
    """Return what is wrong with a password that somebody chose for this login name, or None."""
    size = len(password)
    if size < MIN_PASSWORD or size > MAX_PASSWORD:
        return f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters; this one has {size}."
    key = email_key(email)
    if email_key(password) in {key, key[::-1], key * 2}:
        return "A password must not be the login name."
    if len(set(password)) < _FEWEST_LETTERS:
        return "This password repeats too few characters; a sentence of a few words is a good one."
    return None
