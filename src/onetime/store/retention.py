"""Deletes rows that are past their time, a limited number at once, oldest first."""

from datetime import datetime

from sqlalchemy import Table, delete, select

from onetime.store.command_tables import station_commands
from onetime.store.message_tables import ocpp_messages
from onetime.store.tables import charging_sessions, meter_readings
from onetime.store.transaction import Transaction


def delete_messages(tx: Transaction, before: datetime, limit: int) -> int:
    """Delete the oldest messages of the OCPP log; return how many."""
    tx.flush(ocpp_messages)
    oldest = (
        select(ocpp_messages.c.id, ocpp_messages.c.at).order_by(ocpp_messages.c.id).limit(limit)
    )
    ids = [row.id for row in tx.connection.execute(oldest) if row.at < before]
    return _delete(tx, ocpp_messages, ids)


def delete_commands(tx: Transaction, before: datetime, limit: int) -> int:
    """Delete the oldest commands that have ended; return how many."""
    oldest = (
        select(station_commands.c.id, station_commands.c.ended_at)
        .where(station_commands.c.ended_at.is_not(None))
        .order_by(station_commands.c.id)
        .limit(limit)
    )
    ids = [row.id for row in tx.connection.execute(oldest) if row.ended_at < before]
    return _delete(tx, station_commands, ids)


def delete_readings(tx: Transaction, before: datetime, limit: int) -> int:
    """Delete the oldest readings of charges that have ended, or of none; return how many.

    In the order of arrival, which an index has; none arrives before it was sampled.
    """
    tx.flush(meter_readings)
    is_open = select(charging_sessions.c.transaction_id).where(
        charging_sessions.c.ended_by.is_(None)
    )
    oldest = (
        select(meter_readings.c.id, meter_readings.c.timestamp)
        .where(
            meter_readings.c.transaction_id.is_(None)
            | meter_readings.c.transaction_id.not_in(is_open)
        )
        .order_by(meter_readings.c.id)
        .limit(limit)
    )
    ids = [row.id for row in tx.connection.execute(oldest) if row.timestamp < before]
    return _delete(tx, meter_readings, ids)


def _delete(tx: Transaction, table: Table, ids: list[int]) -> int:
    if ids:
        tx.connection.execute(delete(table).where(table.c.id.in_(ids)))
    return len(ids)
