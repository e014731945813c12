"""Everything about one renter, part by part and page by page, for that person to have (S31).

Knows in which tables a renter stands; never how it is written down.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias, cast

from sqlalchemy import ColumnElement, Connection, Select, exists, func, literal, or_, select

from onetime.queries.renters import renter
from onetime.store.access_tables import accounts, sign_ins
from onetime.store.command_tables import remote_starts, reservations
from onetime.store.message_tables import ocpp_messages
from onetime.store.tables import (
    audit_entries,
    authorization_tokens,
    charging_sessions,
    meter_readings,
    parking_spots,
    renters,
    review_items,
    spot_renters,
    token_renters,
)

STEP: Final = 1_000
KEY: Final = "id"
Part: TypeAlias = Select[*tuple[object, ...]]


OF_ONE_PERSON: Final = (
    "Authorize",
    "RemoteStartTransaction",
    "ReserveNow",
    "StartTransaction",
    "StopTransaction",
)
"""Messages that can name one card; lists of cards name others, too."""


def _held(
    renter_id: int,
    at: ColumnElement[datetime],
    is_named: Callable[[ColumnElement[str]], ColumnElement[bool]],
) -> ColumnElement[bool]:
    """Say whether a card was named that the renter held at that moment: cards change hands."""
    holding = token_renters.c
    return exists().where(
        holding.renter_id == renter_id,
        holding.valid_from <= at,
        or_(holding.valid_to.is_(None), holding.valid_to > at),
        authorization_tokens.c.token == holding.token,
        is_named(authorization_tokens.c.token_key),
    )


def _bare(text: ColumnElement[str]) -> ColumnElement[str]:
    """Return a text without what readers put between the digits of a card."""
    for each in " :-":
        text = func.replace(text, each, "")
    return func.lower(text)


def _in_frame(key: ColumnElement[str]) -> ColumnElement[bool]:
    frame = _bare(ocpp_messages.c.frame)
    said = literal('"idtag""') + _bare(key) + literal('"')
    return func.replace(frame, said, "") != frame


PARTS: Final[dict[str, Callable[[int], Part]]] = {
    "renter": lambda mine: select(renters).where(renters.c.id == mine),
    "accounts": lambda mine: select(
        accounts.c.id,
        accounts.c.email,
        accounts.c.role,
        accounts.c.created_at,
        accounts.c.last_sign_in_at,
    ).where(accounts.c.renter_id == mine),
    "sign_ins": lambda mine: (
        select(
            sign_ins.c.id,
            sign_ins.c.created_at,
            sign_ins.c.last_used_at,
            sign_ins.c.ip_address,
            sign_ins.c.user_agent,
        )
        .join(accounts, accounts.c.id == sign_ins.c.account_id)
        .where(accounts.c.renter_id == mine)
    ),
    "spots": lambda mine: (
        select(
            spot_renters.c.id,
            parking_spots.c.label,
            parking_spots.c.floor_level,
            spot_renters.c.valid_from,
            spot_renters.c.valid_to,
        )
        .join(parking_spots, parking_spots.c.id == spot_renters.c.spot_id)
        .where(spot_renters.c.renter_id == mine)
    ),
    "cards": lambda mine: (
        select(
            token_renters.c.id,
            token_renters.c.token,
            token_renters.c.valid_from,
            token_renters.c.valid_to,
            authorization_tokens.c.status,
            authorization_tokens.c.expiry_date,
            authorization_tokens.c.description,
            authorization_tokens.c.parent_id_tag,
        )
        .join(authorization_tokens, authorization_tokens.c.token == token_renters.c.token)
        .where(token_renters.c.renter_id == mine)
    ),
    "sessions": lambda mine: select(charging_sessions).where(charging_sessions.c.renter_id == mine),
    "readings": lambda mine: (
        select(meter_readings)
        .join(
            charging_sessions,
            charging_sessions.c.transaction_id == meter_readings.c.transaction_id,
        )
        .where(charging_sessions.c.renter_id == mine)
    ),
    "reservations": lambda mine: select(reservations).where(
        _held(mine, reservations.c.created_at, lambda key: func.lower(reservations.c.id_tag) == key)
    ),
    "remote_starts": lambda mine: select(remote_starts).where(
        _held(mine, remote_starts.c.sent_at, lambda key: func.lower(remote_starts.c.id_tag) == key)
    ),
    "messages": lambda mine: select(
        ocpp_messages.c.id,
        ocpp_messages.c.station_id,
        ocpp_messages.c.at,
        ocpp_messages.c.direction,
        ocpp_messages.c.action,
        ocpp_messages.c.frame,
        ocpp_messages.c.answer,
        ocpp_messages.c.outcome,
    ).where(ocpp_messages.c.action.in_(OF_ONE_PERSON), _held(mine, ocpp_messages.c.at, _in_frame)),
    "findings": lambda mine: (
        select(review_items)
        .join(charging_sessions, charging_sessions.c.id == review_items.c.session_id)
        .where(charging_sessions.c.renter_id == mine)
    ),
    "audit": lambda mine: select(audit_entries).where(
        or_(
            audit_entries.c.subject == f"renter:{mine}",
            audit_entries.c.after.contains(f'"renter_id":{mine}}}'),
            audit_entries.c.after.contains(f'"renter_id":{mine},'),
        )
    ),
}
"""Each part by its name, with an `id` by which its pages follow each other."""


def person_page(
    connection: Connection, renter_id: int, part: str, after: int = 0
) -> list[dict[str, object]]:
    """Return the next rows of a part, none when there are no more; raises NotFound."""
    if part == "renter":
        renter(connection, renter_id)
    statement = PARTS[part](renter_id)
    key = cast(ColumnElement[int], statement.selected_columns[KEY])
    rows = connection.execute(statement.where(key > after).order_by(key).limit(STEP)).mappings()
    return [{str(name): value for name, value in row.items()} for row in rows]
