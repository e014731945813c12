"""Moods as people write them, and the word for no of each command."""

import json

import pytest

from onetime.simulator.commands import HANDLERS
from onetime.simulator.moods import Mood, mood_for, read_mood, refusal
from tests.ocpp.schemas import accepts


@pytest.mark.parametrize("action", sorted(HANDLERS))
def test_the_word_for_no_is_one_of_ocpp(action):
    assert accepts(f"{action}Response", json.dumps(refusal(action)).encode())


def test_a_mood_is_for_one_action_or_for_all():
    moods = dict(map(read_mood, ["refuse", "Reset=silent"]))

    assert mood_for(moods, "Reset") is Mood.SILENT
    assert mood_for(moods, "ClearCache") is Mood.REFUSE
    assert mood_for({}, "ClearCache") is Mood.OBEY


@pytest.mark.parametrize("text", ["", "angry", "Reset=", "Reset=angry"])
def test_a_mood_that_there_is_not_is_refused(text):
    with pytest.raises(ValueError, match="Mood"):
        read_mood(text)
