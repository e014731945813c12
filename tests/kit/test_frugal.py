"""A log that strangers can not fill."""

from structlog.testing import capture_logs

from onetime.kit.clock import ManualClock
from onetime.kit.frugal import LINES, SECONDS, FrugalLog
from onetime.kit.logs import get_log


def test_a_flood_of_one_event_is_cut_off_and_counted(clock: ManualClock) -> None:
    with capture_logs() as lines:
        log = FrugalLog(get_log("test"), clock)
        for _ in range(LINES + 500):
            log.tell("line_violated", address="10.0.0.1")
        log.tell("line_choked", address="10.0.0.2")
        clock.advance(SECONDS)
        log.tell("line_violated", address="10.0.0.3")

    told = [each["event"] for each in lines]
    assert told == ["line_violated"] * LINES + ["line_choked", "lines_withheld", "line_violated"]
    assert lines[-2]["count"] == 500
    assert lines[-2]["of"] == "line_violated"
    assert lines[-1]["address"] == "10.0.0.3"


def test_bugs_that_a_peer_can_cause_again_and_again_are_cut_off_as_well(
    clock: ManualClock,
) -> None:
    with capture_logs() as lines:
        log = FrugalLog(get_log("test"), clock)
        for _ in range(LINES + 5):
            try:
                raise ValueError
            except ValueError:
                log.exception("conversation_failed")

    assert len(lines) == LINES
    assert lines[0]["exc_info"]
