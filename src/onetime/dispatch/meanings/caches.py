"""What ClearCache means: from then on a station remembers no verdict that it heard before (C14)."""

from onetime.dispatch.meanings.endings import word_of
from onetime.dispatch.outcomes import Order, Sent
from onetime.garage import Transaction
from onetime.ocpp.v16.core import ClearCacheResponse
from onetime.operations.revocations import note_cache_answer, note_cache_unanswered


def cleared(tx: Transaction, order: Order, done: Sent) -> None:
    """Keep the station's word, or that it never came."""
    if isinstance(done.response, ClearCacheResponse):
        note_cache_answer(tx, order.station_id, done.id, done.response.status)
    else:
        note_cache_unanswered(tx, order.station_id, done.id, word_of(done))
