"""Charges that go on although their card was refused: told to a person and ended (X18).

The station was told no in its answer; whoever is named here did not heed it. Its energy is booked
all the same (promise 4).
"""

from datetime import timedelta
from typing import Final

from onetime.domain.reviews import AlarmKind
from onetime.operations.clocks import is_before_our_time
from onetime.store import reviews
from onetime.store.transaction import Transaction
from onetime.store.unpermitted import Refused, refused_charges

__all__ = ["Refused", "take_unpermitted"]

PATIENCE: Final = timedelta(seconds=60)
"""How long a station has to end a charge by itself."""
CHARGING: Final = "Charging"


def take_unpermitted(tx: Transaction, at_most: int) -> list[Refused]:
    """Return charges that have to be ended, with an alarm for each; each charge only once, ever."""
    taken: list[Refused] = []
    for each in refused_charges(tx, tx.now - PATIENCE):
        if len(taken) == at_most:
            break
        key = str(each.id)
        if not _flows(tx, each) or reviews.is_alarmed(tx, AlarmKind.CHARGE_TOLD_TO_STOP, key):
            continue
        if is_before_our_time(tx, each.station_id, each.start_time):
            continue
        reviews.raise_alarm(
            tx,
            AlarmKind.CHARGE_TOLD_TO_STOP,
            key,
            f"Energy flows in session {each.id} at station {each.station_id}, which is open more"
            f" than a minute after its card was refused ({each.verdict.value}). The station is told"
            " to stop, once; if it goes on, it has to be stopped by hand.",
            each.station_id,
        )
        taken.append(each)
    return taken


def _flows(tx: Transaction, charge: Refused) -> bool:
    """Say whether energy flows: the meter has shown it, or the connector says so."""
    if charge.status == CHARGING:
        return True
    return reviews.is_alarmed(tx, AlarmKind.CHARGE_WITHOUT_PERMISSION, str(charge.id))
