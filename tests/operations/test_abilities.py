"""What a station can do is learned from its answers, and forgotten with its firmware."""

from onetime.domain.facts import ConfigurationChanged
from onetime.operations.abilities import forget_abilities, learn_ability
from onetime.queries.abilities import abilities
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station


def shown(tx: Transaction) -> list[tuple[str, bool, str]]:
    return [(each.action, each.is_supported, each.answer) for each in abilities(tx.connection, CP)]


def test_c12_what_a_station_can_not_do_is_remembered_until_it_shows_otherwise(
    tx: Transaction,
) -> None:
    a_station(tx, CP)
    learn_ability(tx, CP, "UnlockConnector", False, "NotSupported")
    learn_ability(tx, CP, "UnlockConnector", False, "NotSupported")
    learn_ability(tx, CP, "ClearCache", True, "answered")
    assert shown(tx) == [
        ("ClearCache", True, "answered"),
        ("UnlockConnector", False, "NotSupported"),
    ]
    assert tx.facts() == [ConfigurationChanged(CP), ConfigurationChanged(CP)]

    learn_ability(tx, CP, "UnlockConnector", True, "Unlocked")
    assert shown(tx)[1] == ("UnlockConnector", True, "Unlocked")


def test_another_firmware_has_shown_nothing_yet(tx: Transaction) -> None:
    a_station(tx, CP)
    learn_ability(tx, CP, "UnlockConnector", False, "NotSupported")
    forget_abilities(tx, CP)

    assert shown(tx) == []
