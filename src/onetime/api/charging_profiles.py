"""Charging profiles: stored by description, sent by their number, remembered where they hold."""

from typing import Annotated

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from onetime.api.given import GivenAct, GivenGarage, GivenPage
from onetime.domain.charging_profiles import MAX_DESCRIPTION_LENGTH, Profile
from onetime.domain.people import Actor
from onetime.garage import Transaction
from onetime.operations.charging_profiles import store_profile
from onetime.queries.charging_profiles import (
    ChargingProfile,
    InstalledProfile,
    charging_profile,
    charging_profile_list,
    installed_profile_list,
)
from onetime.queries.pages import Page

Description = Annotated[str, Meta(min_length=1, max_length=MAX_DESCRIPTION_LENGTH)]


class NewChargingProfile(Profile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile to be stored, by the rules of OCPP 1.6; its number is given when it is stored."""

    description: Description


@get("/charging-profiles", operation_id="listChargingProfiles", summary="List charging profiles")
async def list_charging_profiles(garage: GivenGarage, asked: GivenPage) -> Page[ChargingProfile]:
    """Stored profiles, the newest first; `id` is the chargingProfileId on the wire."""
    return await garage.archive.read(charging_profile_list, asked=asked)


@post("/charging-profiles", operation_id="createChargingProfile", summary="Store a profile")
async def create_charging_profile(
    act: GivenAct, data: JSONBody[NewChargingProfile]
) -> Response[ChargingProfile]:
    """Store a profile; a command sends it by `charging_profile_id` in place of a profile."""
    parts = {name: getattr(data, name) for name in Profile.__struct_fields__}
    profile = Profile(**parts)
    return await act(_create, data.description, profile)


@get(
    "/charging-profiles/{profile_id:int}",
    operation_id="getChargingProfile",
    summary="Show a charging profile",
)
async def get_charging_profile(garage: GivenGarage, profile_id: FromPath[int]) -> ChargingProfile:
    """One stored profile."""
    return await garage.archive.read(charging_profile, profile_id)


@get(
    "/stations/{station_id:str}/charging-profiles",
    operation_id="listInstalledProfiles",
    summary="List a station's charging profiles",
)
async def list_installed_profiles(
    garage: GivenGarage, station_id: FromPath[str], asked: GivenPage
) -> Page[InstalledProfile]:
    """What was sent to the station, and whether it holds there, the latest first."""
    return await garage.archive.read(installed_profile_list, station_id, asked=asked)


def _create(tx: Transaction, actor: Actor, description: str, profile: Profile) -> ChargingProfile:
    return charging_profile(tx.connection, store_profile(tx, actor, description, profile))


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_charging_profiles,
    create_charging_profile,
    get_charging_profile,
    list_installed_profiles,
)
