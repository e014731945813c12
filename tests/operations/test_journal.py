"""What was said on the wire is kept, and what nobody understood is shown."""

import pytest
from sqlalchemy import select

from onetime.domain.commands import CommandStatus
from onetime.domain.reviews import ReviewKind
from onetime.operations.commands import Asking, Ending, end_command, note_command
from onetime.operations.journal import (
    INWARD,
    KEPT_OF_GROUP,
    Entry,
    Report,
    keep_aside,
    note_quirk,
    note_report,
    note_security_event,
    write_entry,
)
from onetime.operations.reviews import resolve_review
from onetime.queries.reports import ReportKind, report_list
from onetime.store.message_tables import ocpp_messages, quarantined_frames, station_reports
from onetime.store.tables import review_items
from onetime.store.transaction import Transaction
from tests.charges import CP, alarm_kinds, evidence, findings, quirks
from tests.garage_makers import OWNER, a_station

FRAME = '[2,"1","StopTransaction",{"meterStop":"many"}]'


def frames(tx: Transaction) -> list[str]:
    c = quarantined_frames.c
    return [*tx.connection.execute(select(c.frame).order_by(c.id)).scalars()]


def test_a_message_is_logged_with_its_answer(tx: Transaction) -> None:
    entry = Entry(
        station_id=CP,
        at=tx.now,
        direction=INWARD,
        action="Heartbeat",
        message_id="1",
        frame='[2,"1","Heartbeat",{}]',
        answer='[3,"1",{}]',
        outcome="answered",
    )
    write_entry(tx, entry)
    tx.flush()

    row = tx.connection.execute(select(ocpp_messages)).mappings().one()
    assert (row["direction"], row["frame"], row["answer"], row["outcome"]) == (
        "in",
        '[2,"1","Heartbeat",{}]',
        '[3,"1",{}]',
        "answered",
    )


def test_a_frame_that_is_kept_aside_is_one_finding_however_often_it_comes(tx: Transaction) -> None:
    a_station(tx, CP)
    for frame in (FRAME, FRAME, FRAME + " "):
        keep_aside(tx, CP, "StopTransaction", frame, "no register")

    assert findings(tx) == [ReviewKind.QUARANTINE] * 2
    kept = tx.connection.execute(select(quarantined_frames.c.frame)).scalars().all()
    assert kept == [FRAME, FRAME + " "]


def test_frames_of_one_group_are_one_finding(tx: Transaction) -> None:
    a_station(tx, CP)
    for number in range(3):
        keep_aside(tx, CP, "MeterValues", f"[{number}]", "read with repairs", "group")

    assert findings(tx) == [ReviewKind.QUARANTINE]
    assert "CP-1" in evidence(tx, ReviewKind.QUARANTINE)


EVENTS = {  # of the list in the security white paper, and whether it marks them as critical
    "FirmwareUpdated": True,
    "FailedToAuthenticateAtCentralSystem": False,
    "CentralSystemFailedToAuthenticate": False,
    "SettingSystemTime": True,
    "StartupOfTheDevice": True,
    "ResetOrReboot": True,
    "SecurityLogWasCleared": True,
    "ReconfigurationOfSecurityParameters": False,
    "MemoryExhaustion": True,
    "InvalidMessages": False,
    "AttemptedReplayAttacks": False,
    "TamperDetectionActivated": True,
    "InvalidFirmwareSignature": False,
    "InvalidFirmwareSigningCertificate": False,
    "InvalidCentralSystemCertificate": False,
    "InvalidChargePointCertificate": False,
    "InvalidTLSVersion": False,
    "InvalidTLSCipherSuite": False,
}


def test_of_a_group_the_first_frames_are_kept(tx: Transaction) -> None:
    a_station(tx, CP)
    for number in (0, *range(KEPT_OF_GROUP + 5)):
        keep_aside(tx, CP, "MeterValues", f"[{number}]", "read with repairs", "group")

    assert frames(tx) == [f"[{number}]" for number in range(KEPT_OF_GROUP - 1)]
    assert findings(tx) == [ReviewKind.QUARANTINE]


