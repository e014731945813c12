"""The guide for programs, each command as it stands there, against a real server.

A shell runs them with curl. On a machine without curl they are read as the shell and curl would
read them, which is strict: a word that is not known fails.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
from msgspec import Struct

from tests.cli.programs import started
from tests.house.source import ROOT

GUIDE = ROOT / "docs" / "guides" / "automate-your-garage.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LOCAL = {"OCPP_HOST": "127.0.0.1", "OCPP_PORT": "0"}


class Command(Struct, frozen=True):
    """What a command line of curl says, and the status that the guide promises."""

    method: str
    url: str
    headers: dict[str, str]
    body: str | None
    status: int


def understood(line: str, variables: dict[str, str]) -> Command:
    """Read a command as the shell and curl do, as far as the guide goes; else it is an error."""
    text, _, status = line.replace("\\\n", " ").rpartition("#")
    for name, value in variables.items():
        text = text.replace(f"${name}", value)
    program, *words = shlex.split(text)
    assert program == "curl"
    method, url, body, headers = "", "", None, {}
    while words:
        match words.pop(0):
            case "-s":
                pass
            case "-X":
                method = words.pop(0)
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-d":
                body = words.pop(0)
            case "-o":
                words.pop(0)
            case url:
                assert url.startswith("http://"), url
    return Command(method or ("POST" if body else "GET"), url, headers, body, int(status))


class Answer(Struct, frozen=True):
    """What a command was answered."""

    status: int
    content_type: str
    text: str

    def json(self) -> dict:
        """The answer as an object."""
        read: dict = json.loads(self.text)
        return read


def run_by_curl(folder: Path, line: str, variables: dict[str, str]) -> Answer:
    """Let a shell run a command with curl, which is told beside it to say the status, too."""
    (folder / ".curlrc").write_text('write-out = "%{stderr}%{http_code} %{content_type}"\n')
    home = {"PATH": os.environ["PATH"], "HOME": str(folder), "CURL_HOME": str(folder)}
    ran = subprocess.run(
        ["/bin/sh", "-eu", "-c", line],
        cwd=folder,
        env={**home, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    status, _, content_type = ran.stderr.partition(" ")
    sheet = folder / "march.csv"
    text = sheet.read_text() if "-o march.csv" in line else ran.stdout
    return Answer(int(status), content_type, text)


def run_by_reading(folder: Path, line: str, variables: dict[str, str]) -> Answer:
    """Do what a command says."""
    command = understood(line, variables)
    answer = httpx.request(
        command.method, command.url, headers=command.headers, content=command.body
    )
    return Answer(answer.status_code, answer.headers.get("content-type", ""), answer.text)


def test_the_commands_of_the_guide_are_answered_as_it_says(tmp_path: Path) -> None:
    page = GUIDE.read_text("utf-8")
    (making,) = re.findall(r"^    onetime (api-token .+)$", page, re.MULTILINE)
    blocks = BLOCK.findall(page)
    run: Callable[[Path, str, dict[str, str]], Answer]
    run = run_by_curl if shutil.which("curl") else run_by_reading
    assert page.count("curl ") == len(blocks) == 11
    with started("serve", data_dir=tmp_path, **LOCAL) as server:
        server.until("Programs call the API at")
        address = server.until("/api/docs").strip().removesuffix("/api/docs")
        with started("--json", *shlex.split(making), data_dir=tmp_path) as program:
            assert program.end() == 0
        (token,) = re.findall(r'"token": "(\S+)"', program.said)
        variables = {"API": f"{address}/api/v1", "TOKEN": token}
        answers = []
        for block in blocks:
            promised = understood(block, variables).status
            answer = run(tmp_path, block, variables)
            assert answer.status == promised, (block, answer.text)
            answers.append(answer)
        server.stop()

    renter, card, station, spot, rented, charges, sheet, going_on, lost, ended, refused = answers
    assert renter.json()["id"] == spot.json()["id"] == 1
    assert card.json()["renter_id"] == rented.json()["renter_id"] == 1
    assert len(station.json()["key"]) == 40
    assert station.json()["ocpp_url"].endswith("/ocpp/CP-1")
    assert charges.json() == going_on.json() == {"items": [], "next_cursor": None}
    assert sheet.content_type.startswith("text/csv")
    assert lost.json()["status"] == "Blocked"
    assert ended.json()["is_active"] is False
    assert {each["field"] for each in refused.json()["errors"]} == {"name", "contact_email"}
