"""What is small is found once; what is large is never kept; neither fills the memory."""

from onetime.kit.memory import Memory

found: list[str] = []


def find(key: str) -> str:
    found.append(key)
    return key.upper()


def test_what_is_small_is_found_once_and_what_is_large_each_time() -> None:
    memory = Memory(find, lambda key: len(key) < 3, 10)
    found.clear()

    assert [memory(key) for key in ("ab", "ab", "long", "long")] == ["AB", "AB", "LONG", "LONG"]
    assert found == ["ab", "long", "long"]


def test_no_more_than_the_limit_is_kept() -> None:
    memory = Memory(find, lambda key: True, 2)
    found.clear()
    for key in ("a", "b", "c", "c", "a"):
        memory(key)

    assert found == ["a", "b", "c", "a"]
    assert len(memory._known) == 2
