"""Deviations and findings have words for people."""

import re

from onetime.domain.quirks import QUIRKS
from onetime.domain.reviews import REVIEW_WORDS, ReviewKind


def test_every_deviation_has_an_id_of_the_catalogue_and_words_without_a_full_stop() -> None:
    for quirk, words in QUIRKS.items():
        assert re.fullmatch(r"[A-Z]\d\d|other", quirk), quirk
        assert words, quirk
        assert not words.endswith("."), quirk


def test_every_kind_of_finding_has_one_sentence() -> None:
    assert set(REVIEW_WORDS) == set(ReviewKind)
    for sentence in REVIEW_WORDS.values():
        assert sentence[0].isupper()
        assert sentence.endswith(".")
