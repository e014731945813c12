"""The stranger's own books: what was sent, what was answered, what truly flowed; knows no database.

One file for each run: JSON lines, only ever appended. Each line is a `Record`:

    {"number": 7, "time": "...Z", "at": 61.5, "station": "SIM-0001", "fact": {"kind": "...", ...}}

`number` counts from 1 without gaps, `time` is the real time, `at` the simulated second; `station`
is `""` where a fact is about the whole run. A last line torn by a kill is left out by `read`.

| kind | written | says |
| --- | --- | --- |
| `run_began`, `run_ended` | once | seed and speed; messages that were still unanswered |
| `connected`, `disconnected` | each connection | its number, subprotocol, reason of the end |
| `refused` | each refused upgrade | HTTP status |
| `intent` | synced to disk **before** it is sent | message id, action, payload, its hash |
| `acknowledged` | when its CALLRESULT arrived | number of the intent, the answer and its hash |
| `answer_lost` | in place of `acknowledged` | it was answered; the station dropped that, repeats |
| `call_failed` | when its CALLERROR arrived | number of the intent, code, description |
| `violation` | at once | what the central system said against the schema or a promise |
| `asked` | when its CALL was answered | request and answer |
| `charge_began`, `charge_ended` | each real charge | connector, tag, true register |
| `meter_stood` | start, end and turning points | true register and all that ever moved |
| `meter_jumped` | faults | a register that changed without energy |
| `fault_struck` | each fault | its kind and how long it lasts |

How to check a database with it. I1: each `acknowledged` or `answer_lost` intent is in the journal,
and its `hash` (SHA-256 of the payload bytes as sent) is the content. I2: each `session` of
`charge_began` is one session. I3: for each connector the last `moved_wh` is what sessions and
unassigned energy add up to. I4: intents with the same `hash` and `session` have the same answer
`hash`. I5: `permission` of `charge_began` and `status` in the answers against the tags. A message
that belongs to a charge names its `session`; `sending` counts the times it was sent.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias

import msgspec
from msgspec import Struct

from onetime.simulator.pace import Pace


class RunBegan(Struct, frozen=True, tag_field="kind", tag="run_began"):
    """The first line."""

    seed: int
    speed: float
    url: str
    stations: int
    starts_at: datetime


class RunEnded(Struct, frozen=True, tag_field="kind", tag="run_ended"):
    """The last line of a run that was not killed."""

    unanswered: dict[str, int]


class Connected(Struct, frozen=True, tag_field="kind", tag="connected"):
    """A connection was opened."""

    connection: int
    subprotocol: str | None


class Refused(Struct, frozen=True, tag_field="kind", tag="refused"):
    """An upgrade was refused; status 0 means that nobody answered."""

    status: int
    reason: str


class Disconnected(Struct, frozen=True, tag_field="kind", tag="disconnected"):
    """A connection ended."""

    connection: int
    reason: str


class Intent(Struct, frozen=True, tag_field="kind", tag="intent"):
    """This is about to be sent."""

    connection: int
    message_id: str
    action: str
    hash: str
    payload: msgspec.Raw
    sending: int  # 1, 2, ... for the same message
    session: str | None = None
    register_wh: int | None = None


class Acknowledged(Struct, frozen=True, tag_field="kind", tag="acknowledged"):
    """This was answered."""

    intent: int
    message_id: str
    action: str
    hash: str
    payload: msgspec.Raw
    session: str | None = None


class AnswerLost(Struct, frozen=True, tag_field="kind", tag="answer_lost"):
    """This was answered, but the station acts as if it had not heard."""

    intent: int
    message_id: str
    action: str
    hash: str
    payload: msgspec.Raw
    session: str | None = None


class CallFailed(Struct, frozen=True, tag_field="kind", tag="call_failed"):
    """This was answered with a CALLERROR."""

    intent: int
    message_id: str
    action: str
    code: str
    description: str


class Violated(Struct, frozen=True, tag_field="kind", tag="violation"):
    """The central system broke a rule."""

    rule: str
    evidence: str


class Asked(Struct, frozen=True, tag_field="kind", tag="asked"):
    """The central system asked, and this was the answer (empty when it was a CALLERROR)."""

    message_id: str
    action: str
    payload: msgspec.Raw
    answer: msgspec.Raw


class ChargeBegan(Struct, frozen=True, tag_field="kind", tag="charge_began"):
    """Energy begins to flow into a car. Permission: accepted, cached, list, unknown, remote."""

    session: str
    connector: int
    tag: str
    register_wh: float
    permission: str


class ChargeEnded(Struct, frozen=True, tag_field="kind", tag="charge_ended"):
    """Energy no longer flows; `told` says whether a StopTransaction reports it."""

    session: str
    connector: int
    tag: str
    register_wh: float
    reason: str
    told: bool


class MeterStood(Struct, frozen=True, tag_field="kind", tag="meter_stood"):
    """The true register, and all the energy that ever moved it."""

    connector: int
    register_wh: float
    moved_wh: float


class MeterJumped(Struct, frozen=True, tag_field="kind", tag="meter_jumped"):
    """The register changed without energy."""

    connector: int
    before_wh: float
    after_wh: float
    session: str | None


class FaultStruck(Struct, frozen=True, tag_field="kind", tag="fault_struck"):
    """A fault was made."""

    fault: str
    seconds: float


Fact: TypeAlias = (
    RunBegan
    | RunEnded
    | Connected
    | Refused
    | Disconnected
    | Intent
    | Acknowledged
    | AnswerLost
    | CallFailed
    | Violated
    | Asked
    | ChargeBegan
    | ChargeEnded
    | MeterStood
    | MeterJumped
    | FaultStruck
)


class Record(Struct, frozen=True):
    """One line."""

    number: int
    time: datetime
    at: float
    station: str
    fact: Fact


class Ledger:
    """Writes the lines of one run; without a path it only counts them."""

    def __init__(
        self,
        path: Path | None,
        pace: Pace,
        sync: Callable[[int], None] | None = os.fsync,
    ) -> None:
        self._pace = pace
        self._sync = sync
        self._file: BinaryIO | None = path.open("xb") if path else None
        self._encoder = msgspec.json.Encoder()
        self._written = 0
        self._synced = 0
        self._turn = asyncio.Lock()
        self._disk = ThreadPoolExecutor(1, "ledger")

    def note(self, station: str, fact: Fact) -> int:
        """Append one line and return its number; it is safe on disk only after `secured`."""
        self._written += 1
        if self._file is not None:
            record = Record(
                number=self._written,
                time=self._pace.clock.now(),
                at=round(self._pace.seconds(), 3),
                station=station,
                fact=fact,
            )
            self._file.write(self._encoder.encode(record) + b"\n")
        return self._written

    async def secured(self, number: int) -> None:
        """Return when this line is on disk; lines that wait together share one sync."""
        if self._file is None:
            return
        if self._sync is None:
            self._file.flush()
            return
        async with self._turn:
            if self._synced >= number:
                return
            upto = self._written
            self._file.flush()
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._disk, self._sync, self._file.fileno())
            self._synced = upto

    def close(self) -> None:
        """Write out what is left and close the file."""
        self._disk.shutdown(wait=True)
        if self._file is not None:
            self._file.flush()
            if self._sync is not None:
                self._sync(self._file.fileno())
            self._file.close()
            self._file = None


def fingerprint(payload: bytes) -> str:
    """Return the hash by which the content of a message is recognised."""
    return hashlib.sha256(payload).hexdigest()


def read(path: Path) -> Iterator[Record]:
    """Return the lines of a ledger, also of one that is still being written.

    Raises msgspec.DecodeError when a line other than the last is damaged.
    """
    decoder = msgspec.json.Decoder(Record)
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            yield decoder.decode(line)
