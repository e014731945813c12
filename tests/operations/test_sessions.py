"""Charges begin and end in the books once, however often and however oddly stations say so."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from onetime.domain.facts import SessionEnded, SessionStarted
from onetime.domain.ids import StationId
from onetime.domain.readings import Sampling
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import EndedBy, Estimate, Mark
from onetime.domain.stations import ConnectorReport
from onetime.domain.tokens import TokenStatus, Verdict
from onetime.kit.times import EPOCH
from onetime.operations.connectors import note_status
from onetime.store import connectors, spots, tokens
from onetime.store.tables import charging_stations
from onetime.store.transaction import Transaction
from tests.charges import (
    CP,
    TAG,
    a_garage,
    alarm_kinds,
    begin,
    booked,
    count_sessions,
    end,
    evidence,
    findings,
    gaps,
    kept,
    meter,
    quirks,
    sample,
    wait,
)
from tests.garage_makers import a_card, a_renter, a_spot, a_station


def test_a_charge_is_booked_from_its_first_register_to_its_last(tx: Transaction) -> None:
    renter_id = a_garage(tx)
    spot_id = a_spot(tx, "B2-104", CP)
    began = tx.now
    opened = begin(tx, 1_000)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 8_500, reason="EVDisconnected")

    session = booked(tx, opened)
    assert opened.ruling.verdict is Verdict.ACCEPTED
    assert (session.start_time, session.end_time) == (began, tx.now)
    assert (session.meter_start, session.meter_stop, session.energy_wh) == (1_000, 8_500, 7_500)
    assert (session.token_id, session.renter_id) == (TAG, renter_id)
    assert (session.spot_id, session.spot_label) == (spot_id, "B2-104")
    assert (session.stop_reason, session.ended_by) == ("EVDisconnected", EndedBy.STATION)
    assert (session.estimated, session.marks) == ((), ())
    assert tx.facts() == [SessionStarted(session.id), SessionEnded(session.id)]
    assert (findings(tx), quirks(tx)) == ([], {})


# Promise 2: repeats.


def test_a_start_that_is_repeated_with_a_new_message_id_opens_one_session(tx: Transaction) -> None:
    """X02: MicroOcpp repeats a Start whose answer was lost, under a new id."""
    a_garage(tx)
    at = tx.now
    first = begin(tx, 1_000, at, message_id="1")
    wait(tx, hours=5)
    again = begin(tx, 1_000, at, message_id="2")

    assert again == first
    assert count_sessions(tx) == 1
    assert quirks(tx) == {"X02": 1}


def test_a_start_that_lacks_what_tells_charges_apart_repeats_only_its_own_text(
    tx: Transaction,
) -> None:
    """K19: two that are cut off lose what differs; each has its own charge and its own Stop."""
    a_garage(tx)
    first = begin(tx, None, EPOCH, connector=0, tag="", digest="a")
    again = begin(tx, None, EPOCH, connector=0, tag="", digest="a")
    other = begin(tx, None, EPOCH, connector=0, tag="", digest="b")

    assert again == first
    assert other.transaction_id != first.transaction_id
    assert count_sessions(tx) == 2


def test_the_same_message_again_is_counted_as_that(tx: Transaction) -> None:
    """X01."""
    a_garage(tx)
    assert begin(tx, message_id="1") == begin(tx, message_id="1")
    assert quirks(tx) == {"X01": 1}


def test_a_start_is_repeated_with_the_verdict_that_was_given(tx: Transaction) -> None:
    a_garage(tx)
    first = begin(tx)
    tokens.change(tx, TAG, {"status": TokenStatus.BLOCKED.value})

    assert begin(tx) == first


def test_a_start_is_a_repeat_although_the_charge_was_closed_by_estimate(tx: Transaction) -> None:
    a_garage(tx)
    at = tx.now
    first = begin(tx, 1_000, at)
    wait(tx, hours=1)
    begin(tx, 2_000, tag="FFFF")

    assert begin(tx, 1_000, at).transaction_id == first.transaction_id
    assert count_sessions(tx) == 2


def test_a_dead_clock_begins_two_charges_with_equal_starts(tx: Transaction) -> None:
    """The meter counts each charge from zero, the clock each boot from 1970."""
    a_garage(tx)
    first = begin(tx, 0, EPOCH)
    wait(tx, hours=1)
    end(tx, first.transaction_id, 5_000, EPOCH)
    second = begin(tx, 0, EPOCH)
    wait(tx, hours=1)
    end(tx, second.transaction_id, 3_000, EPOCH)

    assert second.transaction_id != first.transaction_id
    assert [booked(tx, each).energy_wh for each in (first, second)] == [5_000, 3_000]


def test_a_message_id_that_is_used_again_for_another_start_is_no_repeat(tx: Transaction) -> None:
    """X03: counters begin anew at each boot."""
    a_garage(tx)
    first = begin(tx, 1_000, message_id="1")
    wait(tx, minutes=5)
    end(tx, first.transaction_id, 1_500)
    second = begin(tx, 1_500, message_id="1")

    assert second.transaction_id != first.transaction_id
    assert quirks(tx) == {}


def test_a_stop_that_is_repeated_changes_nothing(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    at = wait(tx, hours=1)
    samplings = (Sampling.of(at, (sample(8_000, context="Transaction.End"),)),)
    end(tx, opened.transaction_id, 8_000, at, samplings=samplings)
    before = booked(tx, opened)
    wait(tx, hours=9)
    end(tx, opened.transaction_id, 8_000, at, samplings=samplings)

    assert booked(tx, opened) == before
    assert kept(tx) == [(8_000, opened.transaction_id)]
    assert quirks(tx) == {"X01": 1}
    assert findings(tx) == []


def test_a_second_stop_that_says_something_else_is_shown_and_not_booked(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    at = wait(tx, hours=1)
    end(tx, opened.transaction_id, 8_000, at)
    before = booked(tx, opened)
    wait(tx, hours=1)
    for _ in range(3):
        end(tx, opened.transaction_id, 9_000)

    assert booked(tx, opened) == before
    assert findings(tx) == [ReviewKind.CONTRADICTION]
    assert "8.000 kWh" in evidence(tx, ReviewKind.CONTRADICTION)
    assert "9.000 kWh" in evidence(tx, ReviewKind.CONTRADICTION)
    assert quirks(tx) == {"X09": 3}


# Promise 4: refused tags.


@pytest.mark.parametrize(
    ("status", "is_active", "expected"),
    [
        (TokenStatus.BLOCKED, True, Verdict.BLOCKED),
        (TokenStatus.EXPIRED, True, Verdict.EXPIRED),
        (TokenStatus.ACCEPTED, False, Verdict.INACTIVE),
    ],
)
def test_a_charge_with_a_card_that_may_not_is_booked_marked_and_answered_truly(
    tx: Transaction, status: TokenStatus, is_active: bool, expected: Verdict
) -> None:
    """X18."""
    a_station(tx, CP)
    a_card(tx, TAG, a_renter(tx, is_active=is_active))
    tokens.change(tx, TAG, {"status": status.value})
    opened = begin(tx)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 3_000)

    session = booked(tx, opened)
    assert opened.ruling.verdict is expected
    assert session.energy_wh == 2_000
    assert (session.token_id, session.marks) == (TAG, (Mark.REFUSED_TAG,))
    assert alarm_kinds(tx) == [("charge-without-permission", 1)]
    assert quirks(tx) == {"X18": 1}


def test_a_charge_with_an_unknown_card_is_booked_to_nobody_and_the_card_is_shown(
    tx: Transaction,
) -> None:
    a_station(tx, CP)
    opened = begin(tx, tag="DEADBEEF")
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 3_000, tag="DEADBEEF")

    session = booked(tx, opened)
    assert opened.ruling.verdict is Verdict.UNKNOWN
    assert (session.token_id, session.renter_id, session.id_tag) == (None, None, "DEADBEEF")
    assert session.energy_wh == 2_000
    assert findings(tx) == [ReviewKind.UNKNOWN_TAG]
    assert "DEADBEEF" not in evidence(tx, ReviewKind.UNKNOWN_TAG)


def test_a_charge_without_a_card_is_booked_and_raises_an_alarm(tx: Transaction) -> None:
    """X17: free vend."""
    a_station(tx, CP)
    opened = begin(tx, tag="")

    assert opened.ruling.verdict is Verdict.UNKNOWN
    assert alarm_kinds(tx) == [("charge-without-card", 1)]
    assert quirks(tx) == {"X17": 1}
    assert findings(tx) == []


def test_a_charge_that_moved_nothing_with_a_refused_card_raises_no_alarm(tx: Transaction) -> None:
    a_station(tx, CP)
    opened = begin(tx, tag="DEADBEEF")
    end(tx, opened.transaction_id, 1_000)

    assert alarm_kinds(tx) == []


# Who and where at that moment.


def test_a_charge_that_was_told_late_belongs_to_who_held_the_card_then(tx: Transaction) -> None:
    first_renter = a_garage(tx)
    then = tx.now
    spot_id = a_spot(tx, "B1-001", CP)
    wait(tx, days=2)
    tokens.hand_over(tx, TAG, a_renter(tx, "Bert Example"))
    spots.set_station(tx, spot_id, None)
    a_spot(tx, "B1-002", CP)
    wait(tx, days=1)
    opened = begin(tx, 1_000, then + timedelta(days=1))

    session = booked(tx, opened)
    assert session.renter_id == first_renter
    assert session.spot_label == "B1-001"


def test_a_tag_in_another_case_and_with_separators_is_the_card_as_issued(tx: Transaction) -> None:
    """G01."""
    a_garage(tx)
    opened = begin(tx, tag="04:a1:b2:c3")

    assert booked(tx, opened).token_id == "04A1B2C3"
    assert booked(tx, opened).id_tag == "04:a1:b2:c3"


# Stops without a usable id (X06), orphans (X10), other cards (X13).


@pytest.mark.parametrize("transaction_id", [0, -1, -(2**31)])
def test_a_stop_without_usable_id_ends_the_only_charge_that_is_open(
    tx: Transaction, transaction_id: int
) -> None:
    """X06."""
    a_garage(tx)
    opened = begin(tx)
    at = wait(tx, hours=1)
    for _ in range(2):
        end(tx, transaction_id, 3_000, at)

    session = booked(tx, opened)
    assert (session.energy_wh, session.marks) == (2_000, (Mark.MATCHED_STOP,))
    assert quirks(tx) == {"X06": 2, "X01": 1}
    assert findings(tx) == []


def test_a_stop_without_usable_id_is_not_guessed_among_two_charges(tx: Transaction) -> None:
    a_garage(tx)
    first, second = begin(tx), begin(tx, 7_000, connector=2)
    at = wait(tx, hours=1)

    assert end(tx, -1, 8_000, at) is None

    assert booked(tx, first).is_open
    assert booked(tx, second).is_open
    assert findings(tx) == [ReviewKind.ORPHAN_STOP]
    # Its repeat is not guessed either when one of the two has ended meanwhile.
    end(tx, first.transaction_id, 1_500)
    assert end(tx, -1, 8_000, at) is None
    assert booked(tx, second).is_open


@pytest.mark.parametrize(
    ("meter_stop", "minutes"),
    [(900, 0), (3_000, -60)],
    ids=["register below the start", "told before the start"],
)
def test_a_stop_without_usable_id_that_can_not_be_of_the_open_charge_does_not_end_it(
    tx: Transaction, meter_stop: int, minutes: int
) -> None:
    """The end of an older charge, played back while a new one goes on."""
    a_garage(tx)
    opened = begin(tx)

    assert end(tx, 0, meter_stop, tx.now + timedelta(minutes=minutes)) is None
    assert booked(tx, opened).is_open
    assert findings(tx) == [ReviewKind.ORPHAN_STOP]


@pytest.mark.parametrize("stated", [datetime.max.replace(tzinfo=UTC), EPOCH])
def test_a_stop_without_usable_id_and_clock_ends_the_only_open_charge(
    tx: Transaction, stated: datetime
) -> None:
    a_garage(tx)
    opened = begin(tx)
    wait(tx, hours=1)
    end(tx, 0, 3_000, stated)

    assert booked(tx, opened).energy_wh == 2_000


@pytest.mark.parametrize("transaction_id", [4_711, 2**31, 2**63 - 1])
def test_a_stop_without_a_known_start_is_kept_and_ends_nothing(
    tx: Transaction, transaction_id: int
) -> None:
    """X10: the only open charge is not taken for it."""
    a_garage(tx)
    opened = begin(tx)
    at = wait(tx, hours=1)
    for _ in range(3):
        assert end(tx, transaction_id, 3_000, at) is None

    assert booked(tx, opened).is_open
    assert findings(tx) == [ReviewKind.ORPHAN_STOP]
    assert quirks(tx) == {"X10": 3}


def test_another_stations_charge_is_not_ended(tx: Transaction) -> None:
    """S07."""
    a_garage(tx)
    other = StationId("CP-2")
    a_station(tx, other)
    opened = begin(tx)
    wait(tx, hours=1)
    for _ in range(3):
        assert end(tx, opened.transaction_id, 3_000, station=other) is None

    assert booked(tx, opened).is_open
    assert alarm_kinds(tx) == [("foreign-transaction", 1)]
    assert findings(tx) == [ReviewKind.FOREIGN_TRANSACTION]
    assert quirks(tx) == {"S07": 3}


def a_report(status: str) -> ConnectorReport:
    return ConnectorReport(
        connector_id=1,
        status=status,
        error_code="NoError",
        details=None,
        vendor_error_code=None,
        stated_time=None,
    )


def test_a_stations_word_on_a_connector_says_nothing_of_another_stations(tx: Transaction) -> None:
    """S07: a connector is named by its number alone; it is always the speaker's own."""
    a_garage(tx)
    other = StationId("CP-2")
    a_station(tx, other)
    opened = begin(tx)
    note_status(tx, CP, a_report("Charging"))
    before = booked(tx, opened)
    wait(tx, minutes=20)
    meter(tx, 50_000, station=other)
    note_status(tx, other, a_report("Available"))
    begin(tx, 50_000, station=other, tag="FFFF")
    end(tx, -1, 60_000, station=other)

    assert booked(tx, opened) == before
    told = connectors.state_of(tx, CP, 1)
    assert told is not None
    assert told.status == "Charging"


