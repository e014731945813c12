"""`onetime station`: which stations may connect, and what they say."""

from argparse import Namespace
from datetime import timedelta

from msgspec import UNSET, to_builtins

from onetime.cli.addresses import FIRST_TLS_PROFILE, Addresses, tls_name
from onetime.cli.arguments import (
    Misuse,
    Parser,
    add_verb,
    on_or_off,
    row_number,
    text_or_none,
    verbs_of,
    watts_or_none,
)
from onetime.cli.commands import add_commands
from onetime.cli.desk import Desk, every, open_desk
from onetime.cli.knocking import show_knocking
from onetime.cli.output import (
    Column,
    lasted,
    local,
    print_facts,
    print_json,
    print_json_list,
    print_table,
)
from onetime.cli.serving import as_known, is_serving
from onetime.cli.station_configuration import show_configuration
from onetime.operations.stations import (
    StationChanges,
    disable_station,
    edit_station,
    enable_station,
    register_station,
    retire_station,
    rotate_key,
)
from onetime.queries.certificates import kept
from onetime.queries.connections import troubles_of
from onetime.queries.stations import (
    Station,
    connectors,
    quirks,
    station,
    station_list,
)

NOT_ENCRYPTED_YET = (
    "The encrypted door has no certificate yet: with security profile {profile} it can not connect."
    " Make one: onetime certificate authority create, onetime certificate server create."
)
NOT_RUNNING = "The central system does not run; what was online when it ended may not be."
CLOCK_FINE_SECONDS = 60
ABOUT_PRESENCE = ("offline", "silent")
"""What only a central system that runs can know."""


def add_to(parser: Parser) -> None:
    """Give `onetime station` its verbs."""
    verbs = verbs_of(parser)
    new = _of_station(add_verb(verbs, "add", add, "let a station connect; prints its key, once"))
    new.add_argument(
        "--security-profile",
        metavar="0-3",
        type=row_number,
        help="0 no password, 1 password, 2 password and TLS, 3 certificate; 2 if left out, or 1"
        " while the encrypted door has no certificate",
    )
    new.add_argument("--password", metavar="TEXT", help="chosen instead of a generated key")
    listing = add_verb(verbs, "list", show_list, "list stations by identity")
    listing.add_argument("--retired", action="store_true", help="retired ones too")
    _of_station(add_verb(verbs, "show", show, "show a station with connectors and deviations"))
    _with_changes(add_verb(verbs, "edit", edit, "change profile, power limit and the like"))
    _of_station(
        add_verb(
            verbs, "configuration", show_configuration, "show what it is set to, and should be"
        )
    )
    _of_station(add_verb(verbs, "disable", disable, "let a station connect no more, for now"))
    _of_station(add_verb(verbs, "enable", enable, "let a disabled station connect again"))
    rotating = _of_station(add_verb(verbs, "rotate-key", rotate, "replace a station's key"))
    rotating.add_argument("--password", metavar="TEXT", help="chosen instead of a generated key")
    _of_station(add_verb(verbs, "retire", retire, "take a station out of use; its history stays"))
    _of_station(add_commands(verbs))
    add_verb(verbs, "knocking", show_knocking, "list identities that were refused, and why")


def add(arguments: Namespace) -> None:
    """Let a station connect."""
    with open_desk(arguments) as desk:
        key = desk.archive.perform(
            register_station,
            desk.actor,
            arguments.id,
            _profile_of(desk, arguments),
            arguments.password,
        )
        _tell_login(desk, arguments, f"Station {arguments.id} is registered.", key)


def show_list(arguments: Namespace) -> None:
    """List stations."""
    with open_desk(arguments) as desk:
        found = every(
            lambda asked: desk.archive.ask(
                station_list, with_retired=arguments.retired, asked=asked
            )
        )
        runs = is_serving(arguments.data_dir)
        if arguments.json:
            print_json_list(as_known(each, "is_online", runs) for each in found)
        elif rows := sorted(found, key=lambda each: each.id):
            print_table(rows, _columns(runs))
            if not runs and any(each.is_online for each in rows):
                print(f"\n{NOT_RUNNING}")
        else:
            print("No stations yet. Register one: onetime station add ID")