def test_a_frame_after_a_person_resolved_its_group_is_shown_again(tx: Transaction) -> None:
    a_station(tx, CP)
    keep_aside(tx, CP, "MeterValues", "[1]", "read with repairs", "group")
    ((review_id,),) = tx.connection.execute(select(review_items.c.id))
    resolve_review(tx, OWNER, review_id, "the vendor knows")
    keep_aside(tx, CP, "MeterValues", "[1]", "read with repairs", "group")
    assert (findings(tx), frames(tx)) == ([], ["[1]"])

    for frame in ("[2]", "[3]"):
        keep_aside(tx, CP, "MeterValues", frame, "read with repairs", "group")

    assert (findings(tx), frames(tx)) == ([ReviewKind.QUARANTINE], ["[1]", "[2]", "[3]"])
    frame_id = review_items.c.frame_id
    shown = select(quarantined_frames.c.frame).join(
        review_items, quarantined_frames.c.id == frame_id
    )
    assert tx.connection.execute(shown.order_by(frame_id)).scalars().all() == ["[1]", "[2]"]


def test_a_message_that_ends_a_charge_is_kept_whenever_it_differs(tx: Transaction) -> None:
    a_station(tx, CP)
    for number in range(3):
        keep_aside(tx, CP, "StopTransaction", f"[{number}]", "read with repairs")

    assert frames(tx) == ["[0]", "[1]", "[2]"]


@pytest.mark.parametrize("event", EVENTS)
def test_only_a_critical_security_event_raises_an_alarm(tx: Transaction, event: str) -> None:
    a_station(tx, CP)
    note_security_event(tx, Report(station_id=CP, kind="security", status=event))
    tx.flush()

    assert tx.connection.execute(select(station_reports.c.status)).scalars().all() == [event]
    assert alarm_kinds(tx) == ([("security-event", 1)] if EVENTS[event] else [])


def test_a_report_and_a_deviation_raise_nothing(tx: Transaction) -> None:
    a_station(tx, CP)
    note_report(tx, Report(station_id=CP, kind="firmware", status="InstallationFailed"))
    note_quirk(tx, CP, "N07")
    note_quirk(tx, CP, "M01")

    assert alarm_kinds(tx) == []
    assert quirks(tx)["M01"] == 1


def asked(
    tx: Transaction, action: str, payload: str = "{}", status: CommandStatus | None = None
) -> int:
    command_id = note_command(
        tx, Asking(station_id=CP, action=action, asked_by="api:x", payload=payload)
    )
    if status is not None:
        end_command(tx, command_id, CP, Ending(status=status))
    return command_id


def behind(tx: Transaction, kind: str, request_id: int | None = None) -> int | None:
    note_report(tx, Report(station_id=CP, kind=kind, status="Uploading", request_id=request_id))
    tx.flush()
    return report_list(tx.connection, CP).items[0].command_id


def test_a_report_belongs_to_the_last_command_of_its_kind(tx: Transaction) -> None:
    a_station(tx, CP)
    assert behind(tx, "diagnostics") is None
    first = asked(tx, "GetDiagnostics")
    asked(tx, "GetDiagnostics", status=CommandStatus.OFFLINE)
    update = asked(tx, "UpdateFirmware", status=CommandStatus.ANSWERED)

    assert behind(tx, "diagnostics") == first
    assert behind(tx, "firmware") == update
    assert behind(tx, "log") is None
    assert behind(tx, "certificate") is None


def test_a_report_with_a_number_belongs_to_the_command_of_that_number(tx: Transaction) -> None:
    a_station(tx, CP)
    log = asked(tx, "GetLog", '{"requestId":7}')
    asked(tx, "GetLog", '{"requestId":8}')
    asked(tx, "UpdateFirmware")
    signed = asked(tx, "SignedUpdateFirmware", '{"requestId":7}')

    assert behind(tx, "log", 7) == log
    assert behind(tx, "firmware", 7) == signed
    assert behind(tx, "log", 9) is None


def test_reports_are_listed_by_kind(tx: Transaction) -> None:
    a_station(tx, CP)
    for kind in ("security", "log"):
        note_report(tx, Report(station_id=CP, kind=kind, status="x"))
    tx.flush()

    found = report_list(tx.connection, CP, kind=ReportKind.SECURITY).items
    assert [each.kind for each in found] == ["security"]
