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


def _text(name: str, allowed: str, pattern: str, meaning: str, default: str = "") -> Setting:
    return Setting(
        name=name,
        kind=Kind.TEXT,
        default=default,
        allowed=allowed,
        meaning=meaning,
        pattern=pattern,
    )


def _host(name: str, meaning: str, default: str = "0.0.0.0") -> Setting:
    return _text(name, "an IP address or a host name", _HOST, meaning, default)


def _url(name: str, meaning: str) -> Setting:
    allowed = "https://host or http://host, with a port if need be"
    return _text(name, allowed, r"https?://[A-Za-z0-9.\-\[\]:]+/?", meaning)


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
    allowed = "paths of PEM files with commas between them"
    return _text(name, allowed, r"[^,\x00-\x1f]+(,[^,\x00-\x1f]+)*", meaning)


def _switch(name: str, default: bool, meaning: str) -> Setting:
    return Setting(
        name=name,
        kind=Kind.SWITCH,
        default=default,
        allowed=Kind.SWITCH.value,
        meaning=meaning,
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
    _url(
        "PUBLIC_URL",
        "The address that people type, where a proxy stands in front or a name is known.",
    ),
    _text(
        "TRUSTED_PROXIES",
        "IP addresses or networks with commas between them",
        r"[0-9a-fA-F.:/]+(\s*,\s*[0-9a-fA-F.:/]+)*",
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
    ),
    _url(
        "FILES_URL",
        "The address at which stations bring and fetch files; left out: the one under which"
        " whoever asks them to has reached this server.",
    ),
    _text(
        "FILE_HOSTS",
        "names or addresses of hosts with commas between them",
        r"[A-Za-z0-9_.:\-\[\]]+(\s*,\s*[A-Za-z0-9_.:\-\[\]]+)*",
        "The only hosts beside this server that commands may send stations to for files,"
        " by https; left out: any but those that stations must never be sent to.",
    ),
    _switch(
        "FTP",
        False,
        "Whether stations can bring and fetch files by FTP, too; needs the extra onetime[ftp].",
    ),
    _host("FTP_HOST", "The address on which stations are awaited by FTP."),
    _number("FTP_PORT", 2121, 0, 65_535, "The port for FTP; 0 takes a free one."),
    _host(
        "FTP_ADDRESS",
        "The address by which stations find the FTP server, as an IPv4 address told for"
        " their data connections, too; left out: that of FILES_URL, or the one under which whoever"
        " asks them to has reached this server.",
        default="",
    ),
    _text(
        "FTP_PASSIVE_PORTS",
        "the first and the last port, such as 50000-50019",
        "[0-9]{1,5}-[0-9]{1,5}",
        "The ports for data connections of FTP, for firewalls; left out: any free ones.",
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
    _switch(
        "OCPP_TLS_RSA_KEY_EXCHANGE",
        False,
        "Whether stations may use suites without forward secrecy (TLS_RSA), if they know"
        " nothing else.",
    ),
    _text(
        "DATABASE_URL",
        "sqlite:////path/to/file.db or postgresql://user@host/name",
        _DATABASE,
        "Where everything is kept; a relative path begins at the data directory.",
        default="sqlite:///<data-dir>/onetime.db",
    ),
    _number(
        "HEARTBEAT_INTERVAL_SECONDS",
        120,
        10,
        3_600,
        "How often a station is asked to show that it is alive.",
    ),
    _switch(
        "OCPP_ALLOW_PUBLIC_PLAIN",
        False,
        "Whether stations with a public address may connect without encryption.",
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
    _switch(
        "REFUSE_CONCURRENT_CHARGES",
        False,
        "Whether a card that charges at one station may not charge at another meanwhile.",
    ),
    Setting(
        name="SITE_TIMEZONE",
        kind=Kind.ZONE,
        default="UTC",
        allowed="a time zone such as UTC or Europe/Berlin",
        meaning="The zone in which times are read that a station tells without zone, if it fits.",
    ),
    _switch(
        "KEEP_STATIONS_IN_STEP",
        True,
        "Whether stations get the configuration and the list of cards that they should"
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
