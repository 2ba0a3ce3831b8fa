"""Why Kafka turns a client away, in a sentence that says who lacks what, and who can mend it."""

import ssl
from collections.abc import Iterable

from aiokafka.conn import create_conn
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)

from shared.streaming.settings import KafkaSettings

NOT_SIGNED_IN = (SaslAuthenticationFailed, UnsupportedSaslMechanismError, IllegalSaslStateError)

KNOCK_MS = 3000
REMEDY = "`connect prepare permissions` gives it what `connect events --permissions` lists"


class TooLarge(KafkaError):  # type: ignore[misc]  # aiokafka has no type hints
    """A topic's limit is smaller than a message. The text says which, and what to do."""

    def __str__(self) -> str:
        return str(self.args[0])


async def explain(error: Exception, settings: KafkaSettings, *, wish: str) -> str:
    """What to tell an operator of an error of Kafka's client. `wish` is what was wanted of a topic: read or write."""
    told = await refusal(error, settings, wish=wish)
    return told or f"Kafka can't be reached ({type(error).__name__}); trying again"


async def refusal(error: Exception, settings: KafkaSettings, *, wish: str) -> str | None:
    """The same, or None if Kafka has refused nothing."""
    if isinstance(error, TooLarge):
        return str(error)
    user = settings.user if settings.signs_in else "a client that does not sign in"
    if isinstance(error, GroupAuthorizationFailedError):
        return f"Kafka does not let {user} join the group {_names(error)}; {REMEDY}"
    if isinstance(error, TopicAuthorizationFailedError):
        return f"Kafka does not let {user} {wish} {_names(error)}; {REMEDY}"
    if isinstance(error, ClusterAuthorizationFailedError):
        return f"Kafka does not let {user} {wish} at all; {REMEDY}"
    return await _knock(settings) if isinstance(error, KafkaConnectionError) else None


def _names(error: Exception) -> str:
    """The topics or the group, which the client gives as a name or as a set of names."""
    names = error.args[0] if error.args else "?"
    return ", ".join(sorted(map(str, names))) if isinstance(names, Iterable) and not isinstance(names, str) else names


async def _knock(settings: KafkaSettings) -> str | None:
    """Knock once more to hear why: the client logs the reason and raises only that it could not connect."""
    for place in settings.bootstrap.split(","):
        host, _, port = place.strip().rpartition(":")
        try:
            options = settings.client_options()
            del options["bootstrap_servers"]
            connection = await create_conn(host, int(port), request_timeout_ms=KNOCK_MS, **options)
        except NOT_SIGNED_IN:
            return (
                f"Kafka at {place} refuses the password of {settings.user}: correct CONNECT_KAFKA_USER and "
                "CONNECT_KAFKA_PASSWORD, or let `connect prepare permissions` set it"
            )
        except ssl.SSLCertVerificationError as error:
            return f"{place} is not the Kafka that CONNECT_KAFKA_CA_FILE vouches for ({error.verify_message})"
        except ssl.SSLError:
            return f"{place} does not speak TLS: correct CONNECT_KAFKA_SECURITY_PROTOCOL"
        except KafkaConnectionError:
            return f"Kafka at {place} hangs up: if it wants TLS, set CONNECT_KAFKA_SECURITY_PROTOCOL"
        except (OSError, TimeoutError):
            continue
        connection.close()
    return None
