"""Who signs in to Kafka as whom, as environment variables of each process."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.embedded.kafka import KafkaServer
from deploy.embedded.provision import database_of
from deploy.embedded.settings import Settings

MECHANISM = "SCRAM-SHA-512"


@dataclass(frozen=True)
class KafkaSignIn:
    """`administrator` for who makes topics and users. Without users of our own, everybody has what the operator set."""

    has_users: bool
    common: dict[str, str]
    administrator: dict[str, str] = field(repr=False)
    by_service: Mapping[str, str] = field(repr=False)

    @property
    def passwords(self) -> dict[str, str]:
        """For who makes the users: every service's password."""
        return {f"CONNECT_KAFKA_PASSWORD_{name.upper()}": word for name, word in self.by_service.items()}

    def of_service(self, name: str) -> dict[str, str]:
        """For the service itself: its own user."""
        if not self.has_users:
            return {}
        own = {"CONNECT_KAFKA_USER": database_of(name), "CONNECT_KAFKA_PASSWORD": self.by_service[name]}
        return {**self.common, "CONNECT_KAFKA_SASL_MECHANISM": MECHANISM, **own}


def kafka_sign_in(server: KafkaServer | None, settings: Settings, passwords: Mapping[str, str]) -> KafkaSignIn:
    """At a Kafka of ours every service has a user; at an operator's, if we are told who may make users there."""
    if server is not None:
        admin = server.administrator
        common = {
            "CONNECT_KAFKA_SECURITY_PROTOCOL": admin.security_protocol,
            "CONNECT_KAFKA_CA_FILE": str(admin.ca_file),
        }
        password = admin.password.get_secret_value() if admin.password else ""
        administrator = _administrator(str(admin.user), password, str(admin.sasl_mechanism))
        return KafkaSignIn(True, common, common | administrator, passwords)
    if settings.kafka_admin_user and settings.kafka_admin_password:
        names = settings.kafka_admin_user, settings.kafka_admin_password, settings.kafka_admin_mechanism
        return KafkaSignIn(True, {}, _administrator(*names), passwords)
    return KafkaSignIn(False, {}, {}, {})


def _administrator(user: str, password: str, mechanism: str) -> dict[str, str]:
    return {
        "CONNECT_KAFKA_ADMIN_USER": user,
        "CONNECT_KAFKA_ADMIN_PASSWORD": password,
        "CONNECT_KAFKA_ADMIN_SASL_MECHANISM": mechanism,
    }
