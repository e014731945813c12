"""What a station does when the central system asks; knows no socket.

Each answer is simple and honest: what is accepted happens. What is unknown is NotImplemented.
"""

from collections.abc import Callable
from functools import partial

import msgspec

from onetime.simulator import requests
from onetime.simulator.certificate_commands import (
    ask_for_certificate,
    certificate_signed,
    delete_certificate,
    get_installed_certificate_ids,
    install_certificate,
)
from onetime.simulator.configuration import PROFILE, SECRET
from onetime.simulator.connector import Connector, Order, OrderKind
from onetime.simulator.file_commands import (
    DIAGNOSTICS,
    LOG,
    UPDATE,
    get_diagnostics,
    get_log,
    signed_update_firmware,
    update_firmware,
)
from onetime.simulator.outbox import Message
from onetime.simulator.replies import Commanded, Reply, with_status
from onetime.simulator.rights import Reservation
from onetime.simulator.wire import Empty, strictly

UNDER_WAY = {
    "DiagnosticsStatusNotification": (DIAGNOSTICS, "Uploading"),
    "FirmwareStatusNotification": (UPDATE, "Downloading"),
    "LogStatusNotification": (LOG, "Uploading"),
    "SignedFirmwareStatusNotification": (UPDATE, "Downloading"),
}
"""What a triggered report says while the work is under way."""

Handler = Callable[[Commanded, msgspec.Raw], Reply]


def handle(station: Commanded, action: str, payload: msgspec.Raw) -> Reply | None:
    """Carry out one CALL; None when the action is unknown. Raises Violation."""
    handler = HANDLERS.get(action)
    return None if handler is None else handler(station, payload)


def _get_configuration(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.GetConfiguration, payload)
    keys = [] if asked.key is msgspec.UNSET else asked.key
    return Reply(station.configuration.shown(keys))


def _change_configuration(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.ChangeConfiguration, payload)
    if asked.key == SECRET:
        return with_status("Accepted", lambda: station.access.change_password(asked.value))
    if asked.key == PROFILE:
        return _change_profile(station, asked.value)
    return with_status(station.configuration.change(asked.key, asked.value))


def _change_profile(station: Commanded, value: str) -> Reply:
    """Go by another security profile, if it can be spoken, and connect by it at once (A05)."""
    if value not in ("0", "1", "2", "3") or not station.access.may_change_to(int(value)):
        return with_status("Rejected")
    station.configuration.values[PROFILE] = value
    profile = int(value)
    if profile == station.access.profile:
        return with_status("Accepted")

    def change() -> None:
        station.access.change_to(profile)
        station.reconnect()

    return with_status("Accepted", change)


def _change_availability(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.ChangeAvailability, payload)
    meant = _meant(station, asked.connector_id)
    if not meant:
        return with_status("Rejected")
    for connector in meant:
        connector.operative = asked.type == "Operative"
    busy = any(connector.charge for connector in meant)
    return with_status("Scheduled" if busy else "Accepted", station.show_all)


def _clear_cache(station: Commanded, payload: msgspec.Raw) -> Reply:
    strictly(Empty, payload)
    if not station.configuration.switched_on("AuthorizationCacheEnabled"):
        return with_status("Rejected")
    station.rights.cached.clear()
    return with_status("Accepted")


def _remote_start(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.RemoteStart, payload)
    number = 0 if asked.connector_id is msgspec.UNSET else asked.connector_id
    free = [
        connector
        for connector in _meant(station, number)
        if connector.operative and connector.status in ("Available", "Preparing")
    ]
    if not free:
        return with_status("Rejected")
    now = station.pace.seconds()
    profile = asked.charging_profile
    if profile is not msgspec.UNSET and not station.profiles.install(
        free[0].number, profile, station.pace.moment(now)
    ):
        return with_status("Rejected")
    order = Order(OrderKind.START, now, tag=asked.id_tag)
    return with_status("Accepted", lambda: free[0].order(order))


def _remote_stop(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.RemoteStop, payload)
    for connector in station.connectors:
        charge = connector.charge
        if charge is not None and charge.transaction_id == asked.transaction_id:
            order = Order(OrderKind.STOP, station.pace.seconds(), reason="Remote")
            return with_status("Accepted", partial(connector.order, order))
    return with_status("Rejected")


def _reset(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.Reset, payload)
    return with_status("Accepted", lambda: station.reboot(f"{asked.type}Reset"))


def _unlock_connector(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.UnlockConnector, payload)
    meant = _meant(station, asked.connector_id) if asked.connector_id else []
    if not meant:
        return with_status("NotSupported")
    order = Order(OrderKind.STOP, station.pace.seconds(), reason="UnlockCommand")
    return with_status("Unlocked", (lambda: meant[0].order(order)) if meant[0].charge else None)


def _trigger_message(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.TriggerMessage, payload)
    number = 0 if asked.connector_id is msgspec.UNSET else asked.connector_id
    meant = _meant(station, number)
    if not meant:
        return with_status("Rejected")
    message = asked.requested_message
    return with_status("Accepted", lambda: _trigger(station, message, meant))


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
            chore, word = UNDER_WAY[message]
            is_idle = not station.chores.is_under_way(chore)
            station.tell(Message(message, {"status": "Idle" if is_idle else word}))


