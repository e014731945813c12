"""The laws of the energy books, against a model that knows what the meters really did.

A station with two connectors charges, idles, loses lines and Stops, repeats itself and tells things
late and out of order. Its registers only go up; what resets do, `test_books.py` says.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec import Struct
from sqlalchemy import RowMapping, bindparam, select

from onetime.domain.policy import Policy
from onetime.domain.sessions import EndedBy, Estimate
from onetime.operations.reconciliation import close_stale_sessions
from onetime.store import sessions
from onetime.store.database import Database
from onetime.store.tables import charging_sessions, unassigned_energy
from onetime.store.transaction import Transaction
from tests.charges import a_garage, begin, end, meter
from tests.databases import NOW

c, u = charging_sessions.c, unassigned_energy.c
CHARGED = select(
    c.meter_start.label("from_wh"), (c.meter_start + c.energy_wh).label("to_wh")
).where(c.connector_id == bindparam("connector"), c.energy_wh > 0)
IDLE = select(u.from_wh, u.to_wh).where(u.connector_id == bindparam("connector"), u.energy_wh > 0)
BOOKED = select(c.id, c.transaction_id, c.meter_stop, c.energy_wh, c.ended_by, c.end_time).order_by(
    c.id
)
BETWEEN = select(u.after_session_id, u.from_wh, u.to_wh).order_by(u.id)
CONNECTORS = st.sampled_from((1, 2))
ANY = st.integers(0, 1_000)


Message = Callable[[], None]


class Real(Struct, eq=False):
    """A charge as it was: what the meter showed, and when; `begun` is its Start."""

    connector: int
    start_wh: int
    start: datetime
    stop_wh: int | None = None
    stop: datetime | None = None
    transaction_id: int | None = None
    begun: Message | None = None


class Meter(Struct):
    """What a connector's register really shows, who charges, and what the books could know."""

    register: int
    charge: Real | None = None
    told: list[int] = []


