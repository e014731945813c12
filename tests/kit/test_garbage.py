"""What is there when a program settles is not looked through again."""

import gc

from onetime.kit.garbage import THRESHOLD, settle


def test_what_was_built_is_looked_through_no_more_and_the_rest_more_rarely() -> None:
    built: list[list[int]] = [[] for _ in range(1_000)]
    before = gc.get_freeze_count()
    gc.set_threshold(700)

    settle()

    assert gc.get_freeze_count() > before + len(built)
    assert gc.get_threshold()[0] == THRESHOLD
