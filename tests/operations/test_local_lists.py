"""What a station has in its list is known, in doubt, or lost; versions are never used twice."""

from datetime import timedelta

from sqlalchemy import update

from onetime.domain.local_lists import Entry, Update
from onetime.domain.reviews import AlarmKind
from onetime.operations.abilities import learn_ability
from onetime.operations.configuration import ReportedKey, keep_configuration
from onetime.operations.local_lists import (
    note_left_out,
    note_list_answer,
    note_list_asked,
    note_list_unanswered,
    note_list_version,
    note_list_version_untold,
    number_list,
)
from onetime.operations.stations import register_station, retire_station
from onetime.queries.configuration import stations_in_reach
from onetime.queries.local_lists import (
    StationList,
    Step,
    Work,
    cards_of_garage,
    list_state,
    list_work,
)
from onetime.store import presence, spots
from onetime.store.tables import alarms, authorization_tokens, charging_stations, renters
from onetime.store.transaction import Transaction
from tests.charges import CP, TAG, alarm_kinds, quirks, wait
from tests.garage_makers import OWNER, a_card, a_renter, a_spot, a_station
from tests.store.test_presence import BOOT

FULL = Update(is_full=True, entries=(Entry(id_tag=TAG),))


def a_garage_with_lists(tx: Transaction, length: str = "16", chunk: str = "8") -> int:
    """Enter a station that keeps a list, a renter and a card; return the renter's id."""
    a_station(tx, CP)
    presence.set_online(tx, CP)
    presence.write_boot(tx, CP, BOOT)
    keep_configuration(
        tx,
        CP,
        [
            ReportedKey("LocalAuthListEnabled", "true", False),
            ReportedKey("LocalAuthListMaxLength", length, True),
            ReportedKey("SendLocalListMaxLength", chunk, True),
        ],
    )
    renter_id = a_renter(tx)
    a_card(tx, TAG, renter_id)
    wait(tx, minutes=1)
    return renter_id


def work(tx: Transaction) -> Work:
    (station,) = stations_in_reach(tx.connection)
    return list_work(tx.connection, station, cards_of_garage(tx.connection, tx.now), tx.now)


def state(tx: Transaction) -> StationList:
    return list_state(tx.connection, CP, tx.now)


def send(tx: Transaction, update: Update = FULL, word: str | None = "Accepted") -> int:
    """Send a list; without a word no answer comes."""
    version = number_list(tx, CP)
    note_list_asked(tx, CP, version)
    if word is None:
        note_list_unanswered(tx, CP, version, "timeout", may_be_taken=True)
    else:
        note_list_answer(tx, CP, version, update, word)
    return version


def shown(tx: Transaction) -> list[tuple[str, str]]:
    return [(each.card, each.state.value) for each in state(tx).cards]


def test_a_new_list_is_looked_at_and_then_sent_whole(tx: Transaction) -> None:
    a_garage_with_lists(tx)
    assert work(tx).step is Step.CHECK
    note_list_version(tx, CP, 0)
    assert work(tx).update == FULL

    assert send(tx) == 1
    assert work(tx) == Work(step=Step.NOTHING)
    assert shown(tx) == [("…B2C3", "in-step")]
    assert (state(tx).desired_version, state(tx).acknowledged_version) == (1, 1)


def test_a_version_of_the_stations_own_is_passed_over(tx: Transaction) -> None:
    a_garage_with_lists(tx)
    note_list_version(tx, CP, 41)

    assert [number_list(tx, CP), number_list(tx, CP)] == [42, 43]
    note_list_asked(tx, CP, 100)  # a person chose that one
    note_list_asked(tx, CP, 7)
    assert number_list(tx, CP) == 101
    note_list_version(tx, CP, 2**62)
    assert number_list(tx, CP) == 102


