"""The schema: the specified tables exactly, and migrations that lead to it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from onetime.domain.errors import Conflict
from onetime.store.database import Database, open_database
from onetime.store.schema import metadata, migrate, newest_version
from tests.databases import NOW

SPECIFIED = {
    "renters": "id name contact_email phone_number is_active created_at",
    "parking_spots": "id label floor_level renter_id charging_station_id",
    "charging_stations": "id is_online last_heartbeat model vendor firmware_version",
    "authorization_tokens": "token renter_id status expiry_date description",
    "charging_sessions": "id transaction_id station_id token_id start_time end_time meter_start"
    " meter_stop total_energy_kwh stop_reason",
    "station_connectors": "station_id connector_id status error_code last_updated",
    "meter_readings": "id transaction_id timestamp measurand value unit phase context",
    "station_configurations": "station_id key value readonly",
    "boot_logs": "id station_id boot_time model vendor firmware_version ip_address",
}
FOREIGN_KEYS = {
    ("parking_spots", "renter_id", "renters.id"),
    ("parking_spots", "charging_station_id", "charging_stations.id"),
    ("authorization_tokens", "renter_id", "renters.id"),
    ("charging_sessions", "station_id", "charging_stations.id"),
    ("charging_sessions", "token_id", "authorization_tokens.token"),
    ("station_connectors", "station_id", "charging_stations.id"),
    ("meter_readings", "transaction_id", "charging_sessions.transaction_id"),
    ("station_configurations", "station_id", "charging_stations.id"),
    ("boot_logs", "station_id", "charging_stations.id"),
}


@pytest.mark.parametrize("table", SPECIFIED)
def test_a_specified_table_has_its_columns_first_and_in_order(table: str) -> None:
    names = SPECIFIED[table].split()

    assert [each.name for each in metadata.tables[table].columns][: len(names)] == names


def test_the_specified_relations_are_foreign_keys() -> None:
    found = {
        (table, key.parent.name, key.target_fullname)
        for table in SPECIFIED
        for key in metadata.tables[table].foreign_keys
    }

    assert found >= FOREIGN_KEYS


def test_migrations_give_exactly_the_schema_of_the_tables_page(database: Database) -> None:
    with database.writer.connect() as connection, connection.begin():
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    assert differences == []


def test_a_migrated_database_is_left_alone(database: Database) -> None:
    assert migrate(database, NOW) == (newest_version(), newest_version())


def test_a_database_of_a_newer_version_is_refused_untouched(database: Database) -> None:
    with database.writer.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(Conflict, match="made by a newer onetime"):
        migrate(database, NOW)


def test_a_database_of_another_kind_is_named() -> None:
    with pytest.raises(ValueError, match="works with sqlite and postgresql"):
        open_database("mysql://root@host/garage")
