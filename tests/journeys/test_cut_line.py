"""Our simulator charges through cut lines and repeated Starts: its ledger and the books agree."""

import asyncio
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import msgspec

from onetime.simulator.car import Pattern
from onetime.simulator.faults import Fault, FaultKind
from onetime.simulator.ledger import (
    Acknowledged,
    AnswerLost,
    CallFailed,
    FaultStruck,
    Intent,
    Violated,
    read,
)
from onetime.simulator.run import simulate
from tests.cli.programs import started
from tests.cli.test_serve import LOCAL, address_of
from tests.garages import CARD, furnish

STATIONS = ["CP-1", "CP-2", "CP-3", "CP-4"]
HOUR = 3_600.0
SPEED = 8_000.0
LOST = (FaultKind.LOST_ANSWER_NEW_ID, FaultKind.LOST_ANSWER_SAME_ID)
KINDS = (
    FaultKind.CUT_LINE,
    FaultKind.REPEAT_SAME_ID,
    *LOST,
    FaultKind.REPEAT_NEW_ID,
    FaultKind.DUPLICATE,
    FaultKind.HALF_OPEN,
)
FIRST_STARTS = [Fault(0.0, number, LOST[number % 2]) for number in range(len(STATIONS))]
FAULTS = [
    Fault((0.5 + 0.25 * number) * HOUR, number % len(STATIONS), KINDS[number % len(KINDS)], 300.0)
    for number in range(28)
]
"""The answer to the first Start of each station is lost; what follows strikes whatever is said."""

Payload = dict[str, object]


def test_each_charge_is_in_the_books_once_with_its_energy(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    path, ledger = tmp_path / "data" / "onetime.db", tmp_path / "ledger.jsonl"
    with started("serve", data_dir=tmp_path / "data", **LOCAL) as program:
        url = address_of(program).rstrip("/")
        furnish(f"sqlite:///{path}", STATIONS)
        asyncio.run(
            simulate(
                url,
                STATIONS,
                [CARD],
                speed=SPEED,
                faults=FIRST_STARTS + FAULTS,
                pattern=Pattern(gap=HOUR, stay=HOUR),
                ledger_path=ledger,
                ledger_synced=False,
                duration=5.0,
            )
        )
        told = Told(ledger)
        assert told.faults >= {each.value for each in KINDS}
        assert told.complaints == []
        assert len(told.starts) > len(STATIONS)
        assert told.repeated >= len(STATIONS)
        with closing(sqlite3.connect(path)) as database:
            kept = {
                row[0]: row[1:]
                for row in database.execute(
                    "SELECT transaction_id, meter_start, meter_stop, total_energy_kwh, ended_by"
                    " FROM charging_sessions"
                )
            }
    assert kept.keys() == {ids for (ids,) in told.starts.values()}
    for session, (transaction_id,) in told.starts.items():
        start, stop, energy, ended_by = kept[transaction_id]
        assert start == told.registers[session]["StartTransaction"]
        if session in told.stopped:
            assert ended_by == "station"
            assert stop == told.registers[session]["StopTransaction"]
            assert energy == (stop - start) / 1_000


class Told:
    """What the stations' own books say."""

    def __init__(self, path: Path) -> None:
        self.faults: set[str] = set()
        self.complaints: list[object] = []
        self.starts: defaultdict[str, set[int]] = defaultdict(set)
        self.stopped: set[str] = set()
        self.registers: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.repeated = 0
        for record in read(path):
            match record.fact:
                case FaultStruck(fault=fault):
                    self.faults.add(fault)
                case Violated() | CallFailed() as complaint:
                    self.complaints.append(complaint)
                case Intent(session=str(session), action=action) as intent:
                    self._note_intent(session, action, intent)
                case Acknowledged(session=str(session)) | AnswerLost(session=str(session)) as fact:
                    self._note_answer(session, fact.action, fact.payload)

    def _note_intent(self, session: str, action: str, intent: Intent) -> None:
        payload = msgspec.json.decode(intent.payload, type=Payload)
        register = payload.get("meterStart", payload.get("meterStop"))
        if isinstance(register, int):
            self.repeated += action == "StartTransaction" and intent.sending > 1
            self.registers[session][action] = register

    def _note_answer(self, session: str, action: str, raw: msgspec.Raw) -> None:
        payload = msgspec.json.decode(raw, type=Payload)
        if action == "StartTransaction":
            transaction_id = payload["transactionId"]
            assert isinstance(transaction_id, int)
            self.starts[session].add(transaction_id)
        elif action == "StopTransaction":
            self.stopped.add(session)