def _get_local_list_version(station: Commanded, payload: msgspec.Raw) -> Reply:
    strictly(Empty, payload)
    return Reply({"listVersion": station.rights.list_version})


def _send_local_list(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.SendLocalList, payload)
    known = station.rights
    entries = (
        []
        if asked.local_authorization_list is msgspec.UNSET
        else list(asked.local_authorization_list)
    )
    if asked.update_type == "Differential" and asked.list_version <= known.list_version:
        return with_status("VersionMismatch")
    if asked.update_type == "Full" and any(one.id_tag_info is msgspec.UNSET for one in entries):
        return with_status("Failed")
    statuses = {} if asked.update_type == "Full" else dict(known.listed)
    for entry in entries:
        if entry.id_tag_info is msgspec.UNSET:
            statuses.pop(entry.id_tag.lower(), None)
        else:
            statuses[entry.id_tag.lower()] = entry.id_tag_info.status
    if len(statuses) > int(station.configuration.fixed["LocalAuthListMaxLength"]):
        return with_status("Failed")
    known.list_version, known.listed = asked.list_version, statuses
    return with_status("Accepted")


def _reserve_now(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.ReserveNow, payload)
    meant = _meant(station, asked.connector_id)
    if not meant:
        return with_status("Rejected")
    if not any(connector.operative for connector in meant):
        return with_status("Unavailable")
    again = asked.reservation_id in station.rights.reservations
    if not again and not any(connector.status == "Available" for connector in meant):
        return with_status("Occupied")
    station.rights.reservations[asked.reservation_id] = Reservation(
        asked.connector_id, asked.id_tag, asked.expiry_date
    )
    return with_status("Accepted", station.show_all)


def _cancel_reservation(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.CancelReservation, payload)
    if station.rights.reservations.pop(asked.reservation_id, None) is None:
        return with_status("Rejected")
    return with_status("Accepted", station.show_all)


def _set_charging_profile(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.SetChargingProfile, payload)
    profile = asked.cs_charging_profiles
    meant = _meant(station, asked.connector_id)
    if not meant:
        return with_status("Rejected")
    if profile.charging_profile_purpose == "TxProfile" and (
        asked.connector_id == 0 or meant[0].charge is None
    ):
        return with_status("Rejected")
    now = _settled(station)
    accepted = station.profiles.install(asked.connector_id, profile, station.pace.moment(now))
    return with_status("Accepted" if accepted else "Rejected")


def _clear_charging_profile(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.ClearChargingProfile, payload)
    _settled(station)
    return with_status("Accepted" if station.profiles.clear(asked) else "Unknown")


def _get_composite_schedule(station: Commanded, payload: msgspec.Raw) -> Reply:
    """Only the limit of this moment is told, as one period."""
    asked = strictly(requests.GetCompositeSchedule, payload)
    meant = _meant(station, asked.connector_id)
    if not meant or asked.charging_rate_unit == "W":
        return with_status("Rejected")
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
    strictly(requests.DataTransfer, payload)
    return with_status("UnknownVendorId")


def _extended_trigger(station: Commanded, payload: msgspec.Raw) -> Reply:
    asked = strictly(requests.ExtendedTriggerMessage, payload)
    if asked.requested_message == "SignChargePointCertificate":
        return with_status("Accepted", lambda: ask_for_certificate(station))
    number = 0 if asked.connector_id is msgspec.UNSET else asked.connector_id
    meant = _meant(station, number)
    if not meant:
        return with_status("Rejected")
    is_signed = asked.requested_message == "FirmwareStatusNotification"
    message = "SignedFirmwareStatusNotification" if is_signed else asked.requested_message
    return with_status("Accepted", lambda: _trigger(station, message, meant))


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
    "CertificateSigned": certificate_signed,
    "ChangeAvailability": _change_availability,
    "ChangeConfiguration": _change_configuration,
    "ClearCache": _clear_cache,
    "ClearChargingProfile": _clear_charging_profile,
    "DataTransfer": _transfer,
    "DeleteCertificate": delete_certificate,
    "ExtendedTriggerMessage": _extended_trigger,
    "GetCompositeSchedule": _get_composite_schedule,
    "GetConfiguration": _get_configuration,
    "GetDiagnostics": get_diagnostics,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "GetLocalListVersion": _get_local_list_version,
    "GetLog": get_log,
    "InstallCertificate": install_certificate,
    "RemoteStartTransaction": _remote_start,
    "RemoteStopTransaction": _remote_stop,
    "ReserveNow": _reserve_now,
    "Reset": _reset,
    "SendLocalList": _send_local_list,
    "SetChargingProfile": _set_charging_profile,
    "SignedUpdateFirmware": signed_update_firmware,
    "TriggerMessage": _trigger_message,
    "UnlockConnector": _unlock_connector,
    "UpdateFirmware": update_firmware,
}
