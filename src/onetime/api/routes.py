"""All routes: the nouns of the API below its prefix, and what stands beside it."""

from typing import Final

from litestar.handlers import BaseRouteHandler

from onetime.api import (
    accounts,
    api_tokens,
    audit,
    backups,
    charging,
    charging_profiles,
    client,
    commands,
    commissionings,
    connections,
    docs,
    errands,
    files,
    firmware,
    health,
    live,
    login,
    me,
    metrics,
    persons,
    renters,
    reservations,
    review,
    revocations,
    sessions,
    settings,
    site,
    spots,
    station_records,
    station_states,
    stations,
    tables,
    tokens,
)

NOUNS: Final[tuple[BaseRouteHandler, ...]] = (
    *login.ROUTES,
    *me.ROUTES,
    *charging.ROUTES,
    *accounts.ROUTES,
    *api_tokens.ROUTES,
    *commands.ROUTES,
    *renters.ROUTES,
    *persons.ROUTES,
    *commissionings.ROUTES,
    *site.ROUTES,
    *spots.ROUTES,
    *tokens.ROUTES,
    *stations.ROUTES,
    *station_records.ROUTES,
    *connections.ROUTES,
    *errands.ROUTES,
    *files.ROUTES,
    *firmware.ROUTES,
    *station_states.ROUTES,
    *reservations.ROUTES,
    *charging_profiles.ROUTES,
    *revocations.ROUTES,
    *sessions.ROUTES,
    *review.ROUTES,
    *audit.ROUTES,
    *settings.ROUTES,
    *backups.ROUTES,
    *live.ROUTES,
    *tables.ROUTES,
)
"""Served below `/api/v1` and told in its document."""

BESIDE: Final[tuple[BaseRouteHandler, ...]] = (
    *docs.ROUTES,
    *health.ROUTES,
    *metrics.ROUTES,
    *client.ROUTES,
    *files.DOOR,
    *firmware.DOOR,
)
"""Served as their paths say; not in the document."""
