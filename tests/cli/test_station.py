"""An owner registers stations, hands out keys and takes stations out of use."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from onetime.cli import addresses
from onetime.cli.station import NOT_RUNNING
from onetime.kit.lockfile import locked
from onetime.operations.configuration import ReportedKey, keep_configuration, plan_changes
from onetime.operations.knocks import Knock, note_knocks
from onetime.operations.presence import note_connected
from onetime.store.archive import Archive
from onetime.store.tables import station_connectors
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.cli.conftest import Run
from tests.databases import NOW


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer's address in its network, whatever the network is."""
    monkeypatch.setattr(addresses, "own_address", lambda: "10.0.0.5")


def test_registering_prints_address_and_key_once(run: Run) -> None:
    added = run("station", "add", "AA:BB:01")

    assert re.fullmatch(
        "Station AA:BB:01 is registered.\n"
        "Address  ws://10.0.0.5:9000/ocpp/AA:BB:01\n"
        "User     AA:BB:01\n"
        r"Key      [0-9a-f]{40}   \(shown only this once\)\n",
        added.out,
    )
    key = added.out.split()[-5]
    assert key not in run("station", "show", "AA:BB:01").out
    assert key not in run("station", "list", "--json").out


def test_the_key_stands_in_the_json_of_the_answer(run: Run) -> None:
    added = run("station", "add", "Säule_1-2", "--json").json

    assert isinstance(added, dict)
    assert list(added)[:6] == [
        "id",
        "is_online",
        "last_heartbeat",
        "model",
        "vendor",
        "firmware_version",
    ]
    assert re.fullmatch("[0-9a-f]{40}", str(added["key"]))
    assert added["ocpp_url"] == "ws://10.0.0.5:9000/ocpp/S%C3%A4ule_1-2"


def test_a_chosen_password_is_not_printed(run: Run) -> None:
    added = run("station", "add", "CP-1", "--password", "correct horse battery")

    assert added.out.splitlines() == [
        "Station CP-1 is registered.",
        "Address  ws://10.0.0.5:9000/ocpp/CP-1",
    ]


def test_a_station_without_password_comes_with_a_warning(run: Run) -> None:
    assert run("station", "add", "CP-1", "--security-profile", "0").lines[-1] == (
        "It needs no password: whoever knows its identity can pose as it."
    )


def test_the_address_follows_the_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETIME_OCPP_HOST", "::1")
    monkeypatch.setenv("ONETIME_OCPP_PORT", "9100")

    shown = run("station", "add", "CP-1", "--security-profile", "0").out

    assert "ws://[::1]:9100/ocpp/CP-1\n" in shown


@pytest.mark.parametrize("profile", ["2", "3"])
def test_what_is_not_served_has_no_address(run: Run, profile: str) -> None:
    added = run("station", "add", "CP-1", "--security-profile", profile)
    edited = run("station", "rotate-key", "CP-1", "--json").json if profile == "2" else None
    shown = run("station", "show", "CP-1")

    for printed in (added.out, shown.out):
        assert "://" not in printed
        assert "The encrypted door has no certificate yet" in printed
        assert f"with security profile {profile} it can not connect" in printed
    assert ("Key      " in added.out or "Key   " in added.out) is (profile == "2")
    assert edited is None or (isinstance(edited, dict) and edited["ocpp_url"] is None)


def test_only_a_central_system_that_runs_knows_who_is_online(
    run: Run, books: Archive, data_dir: Path
) -> None:
    run("station", "add", "CP-1")
    run("spot", "add", "B1", "--station", "CP-1")
    books.perform(lambda tx: note_connected(tx, CP, []))

    def told() -> list[object]:
        printed = (
            run("station", "list", "--json").out,
            run("station", "show", "CP-1", "--json").out,
            run("spot", "list", "--json").out,
        )
        return [re.findall(r'is_online": ?(\w+)', each) for each in printed]

    with locked(data_dir / "serve.lock"):
        while_running = run("station", "list"), run("station", "show", "CP-1")
        assert run("spot", "list").lines[1].endswith("  online")
        assert told() == [["true"], ["true"], ["true"]]
    dead = run("station", "list"), run("station", "show", "CP-1")
    assert run("spot", "list").lines[1].endswith("  unknown")
    assert told() == [["null"], ["null"], ["null"]]

    for ended in while_running:
        assert re.search(r" online\b", ended.out)
        assert "does not run" not in ended.out
    for ended in dead:
        assert re.search(r" unknown\b", ended.out)
        assert not re.search(r" online( |\n)", ended.out.replace(NOT_RUNNING, ""))
        assert NOT_RUNNING in ended.out


