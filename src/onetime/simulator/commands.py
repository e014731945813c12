"""What a station does when the central system asks; knows no socket.

Each answer is simple and honest: what is accepted happens. What is unknown is NotImplemented.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import msgspec

from onetime.kit.x509 import Pair
from onetime.simulator import answers
from onetime.simulator.answers import strictly
from onetime.simulator.certificates import Wallet
from onetime.simulator.configuration import SECRET, Configuration
from onetime.simulator.connector import Connector, Order, OrderKind
from onetime.simulator.messages import JsonObject
from onetime.simulator.outbox import Message
from onetime.simulator.pace import Pace
from onetime.simulator.profiles import Profiles
from onetime.simulator.rights import Reservation, Rights


@dataclass(frozen=True)
class Reply:
    """An answer, and what follows once it has been sent."""

    payload: JsonObject
    afterwards: Callable[[], None] | None = None


class Commanded(Protocol):
    """What commands need of their station."""

    pace: Pace
    configuration: Configuration
    connectors: list[Connector]
    profiles: Profiles
    rights: Rights
    identity: str
    wallet: Wallet

    def tell(self, message: Message) -> None:
        """Send a message when its turn comes."""
        ...

    def tell_boot(self) -> None:
        """Send a BootNotification when its turn comes."""
        ...

    def reboot(self, reason: str) -> None:
        """End all charges for this reason and start again."""
        ...

    def change_password(self, password: str) -> None:
        """Use another password from the next connection on."""
        ...

    def change_certificate(self, pair: Pair) -> None:
        """Show another certificate from the next connection on."""
        ...

    def show_all(self) -> None:
        """Let all unused connectors show what has changed."""
        ...


Handler = Callable[[Commanded, msgspec.Raw], Reply]


def handle(station: Commanded, action: str, payload: msgspec.Raw) -> Reply | None:
    """Carry out one CALL; None when the action is unknown. Raises answers.Violation."""
    handler = HANDLERS.get(action)
    return None if handler is None else handler(station, payload)


def _status(word: str, afterwards: Callable[[], None] | None = None) -> Reply:
    return Reply({"status": word}, afterwards)


def _get_configuration(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.GetConfiguration, payload)
    keys = [] if asked.key is msgspec.UNSET else asked.key
    return Reply(station.configuration.shown(keys))


def _change_configuration(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.ChangeConfiguration, payload)
    if asked.key == SECRET:
        return _status("Accepted", lambda: station.change_password(asked.value))
    return _status(station.configuration.change(asked.key, asked.value))


def _change_availability(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.ChangeAvailability, payload)
    meant = _meant(station, asked.connector_id)
    if not meant:
        return _status("Rejected")
    for connector in meant:
        connector.operative = asked.type == "Operative"
    busy = any(connector.charge for connector in meant)
    return _status("Scheduled" if busy else "Accepted", station.show_all)


def _clear_cache(station: Commanded, payload: msgspec.Raw) -> Reply:
    strictly(answers.Empty, payload)
    if not station.configuration.switched_on("AuthorizationCacheEnabled"):
        return _status("Rejected")
    station.rights.cached.clear()
    return _status("Accepted")


def _remote_start(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.RemoteStart, payload)
    number = 0 if asked.connector_id is msgspec.UNSET else asked.connector_id
    free = [
        connector
        for connector in _meant(station, number)
        if connector.operative and connector.status in ("Available", "Preparing")
    ]
    if not free:
        return _status("Rejected")
    now = station.pace.seconds()
    profile = asked.charging_profile
    if profile is not msgspec.UNSET and not station.profiles.install(
        free[0].number, profile, station.pace.moment(now)
    ):
        return _status("Rejected")
    order = Order(OrderKind.START, now, tag=asked.id_tag)
    return _status("Accepted", lambda: free[0].order(order))


def _remote_stop(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.RemoteStop, payload)
    for connector in station.connectors:
        charge = connector.charge
        if charge is not None and charge.transaction_id == asked.transaction_id:
            order = Order(OrderKind.STOP, station.pace.seconds(), reason="Remote")
            return _status("Accepted", partial(connector.order, order))
    return _status("Rejected")


def _reset(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.Reset, payload)
    return _status("Accepted", lambda: station.reboot(f"{asked.type}Reset"))


def _unlock_connector(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.UnlockConnector, payload)
    meant = _meant(station, asked.connector_id) if asked.connector_id else []
    if not meant:
        return _status("NotSupported")
    order = Order(OrderKind.STOP, station.pace.seconds(), reason="UnlockCommand")
    return _status("Unlocked", (lambda: meant[0].order(order)) if meant[0].charge else None)


def _trigger_message(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.TriggerMessage, payload)
    number = 0 if asked.connector_id is msgspec.UNSET else asked.connector_id
    meant = _meant(station, number)
    if not meant:
        return _status("Rejected")
    message = asked.requested_message
    return _status("Accepted", lambda: _trigger(station, message, meant))


def _trigger(station: Commanded, message: str, meant: list[Connector]) -> None:
    now = station.pace.seconds()
    match message:
        case "BootNotification":
            station.tell_boot()
        case "Heartbeat":
            station.tell(Message(message, {}))
        case "StatusNotification":
            for connector in meant:
                connector.tell_status(now)
        case "MeterValues":
            for connector in meant:
                connector.tell_sample(now, "MeterValuesSampledData", "Trigger")
        case _:
            station.tell(Message(message, {"status": "Idle"}))


def _get_local_list_version(station: Commanded, payload: msgspec.Raw) -> Reply:
    strictly(answers.Empty, payload)
    return Reply({"listVersion": station.rights.list_version})


def _send_local_list(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.SendLocalList, payload)
    known = station.rights
    entries = (
        []
        if asked.local_authorization_list is msgspec.UNSET
        else list(asked.local_authorization_list)
    )
    if asked.update_type == "Differential" and asked.list_version <= known.list_version:
        return _status("VersionMismatch")
    if asked.update_type == "Full" and any(one.id_tag_info is msgspec.UNSET for one in entries):
        return _status("Failed")
    statuses = {} if asked.update_type == "Full" else dict(known.listed)
    for entry in entries:
        if entry.id_tag_info is msgspec.UNSET:
            statuses.pop(entry.id_tag.lower(), None)
        else:
            statuses[entry.id_tag.lower()] = entry.id_tag_info.status
    if len(statuses) > int(station.configuration.fixed["LocalAuthListMaxLength"]):
        return _status("Failed")
    known.list_version, known.listed = asked.list_version, statuses
    return _status("Accepted")


def _reserve_now(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.ReserveNow, payload)
    meant = _meant(station, asked.connector_id)
    if not meant:
        return _status("Rejected")
    if not any(connector.operative for connector in meant):
        return _status("Unavailable")
    again = asked.reservation_id in station.rights.reservations
    if not again and not any(connector.status == "Available" for connector in meant):
        return _status("Occupied")
    station.rights.reservations[asked.reservation_id] = Reservation(
        asked.connector_id, asked.id_tag, asked.expiry_date
    )
    return _status("Accepted", station.show_all)


def _cancel_reservation(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.CancelReservation, payload)
    if station.rights.reservations.pop(asked.reservation_id, None) is None:
        return _status("Rejected")
    return _status("Accepted", station.show_all)


def _set_charging_profile(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.SetChargingProfile, payload)
    profile = asked.cs_charging_profiles
    meant = _meant(station, asked.connector_id)
    if not meant:
        return _status("Rejected")
    if profile.charging_profile_purpose == "TxProfile" and (
        asked.connector_id == 0 or meant[0].charge is None
    ):
        return _status("Rejected")
    now = _settled(station)
    accepted = station.profiles.install(asked.connector_id, profile, station.pace.moment(now))
    return _status("Accepted" if accepted else "Rejected")


def _clear_charging_profile(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.ClearChargingProfile, payload)
    _settled(station)
    return _status("Accepted" if station.profiles.clear(asked) else "Unknown")


def _get_composite_schedule(station: Commanded, payload: msgspec.Raw) -> Reply:
    """Only the limit of this moment is told, as one period."""
    asked = strictly(answers.GetCompositeSchedule, payload)
    meant = _meant(station, asked.connector_id)
    if not meant or asked.charging_rate_unit == "W":
        return _status("Rejected")
    now = station.pace.seconds()
    limit = round(meant[0].limit_amps(now), 1)
    return Reply(
        {
            "status": "Accepted",
            "connectorId": asked.connector_id,
            "chargingSchedule": {
                "duration": asked.duration,
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
            },
        }
    )


def _transfer(station: Commanded, payload: msgspec.Raw) -> Reply:
    strictly(answers.DataTransfer, payload)
    return _status("UnknownVendorId")


def _get_diagnostics(station: Commanded, payload: msgspec.Raw) -> Reply:
    strictly(answers.GetDiagnostics, payload)
    return Reply(
        {"fileName": "diagnostics.txt"},
        lambda: _tell_in_turn(
            station, "DiagnosticsStatusNotification", ("Uploading", "UploadFailed")
        ),
    )


def _update_firmware(station: Commanded, payload: msgspec.Raw) -> Reply:
    strictly(answers.UpdateFirmware, payload)
    return Reply(
        {},
        lambda: _tell_in_turn(
            station, "FirmwareStatusNotification", ("Downloading", "DownloadFailed")
        ),
    )


def _extended_trigger(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(answers.ExtendedTriggerMessage, payload)
    if asked.requested_message != "SignChargePointCertificate":
        return _status("NotImplemented")
    return _status(
        "Accepted",
        lambda: station.tell(
            Message("SignCertificate", {"csr": station.wallet.ask(station.identity)})
        ),
    )


def _certificate_signed(station: Commanded, payload: msgspec.Raw) -> Reply:
    pair = station.wallet.take(strictly(answers.CertificateSigned, payload).certificate_chain)
    if pair is None:
        return _status("Rejected")
    return _status("Accepted", lambda: station.change_certificate(pair))


def _tell_in_turn(station: Commanded, action: str, statuses: tuple[str, ...]) -> None:
    """A simulated station can reach no file: it says so."""
    for status in statuses:
        station.tell(Message(action, {"status": status}))


def _meant(station: Commanded, number: int) -> list[Connector]:
    """Return the connectors that a number means; 0 means all of the station."""
    if number == 0:
        return station.connectors
    return [connector for connector in station.connectors if connector.number == number]


def _settled(station: Commanded) -> float:
    """Let the energy flow up to now, before the limits change."""
    now = station.pace.seconds()
    for connector in station.connectors:
        connector.settle(now)
    return now


HANDLERS: dict[str, Handler] = {
    "CancelReservation": _cancel_reservation,
    "CertificateSigned": _certificate_signed,
    "ChangeAvailability": _change_availability,
    "ChangeConfiguration": _change_configuration,
    "ClearCache": _clear_cache,
    "ClearChargingProfile": _clear_charging_profile,
    "DataTransfer": _transfer,
    "ExtendedTriggerMessage": _extended_trigger,
    "GetCompositeSchedule": _get_composite_schedule,
    "GetConfiguration": _get_configuration,
    "GetDiagnostics": _get_diagnostics,
    "GetLocalListVersion": _get_local_list_version,
    "RemoteStartTransaction": _remote_start,
    "RemoteStopTransaction": _remote_stop,
    "ReserveNow": _reserve_now,
    "Reset": _reset,
    "SendLocalList": _send_local_list,
    "SetChargingProfile": _set_charging_profile,
    "TriggerMessage": _trigger_message,
    "UnlockConnector": _unlock_connector,
    "UpdateFirmware": _update_firmware,
}