@pytest.mark.parametrize("tag", [None, "", TAG, TAG.lower(), "04:A1:B2:C3"])
def test_a_charge_that_its_own_card_or_none_ended_is_not_flagged(
    tx: Transaction, tag: str | None
) -> None:
    """X12, and the same card in another spelling."""
    a_garage(tx)
    opened = begin(tx)
    end(tx, opened.transaction_id, 3_000, tag=tag)

    assert booked(tx, opened).marks == ()
    assert quirks(tx) == {}


def test_a_charge_that_another_card_ended_belongs_to_its_starter_and_is_flagged(
    tx: Transaction,
) -> None:
    """X13."""
    renter_id = a_garage(tx)
    a_card(tx, "FFFF0001", a_renter(tx, "Bert Example"))
    opened = begin(tx)
    end(tx, opened.transaction_id, 3_000, tag="FFFF0001")

    session = booked(tx, opened)
    assert (session.renter_id, session.stop_id_tag) == (renter_id, "FFFF0001")
    assert session.marks == (Mark.OTHER_STOPPER,)
    assert quirks(tx) == {"X13": 1}


def test_a_card_of_the_same_group_may_end_the_charge(tx: Transaction) -> None:
    a_garage(tx)
    a_card(tx, "FFFF0001", a_renter(tx))
    for token, group in ((TAG, "Family"), ("FFFF0001", "FAMILY")):
        tokens.change(tx, token, {"parent_id_tag": group})
    opened = begin(tx)
    end(tx, opened.transaction_id, 3_000, tag="FFFF0001")

    assert booked(tx, opened).marks == ()


