"""All that troubles a connection is told in one list, with what helps."""

from datetime import timedelta

import pytest

from onetime.domain.errors import NotFound
from onetime.domain.reviews import AlarmKind
from onetime.operations.knocks import Knock, note_knocks
from onetime.operations.presence import note_connected, note_seen, note_takeover
from onetime.operations.stations import disable_station, retire_station
from onetime.queries.connections import REMEDIES, Trouble, troubles_of
from onetime.store import presence, reviews, stations
from onetime.store.command_tables import harmful_actions
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import OWNER, a_station


def told(tx: Transaction) -> list[Trouble]:
    return list(troubles_of(tx.connection, CP, tx.now))


def kinds(tx: Transaction) -> list[str]:
    return [each.kind for each in told(tx)]


def present(tx: Transaction) -> None:
    """Let a station be connected, and be heard."""
    a_station(tx, CP)
    note_connected(tx, CP, ())
    note_seen(tx, CP, tx.now)


def test_a_connection_without_trouble_has_an_empty_list(tx: Transaction) -> None:
    present(tx)
    assert told(tx) == []


def test_who_never_came_who_is_away_and_who_is_silent_are_told_apart(tx: Transaction) -> None:
    a_station(tx, CP)
    assert kinds(tx) == ["never-seen"]
    note_connected(tx, CP, ())
    note_seen(tx, CP, tx.now)
    tx.now += timedelta(minutes=11)
    assert kinds(tx) == ["silent"]
    presence.set_offline(tx, CP, tx.now)
    (away,) = told(tx)
    assert (away.kind, away.since) == ("offline", tx.now)


def test_who_is_not_let_in_is_told_how_it_would_be(tx: Transaction) -> None:
    a_station(tx, CP)
    disable_station(tx, OWNER, CP)
    (out,) = told(tx)
    assert (out.kind, out.remedy) == (
        "disabled",
        "If it may charge again: onetime station enable CP-1",
    )
    retire_station(tx, OWNER, CP)
    assert kinds(tx) == ["retired"]


def test_refusals_are_told_by_address(tx: Transaction) -> None:
    present(tx)
    for address, reason in (("10.0.0.9", "wrong-password"), ("10.0.0.8", "foreign-version")):
        knock = Knock(identity=CP, reason=reason, ip_address=address, count=3, last_at=tx.now)
        note_knocks(tx, [knock])

    by_kind = {each.kind: each for each in told(tx)}
    assert by_kind["wrong-password"].sentence == (
        "From 10.0.0.9 it was refused, the last time 2026-03-01 12:00 UTC:"
        " it sent a wrong password, the third time."
    )
    assert by_kind["foreign-version"].remedy == "Set OCPP 1.6 (OCPP-J 1.6, JSON) at the station."


def test_a_deaf_station_a_wrong_clock_and_what_is_not_sent_are_told(tx: Transaction) -> None:
    present(tx)
    stations.change(tx, CP, {"deaf_since": tx.now})
    presence.set_clock(tx, CP, -7_200, None)
    tx.connection.execute(
        harmful_actions.insert().values(
            station_id=CP,
            action="GetConfiguration",
            count=3,
            first_at=tx.now,
            last_at=tx.now,
            withheld_since=tx.now,
        )
    )

    deaf, clock, withheld = told(tx)
    assert (deaf.kind, deaf.since) == ("deaf", tx.now)
    assert clock.sentence == "Its clock is 7200 seconds behind."
    assert "GetConfiguration is not sent" in withheld.sentence


@pytest.mark.parametrize("seconds", [None, 0, 59, -59])
def test_a_clock_that_is_nearly_right_is_no_trouble(tx: Transaction, seconds: int | None) -> None:
    present(tx)
    presence.set_clock(tx, CP, seconds, None)
    assert told(tx) == []


@pytest.mark.parametrize("kind", REMEDIES)
def test_alarms_about_the_connection_are_told_until_somebody_has_seen_them(
    tx: Transaction, kind: AlarmKind
) -> None:
    present(tx)
    reviews.raise_alarm(tx, kind, CP, "Something is wrong.", CP)
    reviews.raise_alarm(tx, AlarmKind.STATION_FAULTED, CP, "It is broken.", CP)
    (found,) = told(tx)

    assert (found.kind, found.sentence) == (kind.value, "Something is wrong.")
    assert found.remedy
    assert "{" not in found.remedy
    tx.connection.exec_driver_sql("UPDATE alarms SET acknowledged_at = raised_at")
    assert told(tx) == []


def test_connections_that_replace_each_other_are_told(tx: Transaction) -> None:
    present(tx)
    note_takeover(tx, CP, "10.0.0.7")
    (found,) = told(tx)

    assert found.kind == "takeovers"
    assert "10.0.0.7" in found.sentence


def test_an_unknown_station_has_no_connection(tx: Transaction) -> None:
    with pytest.raises(NotFound):
        told(tx)
