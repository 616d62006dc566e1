"""What is said where a secret would go to a host that nobody named it for."""

from workbench.domain import key_names
from workbench.domain.connections import Connection
from workbench.errors import CallFailure, ModelError


def failure(connection: Connection, name: str) -> ModelError:
    """The call that was not made, and how its host is confirmed."""
    goes_to = key_names.origin(connection.base_url)
    return ModelError(
        CallFailure.AUTHENTICATION,
        f"“{connection.name}” would send {name} to {goes_to}, and nobody has confirmed that it "
        "may be sent there. Nothing was sent.",
        "If that server should get it, confirm that in Settings, or on the command line: "
        f"--send-key-to {goes_to}.",
    )
