"""Card numbers are shown whole only to those who may see cards (S15); others see how they end.

The table of rights says who: whoever may list cards, and whoever may list charges.
"""

from typing import TypeVar

from msgspec import Struct, structs

from onetime.api.rights import RIGHTS
from onetime.domain.accounts import Principal
from onetime.kit.logs import masked
from onetime.kit.masking import cards_masked, without_cards
from onetime.queries.pages import Page

S = TypeVar("S", bound=Struct)

_WHOLE = RIGHTS["GET", "/tokens"] | RIGHTS["GET", "/sessions"]
_TEXTS = ("frame", "answer", "raw_answer", "description")
_TREES = ("payload", "response")
_CARDS = ("id_tag", "parent_id_tag")


def sees_cards(principal: Principal) -> bool:
    """Say whether card numbers are shown whole to whoever asks."""
    return principal.role in _WHOLE


def page_for(principal: Principal, page: Page[S]) -> Page[S]:
    """Return a page as whoever asks may see it."""
    if sees_cards(principal):
        return page
    return structs.replace(page, items=tuple(item_for(principal, each) for each in page.items))


def item_for(principal: Principal, item: S) -> S:
    """Return a message, a command or a reservation as whoever asks may see it."""
    if sees_cards(principal):
        return item
    changed: dict[str, object] = {}
    for field in item.__struct_fields__:
        value = getattr(item, field)
        if field in _TREES:
            changed[field] = cards_masked(value)
        elif isinstance(value, str) and field in _TEXTS:
            changed[field] = without_cards(value)
        elif isinstance(value, str) and field in _CARDS:
            changed[field] = masked(value)
    return structs.replace(item, **changed)
