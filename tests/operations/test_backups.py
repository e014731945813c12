"""What is put right in a restored database."""

from sqlalchemy import select, update

from onetime.domain.transaction_ids import RESTORE_STRIDE
from onetime.operations.backups import note_restored
from onetime.store import installation
from onetime.store.tables import audit_entries, charging_stations
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_station, audit_trail


def test_ids_that_may_have_been_issued_since_the_backup_are_left_out(tx: Transaction) -> None:
    before = installation.transaction_count(tx)

    note_restored(tx, OWNER, "monday.db", None)

    assert installation.transaction_count(tx) == before + RESTORE_STRIDE


def test_a_second_restore_of_the_same_backup_goes_on_where_the_first_ended(
    tx: Transaction,
) -> None:
    before = installation.transaction_count(tx)
    issued = before + RESTORE_STRIDE + 5  # by the database that is replaced

    note_restored(tx, OWNER, "monday.db", issued)

    assert installation.transaction_count(tx) == issued + RESTORE_STRIDE


def test_nobody_is_connected_to_a_restored_database_and_the_audit_says_what_it_is(
    tx: Transaction,
) -> None:
    a_station(tx)
    tx.connection.execute(update(charging_stations).values(is_online=True, connected_since=tx.now))

    note_restored(tx, OWNER, "monday.db", 7)

    assert tx.connection.execute(select(charging_stations.c.is_online)).scalars().all() == [False]
    assert audit_trail(tx)[-1][:2] == ("database.restored", "database")
    after = tx.connection.execute(select(audit_entries.c.after)).scalars().all()[-1]
    assert "monday.db" in after
