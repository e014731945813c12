"""Brings the list of cards that a station keeps to what it should be, message by message (C13)."""

from typing import Final

from onetime.dispatch.commands import send
from onetime.dispatch.meanings.local_lists import as_sent
from onetime.domain.local_lists import ACCEPTED, Update
from onetime.domain.people import Actor
from onetime.garage import Garage
from onetime.ocpp.v16.local_list import GetLocalListVersionRequest, SendLocalListResponse
from onetime.operations.local_lists import note_left_out, number_list
from onetime.queries.configuration import Standing
from onetime.queries.local_lists import GarageCards, Step, list_work

ACTOR: Final = Actor("clock", "local-lists")
MESSAGES_AT_MOST: Final = 200


async def keep_list(garage: Garage, station: Standing, cards: GarageCards) -> bool:
    """Bring a station's list in step with the cards; False when that has to be tried again later.

    Raises StoreDown.
    """
    station_id = station.station_id
    for _ in range(MESSAGES_AT_MOST):
        work = await garage.archive.read(list_work, station, cards, garage.clock.now())
        if work.step is Step.NOTHING:
            if work.left_out:
                await garage.archive.write(note_left_out, station_id, work.left_out)
            return True
        if work.step is Step.WAIT:
            return False
        if work.update is not None:
            is_done = await _send(garage, station, work.update)
        else:
            asked = await send(garage, ACTOR, station_id, GetLocalListVersionRequest())
            is_done = asked.is_answered
        if not is_done:
            return False
    return False


async def _send(garage: Garage, station: Standing, update: Update) -> bool:
    version = await garage.archive.write(number_list, station.station_id)
    sent = await send(garage, ACTOR, station.station_id, as_sent(update, version))
    response = sent.response
    return isinstance(response, SendLocalListResponse) and response.status == ACCEPTED
