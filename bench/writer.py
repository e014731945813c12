"""What each message costs in the writer, without sockets and without waiting for anybody.

`python -m bench.writer DATA_DIR` prints one JSON object, in microseconds per message. The least
disturbed of the figures: for finding out whether a change helps.
"""

import json
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.conversation import Script, station_name
from bench.garage import prepare
from onetime.domain.ids import StationId
from onetime.domain.policy import Policy
from onetime.gateway.answers import Incoming, Understood, answer_frame, understand
from onetime.ocpp.envelope import Call, read
from onetime.store.database import open_database
from onetime.store.transaction import Transaction

STATIONS = 200
BATCH = 100
"""What a commit takes with it when 200 stations send as fast as they are answered."""
MESSAGES_EACH = 60
_TRANSACTION = re.compile(rb'"transactionId":(\d+)')


class Costs:
    """The measured seconds of each kind of work."""

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = {}

    def add(self, work: str, since: float, messages: int = 1) -> None:
        """Add work that began at `since` and was done for this many messages."""
        seconds = (time.perf_counter() - since) / messages
        self._seconds.setdefault(work, []).append(seconds)

    def medians(self) -> dict[str, float]:
        """Return microseconds."""
        return {work: round(1e6 * median(found), 1) for work, found in self._seconds.items()}


def measure(folder: Path) -> dict[str, float]:
    """Let every station say the mix, in batches as the writer makes them."""
    url = f"sqlite:///{folder / 'onetime.db'}"
    prepare(url, STATIONS)
    scripts = [Script(number) for number in range(STATIONS)]
    talks = [script.frames() for script in scripts]
    costs = Costs()
    database = open_database(url)
    with database.writer.connect() as connection:
        for turn in range(MESSAGES_EACH * STATIONS // BATCH):
            numbers = [(turn * BATCH + each) % STATIONS for each in range(BATCH)]
            heard = [(number, *_heard(costs, number, next(talks[number])[1])) for number in numbers]
            with connection.begin():
                tx = Transaction(connection, Policy(), datetime.now(UTC))
                for number, incoming, understood in heard:
                    began = time.perf_counter()
                    answer = answer_frame(tx, incoming, understood)
                    costs.add(incoming.action, began)
                    if found := _TRANSACTION.search(answer):
                        scripts[number].transaction_id = int(found[1])
                began = time.perf_counter()
                tx.flush()
                costs.add("appended rows", began, BATCH)
                began = time.perf_counter()
            costs.add("commit", began, BATCH)
    database.close()
    return costs.medians()


def _heard(costs: Costs, number: int, frame: bytes) -> tuple[Incoming, Understood]:
    began = time.perf_counter()
    message = read(frame)
    assert isinstance(message, Call)
    incoming = Incoming(
        station_id=StationId(station_name(number)),
        address="127.0.0.1",
        at=datetime.now(UTC),
        action=message.action,
        message_id=message.message_id,
        payload=message.payload,
        frame=frame.decode(),
    )
    understood = understand(incoming)
    costs.add("decoding", began)
    assert isinstance(understood, Understood)
    return incoming, understood


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
