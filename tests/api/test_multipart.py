"""The file in a form, however it is cut into pieces."""

from collections.abc import AsyncIterator

import pytest

from onetime.api.multipart import Malformed, boundary_of, file_in

FILE = b"line\r\n--x\r\n-\r\n" * 9
FORM = (
    b'--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    b'--xyz\r\nContent-Disposition: form-data; name="f"; filename="d.log"\r\n\r\n'
    + FILE
    + b"\r\n--xyz--\r\n"
)


async def cut(body: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
async def test_a_file_is_found_however_it_is_cut(size: int) -> None:
    named: list[str] = []

    found = [each async for each in file_in(cut(FORM, size), b"xyz", named)]

    assert (b"".join(found), named) == (FILE, ["d.log"])


@pytest.mark.parametrize("body", [FORM[:-12], FORM[:150], b"", b"x" * 20_000])
async def test_what_breaks_off_is_no_file(body: bytes) -> None:
    with pytest.raises(Malformed):
        [each async for each in file_in(cut(body, 50), b"xyz", [])]


@pytest.mark.parametrize(
    ("said", "boundary"),
    [
        ("multipart/form-data; boundary=xyz", b"xyz"),
        ('Multipart/Form-Data; charset=utf-8; boundary="a b"', b"a b"),
        ("application/octet-stream", None),
        ("multipart/form-data", None),
    ],
)
def test_what_stands_between_parts(said: str, boundary: bytes | None) -> None:
    assert boundary_of(said) == boundary
