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


def test_each_step_shows_what_it_was_shown_by() -> None:
    shown = structs.replace(
        NOTHING, booted_at=AT, introduced_as="Maker Model 1.0", session_ended_at=AT, energy_wh=310
    )

    assert done(shown) == [Step.IDENTIFIED, Step.STOP]
    assert Check(step=Step.IDENTIFIED, done_at=AT, evidence="Maker Model 1.0") in checks(shown)
    assert Check(step=Step.STOP, done_at=AT, evidence="310 Wh") in checks(shown)
