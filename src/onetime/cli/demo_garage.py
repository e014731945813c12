"""The garage of the demo: two levels, 24 spots, made-up renters, and weeks that they have charged.

All of it goes through the operations that people and stations use, on a clock set back.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.readings import REGISTER, Sample, Sampling
from onetime.domain.sessions import Closing, Opening
from onetime.domain.stations import Identification
from onetime.operations.presence import note_boot
from onetime.operations.reconciliation import known_register
from onetime.operations.renters import create_renter
from onetime.operations.sessions import start_session, stop_session
from onetime.operations.spots import add_spot, assign_spot
from onetime.operations.stations import register_station, rotate_key
from onetime.operations.tokens import block_card, issue_card
from onetime.store import stations
from onetime.store.transaction import Transaction

OWNER = Actor("cli", "demo")
LEVELS = (("B1", "Level -1"), ("B2", "Level -2"))
SPOTS_PER_LEVEL = 12
SPOTS = len(LEVELS) * SPOTS_PER_LEVEL
WEEKS = 5
CHARGES_PER_WEEK = 2.4
SEED = 1
CONNECTOR = 1
SAMPLE_MINUTES = 30
FURNISHED_BEFORE = timedelta(days=60)
SETTLED_BEFORE = timedelta(hours=2)
POWERS_WATTS = (3_680, 7_360, 11_040, 11_040, 11_040, 22_080)
MODELS = (
    ("Lumenport", "Wall 11", "2.4.1"),
    ("Lumenport", "Wall 22", "2.4.1"),
    ("Voltanea", "Garage One", "1.18"),
)
RENTERS = (
    "Anna Vogelsang", "Bruno Tessari", "Clara Nyström", "David Okonjo", "Elif Karatas",
    "Frederik Holm", "Greta Lindqvist", "Hiro Tanabe", "Ines Carvalho", "Jakob Wiesner",
    "Katarzyna Mazur", "Liam Brennan", "Mireille Dufour", "Nikos Pappas", "Olga Sorokina",
    "Pavel Dvorak", "Quirin Achleitner", "Rosa Delgado", "Sven Aaltonen", "Teresa Bianchi",
    "Uwe Petersen",
)  # fmt: skip
VACANT = range(len(RENTERS) + 1, SPOTS + 1)
AWAY_SHARE = 0.15
PAUSE = timedelta(minutes=10)
BLOCKED = 19
"""The number of a renter whose second card was lost."""
UNKNOWN_TAG = "04DEAD00BEEF01"
"""A visitor's card, which nobody has issued."""


class Visit(Struct, frozen=True, order=True):
    """One charge of the past."""

    began: datetime
    ended: datetime
    spot: int
    tag: str
    energy_wh: int
    reason: str


def station_ids(count: int) -> list[str]:
    """Return the identities of so many stations, in the order of the spots, then without one."""
    return [f"CP-{label}" for label in labels()][:count] + [
        f"CP-EXTRA-{number:03}" for number in range(1, count - SPOTS + 1)
    ]


def labels() -> list[str]:
    """Return the labels of the spots: B1-01 and so on."""
    return [
        f"{level}-{number:02}" for level, _ in LEVELS for number in range(1, SPOTS_PER_LEVEL + 1)
    ]


def tag_of(renter: int, card: int = 0) -> str:
    """Return the number of a renter's card."""
    return f"04{0xA1B2C3D4 + 977 * renter:08X}{renter:02X}{(61 * renter + 7 * card) % 256:02X}"


def tags(count: int) -> list[str]:
    """Return whose cards the cars at so many stations bring: their renter's, and two surprises."""
    cards = [tag_of(renter) for renter in range(1, len(RENTERS) + 1)]
    cards += [UNKNOWN_TAG, tag_of(BLOCKED, 1), tag_of(1)]
    return [cards[at % len(cards)] for at in range(count)]


def is_furnished(tx: Transaction) -> bool:
    """Say whether this garage stands already."""
    return stations.find(tx, station_ids(1)[0]) is not None


def furnish(tx: Transaction, now: datetime) -> None:
    """Build the garage as its owner would have, two months before now."""
    tx.now = now - FURNISHED_BEFORE
    rng = random.Random(SEED)
    for number, name in enumerate(RENTERS, 1):
        first, last = name.lower().split()
        create_renter(
            tx,
            OWNER,
            name=name,
            contact_email=f"{_plain(first)}.{_plain(last)}@example.org",
            phone_number=f"+49 30 5550{number:02}",
        )
        issue_card(tx, OWNER, tag_of(number), number, description="Main driver")
    issue_card(tx, OWNER, tag_of(BLOCKED, 1), BLOCKED, description="Second card, lost")
    block_card(tx, OWNER, tag_of(BLOCKED, 1))
    floors = dict(LEVELS)
    for number, (label, station_id) in enumerate(zip(labels(), station_ids(SPOTS), strict=True), 1):
        register_station(tx, OWNER, station_id)
        add_spot(tx, OWNER, label, floor_level=floors[label[:2]], station_id=station_id)
        if number <= len(RENTERS):
            assign_spot(tx, OWNER, label, number)
        vendor, model, firmware = rng.choice(MODELS)
        note_boot(
            tx,
            StationId(station_id),
            Identification(
                vendor=vendor,
                model=model,
                firmware_version=firmware,
                serial_number=f"{number:08}",
                ip_address=f"10.20.0.{number}",
            ),
        )


