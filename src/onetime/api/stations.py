"""Stations: registered, changed, given keys, retired; a key is shown only once."""

from typing import Annotated

from litestar import Response, delete, get, patch, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from onetime.api.given import (
    Act,
    Addresses,
    Answer,
    GivenAct,
    GivenGarage,
    GivenPage,
    GivenPart,
    Incoming,
)
from onetime.api.shapes import Identity, Password, Power, Profile
from onetime.domain.configuration import MAX_CONNECTORS
from onetime.domain.people import Actor
from onetime.garage import Transaction
from onetime.operations import stations as operations
from onetime.operations.stations import StationChanges
from onetime.queries.knocks import Knocking, knocking
from onetime.queries.pages import Page, part_of
from onetime.queries.stations import Station, station, station_list


class NewStation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A station to be let in; a key is made unless a password is chosen.

    The profile is 2 if left out, or 1 while the encrypted door has no certificate.
    """

    id: Identity
    security_profile: Profile | UnsetType = UNSET
    password: Password | None = None


class StationEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of a station; a power limit of null means that none is known."""

    is_enabled: bool | UnsetType = UNSET
    security_profile: Profile | UnsetType = UNSET
    power_limit_watts: Power | UnsetType | None = UNSET
    times_with_fraction: bool | UnsetType = UNSET
    register_factor: Annotated[int, Meta(ge=1, le=1_000)] | UnsetType = UNSET
    certificate_name: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType | None = UNSET
    is_kept_in_step: bool | UnsetType = UNSET
    connector_count: Annotated[int, Meta(ge=1, le=MAX_CONNECTORS)] | UnsetType | None = UNSET


class StationPassword(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password chosen for a station; without one a key is made."""

    password: Password | None = None


class StationLogin(Station, frozen=True, kw_only=True):
    """A station, where it connects, and the key made for it, which is shown only this once."""

    ocpp_url: str | None
    key: str | None


class Knock(Knocking, frozen=True, kw_only=True):
    """Who knocks in vain, and the address to be entered there, if there is one."""

    ocpp_url: str | None


@get("/stations", operation_id="listStations", summary="List stations")
async def list_stations(
    garage: GivenGarage, asked: GivenPage, with_retired: FromQuery[bool] = False
) -> Page[Station]:
    """All stations with their places of today; the retired ones only when asked for."""
    return await garage.archive.read(station_list, with_retired=with_retired, asked=asked)


@post("/stations", operation_id="createStation", summary="Let a station connect")
async def create_station(act: GivenAct, data: JSONBody[NewStation]) -> Response[StationLogin]:
    """Register a station, one that knocked too, or take a retired one back. The key is told once.

    Sent again under the same Idempotency-Key, the answer has null in its place.
    """
    return await act.told(_create, act, data)


@get("/stations/knocking", operation_id="listKnocking", summary="List who knocks in vain")
async def list_knocking(garage: GivenGarage, request: Incoming, part: GivenPart) -> Page[Knock]:
    """Identities that were refused, with the reason in plain words, the latest first."""
    found = await garage.archive.read(knocking)
    addresses: Addresses = request.state["addresses"]
    return part_of((_with_address(each, addresses) for each in found), part)


@get("/stations/{station_id:str}", operation_id="getStation", summary="Show a station")
async def get_station(garage: GivenGarage, station_id: FromPath[str]) -> Station:
    """One station, retired or not."""
    return await garage.archive.read(station, station_id)


@patch("/stations/{station_id:str}", operation_id="updateStation", summary="Change a station")
async def update_station(
    act: GivenAct, station_id: FromPath[str], data: JSONBody[StationEdit]
) -> Response[StationLogin]:
    """Change what is given; a key is in the answer if the profile made one necessary."""
    return await act.told(_update, act, station_id, data)


@delete(
    "/stations/{station_id:str}",
    operation_id="retireStation",
    summary="Take a station out of use",
    status_code=200,
)
async def retire_station(act: GivenAct, station_id: FromPath[str]) -> Response[Station]:
    """Key and place are given up, the history stays."""
    return await act(_retire, station_id)


@post(
    "/stations/{station_id:str}/rotate-key",
    operation_id="rotateStationKey",
    summary="Replace a station's key",
    status_code=200,
)
async def rotate_station_key(
    act: GivenAct, station_id: FromPath[str], data: JSONBody[StationPassword]
) -> Response[StationLogin]:
    """Put a new key, or a chosen password, in place of the old one. The key is told once."""
    return await act.told(_rotate, act, station_id, data)


def _create(tx: Transaction, actor: Actor, act: Act, new: NewStation) -> Answer[StationLogin]:
    profile = new.security_profile
    if profile is UNSET:
        profile = _best_profile(act.addresses)
    key = operations.register_station(tx, actor, new.id, profile, new.password)
    return _login(tx, act, new.id, key)


def _update(
    tx: Transaction, actor: Actor, act: Act, station_id: str, edit: StationEdit
) -> Answer[StationLogin]:
    changes = StationChanges(
        security_profile=edit.security_profile,
        power_limit_watts=edit.power_limit_watts,
        times_with_fraction=edit.times_with_fraction,
        register_factor=edit.register_factor,
        certificate_name=edit.certificate_name,
        is_kept_in_step=edit.is_kept_in_step,
        connector_count=edit.connector_count,
    )
    key = operations.edit_station(tx, actor, station_id, changes)
    if edit.is_enabled is True:
        operations.enable_station(tx, actor, station_id)
    elif edit.is_enabled is False:
        operations.disable_station(tx, actor, station_id)
    return _login(tx, act, station_id, key)


def _retire(tx: Transaction, actor: Actor, station_id: str) -> Station:
    operations.retire_station(tx, actor, station_id)
    return station(tx.connection, station_id)


def _rotate(
    tx: Transaction, actor: Actor, act: Act, station_id: str, wanted: StationPassword
) -> Answer[StationLogin]:
    key = operations.rotate_key(tx, actor, station_id, wanted.password)
    return _login(tx, act, station_id, key)


def _login(tx: Transaction, act: Act, station_id: str, key: str | None) -> Answer[StationLogin]:
    found = station(tx.connection, station_id)
    url = act.addresses.of_station(found.id, found.security_profile)
    login = StationLogin(**structs.asdict(found), ocpp_url=url, key=key)
    return Answer(login, kept=structs.replace(login, key=None))


def _best_profile(addresses: Addresses) -> int:
    """Return the profile that a station is given unless somebody asks for another (S01)."""
    return 1 if addresses.of_station("any", 2) is None else 2


def _with_address(found: Knocking, addresses: Addresses) -> Knock:
    url = None
    if found.enter_as is not None:
        profile = found.security_profile
        url = addresses.of_station(
            found.enter_as, _best_profile(addresses) if profile is None else profile
        )
    return Knock(**structs.asdict(found), ocpp_url=url)


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_stations,
    create_station,
    list_knocking,
    get_station,
    update_station,
    retire_station,
    rotate_station_key,
)