def show(arguments: Namespace) -> None:
    """Show one station."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(station, arguments.id)
        runs = is_serving(arguments.data_dir)
        if arguments.json:
            print_json(as_known(found, "is_online", runs))
            return
        url = _url_of(desk, found)
        facts = [
            ("Station", found.id),
            ("State", presence_of(found, runs)),
            ("Address", url),
            ("Profile", str(found.security_profile)),
            ("Certificate", found.certificate_name),
            ("Spot", found.spot_label),
            ("Model", model_of(found)),
            ("Serial", found.serial_number),
            ("Firmware", found.firmware_version),
            ("Power limit", f"{found.power_limit_watts} W" if found.power_limit_watts else None),
            ("Clock", clock_of(found)),
            ("Times", "sent with a fraction" if found.times_with_fraction else None),
            ("Register", _register_of(found)),
            ("Connectors", str(found.connector_count) if found.connector_count else None),
            ("In step", None if found.is_kept_in_step else "its configuration is left alone"),
            ("Last boot", local(found.last_boot_at)),
            ("Last seen", local(found.last_seen_at)),
            ("Heartbeat", local(found.last_heartbeat)),
            ("Deaf since", local(found.deaf_since) or None),
        ]
        for each in desk.archive.ask(connectors, found.id):
            name = f"Connector {each.connector_id}" if each.connector_id else "Itself"
            trouble = "" if each.error_code == "NoError" else f", {each.error_code}"
            facts.append((name, f"{each.status}{trouble}, since {local(each.status_since)}"))
        for wrong in desk.archive.ask(troubles_of, found.id, desk.clock.now()):
            if runs or wrong.kind not in ABOUT_PRESENCE:
                since = f" Since {local(wrong.since)}." if wrong.since else ""
                facts.append(("Trouble", f"{wrong.sentence}{since} {wrong.remedy}"))
        for quirk in desk.archive.ask(quirks, found.id):
            facts.append((f"Deviation {quirk.quirk}", f"{quirk.meaning} ({quirk.count:,} x)"))
    print_facts(facts)
    if url is None:
        print(NOT_ENCRYPTED_YET.format(profile=found.security_profile))
    if not runs and found.is_online:
        print(NOT_RUNNING)


def edit(arguments: Namespace) -> None:
    """Change security profile, power limit, or how the station is written to and read."""
    changes = StationChanges(
        security_profile=(
            UNSET if arguments.security_profile is None else arguments.security_profile
        ),
        power_limit_watts=arguments.power_limit,
        certificate_name=arguments.certificate_name,
        times_with_fraction=arguments.time_fraction,
        register_factor=arguments.register_factor,
        is_kept_in_step=arguments.in_step,
        connector_count=UNSET if arguments.connectors is None else arguments.connectors,
    )
    if changes == StationChanges():
        raise Misuse("Nothing to change: give --security-profile or another option.")
    with open_desk(arguments) as desk:
        key = desk.archive.perform(edit_station, desk.actor, arguments.id, changes)
        sentence = f"Station {arguments.id} is changed."
        if key is None and not arguments.json:
            _tell(desk, arguments, sentence)
        else:
            _tell_login(desk, arguments, sentence, key)


def disable(arguments: Namespace) -> None:
    """Let a station connect no more."""
    with open_desk(arguments) as desk:
        desk.archive.perform(disable_station, desk.actor, arguments.id)
        _tell(desk, arguments, f"Station {arguments.id} is disabled.")


def enable(arguments: Namespace) -> None:
    """Let a station connect again."""
    with open_desk(arguments) as desk:
        desk.archive.perform(enable_station, desk.actor, arguments.id)
        _tell(desk, arguments, f"Station {arguments.id} is enabled.")


def rotate(arguments: Namespace) -> None:
    """Replace a station's key."""
    with open_desk(arguments) as desk:
        key = desk.archive.perform(rotate_key, desk.actor, arguments.id, arguments.password)
        _tell_login(desk, arguments, f"Station {arguments.id} has another key.", key)


def retire(arguments: Namespace) -> None:
    """Take a station out of use."""
    with open_desk(arguments) as desk:
        label = desk.archive.perform(retire_station, desk.actor, arguments.id)
        sentence = f"Station {arguments.id} is retired"
        if label is not None:
            sentence += f"; no station stands at spot {label} now"
        _tell(desk, arguments, f"{sentence}.")


def presence_of(each: Station, runs: bool) -> str:
    """Say in a word how a station is; only a central system that runs knows who is online."""
    if each.retired_at is not None:
        return "retired"
    if not each.is_enabled:
        return "disabled"
    if each.is_online:
        return "online" if runs else "unknown"
    return "never seen" if each.last_seen_at is None else "offline"


