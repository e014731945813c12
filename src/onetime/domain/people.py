"""Renters and spots as people see them, and who it is that acts."""

import re

from msgspec import Struct

MAX_NAME_LENGTH = 200
MAX_LABEL_LENGTH = 50
MAX_GARAGE_NAME_LENGTH = 100
ENGINE = "clock"
MAX_FLOOR_LENGTH = 50
MAX_PHONE_LENGTH = 50
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"(?=(?:.*[0-9]){3})[0-9+()/. -]+", re.ASCII)


class Actor(Struct, frozen=True):
    """Who acts: a kind (`cli`, `api`, `account`, `clock`) and a name that is not a person's."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @property
    def is_engine(self) -> bool:
        """Say whether it is onetime itself that acts, and no person or program."""
        return self.kind == ENGINE


def name_fault(name: str) -> str | None:
    """Return what is wrong with a renter's name, or None."""
    if not name.strip() or len(name) > MAX_NAME_LENGTH:
        return f"A name has 1 to {MAX_NAME_LENGTH} characters."
    return None


def email_fault(email: str) -> str | None:
    """Return what is wrong with an e-mail address, or None; only its shape is looked at."""
    if len(email) > MAX_NAME_LENGTH or not _EMAIL.fullmatch(email):
        return f"{email!r} is not an e-mail address."
    return None


def phone_fault(text: str) -> str | None:
    """Return what is wrong with a phone number, or None; an empty one is none at all."""
    if text and (len(text) > MAX_PHONE_LENGTH or not _PHONE.fullmatch(text)):
        return f"{text!r} is not a phone number."
    return None


def garage_name_fault(name: str) -> str | None:
    """Return what is wrong with a garage's name, or None; it may have none."""
    if len(name) > MAX_GARAGE_NAME_LENGTH:
        return f"A garage's name has at most {MAX_GARAGE_NAME_LENGTH} characters."
    return None


def label_fault(label: str) -> str | None:
    """Return what is wrong with a spot's label, or None."""
    if not label.strip() or label != label.strip() or len(label) > MAX_LABEL_LENGTH:
        return f"A spot's label has 1 to {MAX_LABEL_LENGTH} characters, no blanks at its ends."
    return None
