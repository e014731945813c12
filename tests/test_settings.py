"""Where values come from, and what is said about those that can not be used."""

from pathlib import Path

import pytest

from onetime.settings import FILE_NAME, SETTINGS, Setting, SettingsFault, load, look_up, shown

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "settings.md"


def write(folder: Path, text: str) -> None:
    (folder / FILE_NAME).write_text(text, "utf-8")


def test_without_file_and_variables_the_defaults_hold(tmp_path: Path) -> None:
    settings = load(tmp_path, {})

    assert (settings.ocpp_host, settings.ocpp_port) == ("0.0.0.0", 9000)
    assert (settings.http_host, settings.http_port) == ("0.0.0.0", 8000)
    assert settings.database_url == f"sqlite:///{tmp_path}/onetime.db"
    assert settings.heartbeat_interval_seconds == 120
    assert settings.ocpp_allow_public_plain is False
    assert settings.readings_retention_days is None
    assert settings.ocpp_log_retention_days == 90
    assert settings.unknown_stations == "refuse"
    assert settings.authorization_reply == "plain"
    assert settings.log_format == "auto"
    assert settings.data_dir == tmp_path


def test_the_file_overrides_defaults_and_variables_override_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'OCPP_PORT = 9100\nHTTP_PORT = 8100\nUNKNOWN_STATIONS = "accept"\n')

    settings = load(tmp_path, {"ONETIME_HTTP_PORT": "8200"})

    assert (settings.ocpp_port, settings.http_port) == (9100, 8200)
    assert settings.unknown_stations == "accept"


def test_variables_are_read_as_the_type_of_their_setting(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        {
            "ONETIME_OCPP_ALLOW_PUBLIC_PLAIN": "TRUE",
            "ONETIME_READINGS_RETENTION_DAYS": "400",
            "ONETIME_OCPP_LOG_RETENTION_DAYS": "keep",
            "ONETIME_LOG_FORMAT": "",
            "ONETIME_DATA_DIR": "elsewhere",
            "PATH": "/bin",
        },
    )

    assert settings.ocpp_allow_public_plain is True
    assert settings.readings_retention_days == 400
    assert settings.ocpp_log_retention_days is None
    assert settings.log_format == "auto"


@pytest.mark.parametrize("ports", ["50010-50000", "80-90", "50000-70000"])
def test_ports_for_data_are_a_range(tmp_path: Path, ports: str) -> None:
    assert load(tmp_path, {"ONETIME_FTP_PASSIVE_PORTS": "50000-50009"}).ftp_port == 2121
    with pytest.raises(SettingsFault, match="smaller port first"):
        load(tmp_path, {"ONETIME_FTP_PASSIVE_PORTS": ports})


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://onetime:hunter2@db/garage\n")

    settings = load(tmp_path, {"ONETIME_DATABASE_URL_FILE": str(secret)})

    assert settings.database_url == "postgresql://onetime:hunter2@db/garage"


