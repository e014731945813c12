"""Firmware for stations: a file that people bring is entered, and deleted.

Knows names and how many there may be; never the bytes.
"""

import secrets

from msgspec import Struct

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.firmware import FIRMWARE_SECRET_BYTES, MAX_FIRMWARE_FILES, is_firmware_name
from onetime.domain.people import Actor
from onetime.store import audit, firmware
from onetime.store.transaction import Transaction


class Brought(Struct, frozen=True, kw_only=True):
    """A file that lies on disk: its name, size and digest, and under which name it is stored."""

    name: str
    size_bytes: int
    sha256: str
    stored_as: str


def may_bring(tx: Transaction, name: str) -> None:
    """Refuse a file before it is sent that would be refused after: Unacceptable, Conflict."""
    if not is_firmware_name(name):
        raise Unacceptable(
            "A name has up to 100 of the characters A-Z a-z 0-9 . _ + - and is no number.", "name"
        )
    if firmware.is_named(tx, name):
        raise Conflict(f"There is firmware {name} already: delete it first, or take another name.")
    if firmware.count(tx) >= MAX_FIRMWARE_FILES:
        raise Conflict(f"There are {MAX_FIRMWARE_FILES} files of firmware: delete some first.")


def bring_firmware(tx: Transaction, actor: Actor, brought: Brought) -> int:
    """Enter firmware that lies on disk; return its number. Raises as `may_bring`."""
    may_bring(tx, brought.name)
    firmware_id = firmware.add(
        tx,
        str(actor),
        secrets.token_urlsafe(FIRMWARE_SECRET_BYTES),
        name=brought.name,
        size_bytes=brought.size_bytes,
        sha256=brought.sha256,
        stored_as=brought.stored_as,
    )
    after = {"name": brought.name, "sha256": brought.sha256}
    audit.record(tx, actor, "firmware.added", f"firmware:{firmware_id}", None, after)
    return firmware_id


def delete_firmware(tx: Transaction, actor: Actor, firmware_id: int) -> str:
    """Delete firmware; return under which name it is stored. Raises NotFound."""
    found = firmware.remove(tx, firmware_id)
    if found is None:
        raise NotFound(f"There is no firmware {firmware_id}.")
    name, stored_as = found
    subject = f"firmware:{firmware_id}"
    audit.record(tx, actor, "firmware.deleted", subject, {"name": name}, None)
    return stored_as
