"""What waits for a person, with its evidence."""

from datetime import timedelta

import pytest

from onetime.domain.errors import NotFound
from onetime.domain.ids import StationId
from onetime.domain.reviews import ReviewKind
from onetime.operations.authorization import note_unknown_tag
from onetime.operations.journal import keep_aside
from onetime.queries.pages import Asked
from onetime.queries.review import frames_of, review_item, review_list
from onetime.store import reviews
from onetime.store.transaction import Transaction
from tests.garage_makers import a_station


def test_an_unknown_card_is_shown_with_its_number_for_whoever_issues_it(tx: Transaction) -> None:
    note_unknown_tag(tx, StationId("CP-1"), "04A2:B3C4")

    [found] = review_list(tx.connection).items

    assert (found.kind, found.station_id) == (ReviewKind.UNKNOWN_TAG, "CP-1")
    assert found.id_tag == "04a2:b3c4"
    assert found.sentence == "A card that nobody was given was held to a station."
    assert "04A2" not in found.evidence
    assert review_item(tx.connection, found.id) == found


def test_a_quarantined_frame_is_shown_as_it_came(tx: Transaction) -> None:
    cp_1 = a_station(tx)
    frame_id = reviews.keep_frame(tx, cp_1, "MeterValues", "[2,", "no JSON")
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.QUARANTINE, key="1", evidence="x", station_id=cp_1, frame_id=frame_id
        ),
    )

    [found] = review_list(tx.connection).items

    assert (found.frame, found.frame_reason, found.id_tag) == ("[2,", "no JSON", None)


def test_what_is_settled_waits_no_longer(tx: Transaction) -> None:
    for tag in ("FIRST", "SECOND"):
        note_unknown_tag(tx, StationId("CP-1"), tag)
    reviews.settle_review(tx, ReviewKind.UNKNOWN_TAG, "first", "issued")

    assert [each.id_tag for each in review_list(tx.connection).items] == ["second"]
    [settled] = review_list(tx.connection, is_open=False).items
    assert (settled.id_tag, settled.resolution) == ("first", "issued")
    page = review_list(tx.connection, is_open=None, asked=Asked(1))
    rest = review_list(tx.connection, is_open=None, asked=Asked(1, page.next_cursor))
    assert [each.id_tag for each in page.items + rest.items] == ["second", "first"]


def test_an_unknown_review_is_named(tx: Transaction) -> None:
    with pytest.raises(NotFound, match=r"There is no review 404\."):
        review_item(tx.connection, 404)


def test_all_frames_of_a_group_are_shown_and_those_of_another_finding_are_not(
    tx: Transaction,
) -> None:
    cp_1 = a_station(tx)

    def keep(*frames: str, group: str | None = "no times") -> int:
        for frame in frames:
            keep_aside(tx, cp_1, "MeterValues", frame, "no times", group)
        return review_list(tx.connection).items[0].id

    alone = keep("[0]", group=None)
    first = keep("[1]", "[2]", "[2]")
    tx.now += timedelta(minutes=1)
    reviews.resolve_review(tx, first, "owner", "seen")
    tx.now += timedelta(minutes=1)
    second = keep("[3]", "[4]")

    assert frames_of(tx.connection, alone) == ["[0]"]
    assert frames_of(tx.connection, first) == ["[1]", "[2]"]
    assert frames_of(tx.connection, second) == ["[3]", "[4]"]
    note_unknown_tag(tx, cp_1, "04A2B3C4")
    assert frames_of(tx.connection, review_list(tx.connection).items[0].id) == []
