"""Ten years of a garage with 200 spots, and how long two questions about it take.

`python -m bench.history DATA_DIR` prints one JSON object. The sessions are made up and inserted
past the product, which would take an hour; the questions are asked as a door asks them.
"""

import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.conversation import station_name
from bench.garage import prepare
from onetime.domain.policy import Policy
from onetime.kit.clock import SystemClock
from onetime.kit.times import to_text
from onetime.queries.load import load_profile
from onetime.queries.statements import month_of_renter
from onetime.store.archive import Archive
from onetime.store.database import open_database

SPOTS = 200
SESSIONS = 700_000
BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
DAYS = 3_650
ASKED = 200
"""How often each question is asked, each time about another renter, month or day."""
SEED = 16

_RENTER = (
    "INSERT INTO renters (id, name, contact_email, is_active, created_at)"
    " VALUES (?, ?, 'renter@example.org', 1, ?)"
)
_TOKEN = (
    "INSERT INTO authorization_tokens (token, renter_id, status, token_key, created_at)"
    " VALUES (?, ?, 'Accepted', ?, ?)"
)
_SPOT = "INSERT INTO parking_spots (id, label, renter_id, charging_station_id) VALUES (?, ?, ?, ?)"
_SESSION = (
    "INSERT INTO charging_sessions (transaction_id, station_id, token_id, start_time, end_time,"
    " meter_start, meter_stop, total_energy_kwh, stop_reason, connector_id, id_tag, verdict,"
    " renter_id, spot_id, spot_label, energy_wh, ended_by, stated_start, stated_stop, estimated,"
    " marks, started_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'EVDisconnected', 1, ?,"
    " 'Accepted', ?, ?, ?, ?, 'station', ?, ?, '', '', ?, ?)"
)

Row = tuple[str | int | float, ...]


def fill(path: Path) -> None:
    """Make renters, cards, spots and their sessions, in the order in which they began."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    begin = to_text(BEGIN)
    numbers = range(2, SPOTS + 2)
    connection.executemany(_RENTER, ((n, f"Renter {n}", begin) for n in numbers))
    connection.executemany(_TOKEN, ((_card(n), n, _card(n).lower(), begin) for n in numbers))
    connection.executemany(_SPOT, ((n, f"B{n}", n, station_name(n - 2)) for n in numbers))
    connection.executemany(_SESSION, _sessions(random.Random(SEED)))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _card(renter_id: int) -> str:
    return f"CARD{renter_id:06}"


def _sessions(chance: random.Random) -> Iterator[Row]:
    """Yield about one charge per spot and day: plugged in for one to fourteen hours."""
    registers = [0] * (SPOTS + 2)
    transaction_id = 0
    for day in range(DAYS):
        midnight = BEGIN + timedelta(days=day)
        due = (day + 1) * SESSIONS // DAYS - day * SESSIONS // DAYS
        charged = chance.sample(range(2, SPOTS + 2), due)
        starts = sorted(chance.randrange(86_400) for _ in charged)
        for number, second in zip(charged, starts, strict=True):
            transaction_id += 1
            start = midnight + timedelta(seconds=second)
            began = to_text(start)
            ended = to_text(start + timedelta(seconds=chance.randrange(3_600, 14 * 3_600)))
            energy_wh = chance.randrange(500, 60_000)
            first, last = registers[number], registers[number] + energy_wh
            registers[number] = last
            yield (
                # Below zero, so that no charge to come is given the same.
                *(-transaction_id, station_name(number - 2), _card(number), began, ended),
                *(first, last, energy_wh / 1000, _card(number)),
                *(number, number, f"B{number}", energy_wh, began, ended, began, ended),
            )


def measure(folder: Path) -> dict[str, float]:
    """Fill the database, then ask both questions many times; milliseconds of each."""
    url = f"sqlite:///{folder / 'onetime.db'}"
    prepare(url, SPOTS)
    began = time.perf_counter()
    fill(folder / "onetime.db")
    filled = time.perf_counter() - began
    archive = Archive(open_database(url), SystemClock(), Policy())
    archive.start()
    chance = random.Random(SEED)

    def statement() -> None:
        month = chance.randrange(120)
        archive.ask(
            month_of_renter, chance.randrange(2, SPOTS + 2), 2016 + month // 12, month % 12 + 1
        )

    def load() -> None:
        day = date(2016, 1, 1) + timedelta(days=chance.randrange(DAYS))
        assert archive.ask(load_profile, day).total_wh > 0

    measured = {"sessions": float(SESSIONS), "fill_seconds": round(filled, 1)}
    for name, question in (("statement", statement), ("load", load)):
        times = _timed(question)
        measured[f"{name}_p50_ms"] = times[len(times) // 2]
        measured[f"{name}_p99_ms"] = times[len(times) * 99 // 100]
    archive.stop()
    return measured


def _timed(question: Callable[[], None]) -> list[float]:
    question()  # SQLAlchemy writes the statement's SQL when it is first asked
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        question()
        times.append(round(1000 * (time.perf_counter() - began), 2))
    return sorted(times)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
