"""What `onetime doctor` says of encryption: what is shown, what ends, what still goes openly."""

from collections.abc import Sequence
from datetime import datetime

from onetime.cli.checks import Finding, fine, wrong
from onetime.domain.certificates import warning_for
from onetime.kit.tls import pairs_in_files
from onetime.kit.x509 import Pair, Unreadable, seen_in
from onetime.queries.certificates import Certificate, Purpose
from onetime.settings import Settings, paths_of

CHECK = "certificates"
RENEW_SERVER = "onetime certificate server renew"
LOCAL = ("127.0.0.1", "::1", "localhost")


def encryption(
    settings: Settings, pairs: Sequence[Pair], known: Sequence[Certificate], now: datetime
) -> list[Finding]:
    """Look at what the encrypted ports show, at certificates of stations, and at plain HTTP."""
    files = paths_of(settings, settings.ocpp_tls_certificate)
    try:
        shown = pairs_in_files(files, paths_of(settings, settings.ocpp_tls_key)) if files else pairs
    except Unreadable as fault:
        remedy = "Put the files right; what was shown before is shown on until a restart."
        return [wrong(CHECK, f"{fault}.", remedy)]
    if not shown:
        return [_nothing_shown(settings)]
    own = "Replace the files." if files else RENEW_SERVER
    found = [
        finding
        for each in shown
        if (finding := _ending("The server", seen_in(each.certificate).not_after, now, own))
    ]
    for each in known:
        if each.purpose is Purpose.STATION and each.replaced_at is None:
            remedy = f"onetime errand renew-certificate {each.station_id}"
            finding = _ending(f"Station {each.station_id}", each.not_after, now, remedy)
            found += [finding] if finding is not None else []
    ends = min(seen_in(each.certificate).not_after for each in shown)
    return found or [fine(CHECK, f"The encrypted ports have certificates until {ends:%Y-%m-%d}.")]


def _nothing_shown(settings: Settings) -> Finding:
    if settings.http_host in LOCAL or settings.public_url.startswith("https://"):
        return fine(CHECK, "There is no certificate; stations connect without encryption.")
    return fine(
        CHECK,
        "There is no certificate: stations and people connect without encryption, which is for the"
        " garage's own network only (docs/guides/tls.md).",
    )


def _ending(whose: str, not_after: datetime, now: datetime, remedy: str) -> Finding | None:
    days = warning_for(not_after, now)
    if days is None:
        return None
    verb = "ended" if days == 0 else "ends"
    return wrong(CHECK, f"{whose} has a certificate that {verb} on {not_after:%Y-%m-%d}.", remedy)
