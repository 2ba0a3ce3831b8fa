"""What one copy of CONNECT keeps to itself: passwords, the key that signs tokens, the secret of its command line."""

import json
import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.embedded.layout import SERVICES, Home
from deploy.embedded.private import write_private
from deploy.errors import OperatorError
from shared.primitives.terms import Role

OPERATOR_CLIENT = "connect-cli"


class Credentials(BaseModel):
    """The generated secrets. They are made once, and printed nowhere."""

    model_config = ConfigDict(frozen=True)

    postgres_admin: str = Field(repr=False)
    services: Mapping[str, str] = Field(repr=False)
    client: str = Field(repr=False)
    # A folder of an earlier release has none of these; they are made at the next start.
    kafka_admin: str = Field(default="", repr=False)
    kafka: Mapping[str, str] = Field(default={}, repr=False)


def load_credentials(home: Home) -> Credentials:
    """The secrets of this data folder; what is not there yet is made. Only the owner can read the files."""
    known = _read(home) if home.secrets.exists() else None
    credentials = Credentials(
        postgres_admin=known.postgres_admin if known else new_password(),
        services={name: (known.services.get(name) if known else None) or new_password() for name in SERVICES},
        client=known.client if known else new_password(),
        kafka_admin=(known.kafka_admin if known else "") or new_password(),
        kafka={name: (known.kafka.get(name) if known else None) or new_password() for name in SERVICES},
    )
    if credentials != known:
        write_private(home.secrets, credentials.model_dump_json(indent=2))
    if not home.signing_key.exists():
        write_private(home.signing_key, new_signing_key())
    write_private(home.clients, clients_document(credentials.client))
    home.made("secrets")
    return credentials


def _read(home: Home) -> Credentials:
    try:
        return Credentials.model_validate_json(home.secrets.read_bytes())
    except ValidationError as error:
        raise OperatorError(f"{home.secrets} can't be read: restore it, or choose another CONNECT_HOME.") from error


def new_password() -> str:
    """256 random bits, in letters that no shell, file or address has to quote."""
    return secrets.token_hex(32)


def new_signing_key() -> str:
    """An Ed25519 private key in PEM."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def clients_document(secret: str) -> str:
    """The machine clients that the portal registers, as JSON: the command line, which may act in every role."""
    return json.dumps([{"client_id": OPERATOR_CLIENT, "secret": secret, "roles": [role.value for role in Role]}])
