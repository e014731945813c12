"""What truly happened in a run, read from the simulator's ledger; knows no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from onetime.simulator.ledger import (
    Acknowledged,
    AnswerLost,
    CallFailed,
    ChargeBegan,
    ChargeEnded,
    FaultStruck,
    Intent,
    MeterJumped,
    MeterStood,
    Record,
    RunEnded,
    Violated,
)

REPEATED = frozenset({"StartTransaction", "StopTransaction", "MeterValues"})
"""What stations send again until it is answered; everything else is said once or not at all."""

Place = tuple[str, int]
"""A station and one of its connectors."""


class Fields(Struct, rename="camel"):
    """What the checks need of a payload."""

    connector_id: int | None = None
    transaction_id: int | None = None
    id_tag: str | None = None
    meter_start: int | None = None
    meter_stop: int | None = None
    meter_value: tuple["MeterValue", ...] = ()
    transaction_data: tuple["MeterValue", ...] = ()

    @property
    def samples(self) -> int:
        """How many sampled values the message carries."""
        return sum(len(one.sampled_value) for one in (*self.meter_value, *self.transaction_data))


class MeterValue(Struct, rename="camel"):
    """One moment of a MeterValues."""

    sampled_value: tuple[msgspec.Raw, ...]


class IdTagInfo(Struct):
    """The verdict of an answer."""

    status: str


class Verdict(Struct, rename="camel"):
    """What the checks need of an answer."""

    transaction_id: int | None = None
    id_tag_info: IdTagInfo | None = None


class Answer(Struct, frozen=True):
    """One answer that a station has received."""

    hash: str
    message_id: str
    verdict: Verdict


@dataclass
class Message:
    """One message by its content, however often it was sent and answered."""

    station: str
    action: str
    hash: str
    session: str | None
    fields: Fields
    register_wh: int | None
    sendings: int = 0
    ids: set[str] = field(default_factory=set)
    answers: list[Answer] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return bool(self.answers)


@dataclass
class Charge:
    """One real charge; segments count the jumps of its meter's register before that moment."""

    session: str
    place: Place
    tag: str
    began_wh: float
    began_segment: int
    ended_wh: float | None = None
    ended_segment: int | None = None
    is_told: bool = False

    @property
    def is_steady(self) -> bool:
        """Say whether the register only moved by energy while it lasted."""
        return self.ended_segment == self.began_segment


@dataclass
class Truth:
    """Everything that a run's ledger tells."""

    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    moved: dict[Place, float] = field(default_factory=dict)
    jumps: dict[Place, int] = field(default_factory=dict)
    violations: list[Violated] = field(default_factory=list)
    refused: list[CallFailed] = field(default_factory=list)
    faults: int = 0
    unanswered: dict[str, int] | None = None  # None: the run did not come to its end

    def of(self, *actions: str) -> list[Message]:
        """The messages of these actions, in the order of their first sending."""
        return [one for one in self.messages.values() if one.action in actions]


def truth_of(records: Iterable[Record]) -> Truth:
    """Put a ledger in order."""
    truth = Truth()
    intents: dict[int, Message] = {}
    for record in records:
        match record.fact:
            case Intent() as intent:
                message = _message(truth, record.station, intent)
                message.sendings += 1
                message.ids.add(intent.message_id)
                intents[record.number] = message
            case Acknowledged() | AnswerLost() as answered:
                verdict = msgspec.json.decode(answered.payload, type=Verdict)
                answer = Answer(answered.hash, answered.message_id, verdict)
                intents[answered.intent].answers.append(answer)
            case ChargeBegan() as began:
                place = (record.station, began.connector)
                truth.charges[began.session] = Charge(
                    began.session,
                    place,
                    began.tag,
                    began.register_wh,
                    truth.jumps.get(place, 0),
                )
            case ChargeEnded() as ended:
                charge = truth.charges[ended.session]
                charge.ended_wh = ended.register_wh
                charge.ended_segment = truth.jumps.get(charge.place, 0)
                charge.is_told = ended.told
            case MeterStood() as stood:
                truth.moved[record.station, stood.connector] = stood.moved_wh
            case MeterJumped() as jumped:
                place = (record.station, jumped.connector)
                truth.jumps[place] = truth.jumps.get(place, 0) + 1
            case Violated() as violated:
                truth.violations.append(violated)
            case CallFailed() as failed:
                truth.refused.append(failed)
            case FaultStruck():
                truth.faults += 1
            case RunEnded(unanswered):
                truth.unanswered = unanswered
            case _:
                pass
    return truth


def _message(truth: Truth, station: str, intent: Intent) -> Message:
    """Find the message that an intent sends: by content if it is repeated, else by its id."""
    is_repeated = intent.action in REPEATED
    key = f"{intent.session} {intent.hash}" if is_repeated else intent.message_id
    message = truth.messages.get((station, key))
    if message is None:
        message = truth.messages[station, key] = Message(
            station,
            intent.action,
            intent.hash,
            intent.session,
            msgspec.json.decode(intent.payload, type=Fields),
            intent.register_wh,
        )
    return message
