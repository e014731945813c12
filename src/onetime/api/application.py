"""The application: all routes behind one guard, with one form of refusal."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from litestar import Litestar, Router
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

from onetime.api.access import Access
from onetime.api.backups import BACKUPS_FOLDER, Shelf
from onetime.api.bodies import Body
from onetime.api.entrance import require_right
from onetime.api.files import FOLDER
from onetime.api.firmware import FIRMWARE_FOLDER
from onetime.api.ftp_door import FtpDoor
from onetime.api.given import GIVEN, Addresses
from onetime.api.health import Readiness
from onetime.api.lists import EveryList
from onetime.api.porter import Porter
from onetime.api.problems import HANDLERS
from onetime.api.queries import refuse_misuse
from onetime.api.rights import PREFIX
from onetime.api.routes import BESIDE, NOUNS
from onetime.api.watching import Watch
from onetime.domain.files import QUOTA_BYTES
from onetime.domain.firmware import FIRMWARE_QUOTA_BYTES
from onetime.garage import Garage
from onetime.kit.drop import Drop

MAX_BODY_BYTES: Final = 1_048_576


class Application:
    """The routes, and what of this garage they are given with each request."""

    def __init__(self, belongings: Mapping[str, object]) -> None:
        self._belongings = belongings
        self._routes = routes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope.setdefault("state", {}).update(self._belongings)
        await self._routes(scope, receive, send)


@cache
def routes() -> Litestar:
    """Return all routes, made once, for they are dear; they learn their garage by the request."""
    return Litestar(
        route_handlers=[Router(PREFIX, route_handlers=list(NOUNS)), *BESIDE],
        dependencies=GIVEN,
        guards=[require_right],
        dto=Body,
        return_dto=None,
        before_request=refuse_misuse,
        exception_handlers=HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )


def application(
    garage: Garage,
    addresses: Addresses,
    watch: Watch | None = None,
    is_open: Callable[[], bool] = lambda: True,
    data_dir: Path = Path(),
    settings: Sequence[Struct] = (),
    ftp: FtpDoor | None = None,
) -> Application:
    """Return the application of this garage, which is found at these addresses.

    Whoever gives a `watch` runs it; otherwise nobody sees anything live. `is_open` says whether
    stations are let in. Files from and for stations lie in folders of `data_dir`; `ftp` is their
    other door, if there is one. `settings` are those in force, as people may see them.
    """
    drop, firmware_drop = drops_in(data_dir)
    return Application(
        {
            "garage": garage,
            "addresses": addresses,
            "access": Access(garage.clock),
            "watch": watch or Watch(garage),
            "drop": drop,
            "firmware_drop": firmware_drop,
            "ftp": ftp,
            "readiness": Readiness(garage, is_open),
            "backups": Shelf(data_dir / BACKUPS_FOLDER),
            "settings": tuple(settings),
        }
    )


def drops_in(data_dir: Path) -> tuple[Drop, Drop]:
    """Return where files from stations lie, and where firmware for them does."""
    return (
        Drop(data_dir / FOLDER, QUOTA_BYTES),
        Drop(data_dir / FIRMWARE_FOLDER, FIRMWARE_QUOTA_BYTES),
    )


def with_porter(app: ASGIApp, garage: Garage) -> ASGIApp:
    """Return the application as it is served."""
    return Porter(EveryList(app), garage.clock, garage.archive.tally)
