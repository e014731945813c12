"""What a file may be called."""

import pytest

from onetime.domain.files import digest_of_secret, name_of_file


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("diag.tar.gz", "diag.tar.gz"),
        ("../../etc/passwd", "passwd"),
        ("C:\\logs\\today.log", "today.log"),
        ("  two   words.log ", "two words.log"),
        ("", "file"),
        ("..", "file"),
        ("x\x00y", "file"),
        ("<script>.html", "file"),
        ("\ud800", "file"),
        ("a" * 300 + ".zip", "a" * 196 + ".zip"),
    ],
)
def test_a_name_is_the_last_part_made_harmless(said: str, name: str) -> None:
    assert name_of_file(said) == name


def test_a_secret_that_is_no_text_has_a_digest() -> None:
    assert digest_of_secret("\ud800") == digest_of_secret("?")
