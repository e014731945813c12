"""Prepares the garage that is measured: stations without password, one renter with one card."""

from pathlib import Path

from sqlalchemy.engine import make_url

from bench.conversation import card_of, station_name
from onetime.domain.accounts import Role
from onetime.domain.people import Actor
from onetime.domain.policy import Policy
from onetime.kit.clock import SystemClock
from onetime.operations.api_tokens import create_api_token
from onetime.operations.renters import create_renter
from onetime.operations.stations import register_station
from onetime.operations.tokens import issue_card
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.schema import migrate
from onetime.store.transaction import Transaction

BENCH = Actor("bench", "bench")


def prepare(url: str, stations: int) -> str:
    """Create the database with this many stations; return a token of its owner."""
    if path := make_url(url).database:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    clock = SystemClock()
    database = open_database(url)
    migrate(database, clock.now())
    archive = Archive(database, clock, Policy())
    archive.start()
    archive.perform(_fill, stations)
    made = archive.perform(create_api_token, BENCH, name="bench", role=Role.OWNER)
    archive.stop()
    return made.token


def _fill(tx: Transaction, stations: int) -> None:
    renter_id = create_renter(tx, BENCH, name="Bench", contact_email="bench@example.org")
    for number in range(stations):
        register_station(tx, BENCH, station_name(number), 0)
        issue_card(tx, BENCH, card_of(number), renter_id)
