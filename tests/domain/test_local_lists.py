"""A station's list is brought from what it has to what it should be, whatever it takes at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from onetime.domain.local_lists import (
    Entry,
    Limits,
    Update,
    applied,
    fitted,
    is_at,
    limits_of,
    retry_after,
    updates,
)

A, B, C, D = (Entry(id_tag=each) for each in ("AAAA", "BBBB", "CCCC", "DDDD"))
TWO = Limits(length=10, chunk=2)


def held(*entries: Entry) -> dict[str, Entry]:
    return {each.key: each for each in entries}


def test_a_list_in_doubt_is_sent_whole_the_first_message_replacing_everything() -> None:
    assert updates(None, [A, B, C], TWO) == [
        Update(is_full=True, entries=(A, B)),
        Update(is_full=False, entries=(C,)),
    ]


def test_an_empty_list_in_doubt_is_replaced_by_an_empty_one() -> None:
    assert updates(None, [], TWO) == [Update(is_full=True)]


def test_only_what_differs_is_sent_and_what_was_revoked_goes_first() -> None:
    changed = structs.replace(B, expiry_date=datetime(2026, 12, 31, tzinfo=UTC))

    assert updates(held(A, B, C), [B, C], TWO) == [Update(is_full=False, removed=("AAAA",))]
    assert updates(held(A, B, C), [changed, C, D], TWO) == [
        Update(is_full=False, entries=(changed,), removed=("AAAA",)),
        Update(is_full=False, entries=(D,)),
    ]
    assert updates(held(A, B), [B, A], TWO) == []


def test_a_card_in_other_capitals_is_the_same_card() -> None:
    other = Entry(id_tag="aaaa")

    assert applied(held(A), Update(is_full=False, removed=("aaaa",))) == {}
    assert applied(held(A), Update(is_full=False, entries=(other,))) == {"aaaa": other}


ENTRIES = st.lists(
    st.builds(
        Entry,
        id_tag=st.sampled_from(["AA", "aa", "BB", "CC", "DD", "EE", "FF", "GG"]),
        parent_id_tag=st.sampled_from([None, "P"]),
    ),
    unique_by=lambda each: each.key,
)


@given(ENTRIES, st.none() | ENTRIES, st.integers(1, 4))
def test_all_messages_together_make_the_list_that_is_wanted(
    wanted: list[Entry], known: list[Entry] | None, chunk: int
) -> None:
    there = None if known is None else held(*known)
    now = held(*([Entry(id_tag="STRANGER")] if known is None else known))
    for update in updates(there, wanted, Limits(length=100, chunk=chunk)):
        assert len(update.entries) + len(update.removed) <= chunk
        now = applied(now, update)

    assert now == held(*wanted)


def test_what_does_not_fit_is_named() -> None:
    found = fitted([A, B, C], Limits(length=2, chunk=2))

    assert (found.entries, found.left_out) == ((A, B), (C,))


@pytest.mark.parametrize(
    ("length", "chunk", "failures", "limits"),
    [
        ("16", "8", 0, Limits(length=16, chunk=8)),
        ("16", "8", 2, Limits(length=16, chunk=2)),
        ("16", "8", 9, Limits(length=16, chunk=1)),
        (None, None, 0, Limits(length=1_000, chunk=20)),
        ("0", "many", 0, Limits(length=1_000, chunk=20)),
        ("9999", "5000", 0, Limits(length=9_999, chunk=100)),
        ("9" * 5_000, "-1", 0, Limits(length=10**20 - 1, chunk=20)),
    ],
)
def test_a_stations_limits_are_kept_and_messages_get_shorter_with_each_failure(
    length: str | None, chunk: str | None, failures: int, limits: Limits
) -> None:
    assert limits_of(length, chunk, failures) == limits


@pytest.mark.parametrize(
    ("reported", "acknowledged", "is_empty", "is_right"),
    [(3, 3, False, True), (0, 3, False, False), (0, 3, True, True), (2, 3, True, False)],
)
def test_a_version_is_the_acknowledged_one_or_nought_for_an_empty_list(
    reported: int, acknowledged: int, is_empty: bool, is_right: bool
) -> None:
    assert is_at(reported, acknowledged, is_empty) is is_right


def test_pauses_double_up_to_six_hours() -> None:
    minutes = [retry_after(each) / timedelta(minutes=1) for each in (0, 1, 2, 3, 50)]
    assert minutes == [1, 1, 2, 4, 360]
