"""Who knocked in vain is shown with the address to be entered at the station."""

import msgspec

from onetime.operations.knocks import Knock, note_knocks
from onetime.store.archive import Archive
from tests.cli.conftest import Run
from tests.databases import NOW


def test_the_address_to_enter_is_shown_with_the_right_identity_and_profile(
    run: Run, books: Archive
) -> None:
    run("station", "add", "CP-1", "--security-profile", "1")
    knocks = [
        Knock(identity=each, reason=reason, ip_address="10.0.0.9", count=1, last_at=NOW)
        for each, reason in (
            ("cp 1", "unknown"),
            ("CP-1", "needs-tls"),
            ("Left side", "bad-identity"),
            ("", "no-identity"),
        )
    ]
    books.perform(note_knocks, knocks)

    shown = run("station", "knocking").out
    assert shown.count("/ocpp/CP-1\n") == 1
    assert "/ocpp/Left-side\n" in shown
    told = msgspec.convert(run("station", "knocking", "--json").json, list[dict[str, object]])
    urls = {each["identity"]: str(each["ocpp_url"]) for each in told}
    assert urls["cp 1"] == urls["CP-1"]
    assert urls["CP-1"].startswith("ws://")
    assert urls["CP-1"].endswith("/ocpp/CP-1")
    assert urls[""] == "None"
