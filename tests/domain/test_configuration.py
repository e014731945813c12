"""What is wanted of stations, and how far one is from it."""

from datetime import UTC, datetime

import pytest
from msgspec import structs

from onetime.domain.configuration import (
    Wish,
    WishSource,
    WishState,
    commissioning,
    is_due,
    is_same,
    plausible_connectors,
    state_now,
)

RULES = {rule.key: rule for rule in commissioning(120)}
WISH = Wish(
    key="HeartbeatInterval",
    value="120",
    source=WishSource.COMMISSIONING,
    state=WishState.PENDING,
    tried_at=datetime(2026, 3, 1, tzinfo=UTC),
    attempts=1,
)


@pytest.mark.parametrize(
    ("key", "value", "enough", "not_enough"),
    [
        ("HeartbeatInterval", "120", ["120", " 120 ", "0120"], ["300", "0", "", None]),
        ("ClockAlignedDataInterval", "900", ["900", "60"], ["0", "3600", "x", None]),
        ("AllowOfflineTxForUnknownId", "false", ["false", "False"], ["true", "1"]),
        ("StopTransactionOnInvalidId", "true", ["TRUE"], ["false"]),
        ("AuthorizationCacheEnabled", "false", ["false"], ["true"]),
        ("TransactionMessageAttempts", "100", ["100", "20", "9999"], ["3", "0", "-1"]),
        ("MeterValueSampleInterval", "60", ["10", "900"], ["0", "1000"]),
        (
            "MeterValuesSampledData",
            "Energy.Active.Import.Register,Power.Active.Import",
            ["Voltage, Energy.Active.Import.Register"],
            ["Voltage", "", "Energy.Active.Import.Interval"],
        ),
    ],
)
def test_each_rule_knows_what_is_as_good(
    key: str, value: str, enough: list[str], not_enough: list[str | None]
) -> None:
    rule = RULES[key]

    assert rule.value == value
    assert rule.is_met(value)
    assert all(rule.is_met(each) for each in enough)
    assert not any(rule.is_met(each) for each in not_enough)


def test_there_are_no_other_rules_and_samples_are_written_once() -> None:
    """C08: what a station measures is not probed."""
    assert len(RULES) == 8
    assert [rule.key for rule in RULES.values() if rule.attempts == 1] == ["MeterValuesSampledData"]


@pytest.mark.parametrize(
    ("state", "met", "tried", "read", "then"),
    [
        ("pending", True, False, False, "applied"),
        ("rejected", True, True, True, "applied"),
        ("pending", False, True, True, "pending"),
        ("accepted", False, True, False, "accepted"),
        ("accepted", False, True, True, "differs"),
        ("applied", False, True, True, "differs"),
        ("applied", False, False, True, "pending"),
        ("differs", False, False, True, "pending"),
        ("rejected", False, True, True, "rejected"),
        ("rejected", False, False, True, "pending"),
        ("not-supported", False, False, True, "not-supported"),
        ("reboot-required", False, True, True, "reboot-required"),
        ("reboot-required", False, False, True, "pending"),
        ("reboot-required", True, False, True, "applied"),
    ],
)
def test_a_state_follows_from_what_was_tried_and_read(
    state: str, met: bool, tried: bool, read: bool, then: str
) -> None:
    wish = structs.replace(WISH, state=WishState(state))
    found = state_now(wish, is_met=met, is_tried_since_boot=tried, is_read_since_tried=read)

    assert found == then


@pytest.mark.parametrize(
    ("state", "attempts", "tried", "due"),
    [
        ("pending", 0, False, True),
        ("pending", 2, False, True),
        ("pending", 3, False, False),
        ("pending", 1, True, False),
        ("accepted", 0, False, False),
    ],
)
def test_a_key_is_asked_for_once_a_boot_and_not_for_ever(
    state: str, attempts: int, tried: bool, due: bool
) -> None:
    wish = structs.replace(WISH, state=WishState(state), attempts=attempts)

    assert is_due(wish, 3, is_tried_since_boot=tried) is due


@pytest.mark.parametrize(
    ("reported", "count"),
    [
        ("2", 2),
        (" 1 ", 1),
        ("1634030126", None),
        ("0", None),
        ("-1", None),
        ("two", None),
        ("", None),
        (None, None),
        ("9" * 5_000, None),
    ],
)
def test_a_number_of_connectors_is_believed_if_it_can_be(
    reported: str | None, count: int | None
) -> None:
    """C06."""
    assert plausible_connectors(reported) == count


def test_values_are_the_same_as_text_or_as_numbers() -> None:
    assert is_same("True", " true")
    assert is_same("60", "060")
    assert not is_same("60", None)
    assert not is_same("L1", "L2")
