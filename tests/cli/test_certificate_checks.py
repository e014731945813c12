"""Doctor says what ends, in time, and what goes openly."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from onetime.cli.certificate_checks import encryption
from onetime.kit.signing import KeyKind, Span, make_server
from tests.certificates import an_authority
from tests.databases import NOW
from tests.garages import settings


@pytest.mark.parametrize(
    ("days", "told"),
    [(61, "until"), (60, "ends on"), (29, "ends on"), (7, "ends on"), (-1, "ended on")],
)
def test_the_end_of_a_certificate_is_told_in_time(days: int, told: str, tmp_path: Path) -> None:
    span = Span(NOW - timedelta(days=90), NOW + timedelta(days=days))
    pair = make_server(an_authority(), KeyKind.ECDSA_P256, ["localhost"], "Garage", span)

    (finding,) = encryption(settings(tmp_path, "sqlite:///x"), [pair], [], NOW)

    assert told in finding.sentence
    assert finding.is_wrong is (days <= 60)


def test_files_that_can_not_be_read_and_no_certificate_at_all_are_told(tmp_path: Path) -> None:
    chosen = settings(tmp_path, "sqlite:///x")
    (nothing,) = encryption(structs.replace(chosen, http_host="0.0.0.0"), [], [], NOW)
    assert "without encryption, which is for the garage's own network" in nothing.sentence
    broken = structs.replace(chosen, ocpp_tls_certificate="none.pem")
    (finding,) = encryption(broken, [], [], NOW)
    assert finding.is_wrong
    assert "none.pem can not be read" in finding.sentence
