"""Log lines are events with fields; what went wrong is told without the values it had."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from onetime.kit.logs import configure, get_log, masked


@pytest.fixture(autouse=True)
def _undone() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def fail(card: str) -> None:
    try:
        raise ValueError(card)
    except ValueError as error:
        raise KeyError(card) from error


@pytest.mark.parametrize("form", ["json", "text", "auto"])
def test_an_exception_is_logged_with_its_places_and_without_its_words(form: str) -> None:
    stream = io.StringIO()
    configure(form, stream)

    try:
        fail("04" + "CANARY")
    except KeyError:
        get_log("store").exception("operation_failed", operation="issue_card")

    told = stream.getvalue()
    assert "04CANARY" not in told
    assert "KeyError" in told
    assert "ValueError" in told
    assert "in fail" in told
    assert "operation_failed" in told


def test_a_line_is_one_json_object() -> None:
    stream = io.StringIO()
    configure("json", stream)

    get_log("gateway").info("station_booted", station="CP-1\nfake")

    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert (event["event"], event["room"], event["station"]) == (
        "station_booted",
        "gateway",
        "CP-1\nfake",
    )


@pytest.mark.parametrize(("tag", "shown"), [("04A1B2C3", "…B2C3"), ("1234", "…"), ("", "…")])
def test_a_tag_is_shown_by_its_end(tag: str, shown: str) -> None:
    assert masked(tag) == shown
