"""Each word for the end of a command has its meaning for people."""

from onetime.domain.commands import STATUS_WORDS, CommandStatus


def test_every_word_has_one_meaning() -> None:
    assert set(STATUS_WORDS) == set(CommandStatus)
    assert len(set(STATUS_WORDS.values())) == len(CommandStatus)
