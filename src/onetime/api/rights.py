"""Who may do what: each route with the roles that may take it; a route without entry is closed.

One table, read by the door before anything else of a request is looked at. A renter's routes show
only what is the renter's own; that is seen to where the things are found.
"""

from typing import Final

from onetime.dispatch.descriptions import COMMAND_NAMES
from onetime.domain.accounts import Role

PREFIX: Final = "/api/v1"

PUBLIC: Final[frozenset[Role]] = frozenset()
"""The mark of a route that asks nobody who they are."""

OWNER: Final = frozenset({Role.OWNER})
OFFICE: Final = OWNER | {Role.MANAGER}
INSTALLERS: Final = OWNER | {Role.INSTALLER}
BUILDERS: Final = OFFICE | {Role.INSTALLER}
ACCOUNTS: Final = OFFICE | {Role.ACCOUNTANT}
STAFF: Final = OFFICE | {Role.INSTALLER, Role.ACCOUNTANT}
EVERYBODY: Final = STAFF | {Role.RENTER}

BEFORE_SECOND_FACTOR: Final = frozenset(
    {("GET", "/me"), ("POST", "/logout"), ("POST", "/me/totp"), ("POST", "/me/totp/confirm")}
)
"""What somebody may do who has to set up one-time passwords first, where they are required."""

OFFICE_COMMANDS: Final = frozenset(
    {"RemoteStartTransaction", "RemoteStopTransaction", "UnlockConnector"}
)
"""What helps somebody who stands at a station; the rest is for who knows the station."""
_COMMANDS: Final = {
    ("POST", f"/stations/{{station_id}}/commands/{action}"): (
        BUILDERS if action in OFFICE_COMMANDS else INSTALLERS
    )
    for action in COMMAND_NAMES
}

OWN: Final = OWNER | {Role.RENTER}

