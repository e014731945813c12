"""Simulated stations charge over TLS, by password and certificate, and change both meanwhile."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from onetime.operations.certificates import (
    create_authority,
    create_server_certificates,
    issue_station_pair,
)
from onetime.operations.errands import begin_errand
from onetime.operations.stations import register_station
from onetime.simulator.habits import Habits
from onetime.simulator.run import simulate
from onetime.store import security_tables
from onetime.store.transaction import Transaction
from tests.certificates import EC, client_context
from tests.garage_makers import OWNER, a_card, a_renter
from tests.garages import open_house, settings
from tests.gateway.peers import on_uvloop

KEY = "0123456789abcdef0123456789abcdef01234567"


def furniture(tx: Transaction) -> None:
    register_station(tx, OWNER, "TWO", 2, KEY)
    register_station(tx, OWNER, "THREE", 3)
    a_card(tx, "CARD-1", a_renter(tx))


@on_uvloop
async def test_a_garage_charges_over_tls_while_keys_and_certificates_change(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        authority = await house.archive.write(create_authority, OWNER, "Garage")
        root = authority.certificate.encode()
        await house.archive.write(create_server_certificates, OWNER, ["localhost"])
        await house.archive.write(furniture)
        pair = await house.archive.write(issue_station_pair, OWNER, "THREE", EC)
        await house.until(lambda: house.listener.tls_port)
        over = asyncio.Event()
        running = asyncio.create_task(
            simulate(
                house.tls_url,
                ["TWO", "THREE"],
                ["CARD-1"],
                speed=2_000.0,
                passwords={"TWO": KEY},
                encryption={"TWO": client_context(root), "THREE": client_context(root, pair)},
                stop=over,
            )
        )
        ended = "SELECT count(DISTINCT station_id) FROM charging_sessions WHERE energy_wh > 0"
        await house.until(lambda: house.value(ended) == 2, 20)
        await house.archive.write(begin_errand, OWNER, "TWO", "rotate-key")
        step = "SELECT step FROM security_errands"
        await house.until(lambda: house.value(step) == "login", 20)
        house.listener.close_now()  # the line is cut: it comes back with what it has
        await house.until(lambda: house.value("SELECT state FROM security_errands") == "done", 20)
        await house.archive.write(begin_errand, OWNER, "THREE", "renew-certificate")
        renewed = "SELECT state FROM security_errands WHERE kind = 'renew-certificate'"
        await house.until(lambda: house.value(renewed) == "done", 20)
        house.listener.close_now()
        replaced = "SELECT count(*) FROM certificates WHERE replaced_at IS NOT NULL"
        await house.until(lambda: house.value(replaced) == 1, 20)
        over.set()
        progress = await running
        assert await house.status("TWO", KEY.encode(), client_context(root)) == 401
        assert progress.violations == 0


@on_uvloop
async def test_a_plain_station_is_brought_to_its_own_certificate_over_the_air(
    sqlite_url: str, tmp_path: Path
) -> None:
    """It learns our root, comes by TLS, asks for a certificate, and shows that in the end."""
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        await house.archive.write(create_authority, OWNER, "Garage")
        await house.archive.write(create_server_certificates, OWNER, ["localhost"])
        await house.archive.write(register_station, OWNER, "CP-1", 1, KEY)
        await house.until(lambda: house.listener.tls_port)
        over = asyncio.Event()
        running = asyncio.create_task(
            simulate(
                house.url,
                ["CP-1"],
                ["CARD-1"],
                speed=2_000.0,
                passwords={"CP-1": KEY},
                secure_url=house.tls_url,
                cars=0,
                habits=Habits(first_wait=0.05, longest_wait=0.2),
                stop=over,
            )
        )
        await house.archive.write(begin_errand, OWNER, "CP-1", "upgrade", "3")
        done = "SELECT state || ' ' || coalesce(said, '') FROM security_errands"
        await house.until(lambda: str(house.value(done)).startswith(("done", "failed")), 30)
        assert house.value(done) == "done it has security profile 3"
        over.set()
        progress = await running

        assert house.value("SELECT security_profile FROM charging_stations") == 3
        asked = house.rows(
            "SELECT action, payload FROM station_commands WHERE action = 'ChangeConfiguration'"
            " AND payload LIKE '%SecurityProfile%' ORDER BY id"
        )
        assert [json.loads(payload)["value"] for _, payload in asked] == ["2", "3"]
        assert (progress.violations, progress.connected) == (0, 0)


@on_uvloop
async def test_a_certificate_that_ends_within_a_month_is_renewed_by_itself(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to ask: the station is told to, and shows the new one from then on."""
    monkeypatch.setattr("onetime.loops.errands.RENEW_SECONDS", 0.1)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        authority = await house.archive.write(create_authority, OWNER, "Garage")
        root = authority.certificate.encode()
        await house.archive.write(create_server_certificates, OWNER, ["localhost"])
        await house.archive.write(register_station, OWNER, "CP-1", 3)
        pair = await house.archive.write(issue_station_pair, OWNER, "CP-1", EC)
        await house.until(lambda: house.listener.tls_port)
        over = asyncio.Event()
        running = asyncio.create_task(
            simulate(
                house.tls_url,
                ["CP-1"],
                ["CARD-1"],
                encryption={"CP-1": client_context(root, pair)},
                cars=0,
                habits=Habits(first_wait=0.05, longest_wait=0.2),
                stop=over,
            )
        )
        online = "SELECT is_online FROM charging_stations"
        await house.until(lambda: house.value(online), 20)
        assert house.rows("SELECT kind FROM security_errands") == []  # it has years to go
        await house.archive.write(let_it_end_in, timedelta(days=29))
        ends = "SELECT kind, state FROM security_errands"
        await house.until(lambda: house.rows(ends) == [("renew-certificate", "done")], 20)
        house.listener.close_now()
        replaced = (
            "SELECT replaced_at IS NOT NULL FROM certificates WHERE station_id = 'CP-1' ORDER BY id"
        )
        await house.until(lambda: house.rows(replaced) == [(1,), (0,)], 20)
        over.set()
        progress = await running

        assert house.rows(ends) == [("renew-certificate", "done")]
        assert progress.violations == 0


def let_it_end_in(tx: Transaction, time: timedelta) -> None:
    """Date the end of the station's certificate in the books."""
    table = security_tables.certificates
    of_station = update(table).where(table.c.station_id == "CP-1")
    tx.connection.execute(of_station.values(not_after=tx.now + time))
