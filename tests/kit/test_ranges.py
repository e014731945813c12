"""What part of a file a range means."""

import pytest

from onetime.kit.ranges import Unsatisfiable, span


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=10-", (10, 100)),
        ("bytes=99-", (99, 100)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-500", (0, 100)),
        ("Bytes=5-5", (5, 6)),
        ("bytes=-", None),
        ("bytes=9-5", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_a_range_is_a_part_or_else_the_whole(asked: str, meant: tuple[int, int] | None) -> None:
    assert span(asked, 100) == meant


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=200-300", "bytes=-0"])
def test_what_lies_behind_the_end_can_not_be_had(asked: str) -> None:
    with pytest.raises(Unsatisfiable):
        span(asked, 100)
    with pytest.raises(Unsatisfiable):
        span("bytes=0-", 0)
