"""Who may come in: roles, the one who is behind a request, and what secrets are kept as.

Knows what roles there are; which route asks for which is a table of the API.
"""

import hashlib
from enum import StrEnum

from msgspec import Struct

from onetime.domain.people import Actor

API_TOKEN_PREFIX = "onetime_"
"""By this a token is recognised where it should not be: in a log, in a repository."""


class Role(StrEnum):
    """What somebody is in this garage."""

    OWNER = "owner"
    MANAGER = "manager"
    INSTALLER = "installer"
    ACCOUNTANT = "accountant"
    RENTER = "renter"


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
