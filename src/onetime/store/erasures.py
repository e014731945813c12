"""Where a person's traces are, and how they are replaced there, a slice at a time.

Knows the tables whose texts can name a person; what names one is decided elsewhere.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Table, delete, insert, or_, select, text, update

from onetime.domain.audit import ERASED
from onetime.domain.erasure import Card, Eraser, Traces
from onetime.store.access_tables import accounts, api_tokens, erasures
from onetime.store.command_tables import (
    card_revocations,
    charging_profiles,
    commissionings,
    desired_configurations,
    installed_profiles,
    local_list_entries,
    remote_starts,
    reservations,
    station_commands,
    station_files,
)
from onetime.store.message_tables import ocpp_messages, quarantined_frames, station_reports
from onetime.store.security_tables import certificates
from onetime.store.tables import (
    alarms,
    audit_entries,
    authorization_tokens,
    charging_sessions,
    charging_stations,
    installation,
    renters,
    review_items,
    station_configurations,
    station_connectors,
    token_renters,
)
from onetime.store.transaction import Transaction, Value

Clean = Callable[[Eraser, str], str | None]


def _message(eraser: Eraser, value: str) -> str | None:
    return eraser.in_message(value)


def _text(eraser: Eraser, value: str) -> str | None:
    return eraser.in_text(value)


def _tag(eraser: Eraser, value: str) -> str | None:
    return eraser.in_tag(value)


def _reason(eraser: Eraser, value: str) -> str | None:
    return None if eraser.in_text(value) is None else ERASED


PLACES: Final[tuple[tuple[Table, Mapping[str, Clean]], ...]] = (
    (ocpp_messages, {"frame": _message, "answer": _message}),
    (quarantined_frames, {"frame": _message, "reason": _text}),
    (review_items, {"key": _text, "evidence": _message, "resolution": _text}),
    (alarms, {"key": _text, "sentence": _text}),
    (station_reports, {"details": _message, "status": _text}),
    (
        station_commands,
        {
            "payload": _message,
            "response": _message,
            "raw_answer": _message,
            "code": _text,
            "description": _text,
        },
    ),
    (charging_sessions, {"id_tag": _tag, "stop_id_tag": _tag, "stop_reason": _text}),
    (reservations, {"id_tag": _tag, "parent_id_tag": _tag, "answer": _text}),
    (remote_starts, {"id_tag": _tag}),
    (audit_entries, {"reason": _reason}),
    # What is on its way counts the places: new ones come last.
    (installed_profiles, {"profile": _message, "answer": _text}),
    (charging_profiles, {"description": _text, "profile": _message}),
    (commissionings, {"note": _text}),
    (station_files, {"name": _text}),
    (installation, {"lock_reason": _text}),
    (certificates, {"revoked_because": _text}),
    (station_connectors, {"details": _text, "vendor_error_code": _text}),
    (station_configurations, {"value": _text}),
    (desired_configurations, {"value": _text}),
)
"""Each table with its columns that can name a person, and how each is cleaned."""


class Pending(Struct, frozen=True, kw_only=True):
    """An erasure that is not done: what it looks for, and how far it has come."""

    id: int
    renter_id: int
    traces: Traces
    place: int
    after_id: int


def begin(tx: Transaction, renter_id: int, asked_by: str, traces: Traces) -> int:
    """Note that a person's traces are to be erased; return the number given."""
    result = tx.connection.execute(
        insert(erasures).values(
            renter_id=renter_id,
            asked_by=asked_by,
            asked_at=tx.now,
            traces=msgspec.json.encode(traces).decode(),
            place=0,
            after_id=0,
        )
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def pending(connection: Connection) -> list[int]:
    """Return the erasures that are not done."""
    found = connection.execute(select(erasures.c.id).where(erasures.c.done_at.is_(None)))
    return list(found.scalars())


def find(tx: Transaction, erasure_id: int) -> Pending | None:
    """Return an erasure; None when it is done."""
    row = tx.connection.execute(
        select(erasures).where(erasures.c.id == erasure_id, erasures.c.done_at.is_(None))
    ).first()
    if row is None:
        return None
    return Pending(
        id=row.id,
        renter_id=row.renter_id,
        traces=msgspec.json.decode(row.traces, type=Traces),
        place=row.place,
        after_id=row.after_id,
    )


def note_progress(tx: Transaction, erasure_id: int, place: int, after_id: int) -> None:
    """Note how far an erasure has come."""
    _change(tx, erasure_id, {"place": place, "after_id": after_id})


def finish(tx: Transaction, erasure_id: int) -> None:
    """Forget what was looked for."""
    _change(tx, erasure_id, {"traces": None, "done_at": tx.now})


def clean(tx: Transaction, place: int, after_id: int, limit: int, eraser: Eraser) -> int | None:
    """Clean so many rows of a table; return how far this is, None when there are no more.

    A table whose rows have no number is cleaned one station at a time.
    """
    table, columns = PLACES[place]
    tx.flush(table)
    keys = list(table.primary_key)
    wanted = select(*keys, *(table.c[name] for name in columns))
    last = None
    if "id" in table.c:
        wanted = wanted.where(table.c.id > after_id).order_by(table.c.id).limit(limit)
    elif (station_id := _station_at(tx, after_id)) is not None:
        wanted = wanted.where(table.c.station_id == station_id)
        last = after_id + 1
    else:
        return None
    for row in tx.connection.execute(wanted).mappings().all():
        last = int(row["id"]) if "id" in table.c else last
        changes: dict[str, Value] = {
            name: cleaned
            for name, cleaner in columns.items()
            if isinstance(row[name], str) and (cleaned := cleaner(eraser, row[name])) is not None
        }
        if changes and table is charging_sessions:
            changes["start_digest"] = None  # who guesses a card could tell by it
        if changes:
            this_row = [key == row[key.name] for key in keys]
            tx.connection.execute(update(table).where(*this_row).values(changes))
    return last


def tokens_of(tx: Transaction, renter_id: int) -> list[str]:
    """Return the numbers of a renter's cards."""
    found = tx.connection.execute(
        select(authorization_tokens.c.token)
        .where(authorization_tokens.c.renter_id == renter_id)
        .order_by(authorization_tokens.c.created_at, authorization_tokens.c.token)
    )
    return list(found.scalars())


def accounts_of(tx: Transaction, renter_id: int) -> list[tuple[int, str]]:
    """Return the accounts of a renter, with their e-mail addresses."""
    found = tx.connection.execute(
        select(accounts.c.id, accounts.c.email).where(accounts.c.renter_id == renter_id)
    )
    return [(row.id, row.email) for row in found]


def end_api_tokens(tx: Transaction, renter_id: int, name: str) -> None:
    """Let the tokens of programs that act for a renter open nothing any more."""
    mine = api_tokens.c.renter_id == renter_id
    tx.connection.execute(update(api_tokens).where(mine).values(name=name))
    tx.connection.execute(
        update(api_tokens).where(mine, api_tokens.c.revoked_at.is_(None)).values(revoked_at=tx.now)
    )


def rename_card(tx: Transaction, card: Card) -> None:
    """Give a card another number, by which nobody can charge; its charges keep it."""
    table = authorization_tokens
    row = dict(
        tx.connection.execute(select(table).where(table.c.token == card.token)).mappings().one()
    )
    new = {
        "token": card.pseudonym,
        "token_key": card.pseudonym,
        "bare_hex": None,
        "status": "Blocked",
        "description": None,
        "parent_id_tag": None,
    }
    tx.connection.execute(insert(table).values({**row, **new}))
    for column in (charging_sessions.c.token_id, token_renters.c.token):
        tx.connection.execute(
            update(column.table).where(column == card.token).values({column.name: card.pseudonym})
        )
    tx.connection.execute(delete(table).where(table.c.token == card.token))
    tx.connection.execute(
        update(table)
        .where(table.c.parent_id_tag == card.token)
        .values(parent_id_tag=card.pseudonym)
    )


def rename_renter(tx: Transaction, renter_id: int, name: str, email: str) -> None:
    """Let a renter be called so."""
    tx.connection.execute(
        update(renters)
        .where(renters.c.id == renter_id)
        .values(name=name, contact_email=email, phone_number=None)
    )


def forget_answers(tx: Transaction, words: tuple[str, ...]) -> None:
    """Forget the answers kept for repeated requests in which one of these words stands."""
    is_sqlite = tx.connection.dialect.name == "sqlite"
    found = "instr(answer, :word) > 0" if is_sqlite else "position(:word in answer) > 0"
    for word in words:
        tx.connection.execute(
            text(f"DELETE FROM kept_answers WHERE {found}"), {"word": word.encode()}
        )


def is_held_by_stations(tx: Transaction, cards: tuple[Card, ...]) -> bool:
    """Say whether a station still has one of these cards in its list."""
    keys = [each.token.casefold() for each in cards]
    found = tx.connection.execute(
        select(local_list_entries.c.token_key)
        .where(local_list_entries.c.token_key.in_(keys))
        .limit(1)
    )
    return found.first() is not None


def rename_revocations(tx: Transaction, cards: tuple[Card, ...]) -> None:
    """Let revocations name these cards by their pseudonyms."""
    table = card_revocations
    for each in cards:
        tx.connection.execute(
            update(table)
            .where(or_(table.c.token == each.token, table.c.token_key == each.token.casefold()))
            .values(token=each.pseudonym, token_key=each.pseudonym)
        )


def _station_at(tx: Transaction, place: int) -> str | None:
    """Return the station at this place, counted from 0; none ever leaves the row."""
    stations = charging_stations.c
    return tx.connection.execute(
        select(stations.id).order_by(stations.created_at, stations.id).offset(place).limit(1)
    ).scalar()


def _change(tx: Transaction, erasure_id: int, changes: dict[str, Value]) -> None:
    tx.connection.execute(update(erasures).where(erasures.c.id == erasure_id).values(changes))
