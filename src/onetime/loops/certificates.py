"""Once an hour: renews what our authority signed for the server, warns before something ends."""

from collections.abc import Callable, Sequence

from onetime.garage import Garage
from onetime.kit.logs import get_log
from onetime.kit.x509 import Pair
from onetime.loops.pace import repeat
from onetime.operations.certificates import renew_what_is_due, warn_of_ends

EVERY_SECONDS = 3_600.0

log = get_log("loops")


async def keep_certificates(garage: Garage, shown: Callable[[], Sequence[Pair]]) -> None:
    """Renew and warn, for ever; `shown` are the certificates that the server shows."""

    async def step() -> None:
        if await garage.archive.write(renew_what_is_due):
            log.info("server_certificates_renewed")
        told = [each.certificate for each in shown()]
        for warning in await garage.archive.write(warn_of_ends, told):
            log.warning("certificate_ends", certificate=warning.name, days=warning.days)

    await repeat("certificates-kept", EVERY_SECONDS, step)
