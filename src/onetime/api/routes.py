"""All routes: the nouns of the API below its prefix, and what stands beside it."""

from typing import Final

from litestar.handlers import BaseRouteHandler

from onetime.api import docs, renters, spots

NOUNS: Final[tuple[BaseRouteHandler, ...]] = (
    *renters.ROUTES,
    *spots.ROUTES,
)
"""Served below `/api/v1` and told in its document."""

BESIDE: Final[tuple[BaseRouteHandler, ...]] = (*docs.ROUTES,)
"""Served as their paths say; not in the document."""
