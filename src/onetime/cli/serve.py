"""`onetime serve`: the central system, until it is asked to stop."""

import asyncio
import os
import shlex
import shutil
import signal
import sys
from argparse import Namespace
from pathlib import Path

import uvloop
from msgspec import structs

from onetime import __version__
from onetime.app import App, Running
from onetime.cli.addresses import EVERYWHERE, Addresses, ocpp_url, setup_url, web_url
from onetime.cli.arguments import Parser
from onetime.cli.demonstration import keep_demo
from onetime.cli.output import print_json
from onetime.cli.running import RESTART, Distrust, allow_many_sockets, make_data_dir, on_signals
from onetime.cli.running import run as run_app
from onetime.cli.serving import alone
from onetime.kit import logs
from onetime.kit.logs import get_log
from onetime.settings import DEFAULT_DATA_DIR, SETTINGS, Settings, load, shown

PLACEHOLDER = "IDENTITY"
LOCAL = "127.0.0.1"

log = get_log("cli")


def add_to(parser: Parser) -> None:
    """Give `onetime serve` what it runs."""
    parser.set_defaults(run=serve)


def serve(arguments: Namespace) -> None:
    """Run the central system."""
    settings = load(arguments.data_dir, os.environ)
    make_data_dir(arguments.data_dir)
    logs.configure(settings.log_format, sys.stderr)
    with alone(
        arguments.data_dir, f"A central system runs on {arguments.data_dir} already; one is enough."
    ):
        allow_many_sockets()
        try:
            uvloop.run(_run(settings, arguments))
        except Distrust as distrust:
            print(distrust, file=sys.stderr)
            raise SystemExit(RESTART) from None


async def _run(settings: Settings, arguments: Namespace) -> None:
    app = App(settings, addresses=Addresses(settings))
    on_signals(app.stop)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, app.reload)

    beside: list[asyncio.Task[None]] = []

    def opened(running: Running) -> None:
        found = structs.replace(
            settings, ocpp_port=running.listener.port, http_port=running.web.port
        )
        log.info(
            "serving_began",
            host=found.ocpp_host,
            port=found.ocpp_port,
            web_host=found.http_host,
            web_port=found.http_port,
            version=__version__,
        )
        beside.append(asyncio.create_task(keep_demo(running.garage, _own_url(found))))
        link = setup_url(found, running.setup_secret)
        if arguments.json:
            urls = {"ocpp_url": ocpp_url(found, ""), "web_url": web_url(found), "setup_url": link}
            print_json(urls)
        else:
            _greet(found, arguments.data_dir, link)
        sys.stdout.flush()

    try:
        await run_app(app, settings, opened)
    finally:
        for each in beside:
            each.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    log.info("serving_ended")


def _own_url(settings: Settings) -> str:
    """Return where stations on this computer connect."""
    host = LOCAL if settings.ocpp_host in EVERYWHERE else settings.ocpp_host
    return f"ws://{host}:{settings.ocpp_port}/ocpp"


def _greet(settings: Settings, data_dir: Path, link: str | None) -> None:
    command = command_for(data_dir)
    url = ocpp_url(settings, "")
    print(f"onetime {__version__} is running; stations connect to")
    print(f"    {url}{PLACEHOLDER}")
    if settings.ocpp_host in EVERYWHERE:
        print("    (from this computer also as 127.0.0.1)")
    print(f"Programs call the API at {web_url(settings)}api/v1; it is described at")
    print(f"    {web_url(settings)}api/docs")
    if link is not None:
        print("Nobody has an account yet. Make the first, within a day, with this link:")
        print(f"    {link}")
        print(f"or with: {command} account create EMAIL --role owner")
    print(f"Let a station in:   {command} station add {PLACEHOLDER}")
    print(f"Who knocks in vain: {command} station knocking")
    (database,) = [each for each in SETTINGS if each.name == "DATABASE_URL"]
    print(f"Where it is kept:   {shown(database, settings.database_url)}")
    print("Ctrl-C stops it.")


def command_for(data_dir: Path) -> str:
    """Return how a command on this data directory is called from here."""
    name = "onetime" if shutil.which("onetime") else sys.argv[0]
    if data_dir == Path(DEFAULT_DATA_DIR):
        return name
    here = Path.cwd()
    place = data_dir.relative_to(here) if data_dir.is_relative_to(here) else data_dir
    return f"{name} --data-dir {shlex.quote(str(place))}"
