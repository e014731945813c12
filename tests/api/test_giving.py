"""A file leaves whole, or the part that was asked for, in pieces that are never large."""

from pathlib import Path

import pytest

from onetime.api.giving import PIECE_BYTES, pieces_of


@pytest.mark.parametrize(
    ("begin", "end", "sizes"),
    [
        (0, None, [65_536, 65_536, 8_928]),
        (70_000, None, [65_536, 4_464]),
        (10, 20, [10]),
        (65_000, 131_000, [65_536, 464]),
        (140_000, None, []),
    ],
)
async def test_a_part_of_a_file_comes_in_pieces(
    tmp_path: Path, begin: int, end: int | None, sizes: list[int]
) -> None:
    content = bytes(range(250)) * 560
    path = tmp_path / "file"
    path.write_bytes(content)

    asked = pieces_of(path, begin) if end is None else pieces_of(path, begin, end)
    pieces = [each async for each in asked]

    assert PIECE_BYTES == 65_536
    assert [len(each) for each in pieces] == sizes
    assert b"".join(pieces) == content[begin:end]
