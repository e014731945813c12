"""What SendLocalList and GetLocalListVersion mean: what a station knows of cards by itself."""

from typing import Final

from onetime.dispatch.meanings.endings import may_have_acted, word_of
from onetime.dispatch.outcomes import Order, Sent
from onetime.domain.local_lists import Entry, Update
from onetime.garage import Transaction
from onetime.ocpp.v16.local_list import (
    AuthorizationEntry,
    GetLocalListVersionResponse,
    SendLocalListRequest,
    SendLocalListResponse,
)
from onetime.ocpp.v16.types import IdTagInfo
from onetime.operations.local_lists import (
    note_list_answer,
    note_list_asked,
    note_list_unanswered,
    note_list_version,
    note_list_version_untold,
)

FULL: Final = "Full"
DIFFERENTIAL: Final = "Differential"
ACCEPTED: Final = "Accepted"


def sending(tx: Transaction, _: int, order: Order) -> None:
    """Note the version before it is sent: it is never used again, whatever becomes of it."""
    request = order.request
    assert isinstance(request, SendLocalListRequest)
    note_list_asked(tx, order.station_id, request.list_version)


def taken(tx: Transaction, order: Order, done: Sent) -> None:
    """Keep the station's word on a list, or that it never came."""
    request = order.request
    assert isinstance(request, SendLocalListRequest)
    if isinstance(done.response, SendLocalListResponse):
        note_list_answer(
            tx, order.station_id, request.list_version, as_kept(request), done.response.status
        )
    else:
        note_list_unanswered(
            tx,
            order.station_id,
            request.list_version,
            word_of(done),
            may_be_taken=may_have_acted(done),
        )


def told(tx: Transaction, order: Order, done: Sent) -> None:
    """Compare the version that a station tells with the one that it acknowledged."""
    if isinstance(done.response, GetLocalListVersionResponse):
        note_list_version(tx, order.station_id, done.response.list_version)
    else:
        note_list_version_untold(tx, order.station_id, word_of(done))


def as_sent(update: Update, version: int) -> SendLocalListRequest:
    """Return a message of ours as it goes over the wire: as short as it can be (K22).

    Cards that are taken off come first; a card stands without verdict then (OCPP 1.6, 7.1).
    """
    gone = [AuthorizationEntry(id_tag=each) for each in update.removed]
    come = [
        AuthorizationEntry(
            id_tag=each.id_tag,
            id_tag_info=IdTagInfo(
                status=ACCEPTED, expiry_date=each.expiry_date, parent_id_tag=each.parent_id_tag
            ),
        )
        for each in update.entries
    ]
    return SendLocalListRequest(
        list_version=version,
        update_type=FULL if update.is_full else DIFFERENTIAL,
        local_authorization_list=(*gone, *come) or None,
    )


def as_kept(request: SendLocalListRequest) -> Update:
    """Return what a message does to a list, whoever wrote it.

    A tag that no card can have is left out: nobody will present it, nor ask for it.
    """
    entries = request.local_authorization_list or ()
    listed = [each for each in entries if each.id_tag.isascii() and each.id_tag.isprintable()]
    return Update(
        is_full=request.update_type == FULL,
        entries=tuple(
            Entry(
                id_tag=each.id_tag,
                expiry_date=each.id_tag_info.expiry_date,
                parent_id_tag=each.id_tag_info.parent_id_tag,
                status=each.id_tag_info.status,
            )
            for each in listed
            if each.id_tag_info is not None
        ),
        removed=tuple(each.id_tag for each in listed if each.id_tag_info is None),
    )