def test_another_card_is_a_difference_and_a_revoked_one_is_taken_off(tx: Transaction) -> None:
    renter_id = a_garage_with_lists(tx)
    note_list_version(tx, CP, 0)
    send(tx)
    a_card(tx, "SECOND", renter_id)
    assert work(tx).update == Update(is_full=False, entries=(Entry(id_tag="SECOND"),))
    assert shown(tx) == [("…B2C3", "in-step"), ("…COND", "waiting")]

    tx.connection.execute(
        update(authorization_tokens)
        .where(authorization_tokens.c.token == TAG)
        .values(status="Blocked")
    )
    assert work(tx).update == Update(
        is_full=False, entries=(Entry(id_tag="SECOND"),), removed=(TAG,)
    )
    assert shown(tx) == [("…COND", "waiting"), ("…B2C3", "to-be-removed")]


def test_cards_that_may_not_charge_are_not_in_the_list_and_groups_and_dates_are(
    tx: Transaction,
) -> None:
    renter_id = a_garage_with_lists(tx)
    past = a_renter(tx, "Past Example")
    a_card(tx, "PAST", past)
    tx.connection.execute(update(renters).where(renters.c.id == past).values(is_active=False))
    a_card(tx, "EXPIRED", renter_id)
    a_card(tx, "SOON", renter_id)
    t = authorization_tokens
    soon = tx.now + timedelta(hours=1)
    for token, expires in (("EXPIRED", tx.now), ("SOON", soon)):
        tx.connection.execute(
            update(t).where(t.c.token == token).values(expiry_date=expires, parent_id_tag="P")
        )
    note_list_version(tx, CP, 0)

    found = work(tx).update
    assert found is not None
    assert sorted(found.entries, key=lambda each: each.id_tag) == [
        Entry(id_tag=TAG),
        Entry(id_tag="SOON", expiry_date=soon, parent_id_tag="P"),
    ]


def test_without_an_answer_the_list_is_in_doubt_and_sent_whole_after_a_pause(
    tx: Transaction,
) -> None:
    a_garage_with_lists(tx)
    note_list_version(tx, CP, 0)
    send(tx)
    send(tx, Update(is_full=False, removed=(TAG,)), None)
    assert work(tx).step is Step.WAIT
    wait(tx, minutes=1)

    assert work(tx).update == FULL
    assert shown(tx) == [("…B2C3", "waiting")]


def test_a_list_that_was_never_sent_changes_nothing_of_what_is_known(tx: Transaction) -> None:
    a_garage_with_lists(tx)
    note_list_version(tx, CP, 0)
    send(tx)
    version = number_list(tx, CP)
    note_list_asked(tx, CP, version)
    note_list_unanswered(tx, CP, version, "offline", may_be_taken=False)
    wait(tx, minutes=1)

    assert work(tx) == Work(step=Step.NOTHING)
    assert number_list(tx, CP) == 3


def test_a_difference_that_failed_is_followed_by_the_whole_list_in_shorter_messages(
    tx: Transaction,
) -> None:
    """C13."""
    renter_id = a_garage_with_lists(tx, chunk="2")
    note_list_version(tx, CP, 0)
    send(tx)
    a_card(tx, "SECOND", renter_id)
    send(tx, Update(is_full=False, entries=(Entry(id_tag="SECOND"),)), "VersionMismatch")
    assert work(tx).step is Step.WAIT
    wait(tx, minutes=1)

    assert work(tx).update == FULL
    assert quirks(tx) == {"C13": 1}


def test_the_pauses_after_failures_get_longer(tx: Transaction) -> None:
    a_garage_with_lists(tx)
    note_list_version(tx, CP, 0)
    pauses = []
    for _ in range(3):
        send(tx, word="Failed")
        retry_at = state(tx).retry_at
        assert retry_at is not None
        pauses.append(retry_at - tx.now)

    assert pauses == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    send(tx)
    assert state(tx).retry_at is None


def test_a_list_that_a_restart_lost_is_sent_again(tx: Transaction) -> None:
    """LO#497: the version is 0 after a boot."""
    a_garage_with_lists(tx)
    note_list_version(tx, CP, 0)
    send(tx)
    wait(tx, minutes=1)
    presence.write_boot(tx, CP, BOOT)
    keep_configuration(tx, CP, [ReportedKey("LocalAuthListEnabled", "true", False)])
    assert work(tx).step is Step.CHECK
    note_list_version(tx, CP, 0)

    assert work(tx).update == FULL
    assert quirks(tx) == {"C13": 1}