# Registers and clocks.


@pytest.mark.parametrize(
    ("meter_stop", "quirk"), [(0, "X14"), (-5, "M14"), (2**50, "M14"), (None, None), (700, "M10")]
)
def test_a_stop_without_usable_register_is_booked_by_the_last_sample(
    tx: Transaction, meter_stop: int | None, quirk: str | None
) -> None:
    """X14: never negative, never 0 minus the start; a missing one is counted by who read it."""
    a_garage(tx)
    opened = begin(tx)
    wait(tx, minutes=30)
    meter(tx, 4_200, transaction_id=opened.transaction_id)
    wait(tx, minutes=30)
    end(tx, opened.transaction_id, meter_stop)

    session = booked(tx, opened)
    assert (session.meter_stop, session.energy_wh) == (4_200, 3_200)
    assert (session.estimated, session.ended_by) == ((Estimate.METER_STOP,), EndedBy.STATION)
    assert findings(tx) == [ReviewKind.ESTIMATE]
    assert quirks(tx) == ({quirk: 1} if quirk else {})


def test_a_stop_that_brings_the_missing_register_later_replaces_the_estimate(
    tx: Transaction,
) -> None:
    a_garage(tx)
    opened = begin(tx)
    at = wait(tx, hours=1)
    end(tx, opened.transaction_id, None, at)
    end(tx, opened.transaction_id, 5_000, at)

    session = booked(tx, opened)
    assert (session.energy_wh, session.estimated) == (4_000, ())
    assert findings(tx) == []
    end(tx, opened.transaction_id, 6_000, at)
    assert booked(tx, opened).energy_wh == 4_000
    assert findings(tx) == [ReviewKind.CONTRADICTION]


