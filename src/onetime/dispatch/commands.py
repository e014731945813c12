"""Sends commands to stations: recorded and committed, then sent, then recorded how it ended.

The one way to ask a station something. Whoever asked may go: what was begun goes on, within the
deadlines of the exchange, and its outcome is recorded. No transaction is open meanwhile.
"""

import asyncio
from typing import Final

from msgspec import Struct, json

from onetime.dispatch.effects import ASKED, ENDED
from onetime.dispatch.filling import as_if_filled, filled_in, has_gap
from onetime.dispatch.outcomes import Order, Sent, ending, sent, sent_before, withheld
from onetime.dispatch.payloads import checked, read_fields, require_command
from onetime.dispatch.places import require_place
from onetime.domain.commands import CommandStatus
from onetime.domain.errors import OperationFailed, StoreDown
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.garage import Garage, Transaction
from onetime.kit.logs import get_log
from onetime.ocpp.codec import encode
from onetime.ocpp.redaction import redacted
from onetime.operations.commands import Asking, end_command, note_command
from onetime.operations.harm import is_withheld, note_death, note_harmless
from onetime.operations.repeats import Sending, Told, once
from onetime.queries.commands import command

__all__ = ["Begun", "Sent", "begin", "begin_payload", "send", "send_payload"]

ANSWER_SECONDS: Final = 30.0
KEEP_ATTEMPTS: Final = 10
KEEP_AGAIN_SECONDS: Final = 3.0
LOOK_AGAIN_SECONDS: Final = 0.25
LOOKS: Final = 600
"""How often and how far apart a repeated request looks whether the first one has ended."""
"""How often and how far apart the end of a command is written while the database is down."""

log = get_log("dispatch")


class Begun(Struct, frozen=True):
    """A command that is recorded and on its way."""

    id: int
    ended: asyncio.Task[Sent]


class _Noted(Struct, frozen=True):
    """A command that was recorded: now, or for an earlier request."""

    id: int
    is_withheld: bool = False
    is_repeat: bool = False


async def send(
    garage: Garage,
    actor: Actor,
    station_id: StationId,
    request: Struct,
    *,
    timeout_seconds: float = ANSWER_SECONDS,
) -> Sent:
    """Ask a station something and wait for the outcome, which is recorded by then.

    Nothing is raised for what stations do. Raises NotFound and Conflict when the station is none
    of this garage, what an effect refuses, StoreDown when the database can not commit.
    """
    begun = await begin(
        garage,
        Order(
            actor=actor,
            station_id=station_id,
            action=type(request).__name__.removesuffix("Request"),
            request=request,
            timeout_seconds=timeout_seconds,
        ),
    )
    return await asyncio.shield(begun.ended)


async def send_payload(
    garage: Garage,
    actor: Actor,
    station_id: StationId,
    action: str,
    payload: bytes,
    *,
    timeout_seconds: float = ANSWER_SECONDS,
) -> Sent:
    """Send whatever obeys the schema of OCPP 1.6 as it is, and wait for the outcome.

    Raises NotFound for an action that no station can be asked, Faulty with all that is wrong with
    the payload, a place where no station is sent, and what `send` raises.
    """
    begun = await begin_payload(
        garage, actor, station_id, action, payload, timeout_seconds=timeout_seconds
    )
    return await asyncio.shield(begun.ended)


async def begin_payload(
    garage: Garage,
    actor: Actor,
    station_id: StationId,
    action: str,
    payload: bytes,
    *,
    timeout_seconds: float = ANSWER_SECONDS,
    sending: Sending | None = None,
    is_own_place: bool = False,
) -> Begun:
    """As `send_payload`, without waiting for more than that it is recorded.

    What was sent before under the same key is not sent again: its outcome is given. `is_own_place`
    says that we have filled in ourselves where the station is sent.
    """
    require_command(action)
    fields = read_fields(payload)
    ready = checked(action, as_if_filled(action, fields))
    if not is_own_place:
        require_place(garage.archive.policy, action, fields)
    if has_gap(action, fields):
        filled = await garage.archive.write(filled_in, station_id, action, fields)
        ready = checked(action, filled)
    order = Order(
        actor=actor,
        station_id=station_id,
        action=action,
        request=ready.request,
        text=ready.text,
        timeout_seconds=timeout_seconds,
        sending=sending,
    )
    return await begin(garage, order)


