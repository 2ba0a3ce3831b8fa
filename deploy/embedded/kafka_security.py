"""The settings of a Kafka that lets in only who signs in over TLS, and refuses what no entry allows.

Services sign in with SCRAM, whose users the cluster keeps. The administrator, who makes these users, can't be one of
them: its password stands in the settings, so a data folder of any age lets it in. The node signs in at itself as the
administrator, at the controller's listener too, which would otherwise take anybody's word for the cluster's metadata.
"""

from pathlib import Path

ADMINISTRATOR = "admin"
LISTENERS = ("broker", "controller")

OPEN = {"listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT"}

CLOSED = {
    "listener.security.protocol.map": "BROKER:SASL_SSL,CONTROLLER:SASL_SSL",
    "listener.name.broker.sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
    "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "sasl.mechanism.controller.protocol": "PLAIN",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "false",
    "super.users": f"User:{ADMINISTRATOR}",
    "ssl.keystore.type": "PEM",
    "ssl.truststore.type": "PEM",
    "ssl.enabled.protocols": "TLSv1.3",
}


def closed(password: str, *, key: Path, authority: Path) -> dict[str, str]:
    """`key` holds the server's key and certificate, `authority` vouches for it, `password` is the administrator's."""
    plain = (
        "org.apache.kafka.common.security.plain.PlainLoginModule required "
        f'username="{ADMINISTRATOR}" password="{password}" user_{ADMINISTRATOR}="{password}";'
    )
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    return CLOSED | {
        **{f"listener.name.{listener}.plain.sasl.jaas.config": plain for listener in LISTENERS},
        "listener.name.broker.scram-sha-512.sasl.jaas.config": scram,
        "ssl.keystore.location": str(key),
        "ssl.truststore.location": str(authority),
    }
