"""What sampled values say of the energy register."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.domain.readings import (
    MOST_REMEMBERED,
    POWER,
    Sample,
    Sampling,
    energy_of_power,
    is_flowing,
    is_usual,
    number,
    numbers,
    registers_of,
    unusable,
)
from tests.charges import sample

PLAIN = ["0", "1500", "-7.25", "230.10", "1 2", " 12", "1e3", "9" * 12, "9" * 13, ".5", "5.", ""]
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def shown(*samples: Sample) -> list[tuple[int, bool]]:
    return [(each.wh, each.is_begin) for each in registers_of([Sampling.of(AT, samples)])]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1500", 1500.0), ("-7.25", -7.25), (" 12 ", 12.0), (".5", 0.5), ("1e3", 1000.0)],
)
def test_a_decimal_number_is_read(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "inf",
        "-Infinity",
        "1e30",
        "9" * 5_000,
        "1_000",
        "\uff11\uff12",
        "0x10",
        "12,5",
        "",
        "n/a",
        "1e",
    ],
)
def test_what_is_no_finite_decimal_is_no_number(text: str) -> None:
    assert number(text) is None


@given(st.lists(st.one_of(st.sampled_from(PLAIN), st.text(max_size=20)), max_size=8))
def test_numbers_are_read_together_as_each_alone(texts: list[str]) -> None:
    assert list(numbers(texts)) == [number(text) for text in texts]


def test_values_by_the_column_are_the_values_one_by_one() -> None:
    said = (sample(1.5, unit="kWh"), sample(None, raw="n/a"), sample(None, raw="x", form="Signed"))

    assert Sampling.of(AT, said).samples() == said
    assert Sampling.of(AT, said[:1]).samples() == said[:1]
    assert Sampling.of(AT, ()).samples() == ()


def test_what_no_station_sends_is_not_remembered() -> None:
    usual = ("Voltage", "V", "L1-N", "Sample.Periodic", "Outlet", None)

    assert is_usual([usual] * MOST_REMEMBERED)
    assert not is_usual([usual] * (MOST_REMEMBERED + 1))
    assert not is_usual([usual, ("x" * 100_000, *usual[1:])])


@given(st.text(max_size=80))
def test_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    value = number(text)

    assert value is None or abs(value) <= 10**13


def test_kwh_become_whole_wh() -> None:
    assert shown(sample(1.2345, unit="kWh")) == [(1_234, False)]
    assert shown(sample(0.0005, unit="kWh")) == [(0, False)]
    assert shown(sample(1_500.6)) == [(1_501, False)]


def test_an_unknown_unit_or_another_measurand_is_no_register() -> None:
    assert shown(sample(1_500, unit="MWh")) == []
    assert shown(sample(7_000, measurand="Power.Active.Import", unit="W")) == []
    assert shown(sample(3_000, measurand="Energy.Active.Export.Register")) == []


def test_the_total_counts_and_not_its_phases() -> None:
    assert shown(sample(900, phase="L1"), sample(1_500)) == [(1_500, False)]


def test_phases_are_summed_only_if_all_three_are_there() -> None:
    """M07."""
    phases = sample(500, phase="L1"), sample(300, phase="L2-N"), sample(200, phase="L3")

    assert shown(*phases) == [(1_000, False)]
    assert shown(*phases[:2]) == []
    assert shown(sample(500, phase="N"), *phases[:2]) == []


def test_the_outlet_counts_before_the_inlet_and_nothing_else_counts() -> None:
    assert shown(sample(9_000, location="Inlet"), sample(1_500)) == [(1_500, False)]
    assert shown(sample(9_000, location="Inlet")) == [(9_000, False)]
    assert shown(sample(9_000, location="Body")) == []


def test_the_value_of_the_begin_stands_beside_that_of_the_moment() -> None:
    """M08: Growatt sends both in one list, the lower one last."""
    both = sample(5_000), sample(1_000, context="Transaction.Begin")

    assert shown(*both) == [(1_000, True), (5_000, False)]


def test_a_register_below_zero_and_what_is_no_number_are_unusable() -> None:
    """M14."""
    nan = sample(None, raw="NaN")
    negative = sample(-5)
    signed = sample(None, raw="OCMF|{}", form="SignedData")
    discharging = sample(-300, measurand="Power.Active.Import", unit="W")

    said = Sampling.of(AT, [nan, negative, signed, discharging, sample(5)])
    assert unusable([said]) == [nan, negative]
    assert shown(negative) == []


@pytest.mark.parametrize(
    ("value", "unit", "measurand", "flows"),
    [
        (3_680.0, "W", POWER, True),
        (3.68, "kW", POWER, True),
        (40.0, "W", POWER, False),
        (0.04, "kW", POWER, False),
        (3_680.0, "W", "Power.Offered", False),
        (None, "W", POWER, False),
    ],
)
def test_energy_flows_where_a_car_draws_more_than_the_station_itself(
    value: float | None, unit: str, measurand: str, flows: bool
) -> None:
    """X18."""
    assert is_flowing(sample(value, unit=unit, measurand=measurand)) is flows


def test_the_energy_of_power_is_the_area_under_it() -> None:
    """M02."""

    def power(minutes: int, value: float, unit: str = "W", phase: str | None = None):
        of_power = sample(value, unit=unit, measurand=POWER, phase=phase)
        return AT + timedelta(minutes=minutes), of_power

    assert energy_of_power([power(0, 7_000), power(30, 7_000), power(60, 7.0, "kW")]) == 7_000
    assert energy_of_power([power(0, 0), power(60, 2_000)]) == 1_000
    assert energy_of_power([power(0, 500, phase=each) for each in ("L1", "L2", "L3")]) == 0
    phases = [power(at, 500, phase=each) for at in (0, 60) for each in ("L1", "L2", "L3")]
    assert energy_of_power(phases) == 1_500
    assert energy_of_power([*phases, power(0, 1_800), power(60, 1_800)]) == 1_800
    assert energy_of_power([power(0, 7_000, "Wh"), power(60, 7_000, "Wh")]) == 0
    assert energy_of_power([]) == 0
