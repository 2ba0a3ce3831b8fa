"""One user per service on Kafka, each with the rights that the catalogue gives it and no other. Safe to repeat.

For any Kafka that keeps users (SCRAM) and has an authorizer. Users and entries of other names than `connect_…` are left
alone; what an earlier release gave one of ours and this one does not is taken back.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from deploy.embedded.provision import database_of
from deploy.errors import OperatorError
from shared.events.permissions import Right, permissions_of
from shared.streaming.settings import KafkaSettings

MECHANISM = "SCRAM-SHA-512"
ITERATIONS = 4096  # the least that Kafka takes; our passwords are 256 random bits, which no guessing finds
ANSWER_WITHIN = 20.0
SEEN_WITHIN = 10.0
POLL_SECONDS = 0.02
IN_VAIN = (KafkaError._AUTHENTICATION, KafkaError._ALL_BROKERS_DOWN)


@dataclass(frozen=True)
class Granted:
    """What has changed: entries that were added, and entries and users that were taken away."""

    added: int
    removed: int


def user_of(service: str) -> str:
    """The name of a service's user: the same on Kafka as on PostgreSQL."""
    return database_of(service)


def grant(administrator: KafkaSettings, passwords: Mapping[str, str]) -> Granted:
    """Make or mend the user and the entries of each service in `passwords` (service → its user's password).

    On return every entry counts. Raises OperatorError if Kafka can't be reached, refuses, or keeps no entries.
    """
    admin = _Administrator.of(administrator)
    wanted = {_binding(service, right) for service in passwords for right in permissions_of(service).rights()}
    named = {user_of(service) for service in passwords}
    try:
        users, there = admin.users(), admin.entries()
        admin.alter_users(passwords, sorted(users - named))
        admin.change_entries(add=wanted - there, remove=there - wanted)
        _wait(lambda: admin.entries() == wanted and admin.users() == named)
    except (KafkaException, TimeoutError) as error:
        raise OperatorError(_sentence(administrator, error)) from error
    return Granted(added=len(wanted - there), removed=len(there - wanted) + len(users - named))


@dataclass(frozen=True)
class _Administrator:
    """Kafka's client for administrators, asked one thing after the other; `trouble` is what it met on the way."""

    client: AdminClient
    trouble: list[KafkaError]

    @classmethod
    def of(cls, kafka: KafkaSettings) -> "_Administrator":
        trouble: list[KafkaError] = []
        return cls(AdminClient(_options(kafka) | {"error_cb": trouble.append}), trouble)

    def users(self) -> set[str]:
        """Those of ours that can sign in with our mechanism."""
        described = self._answer(self.client.describe_user_scram_credentials())
        return {
            name
            for name, user in described.items()
            if name.startswith(user_of(""))
            and ScramMechanism.SCRAM_SHA_512 in {info.mechanism for info in user.scram_credential_infos}
        }

    def alter_users(self, passwords: Mapping[str, str], gone: list[str]) -> None:
        """Set every password, since none can be read back, and remove users of services that there are no more."""
        how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS)
        kept = [UserScramCredentialUpsertion(user_of(name), how, word.encode()) for name, word in passwords.items()]
        removed = [UserScramCredentialDeletion(name, ScramMechanism.SCRAM_SHA_512) for name in gone]
        for altered in self.client.alter_user_scram_credentials([*kept, *removed]).values():
            self._answer(altered)

    def entries(self) -> set[AclBinding]:
        """All entries of our users, whoever made them."""
        every = self._answer(self.client.describe_acls(_filter()))
        return {entry for entry in every if entry.principal.startswith(_principal(""))}

    def change_entries(self, *, add: set[AclBinding], remove: set[AclBinding]) -> None:
        """Make some and take away others."""
        changes = list(self.client.create_acls(list(add)).values()) if add else []
        if remove:
            changes += list(self.client.delete_acls([_filter(entry) for entry in remove]).values())
        for change in changes:
            self._answer(change)

    def _answer(self, asked: Future[Any]) -> Any:
        """Wait for it. The client itself would go on knocking at a Kafka that refuses it, until the time is over."""
        until = time.monotonic() + ANSWER_WITHIN
        while not asked.done():
            self.client.poll(POLL_SECONDS)
            if any(error.code() in IN_VAIN for error in self.trouble):
                raise KafkaException(self.trouble[0])
            if time.monotonic() > until:
                raise TimeoutError
        return asked.result()


def _options(kafka: KafkaSettings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "bootstrap.servers": kafka.bootstrap,
        "security.protocol": kafka.security_protocol,
        "socket.timeout.ms": int(ANSWER_WITHIN * 1000),
        "log_level": 0,  # what goes wrong is raised, and told in one sentence
    }
    if kafka.ca_file:
        options["ssl.ca.location"] = str(kafka.ca_file)
    if kafka.signs_in and kafka.password:
        options |= {
            "sasl.mechanism": kafka.sasl_mechanism,
            "sasl.username": kafka.user,
            "sasl.password": kafka.password.get_secret_value(),
        }
    return options


def _filter(entry: AclBinding | None = None) -> AclBindingFilter:
    """What finds this entry and no other; without one, every entry."""
    if entry is None:
        kind, pattern, operation = ResourceType.ANY, ResourcePatternType.ANY, AclOperation.ANY
        return AclBindingFilter(kind, None, pattern, None, None, operation, AclPermissionType.ANY)
    return AclBindingFilter(
        entry.restype,
        entry.name,
        entry.resource_pattern_type,
        entry.principal,
        entry.host,
        entry.operation,
        entry.permission_type,
    )


def _binding(service: str, right: Right) -> AclBinding:
    kind = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP}[right.kind]
    operation = {"read": AclOperation.READ, "write": AclOperation.WRITE, "describe": AclOperation.DESCRIBE}
    return AclBinding(
        kind,
        right.name,
        ResourcePatternType.LITERAL,
        _principal(service),
        "*",
        operation[right.operation],
        AclPermissionType.ALLOW,
    )


def _principal(service: str) -> str:
    return f"User:{user_of(service)}"


def _wait(holds: Callable[[], bool]) -> None:
    """A change is answered when it is written down; the node that we ask takes a moment longer to act on it."""
    until = time.monotonic() + SEEN_WITHIN
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(POLL_SECONDS)


def _sentence(kafka: KafkaSettings, error: Exception) -> str:
    reason = error.args[0].str() if isinstance(error, KafkaException) else "no answer in time"
    return (
        f"Kafka at {kafka.bootstrap} did not take users and permissions from {kafka.user} ({reason}): correct "
        "CONNECT_KAFKA_ADMIN_USER and CONNECT_KAFKA_ADMIN_PASSWORD; it needs an authorizer and SCRAM users."
    )
