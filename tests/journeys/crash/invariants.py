"""The invariants I1 to I5 of the fault model: what truly happened against what the books say.

Shares no rule of booking and none of the protocol with the product. A breach is one sentence; no
breach is ever raised as an exception, so that a run shows all of them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from itertools import pairwise

from msgspec import Struct

from tests.journeys.crash.books import Books, Logged, Session
from tests.journeys.crash.truth import REPEATED, Charge, Message, Place, Truth

REPEAT = "repeated"
"""The outcome of a journal row whose message was known already."""
UNSYNCED = frozenset({"Heartbeat"})
"""Answered before it is on disk (promise 1): it may be lost, and is never there twice."""
STATION = "station"
RECONCILIATION = "reconciliation"


class Breach(Struct, frozen=True):
    """One thing that must never be."""

    invariant: str
    sentence: str


def breaches(truth: Truth, books: Books, valid_tags: Collection[str]) -> list[Breach]:
    """Check everything that a ledger and a database can tell together."""
    checks = {
        "I1": (acknowledged_and_kept(truth, books), readings_once(truth, books)),
        "I2": (sessions_once(truth, books), stops_booked(truth, books), stretches(truth, books)),
        "I3": (register_movement(truth, books),),
        "I4": (answers_repeated(truth), transactions_unique(truth), wire(truth, "a repeat")),
        "I5": (permissions(truth, valid_tags), alarms_raised(truth, books, valid_tags)),
        "promises": (conversation(truth, books),),
    }
    return [
        Breach(name, sentence)
        for name, findings in checks.items()
        for finding in findings
        for sentence in finding
    ]


def acknowledged_and_kept(truth: Truth, books: Books) -> Iterator[str]:
    """I1: what was acknowledged is in the journal once, what was not at most once."""
    rows: defaultdict[tuple[str, str], list[Logged]] = defaultdict(list)
    for row in books.journal:
        rows[row.station_id, _key(row)].append(row)
    sent: defaultdict[tuple[str, str], list[Message]] = defaultdict(list)
    for (station, key), message in truth.messages.items():
        sent[station, message.hash if message.action in REPEATED else key].append(message)
    for place, messages in sent.items():
        found = rows.pop(place, [])
        names = f"{messages[0].action} of {place[0]} ({place[1]})"
        firsts = sum(row.outcome != REPEAT for row in found)
        least = sum(each.is_answered and each.action not in UNSYNCED for each in messages)
        if firsts < least:
            yield f"{names} was answered and is not in the journal"
        if firsts > len(messages):
            yield f"{names} is in the journal {firsts} times as if it were new"
        if len(found) > sum(each.sendings for each in messages):
            yield f"{names} is in the journal more often than it was sent"
        if any(row.hash != each.hash for row in found for each in messages):
            yield f"{names} is in the journal with other content"
        answers = {(row.message_id, row.answer_hash) for row in found}
        for each in messages:
            given = {(one.message_id, one.hash) for one in each.answers}
            if each.action not in UNSYNCED and not given <= answers:
                yield f"{names} was answered otherwise than the journal says"
    for station, key in rows:
        yield f"{station} never sent what the journal has as {key}"


def readings_once(truth: Truth, books: Books) -> Iterator[str]:
    """I1: the effect of a MeterValues is there once: each of its sampled values is one row."""
    if books.doubled_readings:
        yield f"{books.doubled_readings} sampled values are kept twice"
    told: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for message in truth.of("MeterValues", "StopTransaction"):
        most[message.station] += message.fields.samples
        told[message.station] += message.fields.samples if message.is_answered else 0
    for station, samples in most.items():
        kept = books.readings.get(station, 0)
        if not told[station] <= kept <= samples:
            yield f"{station}: {kept} sampled values are kept, {told[station]} were acknowledged"


def sessions_once(truth: Truth, books: Books) -> Iterator[str]:
    """I2: each real charge is one session, with the transactionId that its station was given."""
    by_id = {each.transaction_id: each for each in books.sessions}
    seen: set[int] = set()
    starts = truth.of("StartTransaction")
    for start in starts:
        for transaction_id in {one.verdict.transaction_id for one in start.answers}:
            session = by_id.get(transaction_id or 0)
            if session is None:
                yield f"{start.session} was given {transaction_id}, of which there is no session"
            elif not _is_of(session, start):
                yield f"{start.session} was given {transaction_id}, the session of another charge"
            elif transaction_id in seen:
                yield f"{transaction_id} was given to two charges, the second is {start.session}"
            seen.add(transaction_id or 0)
    unanswered = [start for start in starts if not start.is_answered]
    for session in books.sessions:
        if session.transaction_id not in seen and not any(
            _is_of(session, start) for start in unanswered
        ):
            yield f"session {session.id} ({session.station_id}) is of no real charge"


def stops_booked(truth: Truth, books: Books) -> Iterator[str]:
    """I2: an acknowledged Stop has ended its own session, with its register."""
    by_id = {each.transaction_id: each for each in books.sessions}
    stops = {stop.session: stop for stop in truth.of("StopTransaction")}
    for start in truth.of("StartTransaction"):
        if not start.is_answered or start.session is None:
            continue
        session = by_id.get(start.answers[0].verdict.transaction_id or 0)
        stop = stops.get(start.session)
        if session is None:
            continue
        if stop is None:
            if session.ended_by not in (None, RECONCILIATION):
                yield f"{start.session} has sent no Stop, but is ended by {session.ended_by}"
        elif stop.is_answered:
            yield from _ended_by(stop, session, truth.charges[start.session])


def stretches(truth: Truth, books: Books) -> Iterator[str]:
    """I2: no stretch of a register is booked twice, to two sessions or to one and to nobody."""
    charges = _charges_of(truth, books)
    booked: defaultdict[tuple[Place, int], list[tuple[int, int, str]]] = defaultdict(list)
    for session in books.sessions:
        charge = charges.get(session.id)
        if charge is not None and charge.is_steady and session.energy_wh:
            end = session.meter_start + session.energy_wh
            what = (session.meter_start, end, f"session {session.id}")
            booked[charge.place, charge.began_segment].append(what)
    for stretch in books.stretches:
        if not stretch.energy_wh:
            continue  # Only where the register stood before the first charge.
        after = charges.get(stretch.after_session_id or 0)
        before = charges.get(stretch.before_session_id or 0)
        segments = [
            *([after.ended_segment] if after else []),
            *([before.began_segment] if before else []),
        ]
        if len(set(segments)) == 1 and segments[0] is not None:
            place = (stretch.station_id, stretch.connector_id)
            what = (stretch.from_wh, stretch.to_wh, "unassigned energy")
            booked[place, segments[0]].append(what)
    for (place, _), found in booked.items():
        found.sort()
        for (_, end, one), (start, _, other) in pairwise(found):
            if start < end:
                yield f"{place}: {one} and {other} both have {start} to {end} Wh"


def register_movement(truth: Truth, books: Books) -> Iterator[str]:
    """I3: sessions and unassigned energy together are what the register moved, to the Wh.

    Where a register jumped nobody can know everything: there no charge may get more than flowed.
    What is only an estimate, because the station forgot the charge, may hold idle load as well.
    """
    booked: Counter[Place] = Counter()
    for session in books.sessions:
        place = (session.station_id, session.connector_id)
        booked[place] += _counted(session)
        wh, kwh = session.energy_wh, session.total_energy_kwh
        if kwh != (None if wh is None else wh / 1000):
            yield f"session {session.id} has {wh} Wh and {kwh} kWh"
        if wh is not None and wh < 0:
            yield f"session {session.id} has {wh} Wh: less than nothing"
    for stretch in books.stretches:
        booked[stretch.station_id, stretch.connector_id] += stretch.energy_wh
        if not 0 <= stretch.energy_wh == stretch.to_wh - stretch.from_wh:
            yield f"unassigned {stretch.energy_wh} Wh from {stretch.from_wh} to {stretch.to_wh}"
    for place, registers in _told(truth).items():
        moved = max(registers) - min(registers)
        if not truth.jumps.get(place) and booked[place] != moved:
            yield f"{place}: the register moved {moved} Wh, {booked[place]} are booked"
    sessions = {each.id: each for each in books.sessions}
    for session_id, charge in _charges_of(truth, books).items():
        session = sessions[session_id]
        if charge.ended_wh is not None and charge.is_steady and session.ended_by == STATION:
            most = math.floor(charge.ended_wh) - math.floor(charge.began_wh)
            wh = session.energy_wh or 0
            if wh > most:
                yield f"{charge.session} drew {most} Wh, {wh} are booked"


def answers_repeated(truth: Truth) -> Iterator[str]:
    """I4: a repeat is answered as the first was."""
    for message in truth.of(*REPEATED):
        if len({answer.hash for answer in message.answers}) > 1:
            whose = message.session or message.station
            yield f"{message.action} of {whose} was answered in two ways"


def transactions_unique(truth: Truth) -> Iterator[str]:
    """I4: a transactionId is never given to two charges."""
    given: dict[int | None, str | None] = {}
    for start in truth.of("StartTransaction"):
        for answer in start.answers:
            owner = given.setdefault(answer.verdict.transaction_id, start.session)
            if owner != start.session:
                number = answer.verdict.transaction_id
                yield f"{owner} and {start.session} both were given {number}"


def permissions(truth: Truth, valid_tags: Collection[str]) -> Iterator[str]:
    """I5: a tag is accepted exactly if it is valid (no card changes during a run)."""
    for message in truth.of("Authorize", "StartTransaction", "StopTransaction"):
        tag = message.fields.id_tag
        for answer in message.answers:
            verdict = answer.verdict.id_tag_info
            if verdict is None:
                if tag is not None:
                    yield f"{message.action} of {message.station} has no verdict on its tag"
            elif (verdict.status == "Accepted") != (tag in valid_tags):
                yield f"{message.action} of {message.station} for {tag} was {verdict.status}"


def alarms_raised(truth: Truth, books: Books, valid_tags: Collection[str]) -> Iterator[str]:
    """I5: energy that flows although its tag was refused raises an alarm."""
    charges = _charges_of(truth, books)
    seen: defaultdict[str | None, int] = defaultdict(int)
    for message in truth.messages.values():
        if message.is_answered and message.action in REPEATED:
            seen[message.session] = max(seen[message.session], message.register_wh or 0)
    for session in books.sessions:
        charge = charges.get(session.id)
        if charge is None or charge.tag in valid_tags or not charge.is_steady:
            continue
        flows = seen[charge.session] > session.meter_start
        if flows and f"charge-without-permission:{session.id}" not in books.alarms:
            yield f"{charge.session} took energy with {charge.tag}, and nobody was told"


def wire(truth: Truth, beginning: str) -> Iterator[str]:
    """What a station has seen its central system do wrong, of one kind."""
    for violated in truth.violations:
        if violated.rule.startswith(beginning):
            yield f"{violated.rule}: {violated.evidence}"


def conversation(truth: Truth, books: Books) -> Iterator[str]:
    """Honest stations are understood, answered by the book, and never sent away."""
    for violated in truth.violations:
        if not violated.rule.startswith(("a repeat", "no answer in time")):
            yield f"{violated.rule}: {violated.evidence}"
    yield from (f"{each.action} was refused: {each.code}" for each in truth.refused)
    yield from (f"set aside: {each}" for each in books.set_aside)
    yield from (f"damaged: {each}" for each in books.damage)


def _key(row: Logged) -> str:
    return row.hash if row.action in REPEATED else row.message_id or row.frame


def _is_of(session: Session, start: Message) -> bool:
    return (
        session.station_id == start.station
        and session.connector_id == start.fields.connector_id
        and session.id_tag == start.fields.id_tag
        and session.stated_start_meter == start.fields.meter_start
    )


def _ended_by(stop: Message, session: Session, charge: Charge) -> Iterator[str]:
    if session.ended_by != STATION:
        yield f"{charge.session} has sent its Stop, but is ended by {session.ended_by}"
    elif charge.is_steady and session.meter_stop != stop.fields.meter_stop:
        yield (
            f"{charge.session} ended at {stop.fields.meter_stop} Wh,"
            f" its session at {session.meter_stop} Wh"
        )


def _charges_of(truth: Truth, books: Books) -> dict[int, Charge]:
    """The real charge of each session, by the transactionId that its station was given."""
    given = {
        answer.verdict.transaction_id: truth.charges[start.session]
        for start in truth.of("StartTransaction")
        if start.session is not None
        for answer in start.answers
    }
    return {
        each.id: given[each.transaction_id]
        for each in books.sessions
        if each.transaction_id in given
    }


def _counted(session: Session) -> int:
    """The energy of a session; of an open one what its meter values have shown."""
    if session.ended_by is not None:
        return session.energy_wh or 0
    return max((session.last_register_wh or 0) - session.meter_start, 0)


def _told(truth: Truth) -> dict[Place, list[int]]:
    """The register values of each meter that the central system has acknowledged."""
    told: defaultdict[Place, list[int]] = defaultdict(list)
    for message in truth.messages.values():
        if message.register_wh is None or not message.is_answered:
            continue
        if message.session is not None:
            told[truth.charges[message.session].place].append(message.register_wh)
        elif message.fields.connector_id is not None:
            told[message.station, message.fields.connector_id].append(message.register_wh)
    return dict(told)
