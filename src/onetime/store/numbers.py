"""Numbers that are given out one after another and never twice, each series by its name."""

from sqlalchemy import bindparam, insert, select, update

from onetime.store.command_tables import number_series as table
from onetime.store.transaction import Transaction

_FIND = select(table.c.last).where(table.c.name == bindparam("series"))
_COUNT_ON = update(table).where(table.c.name == bindparam("series")).values(last=table.c.last + 1)
_INSERT = insert(table).values(name=bindparam("series"), last=1)


def next_number(tx: Transaction, series: str) -> int:
    """Return the next number of a series, the first being 1."""
    if tx.run(_COUNT_ON, series=series) == 0:
        tx.run(_INSERT, series=series)
    row = tx.first(_FIND, series=series)
    assert row is not None
    number: int = row["last"]
    return number


def reach(tx: Transaction, series: str, number: int) -> None:
    """Let a series go on after this number, which somebody else has used."""
    if number < 1:
        return
    row = tx.first(_FIND, series=series)
    if row is None:
        tx.run(_INSERT, series=series)
    if row is None or row["last"] < number:
        tx.connection.execute(update(table).where(table.c.name == series).values(last=number))