def test_the_life_of_a_station(run: Run) -> None:
    def state() -> str:
        return re.split(" {2,}", run("station", "list", "--retired").lines[1])[1]

    run("station", "add", "CP-1")
    run("spot", "add", "B1", "--station", "CP-1")
    assert state() == "never seen"
    assert run("station", "disable", "CP-1").out == "Station CP-1 is disabled.\n"
    assert state() == "disabled"
    assert run("station", "enable", "CP-1").out == "Station CP-1 is enabled.\n"
    assert state() == "never seen"
    assert "Key      " in run("station", "rotate-key", "CP-1").out
    assert run("station", "retire", "CP-1").out == (
        "Station CP-1 is retired; no station stands at spot B1 now.\n"
    )
    assert state() == "retired"
    assert run("station", "list").out.startswith("No stations yet. Register one: onetime station")


def test_showing_a_station_with_its_connectors(run: Run, books: Archive) -> None:
    run("station", "add", "CP-1")
    books.perform(report, "CP-1")

    shown = run("station", "show", "CP-1").out

    assert re.search(r"State +never seen\n", shown)
    assert re.search(r"Itself +Available, since 2026-03-01 12:00\n", shown)
    assert re.search(r"Connector 1 +Faulted, GroundFailure, since 2026-03-01 12:00\n", shown)


def report(tx: Transaction, station_id: str) -> None:
    for number, status, error in ((0, "Available", "NoError"), (1, "Faulted", "GroundFailure")):
        tx.connection.execute(
            station_connectors.insert().values(
                station_id=station_id,
                connector_id=number,
                status=status,
                error_code=error,
                last_updated=tx.now,
                received_at=tx.now,
                status_since=tx.now,
            )
        )


def test_a_power_limit_and_a_profile_can_be_changed(run: Run) -> None:
    run("station", "add", "CP-1", "--security-profile", "0")

    assert run("station", "edit", "CP-1", "--power-limit", "11000").out == (
        "Station CP-1 is changed.\n"
    )
    assert "Power limit  11000 W\n" in run("station", "show", "CP-1").out
    assert "Key      " in run("station", "edit", "CP-1", "--security-profile", "1").out
    run("station", "edit", "CP-1", "--power-limit", "none")
    assert "Power limit  -\n" in run("station", "show", "CP-1").out


def test_who_knocked_can_be_let_in(run: Run, books: Archive) -> None:
    assert run("station", "knocking").out == "Nobody knocked in vain.\n"
    books.perform(
        note_knocks,
        [
            Knock(
                identity="CP-\x1b[2J",
                reason="unknown",
                ip_address="10.0.0.9",
                count=3,
                last_at=NOW + timedelta(minutes=1),
            ),
            Knock(identity="CP-1", reason="unknown", ip_address="10.0.0.9", count=3, last_at=NOW),
        ],
    )

    assert run("station", "knocking").lines[:7] == [
        "IDENTITY  WHY IT WAS REFUSED                   FROM      TIMES  LAST",
        "CP-\N{REPLACEMENT CHARACTER}[2J   nobody has registered this identity  10.0.0.9      3"
        "  2026-03-01 12:01",
        "CP-1      nobody has registered this identity  10.0.0.9      3  2026-03-01 12:00",
        "",
        "What helps:",
        "  CP-\N{REPLACEMENT CHARACTER}[2J: If it is yours: onetime station add"
        " 'CP-\N{REPLACEMENT CHARACTER}[2J'",
        "  CP-1: If it is yours: onetime station add CP-1",
    ]
    run("station", "add", "CP-1")
    assert "CP-1 " not in run("station", "knocking").out


