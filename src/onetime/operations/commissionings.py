"""Commissions a station: begun once, noted upon, finished; what it does shows the steps."""

from onetime.domain.commissioning import MAX_NOTE_LENGTH
from onetime.domain.errors import Conflict, NotFound
from onetime.domain.facts import StationChanged
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.operations.subjects import optional_text, the_working_station
from onetime.store import audit, commissionings
from onetime.store.transaction import Transaction


def begin_commissioning(tx: Transaction, actor: Actor, station_id: str) -> int:
    """Begin to commission a station, or go on with what was begun; return its number.

    Raises NotFound, and Conflict when the station is retired.
    """
    station = StationId(the_working_station(tx, station_id).id)
    under_way = commissionings.open_at(tx, station)
    if under_way is not None:
        return under_way
    begun = commissionings.insert_commissioning(tx, station, str(actor))
    audit.record(tx, actor, "commissioning.begun", f"station:{station}")
    return begun


def note_on_commissioning(tx: Transaction, actor: Actor, commissioning_id: int, note: str) -> None:
    """Keep what the electrician has to say; raises NotFound, Conflict, Unacceptable."""
    _the_open(tx, commissioning_id)
    commissionings.change(
        tx, commissioning_id, {"note": optional_text(note, MAX_NOTE_LENGTH, "note") or ""}
    )


def begin_offline_test(tx: Transaction, actor: Actor, commissioning_id: int) -> None:
    """Note that somebody takes the station off its line now and holds an unknown card to it (C11).

    What it charged before counts no more. Raises NotFound, Conflict.
    """
    station_id = _the_open(tx, commissioning_id)
    commissionings.change(
        tx, commissioning_id, {"offline_test_at": tx.now, "offline_back_at": None}
    )
    audit.record(tx, actor, "commissioning.offline-test", f"station:{station_id}")


def finish_commissioning(tx: Transaction, actor: Actor, commissioning_id: int) -> None:
    """End a commissioning, whatever is left; its protocol stays. Raises NotFound, Conflict."""
    station_id = _the_open(tx, commissioning_id)
    commissionings.change(tx, commissioning_id, {"finished_at": tx.now, "finished_by": str(actor)})
    audit.record(tx, actor, "commissioning.finished", f"station:{station_id}")
    tx.announce(StationChanged(StationId(station_id)))


def _the_open(tx: Transaction, commissioning_id: int) -> str:
    found = commissionings.station_of(tx, commissioning_id)
    if found is None:
        raise NotFound(f"There is no commissioning {commissioning_id}.", "commissioning_id")
    station_id, is_open = found
    if not is_open:
        raise Conflict("This commissioning is finished; begin another.")
    return station_id