async def begin(garage: Garage, order: Order) -> Begun:
    """Record a command and let it go; how it ends can be waited for. Raises as `send`."""
    return await asyncio.shield(garage.background.start(_begin(garage, order)))


async def _begin(garage: Garage, order: Order) -> Begun:
    noted = await garage.archive.write(_note_once, order)
    follow = _follow(garage, order, noted) if noted.is_repeat else _carry_out(garage, order, noted)
    return Begun(noted.id, garage.background.start(follow))


async def _follow(garage: Garage, order: Order, noted: _Noted) -> Sent:
    """Wait for the end of a command that an earlier request with the same key has begun."""
    for _ in range(LOOKS):
        kept = await garage.archive.read(command, order.station_id, noted.id)
        if kept.status is not CommandStatus.OPEN:
            break
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return sent_before(kept)


async def _carry_out(garage: Garage, order: Order, noted: _Noted) -> Sent:
    if noted.is_withheld:
        return withheld(order, noted.id)
    reply = await garage.stations.call(
        order.station_id, order.action, order.text or order.request, order.timeout_seconds
    )
    done = sent(order, noted.id, reply.outcome, reply.seconds)
    await _keep(garage, order, done)
    return done


async def _keep(garage: Garage, order: Order, done: Sent) -> None:
    """Record how a command ended, with what it means; without that when it meets a bug."""
    for attempt in range(1, KEEP_ATTEMPTS + 1):
        try:
            await garage.archive.write(_note_ended, order, done)
            return
        except OperationFailed:
            log.exception("command_effect_failed", station=order.station_id, action=order.action)
            await garage.archive.write(end_command, done.id, done.station_id, ending(done))
            return
        except StoreDown:
            if attempt == KEEP_ATTEMPTS:
                raise
            await asyncio.sleep(KEEP_AGAIN_SECONDS)


def _note_once(tx: Transaction, order: Order) -> _Noted:
    """Record a command, unless the same key has brought it before."""
    if order.sending is None:
        return _note_asked(tx, order)
    fresh: list[_Noted] = []

    def note() -> Told:
        fresh.append(_note_asked(tx, order))
        return Told(json.encode(fresh[0].id))

    told = once(tx, order.sending, note)
    return fresh[0] if fresh else _Noted(json.decode(told.answer, type=int), is_repeat=True)


def _note_asked(tx: Transaction, order: Order) -> _Noted:
    """Record a command, or that it is withheld (K22)."""
    text = encode(order.request) if order.text is None else order.text
    command_id = note_command(
        tx,
        Asking(
            station_id=order.station_id,
            action=order.action,
            asked_by=str(order.actor),
            payload=redacted(order.action, text.decode()),
        ),
    )
    if order.actor.is_engine and is_withheld(tx, order.station_id, order.action):
        end_command(tx, command_id, order.station_id, ending(withheld(order, command_id)))
        return _Noted(command_id, is_withheld=True)
    if (effect := ASKED.get(order.action)) is not None:
        effect(tx, command_id, order)
    return _Noted(command_id)


def _note_ended(tx: Transaction, order: Order, done: Sent) -> None:
    end_command(tx, done.id, done.station_id, ending(done))
    if done.has_died:
        note_death(tx, done.station_id, done.action)
    elif done.came_back:
        note_harmless(tx, done.station_id, done.action)
    if (effect := ENDED.get(order.action)) is not None:
        effect(tx, order, done)
