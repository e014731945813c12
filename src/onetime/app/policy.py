"""Settings become the values that the rooms below go by; knows no garage and no door."""

from datetime import UTC, timedelta

from onetime.api.ftp_door import FtpChoice
from onetime.domain.policy import AuthorizationReply, Policy, UnknownStations, hosts_of
from onetime.gateway.encryption import Place
from onetime.kit.times import zone_of
from onetime.settings import Settings, paths_of


def policy_of(settings: Settings) -> Policy:
    """Return the rules that operations go by."""
    return Policy(
        heartbeat_interval_seconds=settings.heartbeat_interval_seconds,
        authorization_reply=AuthorizationReply(settings.authorization_reply),
        refuse_concurrent_charges=settings.refuse_concurrent_charges,
        unknown_stations=UnknownStations(settings.unknown_stations),
        takeover_hold=timedelta(seconds=settings.takeover_hold_seconds),
        site_timezone=zone_of(settings.site_timezone) or UTC,
        keep_stations_in_step=settings.keep_stations_in_step,
        sign_in_idle=timedelta(minutes=settings.sign_in_idle_minutes),
        sign_in_longest=timedelta(hours=settings.sign_in_longest_hours),
        second_factor_required=settings.second_factor == "required",
        files_url=settings.files_url.rstrip("/"),
        file_hosts=hosts_of(settings.file_hosts),
    )


def place_of(settings: Settings) -> Place:
    """Return where encrypted stations are awaited, and where certificates lie."""
    return Place(
        host=settings.ocpp_tls_host,
        port=settings.ocpp_tls_port,
        certificates=paths_of(settings, settings.ocpp_tls_certificate),
        keys=paths_of(settings, settings.ocpp_tls_key),
        client_authorities=paths_of(settings, settings.ocpp_tls_client_ca),
        rsa_key_exchange=settings.ocpp_tls_rsa_key_exchange,
    )


def ftp_of(settings: Settings) -> FtpChoice | None:
    """Return where stations are awaited by FTP; None when they are not."""
    if not settings.ftp:
        return None
    first, _, last = settings.ftp_passive_ports.partition("-")
    return FtpChoice(
        host=settings.ftp_host,
        port=settings.ftp_port,
        address=settings.ftp_address,
        passive_ports=range(int(first), int(last) + 1) if first else (),
    )
