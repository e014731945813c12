"""Settings are shown with where each came from."""

from pathlib import Path

import pytest

from onetime.settings import SETTINGS
from tests.cli.conftest import Run


def test_every_setting_is_printed(run: Run, data_dir: Path) -> None:
    (data_dir / "onetime.toml").write_text("OCPP_PORT = 9100\n")

    lines = run("settings").lines

    assert [line.split()[0] for line in lines[1:]] == [setting.name for setting in SETTINGS]
    assert lines[2].split()[:3] == ["OCPP_PORT", "9100", f"{data_dir}/onetime.toml"]


def test_settings_as_json(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETIME_DATABASE_URL", "postgresql://me:hunter2@db/garage")

    printed = run("settings", "--json")

    assert isinstance(printed.json, list)
    by_name = {each["name"]: each for each in printed.json}
    assert by_name["OCPP_PORT"]["value"] == 9000
    assert by_name["READINGS_RETENTION_DAYS"]["value"] is None
    assert by_name["DATABASE_URL"]["source"] == "ONETIME_DATABASE_URL"
    assert "hunter2" not in printed.out


def test_a_broken_settings_file_stops_every_command(run: Run, data_dir: Path) -> None:
    (data_dir / "onetime.toml").write_text("OCPP_PORT = 70000\n")

    for argv in (("settings",), ("renter", "list"), ("renter", "add", "X", "--email", "x@y")):
        ended = run(*argv)

        assert (ended.code, ended.out) == (1, "")
        assert ended.err == (
            f"OCPP_PORT in {data_dir}/onetime.toml is 70000;"
            " allowed: a whole number from 0 to 65535.\n"
        )
