"""What stations can do is learned from what they answer (C12, C13), till their firmware changes."""

from onetime.domain.facts import ConfigurationChanged
from onetime.domain.ids import StationId
from onetime.store import abilities
from onetime.store.transaction import Transaction


def learn_ability(
    tx: Transaction, station_id: StationId, action: str, is_supported: bool, answer: str
) -> None:
    """Remember whether a station can do what an action asks, in its own word."""
    if abilities.find(tx.connection, station_id, action) is not is_supported:
        abilities.learn(tx, station_id, action, is_supported, answer)
        tx.announce(ConfigurationChanged(station_id))


def forget_abilities(tx: Transaction, station_id: StationId) -> None:
    """Forget what a station has shown: another firmware may do better."""
    abilities.forget(tx, station_id)