def test_what_makes_no_sense_is_refused_in_one_sentence(run: Run) -> None:
    run("station", "add", "CP-1")
    before = run("station", "list", "--json").out
    for argv, code, sentence in (
        (("station", "add", "CP-1"), 1, "Station CP-1 is registered already."),
        (("station", "add", "C P"), 1, "A station's identity has no blanks"),
        (("station", "add", "x" * 49), 1, "A station's identity has 1 to 48 characters."),
        (("station", "add", "CP-2", "--security-profile", "4"), 1, "4 is no security profile;"),
        (("station", "add", "CP-2", "--password", "short"), 1, "16 to 40 characters; this one"),
        (("station", "show", "CP-9"), 1, "There is no station 'CP-9'."),
        (("station", "retire", "CP-9"), 1, "There is no station 'CP-9'."),
        (("station", "edit", "CP-1", "--power-limit", "0"), 1, "A power limit has 1 to"),
        (("station", "edit", "CP-1", "--power-limit", "much"), 2, "'much' is not a number"),
        (("station", "edit", "CP-1", "--register-factor", "7"), 1, "read times 1 or times 1000"),
        (("station", "edit", "CP-1", "--time-fraction", "1"), 2, "'1' is neither on nor off"),
        (("station", "edit", "CP-1"), 2, "Nothing to change: give --security-profile or"),
        (("station", "add"), 2, "the following arguments are required: ID"),
    ):
        ended = run(*argv)

        assert (ended.code, ended.out) == (code, ""), argv
        assert sentence in ended.err
        assert ended.err.count("\n") == 1
    assert run("station", "list", "--json").out == before


def test_how_a_peculiar_station_is_written_to_and_read_is_a_persons_decision(run: Run) -> None:
    run("station", "add", "CP-1")
    plain = run("station", "show", "CP-1").out
    ended = run("station", "edit", "CP-1", "--time-fraction", "on", "--register-factor", "1000")

    shown = run("station", "show", "CP-1").lines
    assert ended.code == 0
    assert [each for each in shown if each.startswith(("Times", "Register"))] == [
        "Times        sent with a fraction",
        "Register     read times 1000",
    ]
    run("station", "edit", "CP-1", "--time-fraction", "off", "--register-factor", "1")
    assert run("station", "show", "CP-1").out == plain


def test_a_stations_configuration_is_shown_beside_what_is_wanted(run: Run, books: Archive) -> None:
    run("station", "add", "CP-1")
    assert run("station", "configuration", "CP-9").code == 1
    assert "has not told its configuration" in run("station", "configuration", "CP-1").out

    def tell(tx: Transaction) -> None:
        keys = [ReportedKey("HeartbeatInterval", "300", False), ReportedKey("Model", "x", True)]
        keep_configuration(tx, CP, keys)
        plan_changes(tx, CP)

    books.perform(tell)
    _, heartbeat, model = run("station", "configuration", "CP-1").lines
    assert heartbeat.split()[:3] == ["HeartbeatInterval", "300", "120"]
    assert "not asked for yet" in heartbeat
    assert model.split()[:3] == ["Model", "x", "read-only"]
    told = run("station", "configuration", "CP-1", "--json").json
    assert isinstance(told, list)
    assert (told[0]["desired_value"], told[0]["state"]) == ("120", "pending")


def test_a_station_can_be_left_alone_and_told_how_many_connectors_it_has(run: Run) -> None:
    run("station", "add", "CP-1")
    assert run("station", "edit", "CP-1", "--in-step", "off", "--connectors", "2").code == 0

    shown = run("station", "show", "CP-1").out
    assert "its configuration is left alone" in shown
    assert "Connectors" in shown
    assert run("station", "edit", "CP-1", "--connectors", "101").code == 1


def test_a_station_that_is_refused_shows_why_and_what_helps(run: Run, books: Archive) -> None:
    run("station", "add", "CP-1")
    refused = Knock(
        identity="CP-1", reason="wrong-password", ip_address="10.0.0.9", count=3, last_at=NOW
    )
    books.perform(note_knocks, [refused])

    shown = run("station", "show", "CP-1").out
    assert (
        "From 10.0.0.9 it was refused, the last time 2026-03-01 12:00 UTC:"
        " it sent a wrong password, the third time. Since 2026-03-01 12:00."
    ) in shown
    assert "onetime station rotate-key CP-1" in shown
