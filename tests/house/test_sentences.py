"""What the server says to people has a translation in every language; nothing else has one."""

import pytest

from tests.house.sentences import (
    CATALOGUES,
    LANGUAGES,
    faults_of,
    sentences_in,
    templates,
    translations,
    words_in,
)

HOW = "run `make words`, then write what is empty in ui/src/i18n/server"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_server_is_in_every_language(language: str) -> None:
    assert list(faults_of(templates(), translations(language))) == [], HOW


def test_no_language_is_forgotten() -> None:
    assert {path.stem for path in CATALOGUES.glob("*.json")} == set(LANGUAGES)


SOURCE = '''
"""A docstring is no sentence of the server."""

WHY = {"late": f"Station {station_id} came"
       f" {'late' if late else 'early'}{f', by {seconds} s' if seconds else ''}."}
HALF = {"one": "it came {identity} late"}

def refuse():
    raise Conflict("There is no room.")
'''


def test_templates_are_read_from_a_source() -> None:
    whole = [
        "Station {0} came late, by {1} s.",
        "Station {0} came late.",
        "Station {0} came early, by {1} s.",
        "Station {0} came early.",
        "There is no room.",
    ]
    assert sorted(sentences_in(SOURCE)) == sorted(whole)
    assert sorted(sentences_in(SOURCE, "HALF")) == sorted([*whole, "it came {0} late"])


def test_words_are_read_from_what_names_stand_for() -> None:
    source = (
        'class Kind(StrEnum):\n    """Not this."""\n    LOG = "log"\nONE: Final = "one"\nTWO = "2"'
    )

    assert list(words_in(source, ("Kind", "ONE"))) == ["log", "one"]


def test_a_catalogue_that_does_not_fit_is_told() -> None:
    said = ["One.", "Two {0}.", "Three."]
    known = {"One.": "Eins.", "Two {0}.": "Zwei.", "Four.": "Vier."}

    assert list(faults_of(said, known)) == [
        "nobody says: Four.",
        "lacks: Three.",
        "other holes: Two {0}.",
    ]
