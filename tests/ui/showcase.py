"""A garage worth a picture: the one of the demo with a week behind it, in every state at once.

Stations are scripts that connect over real sockets. Knows what is in the garage; never pages.
"""

from datetime import timedelta

from msgspec import Struct

from onetime.cli import demo_garage
from onetime.domain.accounts import Role
from onetime.domain.ids import StationId
from onetime.domain.policy import Policy
from onetime.kit.clock import SystemClock
from onetime.kit.times import to_text
from onetime.operations.api_tokens import create_api_token
from onetime.operations.commissionings import begin_commissioning
from onetime.operations.site import name_garage
from onetime.operations.spots import remove_station
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.transaction import Transaction
from tests.account_makers import an_account
from tests.garage_makers import OWNER
from tests.garages import Answer, House, Station

NAME = "Lindenhof garage"
RENTER = "anna.vogelsang@example.org"
"""The renter of the first spot, who has an account."""
MINUTES = 40
"""How long those charge already who charge."""
STEP_MINUTES = 5
WATTS_PER_PHASE = 2_300
STATES = (
    "Charging",
    "Available",
    "Charging",
    "Available",
    "Preparing",
    "SuspendedEV",
    "Available",
    "SuspendedEVSE",
    "Charging",
    "Available",
    "Finishing",
    "Reserved",
    "Available",
    "Charging",
    "Faulted",
    "Available",
    "Available",
    "Charging",
    "Unavailable",
    "Available",
    "Charging",
    "Available",
)
"""What the stations say of their connector, in the order of the spots; the next one is offline."""
OFFLINE = demo_garage.station_ids(len(STATES) + 1)[-1]
"""The next one."""
SETTINGS = (
    ("AuthorizeRemoteTxRequests", "true", False),
    ("ConnectionTimeOut", "60", False),
    ("GetConfigurationMaxKeys", "50", True),
    ("HeartbeatInterval", "120", False),
    ("MeterValueSampleInterval", "60", False),
    ("NumberOfConnectors", "1", True),
    ("StopTransactionOnInvalidId", "false", False),
)
"""What a station says of itself when it is asked: name, value, whether it is fixed."""
BARE = demo_garage.labels()[-1]
"""A spot whose station was taken away."""
DRAWING = ("Charging", "SuspendedEV", "SuspendedEVSE", "Finishing")
"""States in which a charge is open."""


class Built(Struct, frozen=True):
    """A garage before its doors open: the keys of its stations and where their meters stand."""

    keys: dict[str, str]
    registers: dict[str, float]


def build(database_url: str) -> Built:
    """Build the garage and let a week pass."""
    archive = Archive(open_database(database_url), SystemClock(), Policy())
    archive.start()
    try:
        return archive.perform(_built)
    finally:
        archive.stop()


def _built(tx: Transaction) -> Built:
    now = tx.now
    demo_garage.furnish(tx, now)
    for portion in demo_garage.past_visits(now)[-1:]:
        demo_garage.relive(tx, portion)
    tx.now = now
    remove_station(tx, OWNER, BARE)
    name_garage(tx, OWNER, NAME)
    an_account(tx, "ines@example.org", Role.INSTALLER)
    an_account(tx, RENTER, Role.RENTER, 1)
    create_api_token(tx, OWNER, name="Monthly statements", role=Role.ACCOUNTANT)
    begin_commissioning(tx, OWNER, StationId(demo_garage.station_ids(1)[0]))
    names = demo_garage.station_ids(len(STATES))
    return Built(demo_garage.hand_out_keys(tx, names), demo_garage.registers(tx, names))


async def enliven(house: House, built: Built) -> list[Station]:
    """Let stations come and say how they are; return them in the order of the spots."""
    stations = []
    for at, ((name, key), state) in enumerate(zip(built.keys.items(), STATES, strict=True)):
        station = await house.connect(name, key.encode())
        station.replies = _reply
        await _say(house, station, at, state, int(built.registers.get(name, 91_700 * (at + 1))))
        stations.append(station)
    await stations[1].call("Authorize", {"idTag": demo_garage.UNKNOWN_TAG})
    await house.status("CP-B3-01")
    return stations


def _reply(action: str, payload: Answer) -> object:
    if action != "GetConfiguration":
        return {"status": "Accepted"}
    keys = [
        {"key": name, "readonly": is_fixed, "value": value} for name, value, is_fixed in SETTINGS
    ]
    return {"configurationKey": keys, "unknownKey": []}


async def _say(house: House, station: Station, at: int, state: str, register: int) -> None:
    maker, model, firmware = demo_garage.MODELS[at % len(demo_garage.MODELS)]
    await station.call(
        "BootNotification",
        {
            "chargePointVendor": maker,
            "chargePointModel": model,
            "firmwareVersion": firmware,
            "chargePointSerialNumber": f"{at + 1:08}",
        },
    )
    error = "GroundFailure" if state == "Faulted" else "NoError"
    told = {"connectorId": 1, "errorCode": error, "status": state}
    await station.call("StatusNotification", {**told, "connectorId": 0, "status": "Available"})
    if state in DRAWING:
        phases = 0 if state.startswith("Suspended") else 1 + at % 3
        await _charge(house, station, at, phases, register)
    await station.call("StatusNotification", told)


async def _charge(house: House, station: Station, at: int, phases: int, register: int) -> None:
    """Begin a charge some time ago and tell what the meter showed since."""
    now = house.garage.clock.now()
    began = now - timedelta(minutes=MINUTES)
    opened = await station.call(
        "StartTransaction",
        {
            "connectorId": 1,
            "idTag": demo_garage.tag_of(at + 1),
            "meterStart": register,
            "timestamp": to_text(began),
        },
    )
    values = []
    for step in range(MINUTES // STEP_MINUTES + 1):
        watts = (phases or 1) * WATTS_PER_PHASE - (0 if step % 3 else 180)
        register += watts * STEP_MINUTES // 60
        is_last = step * STEP_MINUTES == MINUTES
        sampled = [
            {"value": str(register), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {
                "value": str(0 if is_last and not phases else watts),
                "measurand": "Power.Active.Import",
                "unit": "W",
            },
            *(
                {
                    "value": f"{watts / (phases or 1) / 230:.1f}",
                    "measurand": "Current.Import",
                    "phase": f"L{phase}",
                    "unit": "A",
                }
                for phase in range(1, (phases or 1) + 1)
            ),
        ]
        moment = began + timedelta(minutes=step * STEP_MINUTES)
        values.append({"timestamp": to_text(moment), "sampledValue": sampled})
    await station.call(
        "MeterValues",
        {"connectorId": 1, "transactionId": opened["transactionId"], "meterValue": values},
    )
