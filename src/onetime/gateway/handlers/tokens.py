"""Authorize, and the verdict on a tag in the words of OCPP."""

from typing import Final

from onetime.domain.policy import AuthorizationReply
from onetime.domain.tokens import Verdict
from onetime.garage import Transaction
from onetime.gateway.caller import Caller
from onetime.ocpp.v16.core import AuthorizeRequest, AuthorizeResponse
from onetime.ocpp.v16.types import AuthorizationStatus, IdTagInfo
from onetime.operations.authorization import Ruling
from onetime.operations.authorization import authorize as authorize_tag

_DETAILED: Final[dict[Verdict, AuthorizationStatus]] = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.BLOCKED: "Blocked",
    Verdict.EXPIRED: "Expired",
    Verdict.INACTIVE: "Blocked",
    Verdict.UNKNOWN: "Invalid",
    Verdict.LOCKED: "Blocked",
    Verdict.CONCURRENT: "ConcurrentTx",
}


def authorize(tx: Transaction, caller: Caller, request: AuthorizeRequest) -> AuthorizeResponse:
    """Say whether a tag may charge; any renter's tag may at any station."""
    ruling = authorize_tag(tx, caller.station_id, request.id_tag)
    return AuthorizeResponse(id_tag_info=id_tag_info(ruling, tx.policy.authorization_reply))


def id_tag_info(ruling: Ruling, reply: AuthorizationReply) -> IdTagInfo:
    """Put a verdict into OCPP's words: `Invalid` for every no, unless details are asked for."""
    if ruling.verdict is Verdict.ACCEPTED:
        return IdTagInfo(
            status="Accepted",
            expiry_date=ruling.expiry_date,
            parent_id_tag=ruling.parent_id_tag,
        )
    if reply is AuthorizationReply.PLAIN:
        return IdTagInfo(status="Invalid")
    return IdTagInfo(status=_DETAILED[ruling.verdict])