RIGHTS: Final[dict[tuple[str, str], frozenset[Role]]] = {
    ("GET", "/openapi.json"): PUBLIC,
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/metrics"): PUBLIC,
    ("GET", "/api/docs"): PUBLIC,
    ("GET", "/api/docs/{name}"): PUBLIC,
    ("WEBSOCKET", "/live"): EVERYBODY,
    ("POST", "/imports/{noun}"): OFFICE,
    ("GET", "/exports/{noun}"): OFFICE | {Role.ACCOUNTANT},
    ("POST", "/login"): PUBLIC,
    ("POST", "/logout"): EVERYBODY,
    ("GET", "/setup"): PUBLIC,
    ("POST", "/setup"): PUBLIC,
    ("GET", "/me"): EVERYBODY,
    ("POST", "/me/password"): EVERYBODY,
    ("POST", "/me/totp"): EVERYBODY,
    ("POST", "/me/totp/confirm"): EVERYBODY,
    ("POST", "/me/totp/remove"): EVERYBODY,
    ("GET", "/me/sign-ins"): EVERYBODY,
    ("DELETE", "/me/sign-ins"): EVERYBODY,
    ("DELETE", "/me/sign-ins/{sign_in_id}"): EVERYBODY,
    ("GET", "/me/sessions"): OWN,
    ("GET", "/me/charging"): OWN,
    ("POST", "/me/charging"): OWN,
    ("GET", "/accounts"): OWNER,
    ("POST", "/accounts"): OWNER,
    ("GET", "/accounts/{account_id}"): OWNER,
    ("PATCH", "/accounts/{account_id}"): OWNER,
    ("DELETE", "/accounts/{account_id}"): OWNER,
    ("PUT", "/accounts/{account_id}/password"): OWNER,
    ("DELETE", "/accounts/{account_id}/totp"): OWNER,
    ("GET", "/api-tokens"): OWNER,
    ("POST", "/api-tokens"): OWNER,
    ("GET", "/api-tokens/{token_id}"): OWNER,
    ("DELETE", "/api-tokens/{token_id}"): OWNER,
    ("GET", "/"): PUBLIC,
    ("GET", "/{path}"): PUBLIC,
    ("GET", "/renters"): OFFICE,
    ("POST", "/renters"): OFFICE,
    ("GET", "/renters/{renter_id}"): OFFICE,
    ("GET", "/renters/{renter_id}/export"): OFFICE,
    ("POST", "/renters/{renter_id}/erase"): OFFICE,
    ("PATCH", "/renters/{renter_id}"): OFFICE,
    ("DELETE", "/renters/{renter_id}"): OFFICE,
    ("GET", "/commissionings"): BUILDERS,
    ("POST", "/commissionings"): BUILDERS,
    ("GET", "/commissionings/{commissioning_id}"): BUILDERS,
    ("PATCH", "/commissionings/{commissioning_id}"): BUILDERS,
    ("POST", "/commissionings/{commissioning_id}/finish"): BUILDERS,
    ("POST", "/commissionings/{commissioning_id}/offline-test"): BUILDERS,
    ("GET", "/garage"): EVERYBODY,
    ("PATCH", "/garage"): OWNER,
    ("PUT", "/garage/lock"): OWNER,
    ("POST", "/garage/demo"): OWNER,
    ("DELETE", "/garage/demo"): OWNER,
    ("GET", "/spots"): STAFF,
    ("POST", "/spots"): OFFICE,
    ("GET", "/spots/{spot_id}"): STAFF,
    ("PATCH", "/spots/{spot_id}"): OFFICE,
    ("DELETE", "/spots/{spot_id}"): OFFICE,
    ("PUT", "/spots/{spot_id}/renter"): OFFICE,
    ("PUT", "/spots/{spot_id}/station"): BUILDERS,
    ("GET", "/tokens"): OFFICE,
    ("POST", "/tokens"): OFFICE,
    ("GET", "/tokens/{token_id}"): OFFICE,
    ("PUT", "/tokens/{token_id}"): OFFICE,
    ("PATCH", "/tokens/{token_id}"): OFFICE,
    ("DELETE", "/tokens/{token_id}"): OFFICE,
    ("GET", "/stations"): STAFF,
    ("POST", "/stations"): BUILDERS,
    ("GET", "/stations/knocking"): BUILDERS,
    ("GET", "/stations/{station_id}"): STAFF,
    ("POST", "/stations/{station_id}/files"): INSTALLERS,
    ("GET", "/stations/{station_id}/files"): INSTALLERS,
    ("GET", "/stations/{station_id}/files/{file_id}"): INSTALLERS,
    ("DELETE", "/stations/{station_id}/files/{file_id}"): INSTALLERS,
    ("GET", "/firmware"): INSTALLERS,
    ("POST", "/firmware"): INSTALLERS,
    ("GET", "/firmware/{firmware_id}"): INSTALLERS,
    ("DELETE", "/firmware/{firmware_id}"): INSTALLERS,
    ("GET", "/files/{secret}"): PUBLIC,
    ("HEAD", "/files/{secret}"): PUBLIC,
    ("GET", "/files/{secret}/{name}"): PUBLIC,
    ("HEAD", "/files/{secret}/{name}"): PUBLIC,
    ("PUT", "/files/{secret}"): PUBLIC,
    ("POST", "/files/{secret}"): PUBLIC,
    ("PUT", "/files/{secret}/{name}"): PUBLIC,
    ("POST", "/files/{secret}/{name}"): PUBLIC,
    ("PATCH", "/stations/{station_id}"): INSTALLERS,
    ("DELETE", "/stations/{station_id}"): INSTALLERS,
    ("POST", "/stations/{station_id}/rotate-key"): INSTALLERS,
    ("GET", "/stations/{station_id}/errands"): INSTALLERS,
    ("POST", "/stations/{station_id}/errands"): INSTALLERS,
    ("GET", "/stations/{station_id}/roots"): INSTALLERS,
    ("POST", "/errands/{errand_id}/cancel"): INSTALLERS,
    ("GET", "/certificates"): INSTALLERS,
    ("GET", "/certificate-requests"): INSTALLERS,
    ("POST", "/certificate-requests/{request_id}/approve"): INSTALLERS,
    ("POST", "/certificate-requests/{request_id}/refuse"): INSTALLERS,
    ("GET", "/stations/{station_id}/connectors"): STAFF,
    ("GET", "/stations/{station_id}/boots"): BUILDERS,
    ("GET", "/stations/{station_id}/connection"): BUILDERS,
    ("GET", "/stations/{station_id}/messages"): INSTALLERS,
    ("GET", "/stations/{station_id}/quirks"): BUILDERS,
    ("GET", "/stations/{station_id}/configuration"): INSTALLERS,
    ("GET", "/stations/{station_id}/abilities"): BUILDERS,
    ("GET", "/stations/{station_id}/local-list"): BUILDERS,
    ("GET", "/stations/{station_id}/reports"): BUILDERS,
    ("GET", "/stations/{station_id}/charging-profiles"): BUILDERS,
    ("GET", "/charging-profiles"): BUILDERS,
    ("POST", "/charging-profiles"): INSTALLERS,
    ("GET", "/charging-profiles/{profile_id}"): BUILDERS,
    ("GET", "/reservations"): BUILDERS,
    ("GET", "/tokens/{token_id}/revocation"): OFFICE,
    ("GET", "/sessions"): ACCOUNTS,
    ("GET", "/sessions/sums"): ACCOUNTS,
    ("GET", "/sessions/{session_id}"): ACCOUNTS,
    ("GET", "/sessions/{session_id}/readings"): ACCOUNTS,
    ("POST", "/sessions/{session_id}/close"): OFFICE,
    ("GET", "/renters/{renter_id}/sessions"): ACCOUNTS,
    ("GET", "/review"): OFFICE,
    ("GET", "/review/{review_id}"): OFFICE,
    ("POST", "/review/{review_id}/resolve"): OFFICE,
    ("GET", "/alarms"): BUILDERS,
    ("GET", "/alarms/{alarm_id}"): BUILDERS,
    ("POST", "/alarms/{alarm_id}/acknowledge"): BUILDERS,
    ("GET", "/audit"): OWNER,
    ("GET", "/settings"): OWNER,
    ("POST", "/backups"): OWNER,
    ("GET", "/backups/{backup_id}"): OWNER,
    ("GET", "/stations/{station_id}/commands"): BUILDERS,
    ("GET", "/stations/{station_id}/commands/{command}"): BUILDERS,
    ("POST", "/stations/{station_id}/commands/{command}"): BUILDERS,
    **_COMMANDS,
}


def entry_of(method: str, path_template: str) -> tuple[str, str]:
    """Return the table's name of a route; the common beginning of the API is left out."""
    path = path_template.removeprefix(PREFIX)
    return method, path or "/"


def roles_of(method: str, path_template: str) -> frozenset[Role] | None:
    """Return who may take a route; None when the table does not know it, so that nobody may."""
    return RIGHTS.get(entry_of(method, path_template))
