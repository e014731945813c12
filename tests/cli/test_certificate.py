"""The commands of the guide to encryption do what it says."""

import stat
from pathlib import Path

from onetime.kit.x509 import seen_in
from tests.cli.conftest import Run


def test_the_guide_from_an_empty_garage_to_a_station_with_certificate(
    run: Run, tmp_path: Path
) -> None:
    assert "authority create" in run("certificate", "list").out
    assert run("certificate", "server", "create", "--name", "localhost").code == 1
    made = run("certificate", "authority", "create", "--organization", "Garage Example")
    assert made.code == 0
    assert "Garage Example charging root" in made.out
    server = ("certificate", "server", "create", "--name", "charging.example.org")
    assert "charging.example.org" in run(*server, "--name", "10.0.0.5").out
    root = run("certificate", "authority", "show").out
    assert seen_in(root.encode()).is_authority

    added = run("station", "add", "CP-1")
    assert "wss://charging.example.org:9443/ocpp/CP-1" in added.out
    assert "Profile      2" in run("station", "show", "CP-1").out
    run("station", "add", "CP-2", "--security-profile", "3")
    out = tmp_path / "cp-2.pem"
    issued = run("certificate", "station", "issue", "CP-2", "--out", str(out))
    assert issued.code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert seen_in(out.read_bytes()).common_name == "CP-2"
    assert b"PRIVATE KEY" in out.read_bytes()
    assert run("certificate", "station", "issue", "CP-2", "--out", str(out)).code == 1
    listed = run("certificate", "list", "--json").json
    assert isinstance(listed, list)
    assert "PRIVATE" not in str(listed)
    number = str(listed[0]["id"])
    assert "CP-2" in run("certificate", "show", number).out
    assert run("certificate", "revoke", number, "--reason", "stolen").code == 0
    assert "revoked" in run("certificate", "list", "--past").out
    assert "BEGIN X509 CRL" in run("certificate", "authority", "crl").out
    assert run("certificate", "server", "renew").code == 0
    assert run("certificate", "request", "list").out == "Nothing waits for a decision.\n"


def test_a_name_in_a_certificate_is_entered_and_taken_away(run: Run) -> None:
    run("station", "add", "CP-1")
    run("station", "edit", "CP-1", "--certificate-name", "SN-4711")
    assert "Certificate  SN-4711" in run("station", "show", "CP-1").out
    run("station", "edit", "CP-1", "--certificate-name", "none")
    assert "SN-4711" not in run("station", "show", "CP-1").out