def test_a_list_that_is_still_there_after_a_boot_is_left_alone(tx: Transaction) -> None:
    a_garage_with_lists(tx)
    note_list_version(tx, CP, 0)
    version = send(tx)
    wait(tx, minutes=1)
    presence.write_boot(tx, CP, BOOT)
    keep_configuration(tx, CP, [ReportedKey("LocalAuthListEnabled", "true", False)])
    note_list_version(tx, CP, version)

    assert work(tx) == Work(step=Step.NOTHING)
    assert quirks(tx) == {}


def test_an_emptied_list_may_report_nought(tx: Transaction) -> None:
    """JO#202."""
    a_garage_with_lists(tx)
    tx.connection.execute(update(authorization_tokens).values(status="Blocked"))
    note_list_version(tx, CP, 0)
    send(tx, Update(is_full=True))
    note_list_version(tx, CP, 0)

    assert work(tx) == Work(step=Step.NOTHING)
    assert quirks(tx) == {}


def test_cards_without_room_are_named_once_and_whoever_rents_the_spot_comes_first(
    tx: Transaction,
) -> None:
    """C13, EV#32534."""
    a_garage_with_lists(tx, length="1")
    tenant = a_renter(tx, "Ben Example")
    a_card(tx, "TENANT", tenant)
    spot_id = a_spot(tx, "B2-104", CP)
    spots.set_renter(tx, spot_id, tenant)
    note_list_version(tx, CP, 0)

    found = work(tx)
    assert found.update == Update(is_full=True, entries=(Entry(id_tag="TENANT"),))
    assert found.left_out == (TAG,)
    assert shown(tx) == [("…NANT", "waiting"), ("…B2C3", "no-room")]
    note_left_out(tx, CP, found.left_out)
    note_left_out(tx, CP, found.left_out)
    assert alarm_kinds(tx) == [(AlarmKind.CARDS_NOT_IN_LIST, 1)]
    alarm = tx.connection.execute(alarms.select()).mappings().one()
    assert "…B2C3" in alarm["sentence"]
    assert TAG not in str(alarm)


def test_the_list_of_a_retired_station_is_forgotten_and_made_anew_if_it_comes_back(
    tx: Transaction,
) -> None:
    a_garage_with_lists(tx)
    note_list_version(tx, CP, 0)
    send(tx)
    retire_station(tx, OWNER, CP)
    assert (state(tx).desired_version, shown(tx)) == (None, [("…B2C3", "waiting")])

    register_station(tx, OWNER, CP)
    assert work(tx).step is Step.CHECK
    assert number_list(tx, CP) == 2


def test_a_station_without_lists_is_left_alone(tx: Transaction) -> None:
    a_garage_with_lists(tx)
    keep_configuration(tx, CP, [ReportedKey("LocalAuthListEnabled", "false", False)])
    assert work(tx).step is Step.NOTHING
    keep_configuration(tx, CP, [ReportedKey("Vendor", "x", False)])
    assert work(tx).step is Step.NOTHING
    profiles = ReportedKey("SupportedFeatureProfiles", "Core,LocalAuthListManagement", True)
    keep_configuration(tx, CP, [profiles])
    assert work(tx).step is Step.CHECK

    learn_ability(tx, CP, "SendLocalList", False, "NotSupported")
    assert work(tx).step is Step.NOTHING
    assert (state(tx).is_kept, state(tx).cards) == (False, ())


def test_a_station_that_is_not_kept_in_step_is_left_alone(tx: Transaction) -> None:
    a_garage_with_lists(tx)
    tx.connection.execute(update(charging_stations).values(is_kept_in_step=False))

    assert work(tx).step is Step.NOTHING


def test_a_station_that_does_not_tell_its_version_is_asked_again_later(tx: Transaction) -> None:
    a_garage_with_lists(tx)
    note_list_version_untold(tx, CP, "timeout")
    assert work(tx).step is Step.WAIT
    wait(tx, minutes=1)

    assert work(tx).step is Step.CHECK