def model_of(each: Station) -> str:
    """Return vendor and model as one text."""
    return f"{each.vendor or ''} {each.model or ''}".strip()


def clock_of(each: Station) -> str | None:
    """Say how far the clock of a station is off, and that it knows no zones, if so."""
    drift = each.clock_drift_seconds
    if drift is None:
        return None
    side = "ahead" if drift > 0 else "behind"
    if abs(drift) < CLOCK_FINE_SECONDS:
        told = "right"
    else:
        told = f"{lasted(timedelta(seconds=abs(drift)))} {side}"
    return f"{told}, in local time without zone" if each.times_are_local else told


def _columns(runs: bool) -> tuple[Column[Station], ...]:
    return (
        Column[Station]("STATION", lambda each: each.id),
        Column[Station]("", lambda each: presence_of(each, runs)),
        Column[Station]("SPOT", lambda each: each.spot_label or ""),
        Column[Station]("LAST SEEN", lambda each: local(each.last_seen_at)),
        Column[Station]("MODEL", lambda each: model_of(each), elastic=True),
        Column[Station]("FIRMWARE", lambda each: each.firmware_version or "", elastic=True),
        Column[Station]("PROFILE", lambda each: str(each.security_profile), right=True),
    )


def _url_of(desk: Desk, found: Station) -> str | None:
    pairs = desk.archive.ask(kept).pairs
    return Addresses(desk.settings).of_station(found.id, found.security_profile, pairs)


def _profile_of(desk: Desk, arguments: Namespace) -> int:
    """Return the profile asked for, or the best one that is served (S01)."""
    if arguments.security_profile is not None:
        return int(arguments.security_profile)
    is_encrypted = tls_name(desk.settings, desk.archive.ask(kept).pairs) is not None
    return FIRST_TLS_PROFILE if is_encrypted else FIRST_TLS_PROFILE - 1


def _register_of(each: Station) -> str | None:
    return f"read times {each.register_factor}" if each.register_factor != 1 else None


def _with_changes(parser: Parser) -> None:
    change = _of_station(parser)
    change.add_argument("--security-profile", metavar="0-3", type=row_number)
    change.add_argument(
        "--certificate-name",
        metavar="TEXT",
        type=text_or_none,
        default=UNSET,
        help="the name in its certificate where that is not its identity; none takes it away",
    )
    change.add_argument(
        "--power-limit",
        metavar="WATTS",
        type=watts_or_none,
        default=UNSET,
        help="the most it can deliver; none if it is not known",
    )
    change.add_argument(
        "--time-fraction",
        metavar="on|off",
        type=on_or_off,
        default=UNSET,
        help="write times to it with a fraction of a second, which few stations need",
    )
    change.add_argument(
        "--register-factor",
        metavar="1|1000",
        type=row_number,
        default=UNSET,
        help="1000 for a station that reports kWh and calls them Wh",
    )
    change.add_argument(
        "--in-step",
        metavar="on|off",
        type=on_or_off,
        default=UNSET,
        help="off leaves its configuration and its list of cards to others",
    )
    change.add_argument(
        "--connectors",
        metavar="N",
        type=row_number,
        help="how many it has, where it does not say so itself",
    )


def _of_station(parser: Parser) -> Parser:
    parser.add_argument("id", metavar="ID", help="the identity under which the station connects")
    return parser


def _tell(desk: Desk, arguments: Namespace, sentence: str) -> None:
    if arguments.json:
        print_json(desk.archive.ask(station, arguments.id))
    else:
        print(sentence)


def _tell_login(desk: Desk, arguments: Namespace, sentence: str, key: str | None) -> None:
    """Tell how the station connects; its key is never shown again."""
    found = desk.archive.ask(station, arguments.id)
    url = _url_of(desk, found)
    if arguments.json:
        print_json({**to_builtins(found), "ocpp_url": url, "key": key})
        return
    print(sentence)
    facts: list[tuple[str, str | None]] = [("Address", url)] if url is not None else []
    if key is not None:
        facts += [("User", found.id), ("Key", f"{key}   (shown only this once)")]
    if facts:
        print_facts(facts)
    if url is None:
        print(NOT_ENCRYPTED_YET.format(profile=found.security_profile))
    if found.security_profile == 0:
        print("It needs no password: whoever knows its identity can pose as it.")