def past_visits(now: datetime) -> list[list[Visit]]:
    """Return the charges of the past weeks in the order of their end, in portions of a week."""
    rng = random.Random(SEED)
    free_from: dict[int, datetime] = {}
    visits = []
    for visit in sorted(
        visit for renter in range(1, len(RENTERS) + 1) for visit in _visits_of(rng, renter, now)
    ):
        if visit.began > free_from.get(visit.spot, visit.began - PAUSE):
            free_from[visit.spot] = visit.ended + PAUSE
            visits.append(visit)
    visits.sort(key=lambda visit: visit.ended)
    size = max(len(visits) // WEEKS, 1)
    return [visits[at : at + size] for at in range(0, len(visits), size)]


def relive(tx: Transaction, visits: Sequence[Visit]) -> None:
    """Let stations report charges of the past; each meter goes on where it stood."""
    for visit in visits:
        station_id = StationId(station_ids(SPOTS)[visit.spot - 1])
        tx.now = visit.began
        meter_start = known_register(tx, station_id, CONNECTOR, visit.began) or visit.spot * 91_700
        opened = start_session(
            tx,
            Opening(
                station_id=station_id,
                connector_id=CONNECTOR,
                id_tag=visit.tag,
                meter_start=meter_start,
                stated_time=visit.began,
            ),
        )
        tx.now = visit.ended
        closing = Closing(
            station_id=station_id,
            transaction_id=opened.transaction_id,
            id_tag=visit.tag if visit.reason == "Local" else None,
            meter_stop=meter_start + visit.energy_wh,
            stated_time=visit.ended,
            reason=visit.reason,
        )
        stop_session(tx, closing, tuple(_samplings(visit, meter_start)), "")


def hand_out_keys(tx: Transaction, station_list: Sequence[str]) -> dict[str, str]:
    """Give each station a new key, registering those that are not there yet; return them."""
    keys = {}
    for station_id in station_list:
        is_known = stations.find(tx, station_id) is not None
        key = (rotate_key if is_known else register_station)(tx, OWNER, station_id)
        assert key is not None
        keys[station_id] = key
    return keys


def registers(tx: Transaction, station_list: Sequence[str]) -> dict[str, float]:
    """Return where the meters stand (Wh)."""
    found = {each: known_register(tx, StationId(each), CONNECTOR, tx.now) for each in station_list}
    return {station_id: float(wh) for station_id, wh in found.items() if wh}


def _visits_of(rng: random.Random, renter: int, now: datetime) -> Iterator[Visit]:
    """Yield the charges of a renter: in the evening, mostly at the own spot."""
    watts = rng.choice(POWERS_WATTS)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(weeks=WEEKS)
    free_from = midnight
    for day in range(7 * WEEKS):
        if rng.random() > CHARGES_PER_WEEK / 7:
            continue
        began = midnight + timedelta(days=day, hours=max(rng.gauss(18.5, 2.5), 0.1))
        energy_wh = round(rng.triangular(2_500, 46_000, 14_000))
        charging = timedelta(hours=energy_wh / watts)
        ended = began + charging + timedelta(hours=rng.choice((0.05, 0.3, 2, 8)))
        spot = rng.choice(VACANT) if rng.random() < AWAY_SHARE else renter
        reason = rng.choice(("EVDisconnected", "EVDisconnected", "Local"))
        if began > free_from and ended < now - SETTLED_BEFORE:
            free_from = ended + PAUSE
            yield Visit(began, ended, spot, tag_of(renter), energy_wh, reason)


def _samplings(visit: Visit, meter_start: int) -> Iterator[Sampling]:
    """Yield what the meter showed, every half hour."""
    at = visit.began + timedelta(minutes=SAMPLE_MINUTES)
    while at < visit.ended:
        share = (at - visit.began) / (visit.ended - visit.began)
        wh = meter_start + round(visit.energy_wh * min(share * 1.3, 1.0))
        sample = Sample(REGISTER, float(wh), "Wh", None, "Sample.Periodic", "Outlet", None)
        yield Sampling.of(at, (sample,))
        at += timedelta(minutes=SAMPLE_MINUTES)


def _plain(name: str) -> str:
    return name.replace("ö", "oe").replace("ü", "ue")
