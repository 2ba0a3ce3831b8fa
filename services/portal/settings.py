"""What the portal needs besides the settings of every service: the signing key and the machine clients."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from services.portal.rules.clients import MINIMUM_SECRET
from shared.hosting.settings import SettingsError
from shared.primitives.terms import Role


class PortalSettings(BaseModel):
    """Where the files are. Without a file of clients nobody gets a token."""

    model_config = ConfigDict(frozen=True)

    signing_key_file: Path
    clients_file: Path | None = None


class RegisteredClient(BaseModel):
    """One row of the file of clients."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_id: str = Field(min_length=1, max_length=100, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    secret: SecretStr
    roles: tuple[Role, ...] = Field(min_length=1)


def read_portal_settings(environment: Mapping[str, str] | None = None) -> PortalSettings:
    """The settings in the environment. Raises SettingsError that names the variable to set."""
    env = os.environ if environment is None else environment
    key, clients = env.get("CONNECT_SIGNING_KEY_FILE"), env.get("CONNECT_CLIENTS_FILE")
    if not key:
        raise SettingsError(
            "CONNECT_SIGNING_KEY_FILE is not set; start the service with `connect up`, "
            "or set it to a file with an Ed25519 private key in PEM"
        )
    return PortalSettings(signing_key_file=Path(key), clients_file=Path(clients) if clients else None)


def read_clients(file: Path | None) -> tuple[RegisteredClient, ...]:
    """The clients of the file; none without a file. Raises SettingsError that names the place, never a secret."""
    if file is None:
        return ()
    try:
        clients = TypeAdapter(tuple[RegisteredClient, ...]).validate_json(file.read_bytes())
    except OSError as error:
        raise SettingsError(f"CONNECT_CLIENTS_FILE {file} can't be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise SettingsError(f"CONNECT_CLIENTS_FILE {file} is wrong at {place}: {first['msg']}") from None
    for client in clients:
        if len(client.secret.get_secret_value()) < MINIMUM_SECRET:
            raise SettingsError(
                f"CONNECT_CLIENTS_FILE {file}: the secret of {client.client_id} is shorter than {MINIMUM_SECRET} "
                "characters; make a random one of 256 bits"
            )
    if len({client.client_id for client in clients}) < len(clients):
        raise SettingsError(f"CONNECT_CLIENTS_FILE {file} names a client_id twice")
    return clients
