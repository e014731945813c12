"""Everything about one renter as one file: `renter.json`, and a table for each part (S31)."""

import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Final

import msgspec

from onetime.kit.sheets import BOM, written
from onetime.kit.times import to_wire
from onetime.queries.persons import KEY, PARTS, person_page
from onetime.store.archive import Archive

IN_MEMORY_BYTES: Final = 4 * 2**20


def renter_bundle(archive: Archive, renter_id: int) -> IO[bytes]:
    """Write everything about a renter into a file, page by page; raises NotFound."""
    archive.ask(person_page, renter_id, "renter")
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - closed when it was sent
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        with bundle.open("renter.json", "w", force_zip64=True) as out:
            before = b"{"
            for part in PARTS:
                out.write(before + msgspec.json.encode(part) + b":[")
                separator = b""
                for page in _pages(archive, renter_id, part):
                    for row in page:
                        out.write(separator + msgspec.json.encode(row))
                        separator = b",\n"
                out.write(b"]")
                before = b",\n"
            out.write(b"}\n")
        for part in PARTS:
            with bundle.open(f"{part}.csv", "w", force_zip64=True) as out:
                head = BOM
                for page in _pages(archive, renter_id, part):
                    if head:
                        out.write(head + written([[*page[0]]]))
                        head = b""
                    out.write(written([[_cell(each) for each in row.values()] for row in page]))
    file.seek(0)
    return file


def _pages(archive: Archive, renter_id: int, part: str) -> Iterator[list[dict[str, object]]]:
    after = 0
    while page := archive.ask(person_page, renter_id, part, after):
        yield page
        last = page[-1][KEY]
        assert isinstance(last, int)
        after = last


def _cell(value: object) -> object:
    return to_wire(value) if isinstance(value, datetime) else value
