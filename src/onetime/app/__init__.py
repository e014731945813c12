"""The only wiring: settings become a garage, the garage gets its doors; names for those above."""

from onetime.app.policy import policy_of
from onetime.app.wiring import App, Fatal, Running, WebDoorFault

__all__ = ["App", "Fatal", "Running", "WebDoorFault", "policy_of"]
