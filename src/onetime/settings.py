"""Every setting in one table, and how its value is found: default, `onetime.toml`, environment.

Knows names, types and limits; never what a setting is used for. Seen by `cli` and `app` alone.
"""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct, convert

from onetime.kit.times import zone_of

FILE_NAME = "onetime.toml"
PREFIX = "ONETIME_"
FROM_FILE = "_FILE"
DEFAULT_DATA_DIR = "./data"
KEEP = "keep"
MAX_DAYS = 36_500
NOT_SETTINGS = frozenset({"ONETIME_DATA_DIR", "ONETIME_DEBUG"})
"""Variables that concern the command line, not the garage."""

_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_HOST = r"[A-Za-z0-9_.:%-]+"
_SQLITE = "sqlite:///"
_DATABASE = _SQLITE + "[^?]+"
_DATABASE += (
    r"|postgresql://([^\s/@]*@)?(\[[0-9a-fA-F:.]+\]|[^\s/@:\[\]]*)(:[0-9]{1,5})?/[^\s/?]+(\?\S*)?"
)
_PASSWORD = re.compile(r"(://[^:/@\s]*):\S*@")

Value: TypeAlias = str | int | bool | None


class SettingsFault(Exception):
    """A setting can not be used; its text is one sentence for people."""


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


class Found(Struct, frozen=True):
    """The value of a setting and where it came from: `default`, a file or a variable."""

    setting: Setting
    value: Value
    source: str


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
        "OCPP_LOG_RETENTION_DAYS", 90, "After how many days messages of the OCPP log are deleted."
    ),
    _word(
        "UNKNOWN_STATIONS",
        ("refuse", "accept"),
        "Whether a station that nobody has registered is refused and listed, or adopted at once"
        " without password.",
    ),
    _word(
        "AUTHORIZATION_REPLY",
        ("plain", "detailed"),
        "Whether a station hears only Invalid of a card that may not charge, or also Blocked and"
        " Expired.",
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


def load(data_dir: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings of this data directory; raises SettingsFault."""
    if "?" in str(data_dir.absolute()):
        raise SettingsFault(f"The data directory {data_dir.absolute()} has a '?' in its path.")
    values = {each.setting.name.lower(): each.value for each in look_up(data_dir, environment)}
    settings = convert({"data_dir": data_dir.absolute(), **values}, Settings)
    if settings.ocpp_port == settings.http_port != 0:
        raise SettingsFault(
            f"OCPP_PORT and HTTP_PORT are both {settings.ocpp_port};"
            " stations and people need a port each."
        )
    return settings


def look_up(data_dir: Path, environment: Mapping[str, str]) -> list[Found]:
    """Return each setting with its value and where that came from; raises SettingsFault."""
    in_file = _in_file(data_dir / FILE_NAME)
    in_environment = _in_environment(environment)
    found = []
    for setting in SETTINGS:
        if setting.name in in_environment:
            source, text = in_environment[setting.name]
            value = _from_text(setting, text, source)
        elif setting.name in in_file:
            source = str(data_dir / FILE_NAME)
            value = _checked(setting, in_file[setting.name], source)
        else:
            source, value = "default", setting.default
        found.append(Found(setting, _placed(value, data_dir.absolute()), source))
    return found


def shown(setting: Setting, value: Value) -> str:
    """Return a value as people may see it: a password in an address is masked."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None and setting.kind is Kind.DAYS:
        return KEEP
    return _PASSWORD.sub(r"\1:…@", str(value))


def _placed(value: Value, data_dir: Path) -> Value:
    """Let a file be found from wherever a command is run: a relative path begins at the data."""
    if isinstance(value, str) and value.startswith(_SQLITE):
        path = value.removeprefix(_SQLITE).replace("<data-dir>", str(data_dir))
        return f"{_SQLITE}{data_dir / path}"
    return value


def _in_file(path: Path) -> Mapping[str, object]:
    try:
        with path.open("rb") as file:
            content: dict[str, object] = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsFault(f"{path} can not be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsFault(f"{path} is not valid TOML: {error}.") from None
    for name in content:
        if name not in _NAMES:
            raise SettingsFault(
                f"{path} has {name!r}, which is no setting{_nearest(name.upper(), _NAMES)}."
            )
    return content


def _in_environment(environment: Mapping[str, str]) -> Mapping[str, tuple[str, str]]:
    """Return variable and text by the setting's name; an empty variable counts as unset."""
    found: dict[str, tuple[str, str]] = {}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS or not environment[variable]:
            continue
        name, text = variable.removeprefix(PREFIX), environment[variable]
        if name.endswith(FROM_FILE) and name not in _NAMES:
            name, text = name.removesuffix(FROM_FILE), _content(variable, text)
        if name not in _NAMES:
            raise SettingsFault(
                f"The environment has {variable}, which is no setting"
                f"{_nearest(variable, [PREFIX + known for known in _NAMES])}."
            )
        if name in found:
            raise SettingsFault(f"{found[name][0]} and {variable} are both set; keep one of them.")
        found[name] = (variable, text)
    return found


def _content(variable: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingsFault(
            f"{variable} names {path}, which can not be read: {error.strerror}."
        ) from None
    except UnicodeDecodeError:
        raise SettingsFault(f"{variable} names {path}, which is no text.") from None


def _nearest(name: str, known: "list[str] | frozenset[str]") -> str:
    nearest = get_close_matches(name, sorted(known), 1)
    return f"; did you mean {nearest[0]}?" if nearest else " (`onetime settings` lists them)"


def _from_text(setting: Setting, text: str, source: str) -> Value:
    """Read what a variable says: text, where the file has types of its own."""
    value: Value = text
    if setting.kind is Kind.SWITCH and text.lower() in _YES | _NO:
        value = text.lower() in _YES
    elif setting.kind in (Kind.NUMBER, Kind.DAYS) and _NUMBER.fullmatch(text):
        value = int(text)
    return _checked(setting, value, source)


def _checked(setting: Setting, value: object, source: str) -> Value:
    if setting.kind is Kind.DAYS and value == KEEP:
        return None
    match value:
        case bool():
            is_fine = setting.kind is Kind.SWITCH
        case int():
            is_counted = setting.kind in (Kind.NUMBER, Kind.DAYS)
            is_fine = is_counted and setting.smallest <= value <= setting.largest
        case str() if setting.kind is Kind.WORD:
            is_fine = value in setting.words
        case str() if setting.kind is Kind.ZONE:
            is_fine = zone_of(value) is not None
        case str():
            is_fine = bool(setting.pattern) and re.fullmatch(setting.pattern, value) is not None
        case _:
            is_fine = False
    if not is_fine:
        raise SettingsFault(f"{_told(setting, value, source)}; allowed: {setting.allowed}.")
    assert isinstance(value, str | int)
    return value


def _told(setting: Setting, value: object, source: str) -> str:
    """Say where a wrong value stands and what it is; not if it is kept in a file of its own."""
    if source.startswith(PREFIX) and source.endswith(FROM_FILE):
        return f"The content of {source} can not be used"
    told = shown(setting, value) if isinstance(value, str | bool) else value
    place = source if source.startswith(PREFIX) else f"{setting.name} in {source}"
    return f"{place} is {told!r}"


_NAMES = frozenset(setting.name for setting in SETTINGS)
