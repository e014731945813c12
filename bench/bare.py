"""The limit: the rows that onetime writes, written by bare `sqlite3` in large batches.

`python -m bench.bare DATA_DIR` prints one JSON object. The database is onetime's, with its
indexes; nothing is read, decoded, checked or answered, and making the rows is not timed.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.conversation import MEASURANDS, Script, card_of, station_name
from bench.garage import prepare

STATIONS = 200
BATCH = 10 * STATIONS
"""Messages that share a commit."""
BATCHES = 15
NOW = "2026-01-01T00:00:00.000000Z"

_STATE = (
    "INSERT INTO station_connectors (station_id, connector_id, status, error_code, last_updated,"
    " received_at, status_since) VALUES (?, 1, ?, 'NoError', ?, ?, ?) ON CONFLICT DO UPDATE SET"
    " status = excluded.status, error_code = excluded.error_code,"
    " last_updated = excluded.last_updated, received_at = excluded.received_at,"
    " status_since = excluded.status_since"
)
_START = (
    "INSERT INTO charging_sessions (transaction_id, station_id, connector_id, token_id, id_tag,"
    " verdict, renter_id, start_time, meter_start, stated_start, stated_start_meter, estimated,"
    " marks, started_at) VALUES (?, ?, 1, ?, ?, 'Accepted', 1, ?, ?, ?, ?, '', '', ?)"
)
_REGISTER = (
    "UPDATE charging_sessions SET last_register_wh = ?, last_register_at = ?, last_reading_at = ?"
    " WHERE transaction_id = ?"
)
_STOP = (
    "UPDATE charging_sessions SET ended_by = 'station', end_time = ?, meter_stop = ?,"
    " energy_wh = 540, total_energy_kwh = 0.54, stop_reason = 'Local', stated_stop = ?,"
    " stated_stop_meter = ?, stop_id_tag = ?, ended_at = ? WHERE transaction_id = ?"
)
_READING = (
    "INSERT INTO meter_readings (transaction_id, timestamp, measurand, value, unit, phase, context,"
    " location, station_id, connector_id) VALUES (?, ?, ?, ?, ?, ?, 'Sample.Periodic', 'Outlet',"
    " ?, 1)"
)
_LOG = (
    "INSERT INTO ocpp_messages (station_id, at, direction, action, message_id, frame, answer,"
    " outcome) VALUES (?, ?, 'in', ?, ?, ?, ?, 'answered')"
)
_COUNT = "UPDATE installation SET transaction_count = transaction_count + ?"

Rows = list[tuple[str, Sequence[tuple[str | int | float | None, ...]]]]


class Source:
    """Makes the rows of ten messages of each station in turn."""

    def __init__(self) -> None:
        self._talks = [Script(number).frames() for number in range(STATIONS)]
        self._transaction_id = 0

    def batch(self) -> Rows:
        """Return the rows of ten messages of each station, by statement."""
        rows: dict[str, list[tuple[str | int | float | None, ...]]] = {
            each: [] for each in (_START, _STATE, _READING, _REGISTER, _STOP, _LOG, _COUNT)
        }
        for number, frames in enumerate(self._talks):
            self._transaction_id += 1
            for _ in range(10):
                action, frame = next(frames)
                self._add(rows, number, action, frame.decode())
        rows[_COUNT] = [(1,)] * STATIONS
        return list(rows.items())

    def _add(
        self,
        rows: dict[str, list[tuple[str | int | float | None, ...]]],
        number: int,
        action: str,
        frame: str,
    ) -> None:
        station, card = station_name(number), card_of(number)
        _, message_id, _, payload = json.loads(frame)
        transaction_id = self._transaction_id
        answer = f'[3,"{message_id}",{{}}]'
        match action:
            case "StatusNotification":
                at = payload["timestamp"]
                rows[_STATE].append((station, payload["status"], at, NOW, NOW))
            case "StartTransaction":
                at, wh = payload["timestamp"], payload["meterStart"]
                rows[_START].append((transaction_id, station, card, card, at, wh, at, wh, NOW))
            case "StopTransaction":
                at, wh = payload["timestamp"], payload["meterStop"]
                rows[_STOP].append((at, wh, at, wh, card, NOW, transaction_id))
            case "MeterValues":
                (value,) = payload["meterValue"]
                at, samples = value["timestamp"], value["sampledValue"]
                register = float(samples[0]["value"])
                rows[_REGISTER].append((int(register), at, at, transaction_id))
                for (measurand, unit, phase), sample in zip(MEASURANDS, samples, strict=True):
                    amount = float(sample["value"])
                    rows[_READING].append(
                        (transaction_id, at, measurand, amount, unit, phase or None, station)
                    )
        rows[_LOG].append((station, NOW, action, message_id, frame, answer))


def measure(folder: Path) -> dict[str, float]:
    """Write batch after batch; a batch is one transaction, synced at its end."""
    path = folder / "onetime.db"
    prepare(f"sqlite:///{path}", STATIONS)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    source = Source()
    seconds = 0.0
    for _ in range(BATCHES):
        batch = source.batch()
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in batch:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
        seconds += time.perf_counter() - began
    connection.close()
    messages = BATCH * BATCHES
    return {
        "messages": messages,
        "seconds": round(seconds, 3),
        "messages_per_second": round(messages / seconds, 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