@pytest.mark.parametrize(
    ("written", "file"),
    [
        ("garage.db", "{data}/garage.db"),
        ("kept/garage.db", "{data}/kept/garage.db"),
        ("/srv/garage.db", "/srv/garage.db"),
    ],
)
@pytest.mark.parametrize("is_variable", [True, False])
def test_a_relative_database_lies_in_the_data_directory(
    written: str, file: str, is_variable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    if not is_variable:
        write(Path("data"), f'DATABASE_URL = "sqlite:///{written}"\n')
    variables = {"ONETIME_DATABASE_URL": f"sqlite:///{written}"} if is_variable else {}

    settings = load(Path("data"), variables)

    assert settings.database_url == "sqlite:///" + file.format(data=tmp_path / "data")


def test_a_value_tells_where_it_came_from(tmp_path: Path) -> None:
    write(tmp_path, "OCPP_PORT = 9100\n")

    sources = {
        found.setting.name: found.source
        for found in look_up(tmp_path, {"ONETIME_HTTP_HOST": "127.0.0.1"})
    }

    assert sources["OCPP_PORT"] == str(tmp_path / FILE_NAME)
    assert sources["HTTP_HOST"] == "ONETIME_HTTP_HOST"
    assert sources["LOG_FORMAT"] == "default"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            'SITE_TIMEZONE = "Mars/Olympus"',
            "SITE_TIMEZONE in {} is 'Mars/Olympus'; allowed: a time zone such as UTC or",
        ),
        ("OCPP_PORT = 70000", "OCPP_PORT in {} is 70000; allowed: a whole number from 0 to 65535."),
        ("OCPP_PORT = true", "OCPP_PORT in {} is 'true'; allowed: a whole number from 0 to 65535."),
        ('OCPP_PORT = "90"', "OCPP_PORT in {} is '90'; allowed: a whole number from 0 to 65535."),
        ("OCPP_HOST = 0", "OCPP_HOST in {} is 0; allowed: an IP address or a host name."),
        ("HEARTBEAT_INTERVAL_SECONDS = 0", "HEARTBEAT_INTERVAL_SECONDS in {} is 0; allowed: a"),
        ("OCPP_LOG_RETENTION_DAYS = 0", "is 0; allowed: keep, or a whole number of days from 1 to"),
        ('UNKNOWN_STATIONS = "perhaps"', "is 'perhaps'; allowed: refuse or accept."),
        ("LOG_FORMAT = 1.5", "LOG_FORMAT in {} is 1.5; allowed: auto, text or json."),
        ("ocpp_port = 9000", "{} has 'ocpp_port', which is no setting; did you mean OCPP_PORT?"),
        ("[garage]\n", "{} has 'garage', which is no setting (`onetime settings` lists them)."),
        ("OCPP_PORT 9000", "{} is not valid TOML: "),
        ("OCPP_PORT = 8000", "OCPP_PORT and HTTP_PORT are both 8000; stations and people need"),
    ],
)
def test_a_file_that_can_not_be_used_is_told_in_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    write(tmp_path, text)

    with pytest.raises(SettingsFault) as fault:
        load(tmp_path, {})

    assert sentence.format(tmp_path / FILE_NAME) in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsFault, match=r"onetime\.toml is not valid TOML"):
        load(tmp_path, {})


def test_a_file_that_can_not_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(SettingsFault, match=r"onetime\.toml can not be read: Is a directory\."):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"ONETIME_OCPP_PORT": "ninety"}, "ONETIME_OCPP_PORT is 'ninety'; allowed: a whole number"),
        ({"ONETIME_OCPP_PORT": "-1"}, "ONETIME_OCPP_PORT is '-1'; allowed: a whole number"),
        ({"ONETIME_OCPP_PROT": "1"}, "The environment has ONETIME_OCPP_PROT, which is no setting;"),
        ({"ONETIME_OCPP_PROT": "1"}, "did you mean ONETIME_OCPP_PORT?"),
        ({"ONETIME_OCPP_ALLOW_PUBLIC_PLAIN": "2"}, "is '2'; allowed: true or false."),
        ({"ONETIME_DATABASE_URL": "mysql://x"}, "is 'mysql://x'; allowed: sqlite:////path/to/file"),
        ({"ONETIME_HTTP_PORT_FILE": "/no/such"}, "names /no/such, which can not be read: No such"),
        (
            {"ONETIME_LOG_FORMAT": "json", "ONETIME_LOG_FORMAT_FILE": "/dev/null"},
            "ONETIME_LOG_FORMAT and ONETIME_LOG_FORMAT_FILE are both set; keep one of them.",
        ),
    ],
)
def test_a_variable_that_can_not_be_used_is_told_in_one_sentence(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsFault) as fault:
        load(tmp_path, environment)

    assert sentence in str(fault.value)


def test_a_secret_is_never_repeated(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")

    with pytest.raises(SettingsFault) as of_file:
        load(tmp_path, {"ONETIME_DATABASE_URL_FILE": str(secret)})
    with pytest.raises(SettingsFault) as of_variable:
        load(tmp_path, {"ONETIME_DATABASE_URL": "mysql://me:hunter2@db/x"})

    assert "hunter2" not in str(of_file.value) + str(of_variable.value)
    assert shown(the("DATABASE_URL"), "postgresql://me:hun@ter2@db/x") == "postgresql://me:…@db/x"
    told = shown(the("DATABASE_URL"), "postgresql://db/x?user=me&password=hunter2&sslmode=require")
    assert told == "postgresql://db/x?user=me&password=…&sslmode=require"


def the(name: str) -> Setting:
    return next(setting for setting in SETTINGS if setting.name == name)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_setting_stands_in_the_reference(setting: Setting) -> None:
    row = f"| `{setting.name}` | `{shown(setting, setting.default)}` | {setting.allowed} |"

    assert f"{row} {setting.meaning} |" in PAGE.read_text("utf-8")


def test_the_reference_lists_no_setting_that_does_not_exist() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]

    assert len(rows) == len(SETTINGS)
