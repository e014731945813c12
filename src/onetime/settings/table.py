"""Every setting in one table: name, type, default, limits, and one line of text for people.

Knows names, types and limits; never where a value comes from, nor what it is used for.
"""

from enum import Enum
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

KEEP = "keep"
MAX_DAYS = 36_500
SQLITE = "sqlite:///"
_HOST = r"[A-Za-z0-9_.:%-]+"
_DATABASE = SQLITE + "[^?]+"
_DATABASE += (
    r"|postgresql://([^\s/@]*@)?(\[[0-9a-fA-F:.]+\]|[^\s/@:\[\]]*)(:[0-9]{1,5})?/[^\s/?]+(\?\S*)?"
)

Value: TypeAlias = str | int | bool | None


class Kind(Enum):
    """What a value is."""

    TEXT = "text"
    NUMBER = "whole number"
    SWITCH = "true or false"
    WORD = "word"
    ZONE = "time zone"
    DAYS = "days"


class Setting(Struct, frozen=True, kw_only=True):
    """One row of the table; `allowed` and `meaning` are sentences' parts for people."""

    name: str
    kind: Kind
    default: Value
    allowed: str
    meaning: str
    smallest: int = 0
    largest: int = 0
    words: tuple[str, ...] = ()
    pattern: str = ""


class Settings(Struct, frozen=True, kw_only=True):
    """All settings with their values; retention of None means that nothing is deleted."""

    data_dir: Path
    ocpp_host: str
    ocpp_port: int
    http_host: str
    http_port: int
    database_url: str
    heartbeat_interval_seconds: int
    ocpp_allow_public_plain: bool
    readings_retention_days: int | None
    ocpp_log_retention_days: int | None
    unknown_stations: str
    authorization_reply: str
    log_format: str
    site_timezone: str = "UTC"
    sign_in_idle_minutes: int = 30
    sign_in_longest_hours: int = 12
    second_factor: str = "offered"
    keep_stations_in_step: bool = True
    refuse_concurrent_charges: bool = False
    https_port: int = 0
    public_url: str = ""
    trusted_proxies: str = ""
    files_url: str = ""
    file_hosts: str = ""
    ftp: bool = False
    ftp_host: str = "127.0.0.1"
    ftp_port: int = 0
    ftp_address: str = ""
    ftp_passive_ports: str = ""
    takeover_hold_seconds: int = 0
    ocpp_tls_host: str = "127.0.0.1"
    ocpp_tls_port: int = 0
    ocpp_tls_certificate: str = ""
    ocpp_tls_key: str = ""
    ocpp_tls_client_ca: str = ""
    ocpp_tls_rsa_key_exchange: bool = False


def _host(name: str, meaning: str) -> Setting:
    return Setting(
        name=name,
        kind=Kind.TEXT,
        default="0.0.0.0",
        allowed="an IP address or a host name",
        meaning=meaning,
        pattern=_HOST,
    )


def _number(name: str, default: int, smallest: int, largest: int, meaning: str) -> Setting:
    return Setting(
        name=name,
        kind=Kind.NUMBER,
        default=default,
        allowed=f"a whole number from {smallest} to {largest}",
        meaning=meaning,
        smallest=smallest,
        largest=largest,
    )


def _files(name: str, meaning: str) -> Setting:
    return Setting(
        name=name,
        kind=Kind.TEXT,
        default="",
        allowed="paths of PEM files with commas between them",
        meaning=meaning,
        pattern=r"[^,\x00-\x1f]+(,[^,\x00-\x1f]+)*",
    )


def _days(name: str, default: int | None, meaning: str) -> Setting:
    return Setting(
        name=name,
        kind=Kind.DAYS,
        default=default,
        allowed=f"{KEEP}, or a whole number of days from 1 to {MAX_DAYS}",
        meaning=meaning,
        smallest=1,
        largest=MAX_DAYS,
    )


def _word(name: str, words: tuple[str, ...], meaning: str) -> Setting:
    return Setting(
        name=name,
        kind=Kind.WORD,
        default=words[0],
        allowed=" or ".join([", ".join(words[:-1]), words[-1]]),
        meaning=meaning,
        words=words,
    )