def test_the_last_value_in_the_data_of_a_stop_stands_in_for_its_register(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    at = wait(tx, hours=1)
    last = (Sampling.of(at, (sample(5.5, unit="kWh", context="Transaction.End"),)),)
    end(tx, opened.transaction_id, None, at, samplings=last)

    assert booked(tx, opened).energy_wh == 4_500


def test_a_start_without_register_begins_where_the_last_charge_ended(tx: Transaction) -> None:
    a_garage(tx)
    first = begin(tx)
    wait(tx, hours=1)
    end(tx, first.transaction_id, 5_000)
    wait(tx, hours=1)
    second = begin(tx, None)
    wait(tx, hours=1)
    end(tx, second.transaction_id, 8_000)

    session = booked(tx, second)
    assert (session.meter_start, session.energy_wh) == (5_000, 3_000)
    assert session.estimated == (Estimate.METER_START,)
    assert findings(tx) == [ReviewKind.ESTIMATE]
    assert "at the start" in evidence(tx, ReviewKind.ESTIMATE)
    assert gaps(tx) == []


@pytest.mark.parametrize("meter_start", [-1, 2**60])
def test_a_start_with_an_impossible_register_is_counted(tx: Transaction, meter_start: int) -> None:
    """M14."""
    a_garage(tx)
    opened = begin(tx, meter_start)

    assert booked(tx, opened).meter_start == 0
    assert booked(tx, opened).estimated == (Estimate.METER_START,)
    assert quirks(tx) == {"M14": 1}


def test_a_charge_with_times_of_1970_is_booked_at_its_arrival_and_marked(tx: Transaction) -> None:
    """T01: both clocks are kept."""
    a_garage(tx)
    began = tx.now
    opened = begin(tx, 1_000, EPOCH)
    ended = wait(tx, hours=1)
    end(tx, opened.transaction_id, 5_000, EPOCH + timedelta(hours=1))

    session = booked(tx, opened)
    assert (session.start_time, session.end_time) == (began, ended)
    assert set(session.estimated) == {Estimate.START_TIME, Estimate.END_TIME}
    assert session.stated_start == "1970-01-01T00:00:00.000000Z"
    assert session.stated_stop == "1970-01-01T01:00:00.000000Z"
    assert quirks(tx) == {"T01": 2}


def test_a_clock_that_is_hours_ahead_books_the_arrival_and_is_marked(tx: Transaction) -> None:
    """T04: local time labelled Z."""
    a_garage(tx)
    opened = begin(tx, 1_000, tx.now + timedelta(hours=2))

    assert booked(tx, opened).start_time == tx.now
    assert booked(tx, opened).estimated == (Estimate.START_TIME,)
    assert quirks(tx) == {"T04": 1}


def test_a_charge_that_ended_before_it_began_lasts_no_time_and_keeps_its_energy(
    tx: Transaction,
) -> None:
    """T06."""
    a_garage(tx)
    opened = begin(tx)
    end(tx, opened.transaction_id, 5_000, tx.now - timedelta(hours=1))

    session = booked(tx, opened)
    assert session.end_time == session.start_time
    assert (session.energy_wh, session.estimated) == (4_000, (Estimate.END_TIME,))
    assert quirks(tx) == {"T06": 1}


def test_a_register_that_went_back_during_a_charge_is_booked_as_told_and_shown(
    tx: Transaction,
) -> None:
    """M10: nothing says how much the meter had counted before it went back."""
    a_garage(tx)
    opened = begin(tx)
    wait(tx, minutes=30)
    meter(tx, 5_000, transaction_id=opened.transaction_id)
    wait(tx, minutes=30)
    end(tx, opened.transaction_id, 2_000)

    session = booked(tx, opened)
    assert (session.energy_wh, session.marks) == (1_000, (Mark.REGISTER_BACK,))
    assert findings(tx) == [ReviewKind.REGISTER]
    assert quirks(tx) == {"M10": 1}


def test_more_than_the_station_can_deliver_is_booked_marked_and_shown(tx: Transaction) -> None:
    a_garage(tx)
    tx.connection.execute(update(charging_stations).values(power_limit_watts=11_000))
    opened = begin(tx)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 21_000)

    session = booked(tx, opened)
    assert (session.energy_wh, session.marks) == (20_000, (Mark.IMPLAUSIBLE,))
    assert findings(tx) == [ReviewKind.IMPLAUSIBLE]
    assert "20.000 kWh" in evidence(tx, ReviewKind.IMPLAUSIBLE)


