"""What a station is set to, can do, keeps of cards and has reported, beside what it should be."""

from litestar import get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from onetime.api.given import GivenGarage, GivenPage, GivenPart
from onetime.queries.abilities import Ability, abilities
from onetime.queries.configuration import ConfigurationKey, configuration
from onetime.queries.local_lists import StationList, list_state
from onetime.queries.pages import Page, part_of
from onetime.queries.reports import Report, ReportKind, report_list


@get(
    "/stations/{station_id:str}/configuration",
    operation_id="listConfiguration",
    summary="List configuration keys",
)
async def list_configuration(
    garage: GivenGarage, station_id: FromPath[str], part: GivenPart
) -> Page[ConfigurationKey]:
    """The keys as the station reported them, beside what is wanted and how far it is from that."""
    return part_of(await garage.archive.read(configuration, station_id), part)


@get(
    "/stations/{station_id:str}/abilities",
    operation_id="listAbilities",
    summary="List what a station can do",
)
async def list_abilities(
    garage: GivenGarage, station_id: FromPath[str], part: GivenPart
) -> Page[Ability]:
    """What the station has shown that it can do, and what it can not; the rest is not known yet."""
    return part_of(await garage.archive.read(abilities, station_id), part)


@get(
    "/stations/{station_id:str}/local-list",
    operation_id="getLocalList",
    summary="Show a station's list of cards",
)
async def get_local_list(garage: GivenGarage, station_id: FromPath[str]) -> StationList:
    """The list that the station keeps for when it is offline, and the cards it has no room for."""
    return await garage.archive.read(list_state, station_id, garage.clock.now())


@get("/stations/{station_id:str}/reports", operation_id="listReports", summary="List reports")
async def list_reports(
    garage: GivenGarage,
    station_id: FromPath[str],
    asked: GivenPage,
    kind: FromQuery[ReportKind | None] = None,
) -> Page[Report]:
    """Firmware, diagnostics, log, certificate and security reports, the latest first."""
    return await garage.archive.read(report_list, station_id, kind=kind, asked=asked)


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_configuration,
    list_abilities,
    get_local_list,
    list_reports,
)
