"""A charging station: connects, boots, says what its connectors report, obeys; knows no database.

What it knows of a central system is OCPP 1.6J and nothing else.
"""

import asyncio
import random
from datetime import datetime

import msgspec

from onetime.kit.logs import get_log
from onetime.ocpp import envelope
from onetime.simulator import answers, messages
from onetime.simulator.access import Access
from onetime.simulator.chores import Chores
from onetime.simulator.configuration import PROFILE, Configuration
from onetime.simulator.connector import Connector, Order, OrderKind
from onetime.simulator.conversation import Books, Conversation, Delivery, Outcome
from onetime.simulator.faults import (
    CLOCK_FAULTS,
    METER_FAULTS,
    POWER_CUTS,
    RECONNECTS,
    Fault,
    FaultKind,
    Switches,
    WrongClock,
    wrong_clock,
)
from onetime.simulator.habits import Habits
from onetime.simulator.hearing import hear
from onetime.simulator.ledger import Asked, Connected, Disconnected, FaultStruck, Ledger, Refused
from onetime.simulator.line import SUBPROTOCOL, Address, Line, LineRefused, open_line
from onetime.simulator.meter import Meter
from onetime.simulator.moods import Moods
from onetime.simulator.outbox import Message, Outbox
from onetime.simulator.pace import Pace
from onetime.simulator.profiles import Profiles
from onetime.simulator.progress import Progress
from onetime.simulator.rights import Rights

log = get_log("simulator")

REBOOT_SECONDS = 10.0