class Station(RuleBasedStateMachine):
    """The station, its memory of what it has not sent yet, and the books that it fills."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.connection = database.writer.connect()
        self.transaction = self.connection.begin()
        self.tx = Transaction(self.connection, Policy(), NOW)
        a_garage(self.tx)
        self.meters = {1: Meter(1_000), 2: Meter(50_000)}
        self.charges: list[Real] = []
        self.waiting: list[tuple[Real | None, Message]] = []
        self.sent: list[tuple[Real | None, Message]] = []
        self.ended: dict[int, tuple[int | None, str]] = {}

    def teardown(self) -> None:
        try:
            while self.waiting:
                self._send(*self.waiting.pop(0))
            self.books_add_up()
            self.no_stretch_is_booked_twice()
        finally:
            self.transaction.rollback()
            self.connection.close()

    # What really happens.

    @rule(connector=CONNECTORS, wh=st.integers(0, 300), minutes=st.integers(10, 600))
    def idle(self, connector: int, wh: int, minutes: int) -> None:
        """A connector without charge may draw a little."""
        if self.meters[connector].charge is None:
            self.meters[connector].register += wh
        self._wait(minutes)

    @rule(connector=CONNECTORS, offline=st.booleans())
    def plug_in(self, connector: int, offline: bool) -> None:
        """A charge begins, and its Start is sent or kept."""
        metered = self.meters[connector]
        if metered.charge is not None:
            return
        self._wait(1)
        real = Real(connector, metered.register, self.tx.now)
        metered.charge = real
        self.charges.append(real)
        real.begun = self._start_of(real)
        self._say(real, real.begun, offline)

    @rule(connector=CONNECTORS, wh=st.integers(0, 8_000))
    def charge(self, connector: int, wh: int) -> None:
        """Energy flows into a car."""
        if self.meters[connector].charge is not None:
            self.meters[connector].register += wh
            self._wait(wh / 183 + 1)

    @rule(connector=CONNECTORS, offline=st.booleans(), is_named=st.booleans())
    def measure(self, connector: int, offline: bool, is_named: bool) -> None:
        """A sample is taken, in a charge or outside."""
        metered = self.meters[connector]
        self._wait(1)
        real, wh, at = metered.charge, metered.register, self.tx.now

        def message() -> None:
            named = real.transaction_id if real is not None and is_named else None
            self.meters[connector].told.append(wh)
            meter(self.tx, wh, at, transaction_id=named, connector=connector)

        self._say(real, message, offline)

    @rule(connector=CONNECTORS, offline=st.booleans(), is_lost=st.booleans())
    def unplug(self, connector: int, offline: bool, is_lost: bool) -> None:
        """A charge ends; its Stop is sent, kept or lost for ever."""
        metered = self.meters[connector]
        if metered.charge is None:
            return
        self._wait(1)
        real, metered.charge = metered.charge, None
        real.stop_wh, real.stop = metered.register, self.tx.now
        if not is_lost:
            self._say(real, self._stop_of(real), offline)

    # What arrives, and when.

    @precondition(lambda self: bool(self.waiting))
    @rule(which=ANY)
    def deliver(self, which: int) -> None:
        """Something that was kept is sent, not always in order."""
        real, message = self.waiting.pop(which % len(self.waiting))
        self._send(real, message)

    @precondition(lambda self: bool(self.sent))
    @rule(which=ANY)
    def repeat(self, which: int) -> None:
        """Something that was sent before is sent again, and changes nothing."""
        real, message = self.sent[which % len(self.sent)]
        if real is not None and message is real.begun and self._has_ended(real):
            return  # An equal Start is a new charge then: the station's clock stands still.
        before = self._books()
        message()

        assert self._books() == before

    @rule()
    def fall_silent(self) -> None:
        """Nothing is heard for longer than a day."""
        self._wait(25 * 60)
        close_stale_sessions(self.tx)

    # What always holds.

    @invariant()
    def no_stretch_is_booked_twice(self) -> None:
        """I2."""
        for connector in self.meters:
            stretches = sorted(self._stretches(connector))
            for (_, end_wh), (start_wh, _) in pairwise(stretches):
                assert end_wh <= start_wh, stretches

    @invariant()
    def books_add_up(self) -> None:
        """I3, to the Wh: as far as the books were told, every Wh is somewhere."""
        for connector, metered in self.meters.items():
            if not metered.told:
                continue
            moved = max(metered.told) - min(metered.told)
            total = sum(end_wh - start_wh for start_wh, end_wh in self._stretches(connector))
            is_open = any(each.connector_id == connector for each in sessions.all_open(self.tx))
            assert total <= moved if is_open else total == moved, self._stretches(connector)

    @invariant()
    def what_a_station_ended_is_as_it_was(self) -> None:
        """Estimates are marked, and gone when the real value came; nothing is reopened."""
        for real in self.charges:
            if real.transaction_id is None:
                continue
            session = sessions.by_transaction(self.tx, real.transaction_id)
            assert session is not None
            known = self.ended.get(session.id)
            assert known is None or session.ended_by is not None
            if session.ended_by is EndedBy.STATION:
                assert real.stop_wh is not None
                assert session.energy_wh == real.stop_wh - real.start_wh
                assert session.end_time == real.stop
                assert not session.estimated
                self.ended[session.id] = (session.energy_wh, "station")
            elif session.ended_by is not None:
                assert {Estimate.METER_STOP, Estimate.END_TIME} <= {*session.estimated}
                assert known is None or known[1] != "station"
                assert session.energy_wh is not None
                assert 0 <= session.energy_wh <= self.meters[real.connector].register
                self.ended[session.id] = (session.energy_wh, "estimate")

    def _start_of(self, real: Real) -> Message:
        def message() -> None:
            opened = begin(self.tx, real.start_wh, real.start, connector=real.connector)
            assert real.transaction_id in (None, opened.transaction_id)  # I4
            real.transaction_id = opened.transaction_id
            self.meters[real.connector].told.append(real.start_wh)

        return message

    def _stop_of(self, real: Real) -> Message:
        def message() -> None:
            assert real.transaction_id is not None
            assert real.stop_wh is not None
            end(self.tx, real.transaction_id, real.stop_wh, real.stop)
            self.meters[real.connector].told.append(real.stop_wh)

        return message

    def _say(self, real: Real | None, message: Message, offline: bool) -> None:
        if offline:
            self.waiting.append((real, message))
        else:
            self._send(real, message)

    def _send(self, real: Real | None, message: Message) -> None:
        """A station knows the id of a charge before it says more of it."""
        begun = real.begun if real is not None else None
        if real is not None and begun not in (None, message) and real.transaction_id is None:
            assert begun is not None
            self.waiting.remove((real, begun))
            self._send(real, begun)
        message()
        self.sent.append((real, message))

    def _has_ended(self, real: Real) -> bool:
        assert real.transaction_id is not None
        session = sessions.by_transaction(self.tx, real.transaction_id)
        return session is not None and session.ended_by is EndedBy.STATION

    def _wait(self, minutes: float) -> None:
        self.tx.now += timedelta(minutes=minutes)

    def _stretches(self, connector: int) -> list[tuple[int, int]]:
        rows = self.tx.all(CHARGED, connector=connector) + self.tx.all(IDLE, connector=connector)
        return [(row["from_wh"], row["to_wh"]) for row in rows]

    def _books(self) -> list[RowMapping]:
        """Return what a repeat must not change."""
        return self.tx.all(BOOKED) + self.tx.all(BETWEEN)
