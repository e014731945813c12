"""`onetime demo`: one command, and a garage charges; what is real is never touched."""

import json
import signal
import socket
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from onetime.cli import demo_garage
from onetime.cli.demo import MARK, own_folder
from onetime.domain.policy import Policy
from onetime.kit.clock import ManualClock
from onetime.queries.books import audit_books
from onetime.queries.pages import Asked
from onetime.queries.renters import renter_list
from onetime.queries.review import review_list
from onetime.queries.sessions import Wanted, session_list, session_sums
from onetime.queries.spots import spot_list
from onetime.store.archive import Archive
from onetime.store.database import open_database
from tests.cli.programs import STOPPED_WITHIN_SECONDS, started
from tests.databases import NOW

FAST = ("--speed", "60")


def answer(data_dir: Path, *arguments: str) -> object:
    with started("--json", *arguments, data_dir=data_dir) as asking:
        assert asking.end() == 0, asking.said
    return json.loads(asking.said)


def test_the_demo_charges_answers_and_goes_on_where_it_ended(tmp_path: Path) -> None:
    with started("--data-dir", str(tmp_path), "demo", "--stations", "6", *FAST) as first:
        first.until("session list --renter 3")
        first.until("Ctrl-C ends it.")
        first.until(": ")  # who charges where
        going_on = answer(tmp_path, "session", "list", "--open")
        checked = answer(tmp_path, "database", "check")
        assert first.stop(signal.SIGINT) < STOPPED_WITHIN_SECONDS
        first.until("The demo is over")
    with started("--data-dir", str(tmp_path), "demo", "--stations", "6", *FAST) as second:
        second.until("Ctrl-C ends it.")
        second.until(": ")
        assert second.stop() < STOPPED_WITHIN_SECONDS

    assert (first.process.returncode, second.process.returncode) == (0, 0)
    assert isinstance(going_on, list)
    assert going_on
    assert isinstance(checked, dict)
    assert checked["faults"] == []
    assert "Making the garage" in first.said
    assert "Making the garage" not in second.said
    after = answer(tmp_path, "database", "check")
    assert isinstance(after, dict)
    assert (after["faults"], after["open_sessions"]) == ([], 0)
    assert after["sessions"] > checked["sessions"]
    kinds = [each["kind"] for each in answer(tmp_path, "review", "list")]  # type: ignore[attr-defined]  # a list of findings
    assert set(kinds) <= {"unknown-tag"}


def test_a_taken_port_is_no_hindrance(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 9000))
            taken.listen()
        except OSError:
            pass  # somebody else has it, which is as good
        with started("--data-dir", str(tmp_path), "demo", "--stations", "1") as demo:
            line = demo.until("A made-up garage charges at ws://127.0.0.1:")
            demo.stop()

    assert ":9000/" not in line
    assert demo.process.returncode == 0


def test_a_second_demo_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with started("--data-dir", str(tmp_path), "demo", "--stations", "1") as first:
        first.until("A made-up garage")
        with started("--data-dir", str(tmp_path), "demo") as second:
            assert second.end() == 1
        first.stop()

    assert second.said == f"A demo runs in {tmp_path} already; one is enough.\n"


def test_a_real_garage_is_never_touched(tmp_path: Path) -> None:
    assert own_folder(Path("data")) == Path("data/demo")
    assert own_folder(tmp_path) == tmp_path
    (tmp_path / "onetime.db").touch()
    assert own_folder(tmp_path) == tmp_path / "demo"
    (tmp_path / "onetime.toml").write_text("OCPP_PORT = 9000\n")
    assert own_folder(tmp_path) == tmp_path / "demo"
    (tmp_path / "onetime.toml").write_text(f"{MARK}\n")
    assert own_folder(tmp_path) == tmp_path


def test_the_garage_is_believable_and_its_books_are_right(sqlite_url: str) -> None:
    archive = Archive(open_database(sqlite_url), ManualClock(NOW), Policy())
    archive.start()
    try:
        archive.perform(demo_garage.furnish, NOW)
        for portion in demo_garage.past_visits(NOW):
            archive.perform(demo_garage.relive, portion)

        spots = archive.ask(spot_list, asked=Asked(100)).items
        renters = archive.ask(renter_list, asked=Asked(100)).items
        sums = archive.ask(session_sums)
        third = archive.ask(session_list, Wanted(renter_id=3), Asked(100)).items
        books = archive.ask(audit_books)
        reviews = archive.ask(review_list).items
    finally:
        archive.stop()

    assert len(spots) == 24
    assert {each.label[:3] for each in spots} == {"B1-", "B2-"}
    assert len(renters) == 21
    assert 150 < sums.sessions < 350
    assert sums.open_sessions == sums.estimated_sessions == 0
    assert books.faults == ()
    assert reviews == ()
    assert len(third) > 4
    assert {each.renter_name for each in third} == {"Clara Nyström"}
    assert all(NOW - timedelta(weeks=6) < each.start_time < NOW for each in third)
