"""Who may come in: roles, and the one who is behind a request.

Knows what roles there are; which route asks for which is a table of the API.
"""

from enum import StrEnum

from msgspec import Struct

from onetime.domain.people import Actor


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
