"""Guided operations on stations' keys and certificates, and what stations ask to be signed."""

from typing import Annotated, Literal

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from onetime.api.given import GivenAct, GivenGarage, GivenPart
from onetime.api.shapes import RowId
from onetime.operations.errands import DELETE, begin_errand, cancel_errand
from onetime.operations.requests import approve_request, refuse_request
from onetime.operations.roots import delete_root
from onetime.queries.certificates import Certificate, Request, certificate_list, request_list
from onetime.queries.errands import Errand, Root, errand_list, trusted_roots
from onetime.queries.pages import Page, part_of
from onetime.queries.stations import station

Kind = Literal[
    "rotate-key", "upgrade", "install-root", "read-roots", "delete-root", "renew-certificate"
]
Goal = Annotated[str, Meta(min_length=1, max_length=100)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class NewErrand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done; an upgrade has a goal: `2`, `3`, or `2 root-known`.

    To delete a root certificate its serial number is the goal; the last one stays.
    """

    kind: Kind
    goal: Goal | None = None


class Refusing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something comes to nothing."""

    reason: Reason


@get("/stations/{station_id:str}/errands", operation_id="listErrands", summary="List errands")
async def list_errands(
    garage: GivenGarage, station_id: FromPath[str], part: GivenPart
) -> Page[Errand]:
    """What is under way at a station, and what became of the rest, the newest first."""
    await garage.archive.read(station, station_id)
    return part_of(await garage.archive.read(errand_list, station_id), part)


@post("/stations/{station_id:str}/errands", operation_id="beginErrand", summary="Begin an errand")
async def begin(
    act: GivenAct, station_id: FromPath[str], data: JSONBody[NewErrand]
) -> Response[Errand]:
    """Begin a guided operation; it runs, step by step, while the station is connected."""
    if data.kind == DELETE:
        return await act(delete_root, station_id, data.goal or "")
    return await act(begin_errand, station_id, data.kind, data.goal)


@get("/stations/{station_id:str}/roots", operation_id="listRoots", summary="List root certificates")
async def list_roots(garage: GivenGarage, station_id: FromPath[str], part: GivenPart) -> Page[Root]:
    """Root certificates that a station says it trusts; the errand `read-roots` asks for them."""
    await garage.archive.read(station, station_id)
    return part_of(await garage.archive.read(trusted_roots, station_id), part)


@post(
    "/errands/{errand_id:int}/cancel",
    operation_id="cancelErrand",
    summary="End an errand",
    status_code=200,
)
async def cancel(act: GivenAct, errand_id: FromPath[RowId]) -> Response[Errand]:
    """End an errand that is not done; what its steps have changed stays."""
    return await act(cancel_errand, errand_id)


@get("/certificates", operation_id="listCertificates", summary="List certificates")
async def list_certificates(garage: GivenGarage, part: GivenPart) -> Page[Certificate]:
    """Certificates of server and stations that count, the newest first."""
    return part_of(await garage.archive.read(certificate_list), part)


@get("/certificate-requests", operation_id="listCertificateRequests", summary="What is asked for")
async def list_requests(garage: GivenGarage, part: GivenPart) -> Page[Request]:
    """What stations asked to be signed and a person has to decide."""
    return part_of(await garage.archive.read(request_list), part)


@post(
    "/certificate-requests/{request_id:int}/approve",
    operation_id="approveCertificateRequest",
    summary="Sign what a station asks for",
    status_code=200,
)
async def approve(act: GivenAct, request_id: FromPath[RowId]) -> Response[Request]:
    """Sign it in the name that it gives, which becomes the station's."""
    return await act(approve_request, request_id)


@post(
    "/certificate-requests/{request_id:int}/refuse",
    operation_id="refuseCertificateRequest",
    summary="Sign nothing",
    status_code=200,
)
async def refuse(
    act: GivenAct, request_id: FromPath[RowId], data: JSONBody[Refusing]
) -> Response[Request]:
    """Let what a station asks for come to nothing."""
    return await act(refuse_request, request_id, data.reason)


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_errands,
    begin,
    list_roots,
    cancel,
    list_certificates,
    list_requests,
    approve,
    refuse,
)
