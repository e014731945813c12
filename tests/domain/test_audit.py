"""The digests of the audit: written down here, since they must never change."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from msgspec import structs

from onetime.domain.audit import NO_ENTRY, Entry, digest_of_entry, digest_of_reason

ENTRY = Entry(
    id=7,
    at=datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
    actor="cli:uid-0",
    act="spot.added",
    subject="spot:3",
    before=None,
    after='{"label":"Ü-1"}',
    reason_digest=None,
)


@dataclass
class Other:
    """A field with another value."""

    name: str
    value: object


def test_a_digest_is_that_of_the_compact_json_of_all_fields_behind_the_digest_before() -> None:
    # printf of the JSON array, through sha256sum
    assert digest_of_entry(NO_ENTRY, ENTRY) == (
        "75472080e69715b1c8a99fd17383c81faefbb8b2d46836fea585594d8cede55c"
    )
    assert digest_of_reason(7, "Moved out.") == (
        "61e381a335e7685a24c7b470d8c6ecf5fe324e29194e037ee614e237367e3294"
    )


@pytest.mark.parametrize(
    "other",
    [
        Other("id", 8),
        Other("at", datetime(2026, 3, 1, 12, 0, 0, 123457, tzinfo=UTC)),
        Other("actor", "cli:uid-1"),
        Other("act", "spot.edited"),
        Other("subject", "spot:4"),
        Other("before", "{}"),
        Other("after", None),
        Other("reason_digest", NO_ENTRY),
    ],
    ids=lambda other: other.name,
)
def test_every_field_takes_part(other: Other) -> None:
    changed = structs.replace(ENTRY, **{other.name: other.value})

    assert digest_of_entry(NO_ENTRY, changed) != digest_of_entry(NO_ENTRY, ENTRY)


def test_the_entry_before_takes_part() -> None:
    assert digest_of_entry("1" * 64, ENTRY) != digest_of_entry(NO_ENTRY, ENTRY)


def test_a_reason_belongs_to_its_entry() -> None:
    assert digest_of_reason(7, None) is None
    assert digest_of_reason(7, "Moved out.") != digest_of_reason(8, "Moved out.")
