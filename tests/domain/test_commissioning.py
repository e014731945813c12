"""The steps of a hand-over, each by what the station has shown."""

from datetime import UTC, datetime

from msgspec import structs

from onetime.domain.commissioning import Check, Shown, Step, checks

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING = Shown(**dict.fromkeys(Shown.__struct_fields__))


def done(shown: Shown) -> list[Step]:
    return [each.step for each in checks(shown) if each.done_at is not None]


def test_a_station_that_has_shown_nothing_has_all_steps_before_it() -> None:
    assert [each.step for each in checks(NOTHING)] == list(Step)
    assert done(NOTHING) == []


def test_a_clock_counts_when_it_is_right_to_the_minute() -> None:
    right = structs.replace(NOTHING, seen_at=AT, clock_drift_seconds=-60)
    wrong = structs.replace(right, clock_drift_seconds=61)

    assert done(right) == [Step.CLOCK]
    assert done(wrong) == []
    assert Check(step=Step.CLOCK, done_at=None, evidence="61 s") in checks(wrong)


def test_an_unknown_card_that_charges_undoes_the_step() -> None:
    shown = structs.replace(NOTHING, card_refused_at=AT, back_from_offline_at=AT)
    charged = structs.replace(shown, charged_offline="#7: 300 Wh")

    assert done(shown) == [Step.UNKNOWN_CARD_REFUSED, Step.UNKNOWN_CARD_OFFLINE]
    assert done(charged) == [Step.UNKNOWN_CARD_REFUSED]
    told = Check(step=Step.UNKNOWN_CARD_OFFLINE, done_at=None, evidence="#7: 300 Wh")
    assert told in checks(charged)


def test_each_step_shows_what_it_was_shown_by() -> None:
    shown = structs.replace(
        NOTHING, booted_at=AT, introduced_as="Maker Model 1.0", session_ended_at=AT, energy_wh=310
    )

    assert done(shown) == [Step.IDENTIFIED, Step.STOP]
    assert Check(step=Step.IDENTIFIED, done_at=AT, evidence="Maker Model 1.0") in checks(shown)
    assert Check(step=Step.STOP, done_at=AT, evidence="310 Wh") in checks(shown)
