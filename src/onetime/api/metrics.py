"""Figures for a program that watches over this one, in the form of Prometheus.

Knows names, labels and who may read; labels are words of ours, never of a station or a person.
"""

import ipaddress
from collections.abc import Iterator
from typing import Final, cast

from litestar import Response, get
from litestar.handlers import BaseRouteHandler
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from onetime import __version__
from onetime.api.entrance import Forbidden, identify
from onetime.api.given import GivenGarage, Incoming
from onetime.api.origins import Knock
from onetime.domain.accounts import Role
from onetime.domain.errors import NotSignedIn
from onetime.garage import Garage
from onetime.kit.tally import Spread, Tally
from onetime.queries.figures import Figures, figures

CONTENT_TYPE: Final = "text/plain; version=0.0.4"  # the framework adds the charset
READERS: Final = frozenset({Role.OWNER, Role.INSTALLER})
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
"""Headers by which a proxy says that somebody else asks than who is connected."""


class _Now(Collector):
    """Everything as it is at the moment it is asked for."""

    def __init__(self, tally: Tally, found: Figures, waiting: int) -> None:
        self._tally = tally
        self._found = found
        self._waiting = waiting

    def collect(self) -> Iterator[Metric]:
        """Yield each figure."""
        yield from self._of_stations()
        yield from self._of_database()
        requests = CounterMetricFamily(
            "onetime_http_requests",
            "Requests by method, route and status.",
            labels=("method", "route", "status"),
        )
        for (method, route, status), count in sorted(self._tally.requests.items()):
            requests.add_metric((method, route, str(status)), count)
        yield requests
        yield _histogram(
            "onetime_http_request_seconds", "How long requests took.", self._tally.request_seconds
        )

    def _of_stations(self) -> Iterator[Metric]:
        found = self._found
        build = GaugeMetricFamily("onetime_build", "Which version this is.", labels=("version",))
        build.add_metric((__version__,), 1)
        yield build
        yield _gauge("onetime_stations", "Stations that are not retired.", found.stations)
        yield _gauge(
            "onetime_stations_online", "Stations with a connection.", found.stations_online
        )
        yield _gauge("onetime_sessions_open", "Charges that go on.", found.open_sessions)
        yield _gauge("onetime_alarms_open", "Alarms nobody acknowledged.", found.open_alarms)
        yield _gauge("onetime_reviews_open", "Findings nobody resolved.", found.open_reviews)
        quirks = CounterMetricFamily(
            "onetime_quirks", "Deviations of stations by their id.", labels=("quirk",)
        )
        for quirk, count in sorted(found.quirks.items()):
            quirks.add_metric((quirk,), count)
        yield quirks
        messages = CounterMetricFamily(
            "onetime_messages",
            "Messages of stations by action and by what became of them.",
            labels=("action", "outcome"),
        )
        for (action, outcome), count in sorted(self._tally.messages.items()):
            messages.add_metric((action, outcome), count)
        yield messages
        yield _histogram(
            "onetime_answer_seconds",
            "From reading a message of a station to its answer.",
            self._tally.answer_seconds,
        )

    def _of_database(self) -> Iterator[Metric]:
        found = self._found
        yield _gauge("onetime_writer_queue", "Operations that wait to be written.", self._waiting)
        yield _histogram(
            "onetime_commit_seconds", "How long batches took.", self._tally.commit_seconds
        )
        yield _histogram(
            "onetime_commit_operations", "Operations in a batch.", self._tally.commit_operations
        )
        failed = CounterMetricFamily("onetime_failed_commits", "Batches that were not committed.")
        failed.add_metric((), self._tally.failed_commits)
        yield failed
        yield _gauge("onetime_database_bytes", "How large the database is.", found.database_bytes)
        if found.disk_free_bytes is not None:
            yield _gauge(
                "onetime_disk_free_bytes", "Room where the database is.", found.disk_free_bytes
            )


@get("/metrics", include_in_schema=False)
async def show_metrics(request: Incoming, garage: GivenGarage) -> Response[bytes]:
    """Tell the figures to a private address, and to an owner or installer from anywhere."""
    asking = cast(Knock, request)
    if not is_near(asking):
        visitor = await identify(asking)
        if visitor is None:
            raise NotSignedIn("From a public address, send a token of an owner or an installer.")
        if visitor.principal.role not in READERS:
            raise Forbidden(f"The role {visitor.principal.role.value} may not do this.")
    return Response(await rendered(garage), media_type=CONTENT_TYPE)


async def rendered(garage: Garage) -> bytes:
    """Return all figures as text."""
    found = await garage.archive.read(figures)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Now(garage.archive.tally, found, garage.archive.waiting()))
    return generate_latest(registry)


def is_near(request: Knock) -> bool:
    """Say whether whoever asks is on this computer or in a private network, behind no proxy."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_private)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, words)
    gauge.add_metric((), value)
    return gauge


def _histogram(name: str, words: str, spread: Spread) -> HistogramMetricFamily:
    buckets = [
        ("+Inf" if bound == float("inf") else f"{bound:g}", float(count))
        for bound, count in spread.up_to()
    ]
    return HistogramMetricFamily(name, words, buckets=buckets, sum_value=spread.total)


ROUTES: tuple[BaseRouteHandler, ...] = (show_metrics,)
