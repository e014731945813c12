"""How entries of the audit hang together: each carries a digest of itself and of the one before.

Knows what goes into a digest and in which order; that must never change, since digests stay.
"""

import hashlib
from datetime import datetime

import msgspec
from msgspec import Struct

from onetime.kit.times import to_text

NO_ENTRY = "0" * 64
"""What stands for the digest of the entry before the first."""
ERASED = "erased"
"""What stands in place of a reason that named a person whose traces were erased."""


class Entry(Struct, frozen=True, kw_only=True):
    """One act as its digest sees it: a reason takes part by its own digest, so that it can go."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: str | None
    after: str | None
    reason_digest: str | None


def digest_of_reason(entry_id: int, reason: str | None) -> str | None:
    """Return what binds a reason to its entry, also after the reason itself was erased."""
    if reason is None:
        return None
    return hashlib.sha256(f"{entry_id}:{reason}".encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_entry(previous: str, entry: Entry) -> str:
    """Return the digest of an entry that follows the one with the digest `previous`."""
    written = msgspec.json.encode(
        [
            previous,
            entry.id,
            to_text(entry.at),
            entry.actor,
            entry.act,
            entry.subject,
            entry.before,
            entry.after,
            entry.reason_digest,
        ]
    )
    return hashlib.sha256(written).hexdigest()
