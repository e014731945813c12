"""How strictly the simulator reads: exact names, exact types, nothing besides; knows no message."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
Tag: TypeAlias = Annotated[str, Meta(max_length=20)]
Text50: TypeAlias = Annotated[str, Meta(max_length=50)]
Hash: TypeAlias = Annotated[str, Meta(max_length=128)]
Pem: TypeAlias = Annotated[str, Meta(max_length=5_500)]
Place: TypeAlias = Annotated[str, Meta(max_length=512)]
CertificateUse: TypeAlias = Literal["CentralSystemRootCertificate", "ManufacturerRootCertificate"]
Purpose: TypeAlias = Literal["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]
Unit: TypeAlias = Literal["A", "W"]
TagStatus: TypeAlias = Literal["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]


class Violation(Exception):
    """What the central system said breaks the schema; the text says where."""


class Strict(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What all messages have in common: exact names and nothing besides."""


Spoken = TypeVar("Spoken", bound=Struct)


def strictly(kind: type[Spoken], payload: msgspec.Raw) -> Spoken:
    """Read a payload as one type; raises Violation with the field and what is wrong with it."""
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Violation(str(wrong)) from wrong


class TagVerdict(Strict, frozen=True):
    """`idTagInfo`."""

    status: TagStatus
    expiry_date: Moment | msgspec.UnsetType = msgspec.UNSET
    parent_id_tag: Tag | msgspec.UnsetType = msgspec.UNSET


class Empty(Strict, frozen=True):
    """An answer or a request without fields."""