def test_a_session_of_years_ago_is_history_and_raises_no_alarm(tx: Transaction) -> None:
    """T05: a station that is new here plays back what it has kept for years."""
    a_station(tx, CP)
    long_ago = tx.now - timedelta(days=3 * 365)
    for tag in ("DEADBEEF", ""):
        opened = begin(tx, 1_000, long_ago, tag=tag)
        end(tx, opened.transaction_id, 5_000, long_ago + timedelta(hours=1))
        assert booked(tx, opened).energy_wh == 4_000
        long_ago += timedelta(hours=2)

    assert alarm_kinds(tx) == []


# A busy connector (X04).


def test_a_start_on_a_busy_connector_closes_the_older_charge_by_estimate(tx: Transaction) -> None:
    """X04."""
    a_garage(tx)
    older = begin(tx)
    sampled = wait(tx, minutes=30)
    meter(tx, 3_000, transaction_id=older.transaction_id)
    wait(tx, minutes=30)
    newer = begin(tx, 3_400, tag="FFFF0002")

    session = booked(tx, older)
    assert session.ended_by is EndedBy.RECONCILIATION
    assert (session.meter_stop, session.energy_wh, session.end_time) == (3_000, 2_000, sampled)
    assert set(session.estimated) == {Estimate.END_TIME, Estimate.METER_STOP}
    assert session.marks == (Mark.SUPERSEDED,)
    assert booked(tx, newer).is_open
    assert gaps(tx) == [(3_000, 3_400)]
    assert quirks(tx)["X04"] == 1
    assert "another charge began" in evidence(tx, ReviewKind.ESTIMATE)