class Station:
    """One charging station."""

    def __init__(
        self,
        address: Address,
        pace: Pace,
        ledger: Ledger,
        progress: Progress,
        seed: int,
        habits: Habits,
    ) -> None:
        self.identity = address.identity
        self.pace = pace
        self.ledger = ledger
        self.progress = progress
        self.configuration = Configuration()
        self.profiles = Profiles()
        self.rights = Rights()
        self.outbox = Outbox()
        self.switches = Switches()
        self._clock = WrongClock()
        self.arrived = asyncio.Event()
        self.access = Access(address)
        self.configuration.values[PROFILE] = str(self.access.profile)
        self.chores = Chores()
        self.firmware = messages.FIRMWARE
        self.moods: Moods = {}
        self._habits = habits
        self._rng = random.Random(f"station {seed} {self.identity}")
        ids = random.Random(f"ids {seed} {self.identity}")
        self._jitter = random.Random(f"jitter {seed} {self.identity}")
        self.connectors = [
            Connector(self, number, Meter(self._rng.uniform(0, 9_000_000)))
            for number in range(1, habits.connectors + 1)
        ]
        self._books = Books(
            self.identity,
            ledger,
            progress,
            lambda: f"{ids.getrandbits(64):016x}",
            habits.answer_within,
        )
        self._talk: Conversation | None = None
        self._connections = 0
        self._zombies: list[Line] = []
        self._away_until = 0.0
        self._stir = asyncio.Event()

    @property
    def online(self) -> bool:
        """Say whether the station is connected and accepted."""
        return self.arrived.is_set()

    async def stay_connected(self) -> None:
        """Connect again and again until cancelled."""
        try:
            await asyncio.sleep(self._jitter.uniform(0.0, self._habits.connects_within))
            failures = 0
            async with self.chores:
                while True:
                    while self.pace.seconds() < self._away_until:
                        await self.pace.until(self._away_until)
                    failures, wait = await self._connect(failures)
                    await asyncio.sleep(wait)
        finally:
            for line in self._zombies:
                line.cut()

    def finish(self) -> None:
        """End the charges and the faults that last: the run is about to end."""
        self._away_until = 0.0
        self.switches.lose_answer = None
        for connector in self.connectors:
            connector.finish(self.pace.seconds())

    def suffer(self, fault: Fault) -> None:
        """Let a fault strike."""
        self.progress.faults += 1
        self.ledger.note(self.identity, FaultStruck(fault.kind.value, fault.seconds))
        kind, back_at = fault.kind, fault.at + fault.seconds
        if kind in POWER_CUTS:
            self._go_away(back_at)
            for connector in self.connectors:
                connector.order(Order(OrderKind.POWER_CUT, fault.at, back_at=back_at, fault=kind))
        elif kind in METER_FAULTS:
            connector = self._rng.choice(self.connectors)
            connector.break_meter(kind, fault.at, fault.seconds)
        elif kind is FaultKind.CUT_LINE:
            self._go_away(back_at)
        elif kind is FaultKind.HALF_OPEN:
            if self._talk is not None:
                self._abandon(self._talk.line)
        elif kind in CLOCK_FAULTS:
            self._clock = wrong_clock(fault)
        else:
            self.switches.arm(kind)
            if kind in RECONNECTS:
                self._go_away(0.0)

    def wire_time(self, at: float) -> datetime:
        """Return what the station's clock shows at a simulated second."""
        return self._clock.shows(at, self.pace.moment(at))

    def tell(self, message: Message) -> None:
        """Send a message when its turn comes; live ones are lost while there is no line."""
        if message.durable or self.online:
            self.outbox.put(message)
            self.progress.unanswered += message.durable
            self._stir.set()
        elif message.answered is not None:
            message.answered.set_result(None)

    def tell_boot(self) -> None:
        """Send a BootNotification when its turn comes."""
        self.tell(
            Message("BootNotification", messages.boot_notification(self.identity, self.firmware))
        )

    async def permission(self, connector: int, tag: str) -> str | None:
        """Say by what right this tag may charge here now; None when it may not."""
        now = self.pace.moment(self.pace.seconds())
        if self.rights.kept_for_another(connector, tag, now):
            return None
        answered: asyncio.Future[answers.Answer | None]
        answered = asyncio.get_running_loop().create_future()
        self.tell(Message("Authorize", {"idTag": tag}, answered=answered))
        answer = await answered
        if isinstance(answer, answers.AuthorizeAnswer):
            status = answer.id_tag_info.status
            self.rights.learn(tag, status, self.configuration)
            return "accepted" if status == "Accepted" else None
        return self.rights.offline(tag, self.configuration)

    def take_reservation(self, connector: int, tag: str) -> int | None:
        """Use up the reservation that this tag has here, if any."""
        number = self.rights.use_reservation(connector, tag)
        if number is not None:
            self.show_all()
        return number

    def show_all(self) -> None:
        """Let all unused connectors show what has changed."""
        now = self.pace.seconds()
        reserved = {kept.connector for kept in self.rights.reservations.values()}
        for connector in self.connectors:
            connector.reserved = connector.number in reserved or 0 in reserved
            if connector.status in ("Available", "Reserved", "Unavailable"):
                connector.show_idle(now)

    def reboot(self, reason: str) -> None:
        """End all charges for this reason and start again."""
        now = self.pace.seconds()
        for connector in self.connectors:
            if connector.charge is not None:
                connector.order(Order(OrderKind.STOP, now, reason=reason))
        self._away_until = max(self._away_until, now + REBOOT_SECONDS)
        self.reconnect()

    def reconnect(self) -> None:
        """End the connection and open another, by what holds now."""
        if self._talk is not None:
            self._talk.line.hang_up()

    async def _connect(self, failures: int) -> tuple[int, float]:
        """Hold one connection; return the failures in a row and the real seconds to wait."""
        subprotocol = None if self.switches.skip_subprotocol else SUBPROTOCOL
        try:
            line = await open_line(self.access.address, subprotocol, self._received, self._ended)
        except LineRefused as refusal:
            self.access.turned_away()
            self.progress.refusals[refusal.status] += 1
            self.ledger.note(self.identity, Refused(refusal.status, refusal.reason))
            log.debug("upgrade_refused", station=self.identity, status=refusal.status)
            return failures + 1, self._habits.pause(failures + 1, refusal.retry_after, self._jitter)
        self.access.let_in()
        self.switches.skip_subprotocol = False
        failures = 0 if await self._converse(line, subprotocol) else failures + 1
        return failures, self._habits.pause(failures, None, self._jitter)

    async def _converse(self, line: Line, offered: str | None) -> bool:
        """Talk until the line ends; say whether the station was accepted."""
        self._connections += 1
        self.ledger.note(self.identity, Connected(self._connections, line.subprotocol))
        talk = Conversation(line, self._connections, self._books, self.switches)
        if offered != line.subprotocol:
            self._books.violated("subprotocol", f"offered {offered}, got {line.subprotocol}")
        self._talk = talk
        accepted = False
        try:
            accepted = await self._boot(talk)
            if accepted:
                self.arrived.set()
                self.progress.connected += 1
                await self._report(talk)
        finally:
            self.arrived.clear()
            self._talk = None
            self.progress.connected -= accepted
            self.outbox.forget_live()
            self.ledger.note(self.identity, Disconnected(talk.number, line.reason))
            if not line.closed:
                line.hang_up()
        return accepted

    async def _boot(self, talk: Conversation) -> bool:
        """Introduce the station until it is accepted (OCPP 1.6, 4.2)."""
        if self.switches.skip_boot:
            self.switches.skip_boot = False
            return True
        while not talk.line.closed:
            boot = Message(
                "BootNotification", messages.boot_notification(self.identity, self.firmware)
            )
            delivery = await talk.deliver(boot)
            if self._booted(delivery):
                now = self.wire_time(self.pace.seconds())
                status = messages.status_notification(0, "Available", now)
                await talk.deliver(Message("StatusNotification", status))
                for connector in self.connectors:
                    status = messages.status_notification(connector.number, connector.status, now)
                    await talk.deliver(Message("StatusNotification", status))
                return True
            await self._stirred(self.configuration.heartbeat_seconds(), talk)
        return False

    async def _report(self, talk: Conversation) -> None:
        """Send what is waiting, and a Heartbeat when nothing was said for so long."""
        clock = self.pace.clock
        heartbeat_at = clock.monotonic() + self.configuration.heartbeat_seconds()
        while not talk.line.closed:
            if self.switches.reorder and self.outbox.swap():
                self.switches.reorder = False
            now = self.pace.seconds()
            message = self.outbox.next(now)
            left = heartbeat_at - clock.monotonic()
            if left <= 0:
                message = Message("Heartbeat", {})
                self.outbox.put(message)
                heartbeat_at = clock.monotonic() + self.configuration.heartbeat_seconds()
            elif message is None:
                if self.outbox.unanswered:
                    left = min(left, (self.outbox.blocked_until - now) / self.pace.speed)
                await self._stirred(left, talk)
                continue
            else:
                self._take(message, await talk.deliver(message))

    async def _stirred(self, seconds: float, talk: Conversation) -> None:
        """Wait so long, or until there is something to send or the line has ended."""
        self._stir.clear()
        if talk.line.closed:
            return
        try:
            async with asyncio.timeout(max(seconds, 0.001)):
                await self._stir.wait()
        except TimeoutError:
            return

    def _take(self, message: Message, delivery: Delivery) -> None:
        """Draw the conclusions from what came of a message."""
        if delivery.outcome is Outcome.UNANSWERED:
            return
        if delivery.outcome is Outcome.FAILED and message.durable:
            message.failures += 1
            if message.failures < self.configuration.number("TransactionMessageAttempts"):
                pause = self.configuration.number("TransactionMessageRetryInterval")
                self.outbox.blocked_until = self.pace.seconds() + pause * message.failures
                return
        self.outbox.remove(message)
        self.progress.unanswered -= message.durable
        if message.answered is not None and not message.answered.done():
            message.answered.set_result(delivery.answer)
        match delivery.answer:
            case answers.BootAnswer():
                self._booted(delivery)
            case answers.StartAnswer() as answer:
                self._started(message, answer)
            case _:
                pass
        if message.durable and self.switches.repeat and delivery.outcome is Outcome.ANSWERED:
            same_id = self.switches.repeat is FaultKind.REPEAT_SAME_ID
            self.switches.repeat = None
            self.outbox.repeat(message, delivery.raw, same_id)
            self.progress.unanswered += 1

    def _booted(self, delivery: Delivery) -> bool:
        answer = delivery.answer
        if not isinstance(answer, answers.BootAnswer):
            return False
        if answer.interval > 0:
            self.configuration.values["HeartbeatInterval"] = str(answer.interval)
        return answer.status == "Accepted"

    def _started(self, message: Message, answer: answers.StartAnswer) -> None:
        charge = message.charge
        assert charge is not None
        if charge.transaction_id not in (None, answer.transaction_id):
            self._books.violated("a repeat got another transactionId", charge.session)
        charge.transaction_id = answer.transaction_id
        status = answer.id_tag_info.status
        self.rights.learn(charge.tag, status, self.configuration)
        connector = self.connectors[charge.connector - 1]
        stops = self.configuration.switched_on("StopTransactionOnInvalidId")
        if status != "Accepted" and stops and connector.charge is charge:
            connector.order(Order(OrderKind.STOP, self.pace.seconds(), reason="DeAuthorized"))

    def _received(self, line: Line, frame: bytes) -> None:
        if self._talk is None or self._talk.line is not line:
            return
        match envelope.read(frame):
            case envelope.Call() as call:
                self._obey(line, call)
            case envelope.CallResult() | envelope.CallError() as answer:
                self._talk.heard(answer)
            case envelope.Malformed(reason=reason):
                self._books.violated(
                    f"unreadable frame: {reason}", frame.decode("utf-8", "replace")
                )

    def _obey(self, line: Line, call: envelope.Call) -> None:
        self.progress.asked += 1
        payload = bytes(call.payload)
        heard = hear(self, self.moods, call)
        if heard.violation is not None:
            self._books.violated(heard.violation, payload.decode())
        answer = msgspec.Raw(heard.answer or b"null")
        fact = Asked(call.message_id, call.action, msgspec.Raw(payload), answer)
        self.ledger.note(self.identity, fact)
        if heard.frame is not None:
            line.send(heard.frame)
        if heard.afterwards is not None:
            heard.afterwards()
        if heard.ends_line:
            line.cut()

    def _ended(self, line: Line) -> None:
        if self._talk is not None and self._talk.line is line:
            self.arrived.clear()
            self._talk.ended()
        self._stir.set()

    def _abandon(self, line: Line) -> None:
        """Leave one socket open and dead; an earlier one is closed by now."""
        for older in self._zombies:
            older.cut()
        self._zombies = [line]
        line.abandon()

    def _go_away(self, back_at: float) -> None:
        self._away_until = max(self._away_until, back_at)
        if self._talk is not None:
            self._talk.line.cut()
