"""How the value of a setting is found: default, `onetime.toml`, environment.

Knows where values come from and how they are checked; the table of all settings stands beside it.
Seen by `cli` and `app` alone.
"""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path

from msgspec import Struct, convert

from onetime.kit.times import zone_of
from onetime.settings.table import KEEP, SETTINGS, SQLITE, Kind, Setting, Settings, Value

__all__ = [
    "DEFAULT_DATA_DIR",
    "FILE_NAME",
    "SETTINGS",
    "Effective",
    "Found",
    "Kind",
    "Setting",
    "Settings",
    "SettingsFault",
    "Value",
    "effective",
    "load",
    "look_up",
    "paths_of",
    "shown",
]

FILE_NAME = "onetime.toml"
PREFIX = "ONETIME_"
FROM_FILE = "_FILE"
DEFAULT_DATA_DIR = "./data"
NOT_SETTINGS = frozenset({"ONETIME_DATA_DIR", "ONETIME_DEBUG"})
"""Variables that concern the command line, not the garage."""

_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_PASSWORD = re.compile(r"(://[^:/@\s]*):\S*@")
_PARAMETER = re.compile(r"([?&]\w*password=)[^&]*", re.IGNORECASE)


class SettingsFault(Exception):
    """A setting can not be used; its text is one sentence for people."""


class Found(Struct, frozen=True):
    """The value of a setting and where it came from: `default`, a file or a variable."""

    setting: Setting
    value: Value
    source: str


class Effective(Struct, frozen=True, kw_only=True):
    """A setting as it is in force, as people may see it: secrets are masked."""

    name: str
    value: str
    default: str
    allowed: str
    meaning: str


def effective(settings: Settings) -> tuple[Effective, ...]:
    """Return all settings in force, in the order of the table."""
    return tuple(
        Effective(
            name=each.name,
            value=shown(each, getattr(settings, each.name.lower())),
            default=shown(each, each.default),
            allowed=each.allowed,
            meaning=each.meaning,
        )
        for each in SETTINGS
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
    _check_proxies(settings.trusted_proxies)
    _check_ports(settings.ftp_passive_ports)
    return settings


def paths_of(settings: Settings, text: str) -> tuple[Path, ...]:
    """Return the files that a setting names; a relative path begins at the data directory."""
    return tuple(settings.data_dir / each.strip() for each in text.split(",") if each.strip())


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
    return _PARAMETER.sub(r"\1…", _PASSWORD.sub(r"\1:…@", str(value)))


def _check_proxies(text: str) -> None:
    for each in filter(None, map(str.strip, text.split(","))):
        try:
            ip_network(each)
        except ValueError:
            raise SettingsFault(
                f"TRUSTED_PROXIES names {each!r}, which is no IP address and no network such as"
                " 10.0.0.0/8."
            ) from None


def _check_ports(text: str) -> None:
    first, _, last = text.partition("-")
    if text and not 1_024 <= int(first) <= int(last) <= 65_535:
        raise SettingsFault(
            f"FTP_PASSIVE_PORTS is {text!r}: write the smaller port first, from 1024 to 65535."
        )


def _placed(value: Value, data_dir: Path) -> Value:
    """Let a file be found from wherever a command is run: a relative path begins at the data."""
    if isinstance(value, str) and value.startswith(SQLITE):
        path = value.removeprefix(SQLITE).replace("<data-dir>", str(data_dir))
        return f"{SQLITE}{data_dir / path}"
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