def test_the_real_stop_of_a_superseded_charge_replaces_the_estimate(tx: Transaction) -> None:
    a_garage(tx)
    older = begin(tx)
    ended = wait(tx, minutes=50)
    wait(tx, minutes=10)
    begin(tx, 3_400, tag="FFFF0002")
    wait(tx, hours=4)
    end(tx, older.transaction_id, 3_400, ended)

    session = booked(tx, older)
    assert (session.energy_wh, session.end_time) == (2_400, ended)
    assert (session.ended_by, session.estimated, session.marks) == (EndedBy.STATION, (), ())
    assert gaps(tx) == []
    assert findings(tx) == [ReviewKind.UNKNOWN_TAG]


def test_a_start_on_another_connector_or_of_an_older_charge_supersedes_nothing(
    tx: Transaction,
) -> None:
    """X21: what was kept offline is told between what happens now."""
    a_garage(tx)
    running = begin(tx, 5_000)
    begin(tx, 9_000, connector=2)
    begin(tx, 1_000, tx.now - timedelta(hours=5))

    assert booked(tx, running).is_open
    assert "X04" not in quirks(tx)


def test_a_charge_needs_no_authorize_before_it(tx: Transaction) -> None:
    """X22."""
    a_garage(tx)

    assert begin(tx).ruling.verdict is Verdict.ACCEPTED


def test_a_connector_number_that_no_station_has_is_booked_all_the_same(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx, connector=2**40)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 5_000)

    assert booked(tx, opened).energy_wh == 4_000


def test_texts_that_no_database_keeps_are_booked_all_the_same(tx: Transaction) -> None:
    a_garage(tx)
    tag = "a\0b" + "x" * 1_000
    opened = begin(tx, tag=tag)
    assert begin(tx, tag=tag).transaction_id == opened.transaction_id
    end(tx, opened.transaction_id, 5_000, tag=tag, reason="\0" * 500)

    assert booked(tx, opened).energy_wh == 4_000
