"""Files that strangers send: limited, private, and never under a name of theirs."""

import hashlib
from pathlib import Path

import pytest

from onetime.kit import drop as kit
from onetime.kit.drop import Drop, NoRoom


def test_a_file_is_there_when_it_is_finished_and_not_before(tmp_path: Path) -> None:
    drop = Drop(tmp_path / "files", 1_000)
    taking = drop.take(100)
    taking.write(b"one ")
    taking.write(b"two")

    stored_as, digest = taking.finish()
    taking.abandon()

    path = drop.path(stored_as)
    assert path is not None
    assert path.read_bytes() == b"one two"
    assert digest == hashlib.sha256(b"one two").hexdigest()
    assert (taking.size, drop.used()) == (7, 7)
    drop.remove(stored_as)
    assert drop.path(stored_as) is None


def test_what_is_abandoned_or_too_large_leaves_nothing(tmp_path: Path) -> None:
    drop = Drop(tmp_path, 10)
    taking = drop.take(100)  # the quota is less
    taking.write(b"0123456789")
    with pytest.raises(NoRoom):
        taking.write(b"x")
    with pytest.raises(NoRoom):
        drop.take(100)
    taking.abandon()

    assert [*tmp_path.iterdir()] == []


def test_room_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "LEAST_FREE_BYTES", 2**60)

    with pytest.raises(NoRoom):
        Drop(tmp_path, 10).take(1)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a.file", "", "0" * 32])
def test_only_names_of_ours_are_files(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "files"
    folder.mkdir()
    drop = Drop(folder, 10)

    assert drop.path(name) is None
    drop.remove(name)
    assert (tmp_path / "secret").exists()
