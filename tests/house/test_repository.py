"""What the files of the repository must and must not say, whatever their language."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.house.source import ROOT, files

LOCKS = sorted(ROOT.glob("requirements*.txt"))
LOCK_OF_THE_CLIENT = ROOT / "ui" / "package-lock.json"
PINNED = re.compile(
    r"^(?P<name>[a-z0-9-]+)==\S+(?: ; [^\\]+)? \\\n(?P<hashes>(?:    --hash=\S+.*\n)+)"
)

# Spelled so that this file does not name what it forbids.
HOSTS = re.compile(r"[a-z]+://|pypi[.]org|pythonhosted|npmjs|--(?:index|extra-index|find-links)")
WORKPLACE = re.compile(
    r"/(?:wor[k]|far[m])/|[.]librar[y]\b|far[m]-studio|before[-]stop|/tmp/pla[n]"
)
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE [K]EY-----"),
    "a cloud access key": re.compile(r"\bAKI[A][0-9A-Z]{16}\b"),
    "a forge token": re.compile(r"\b(?:gh[pousr]|glpa[t])[_-][0-9A-Za-z]{20,}"),
    "a signed web token": re.compile(r"\beyJ[0-9A-Za-z_-]{10,}[.]eyJ[0-9A-Za-z_-]{10,}"),
    "credentials in an address": re.compile(r"://[^/\s:@{<]+:[^/\s@{<]{8,}@"),
}


def texts() -> list[tuple[str, str]]:
    """Name and content of every file that is text."""
    found = []
    for path in files():
        try:
            found.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def normal(requirement: str) -> str:
    """The bare name of a requirement, as locks spell it."""
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_there_is_a_lock() -> None:
    assert [path.name for path in LOCKS] == ["requirements-dev.txt"]


@pytest.mark.parametrize("path", [*LOCKS, LOCK_OF_THE_CLIENT], ids=lambda path: path.name)
def test_a_lock_names_no_host(path: Path) -> None:
    assert not HOSTS.search(path.read_text("utf-8"))


def test_every_package_of_the_client_is_pinned_with_its_hash() -> None:
    packages = json.loads(LOCK_OF_THE_CLIENT.read_text("utf-8"))["packages"]
    named = {name: each for name, each in packages.items() if name}

    assert named
    assert [
        name for name, each in named.items() if not each["integrity"].startswith("sha512-")
    ] == []


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_line_of_a_lock_is_pinned_with_hashes(path: Path) -> None:
    text = path.read_text("utf-8")
    names = re.findall(r"^([A-Za-z0-9_.-]+)", text, re.MULTILINE)
    pinned = [m["name"] for m in re.finditer(PINNED.pattern, text, re.MULTILINE)]

    assert len(names) > 20
    assert names == pinned


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *(name for extra in project["project"]["optional-dependencies"].values() for name in extra),
    ]
    lock = (ROOT / "requirements-dev.txt").read_text("utf-8")

    missing = [name for name in asked if not re.search(rf"^{normal(name)}==", lock, re.MULTILINE)]
    assert not missing, f"make lock was forgotten: {missing}"


def test_no_file_holds_a_secret() -> None:
    found = [
        f"{name}: {kind}"
        for name, text in texts()
        for kind, pattern in SECRETS.items()
        if pattern.search(text)
    ]

    assert not found, "\n".join(found)


def test_no_file_names_the_place_it_was_written_at() -> None:
    found = [name for name, text in texts() if WORKPLACE.search(text)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (HOSTS, "requests @ https" + "://example.test/requests.whl"),
        (HOSTS, "--index" + "-url elsewhere"),
        (WORKPLACE, "see /wor" + "k/plan.md"),
        (SECRETS["a private key"], "-----BEGIN EC PRIVATE " + "KEY-----"),
        (SECRETS["a cloud access key"], "AKIA" + "ABCDEFGHIJKLMNOP"),
        (SECRETS["a forge token"], "ghp" + "_abcdefghijklmnopqrstuvwxyz"),
        (SECRETS["a signed web token"], "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0In0"),
        (SECRETS["credentials in an address"], "postgresql:" + "//garage:correct-horse@db/onetime"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize("name", [".ci/run"])
def test_a_script_can_be_run(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111 == 0o111
