"""Backups of whichever database there is: saved, verified, staged beside it, put in its place.

Knows which engine does it how; never what is in a row.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from onetime.domain.errors import Conflict, NotFound
from onetime.store import postgres_backup, sqlite_backup

LABEL = "before_restore_%Y%m%dT%H%M%SZ"


def save(url: str, target: Path) -> int:
    """Write a backup to a new file while others go on writing; return its size in bytes.

    Raises NotFound, Conflict, OSError.
    """
    if target.exists():
        raise Conflict(f"{target} exists already; a backup overwrites nothing.")
    if not target.parent.is_dir():
        raise NotFound(f"There is no directory {target.parent}.")
    file = _file_of(url)
    if file is None:
        postgres_backup.save(url, target)
    elif not file.exists():
        raise NotFound(f"There is no database {file} yet, so there is nothing to back up.")
    else:
        sqlite_backup.save(file, target)
    return target.stat().st_size


def verify(url: str, source: Path) -> None:
    """Refuse what is no backup for this kind of database; raises Refusal, OSError."""
    if not source.is_file():
        raise NotFound(f"There is no file {source}.")
    if _file_of(url) is None:
        postgres_backup.verify(source)
    else:
        sqlite_backup.verify(source)


def stage(url: str, source: Path) -> str:
    """Load a verified backup beside the present database; return the address where it is.

    Raises Conflict, OSError.
    """
    file = _file_of(url)
    if file is None:
        return postgres_backup.stage(url, source)
    return f"sqlite:///{sqlite_backup.stage(file, source)}"


def discard(staged: str) -> None:
    """Remove what was staged."""
    file = _file_of(staged)
    if file is None:
        postgres_backup.discard(staged)
    else:
        sqlite_backup.discard(file)


def swap(url: str, staged: str, now: datetime) -> str | None:
    """Put the staged database in place of the present one; return where that one is kept.

    Raises Conflict when somebody uses it, OSError.
    """
    file, ready = _file_of(url), _file_of(staged)
    if file is None or ready is None:
        return postgres_backup.swap(url, staged, now.strftime(LABEL).lower())
    kept = sqlite_backup.swap(file, ready, now.strftime(LABEL))
    return str(kept) if kept else None


def transactions_issued(url: str) -> int | None:
    """Return how many transaction ids the present database has issued; None if it does not say."""
    file = _file_of(url)
    if file is None:
        return postgres_backup.transactions_issued(url)
    return sqlite_backup.transactions_issued(file)


def faults(url: str) -> list[str]:
    """Return what the engine itself finds wrong; PostgreSQL has no such look of its own."""
    file = _file_of(url)
    return [] if file is None else sqlite_backup.faults(file)


def bytes_of(url: str) -> int:
    """Return how large the present database is, which no backup exceeds; 0 if it does not tell."""
    file = _file_of(url)
    if file is None:
        return 0
    beside = (file.with_name(file.name + ending) for ending in ("", *sqlite_backup.BESIDE))
    return sum(each.stat().st_size for each in beside if each.exists())


def ending_of(url: str) -> str:
    """Return how the name of a backup ends."""
    return ".dump" if _file_of(url) is None else ".db"


def _file_of(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
