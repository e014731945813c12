"""Messages of the OCPP 1.6 local list profile. Knows their wire form, never their effect."""

from typing import Literal

from msgspec import Struct

from onetime.ocpp.v16.types import CiString20, IdTagInfo, Integer

UpdateType = Literal["Differential", "Full"]
UpdateStatus = Literal["Accepted", "Failed", "NotSupported", "VersionMismatch"]


class AuthorizationEntry(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """One tag of the local list; without a verdict it is taken off (OCPP 1.6, 7.1)."""

    id_tag: CiString20
    id_tag_info: IdTagInfo | None = None


class GetLocalListVersionRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Ask which version of the local list the station holds (OCPP 1.6, 6.27)."""


class GetLocalListVersionResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The version; 0 is an empty list, -1 no list at all (OCPP 1.6, 6.28)."""

    list_version: Integer


class SendLocalListRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Replace or change the local list (OCPP 1.6, 6.41)."""

    list_version: Integer
    update_type: UpdateType
    local_authorization_list: tuple[AuthorizationEntry, ...] | None = None


class SendLocalListResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Whether the list was taken over (OCPP 1.6, 6.42)."""

    status: UpdateStatus
