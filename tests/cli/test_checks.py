"""Each check sees what is wrong, says what to do, and is content when all is well."""

import socket
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from onetime.cli import checks
from onetime.queries.growth import Growth
from onetime.queries.knocks import Knocking
from onetime.queries.stations import Station, station
from onetime.settings import Settings, load
from onetime.store.transaction import Transaction
from tests.databases import NOW
from tests.garage_makers import a_station

GB = 1_000_000_000
SMALL = Growth(5_000_000, 0, None, None, None)


def test_the_web_door_has_a_check_of_its_own(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        chosen = load(tmp_path, {"ONETIME_HTTP_HOST": "127.0.0.1", "ONETIME_HTTP_PORT": number})
        found = checks.port(chosen, False, "HTTP")

    assert (found.check, found.is_wrong) == ("web-port", True)
    assert "set HTTP_PORT to another port" in found.sentence


def settings(tmp_path: Path, port: int = 0) -> Settings:
    environment = {"ONETIME_OCPP_HOST": "127.0.0.1", "ONETIME_OCPP_PORT": str(port)}
    return load(tmp_path, environment)


def test_a_directory_that_everybody_can_read_is_wrong(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    exposed = checks.data_dir(tmp_path)
    tmp_path.chmod(0o700)

    assert exposed.is_wrong
    assert exposed.remedy == f"chmod 700 {tmp_path}"
    assert not checks.data_dir(tmp_path).is_wrong
    assert not checks.data_dir(tmp_path / "not-yet").is_wrong


def test_a_port_that_somebody_else_has_is_wrong_while_nothing_is_served(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        other = checks.port(settings(tmp_path, number), False)
        own = checks.port(settings(tmp_path, number), True)
    free = checks.port(settings(tmp_path, number), False)
    deaf = checks.port(settings(tmp_path, number), True)

    assert other.is_wrong
    assert "set OCPP_PORT to another port" in other.sentence
    assert not own.is_wrong
    assert not free.is_wrong
    assert deaf.is_wrong
    assert f"nothing answers at 127.0.0.1, port {number}" in deaf.sentence


@pytest.mark.parametrize(
    ("free", "grown", "is_wrong", "words"),
    [
        (50 * GB, SMALL, False, "too early to say"),
        (GB // 2, SMALL, True, "Only 0.5 GB are free"),
        (20 * GB, Growth(GB, 9, 100_000_000.0, None, None), True, "it lasts 0.5 years"),
        (200 * GB, Growth(GB, 9, 100_000_000.0, None, None), False, "it lasts 5.5 years"),
        (200 * GB, Growth(GB, 9, 1_000.0, None, None), False, "for decades"),
        (200 * GB, Growth(GB, 9, None, 9e9, None), False, "too early"),  # the log is kept 90 days
    ],
)
def test_a_disk_that_does_not_last_is_wrong(
    tmp_path: Path, free: int, grown: Growth, is_wrong: bool, words: str
) -> None:
    found = checks.disk(settings(tmp_path), free, grown)

    assert (found.is_wrong, words in found.sentence) == (is_wrong, True)


def test_a_clock_that_can_not_be_right_is_wrong() -> None:
    newer = structs.replace(SMALL, newest_at=NOW + timedelta(hours=1))

    assert not checks.clock(NOW, True, SMALL).is_wrong
    assert not checks.clock(NOW, None, SMALL).is_wrong
    assert checks.clock(NOW, False, SMALL).sentence == (
        "The clock is not synchronised and will drift."
    )
    assert "it went back" in checks.clock(NOW, True, newer).sentence
    assert checks.clock(datetime(1970, 1, 1, tzinfo=UTC), True, SMALL).is_wrong


def test_the_kernel_says_something_about_its_clock_or_nothing() -> None:
    assert checks.is_clock_synchronised() in (True, False, None)


@pytest.fixture
def registered(tx: Transaction) -> Station:
    """A station that was registered at NOW and never came."""
    a_station(tx, "CP-1")
    return station(tx.connection, "CP-1")


def test_a_station_that_never_came_is_wrong_after_an_hour(registered: Station) -> None:
    soon, later = NOW + timedelta(minutes=50), NOW + timedelta(hours=2)
    seen = structs.replace(registered, last_seen_at=NOW)
    retired = structs.replace(registered, retired_at=NOW)

    (finding,) = checks.silent_stations([registered], later)

    assert finding.is_wrong
    assert finding.sentence.startswith("Station CP-1 was registered ")
    assert finding.remedy is not None
    assert "onetime station show CP-1" in finding.remedy
    for fine in ([], [seen], [retired]):
        assert not checks.silent_stations(fine, later)[0].is_wrong
    assert not checks.silent_stations([registered], soon)[0].is_wrong


def test_who_knocks_in_vain_is_told_until_it_is_let_in(registered: Station) -> None:
    knock = Knocking(
        identity="CP-1",
        enter_as="CP-1",
        security_profile=None,
        kind="wrong-password",
        reason="the password was wrong or missing",
        remedy="Compare the key.",
        ip_address="10.0.0.9",
        count=3,
        first_at=NOW,
        last_at=NOW,
    )
    seen = structs.replace(registered, last_seen_at=NOW + timedelta(seconds=5))

    (finding,) = checks.knocks([knock], [registered], NOW + timedelta(hours=1))

    assert finding.is_wrong
    assert "CP-1 knocked 3 times from 10.0.0.9" in finding.sentence
    assert finding.remedy == "Compare the key."
    assert not checks.knocks([knock], [seen], NOW + timedelta(hours=1))[0].is_wrong
    assert not checks.knocks([knock], [registered], NOW + timedelta(days=2))[0].is_wrong
    assert not checks.knocks([], [], NOW)[0].is_wrong