SETTINGS: tuple[Setting, ...] = (
    _host("OCPP_HOST", "The address on which stations are awaited."),
    _number("OCPP_PORT", 9000, 0, 65_535, "The port for stations; 0 takes a free one."),
    _host("HTTP_HOST", "The address on which programs and people are awaited: the API."),
    _number("HTTP_PORT", 8000, 0, 65_535, "The port for programs and people; 0 takes a free one."),
    _number(
        "HTTPS_PORT",
        8443,
        0,
        65_535,
        "The port for programs and people by https, with the same certificates as stations; served"
        " once there is one; 0 takes a free one.",
    ),
    Setting(
        name="PUBLIC_URL",
        kind=Kind.TEXT,
        default="",
        allowed="https://host or http://host, with a port if need be",
        meaning="The address that people type, where a proxy stands in front or a name is known.",
        pattern=r"https?://[A-Za-z0-9.\-\[\]:]+/?",
    ),
    Setting(
        name="TRUSTED_PROXIES",
        kind=Kind.TEXT,
        default="",
        allowed="IP addresses or networks with commas between them",
        meaning="Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
        pattern=r"[0-9a-fA-F.:/]+(\s*,\s*[0-9a-fA-F.:/]+)*",
    ),
    Setting(
        name="FILES_URL",
        kind=Kind.TEXT,
        default="",
        allowed="https://host or http://host, with a port if need be",
        meaning="The address at which stations bring and fetch files; left out: the one under which"
        " whoever asks them to has reached this server.",
        pattern=r"https?://[A-Za-z0-9.\-\[\]:]+/?",
    ),
    Setting(
        name="FILE_HOSTS",
        kind=Kind.TEXT,
        default="",
        allowed="names or addresses of hosts with commas between them",
        meaning="The only hosts beside this server that commands may send stations to for files,"
        " by https; left out: any but those that stations must never be sent to.",
        pattern=r"[A-Za-z0-9_.:\-\[\]]+(\s*,\s*[A-Za-z0-9_.:\-\[\]]+)*",
    ),
    Setting(
        name="FTP",
        kind=Kind.SWITCH,
        default=False,
        allowed=Kind.SWITCH.value,
        meaning="Whether stations can bring and fetch files by FTP, too; needs the extra"
        " onetime[ftp].",
    ),
    _host("FTP_HOST", "The address on which stations are awaited by FTP."),
    _number("FTP_PORT", 2121, 0, 65_535, "The port for FTP; 0 takes a free one."),
    Setting(
        name="FTP_ADDRESS",
        kind=Kind.TEXT,
        default="",
        allowed="an IP address or a host name",
        meaning="The address by which stations find the FTP server, as an IPv4 address told for"
        " their data connections, too; left out: that of FILES_URL, or the one under which whoever"
        " asks them to has reached this server.",
        pattern=_HOST,
    ),
    Setting(
        name="FTP_PASSIVE_PORTS",
        kind=Kind.TEXT,
        default="",
        allowed="the first and the last port, such as 50000-50019",
        meaning="The ports for data connections of FTP, for firewalls; left out: any free ones.",
        pattern="[0-9]{1,5}-[0-9]{1,5}",
    ),
    _host("OCPP_TLS_HOST", "The address on which encrypted stations are awaited."),
    _number(
        "OCPP_TLS_PORT",
        9443,
        0,
        65_535,
        "The port for encrypted stations; served once there is a certificate; 0 takes a free one.",
    ),
    _files(
        "OCPP_TLS_CERTIFICATE",
        "Certificates with their chains, PEM, one of each kind of key; left out: those of"
        " `onetime certificate`.",
    ),
    _files("OCPP_TLS_KEY", "Their private keys, in the same order; left out: in the same files."),
    _files("OCPP_TLS_CLIENT_CA", "Authorities beside ours whose certificates stations may show."),
    Setting(
        name="OCPP_TLS_RSA_KEY_EXCHANGE",
        kind=Kind.SWITCH,
        default=False,
        allowed=Kind.SWITCH.value,
        meaning="Whether stations may use suites without forward secrecy (TLS_RSA), if they know"
        " nothing else.",
    ),
    Setting(
        name="DATABASE_URL",
        kind=Kind.TEXT,
        default="sqlite:///<data-dir>/onetime.db",
        allowed="sqlite:////path/to/file.db or postgresql://user@host/name",
        meaning="Where everything is kept; a relative path begins at the data directory.",
        pattern=_DATABASE,
    ),
    _number(
        "HEARTBEAT_INTERVAL_SECONDS",
        120,
        10,
        3_600,
        "How often a station is asked to show that it is alive.",
    ),
    Setting(
        name="OCPP_ALLOW_PUBLIC_PLAIN",
        kind=Kind.SWITCH,
        default=False,
        allowed=Kind.SWITCH.value,
        meaning="Whether stations with a public address may connect without encryption.",
    ),
    _days(
        "READINGS_RETENTION_DAYS",
        None,
        "After how many days meter readings are deleted; sessions and their kWh stay.",
    ),
    _days(
        "OCPP_LOG_RETENTION_DAYS",
        90,
        "After how many days messages of the OCPP log and commands are deleted.",
    ),
    _word(
        "UNKNOWN_STATIONS",
        ("refuse", "accept"),
        "Whether a station that nobody has registered is refused and listed, or adopted at once"
        " without password.",
    ),
    _number(
        "TAKEOVER_HOLD_SECONDS",
        0,
        0,
        3_600,
        "How long no newer connection takes over from one that is alive, once connections of a"
        " station have replaced each other three times within ten minutes; 0: the newest always"
        " wins.",
    ),
    _word(
        "AUTHORIZATION_REPLY",
        ("plain", "detailed"),
        "Whether a station hears only Invalid of a card that may not charge, or also Blocked and"
        " Expired.",
    ),
    Setting(
        name="REFUSE_CONCURRENT_CHARGES",
        kind=Kind.SWITCH,
        default=False,
        allowed=Kind.SWITCH.value,
        meaning="Whether a card that charges at one station may not charge at another meanwhile.",
    ),
    Setting(
        name="SITE_TIMEZONE",
        kind=Kind.ZONE,
        default="UTC",
        allowed="a time zone such as UTC or Europe/Berlin",
        meaning="The zone in which times are read that a station tells without zone, if it fits.",
    ),
    Setting(
        name="KEEP_STATIONS_IN_STEP",
        kind=Kind.SWITCH,
        default=True,
        allowed=Kind.SWITCH.value,
        meaning="Whether stations get the configuration and the list of cards that they should"
        " have; `station edit` switches it off for one.",
    ),
    _number(
        "SIGN_IN_IDLE_MINUTES",
        30,
        1,
        1_440,
        "After how many minutes without a click somebody has to sign in again.",
    ),
    _number(
        "SIGN_IN_LONGEST_HOURS",
        12,
        1,
        720,
        "After how many hours somebody has to sign in again in any case.",
    ),
    _word(
        "SECOND_FACTOR",
        ("offered", "required"),
        "Whether owners and managers may use one-time passwords, or can do nothing without.",
    ),
    _word(
        "LOG_FORMAT",
        ("auto", "text", "json"),
        "How log lines look; auto is text on a terminal and JSON otherwise.",
    ),
)
