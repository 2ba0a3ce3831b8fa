"""One Kafka node for this machine: KRaft, loopback only, small."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from deploy.embedded import kafka_security
from deploy.embedded.certificates import new_certificates
from deploy.embedded.cluster_id import new_cluster_id
from deploy.embedded.jars import install_jars, java
from deploy.embedded.private import write_private
from deploy.errors import OperatorError
from shared.streaming.settings import KafkaSettings

FORMAT_LIMIT_SECONDS = 60

JVM_OPTIONS = (
    "-Xms128m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--sun-misc-unsafe-memory-access=allow",  # Kafka 4.4 still uses it; without this every start prints a warning
)

SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "inter.broker.listener.name": "BROKER",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # After a kill -9 the node waits until its own old session has expired: 3.7 s with these, 11.6 s without.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    # A demo that rests for weeks still knows where each consumer stood.
    "offsets.retention.minutes": "525600",
    # The default, 128 MB, is for brokers with millions of keys to compact.
    "log.cleaner.dedupe.buffer.size": "8388608",
    "num.network.threads": "2",
    "num.io.threads": "4",
}

LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss.SSS}{UTC}Z %p %c{1}: %m%n
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
"""


@dataclass(frozen=True)
class KafkaServer:
    """A Kafka whose files are all under `folder` and whose listeners are on 127.0.0.1.

    With a password for its administrator it lets in only who signs in over TLS, and refuses what no entry allows;
    without one, which is for tests, everybody may do everything.
    """

    folder: Path
    port: int
    controller_port: int
    admin_password: str | None = field(default=None, repr=False)

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def ca_file(self) -> Path:
        """By what clients know this server; there after `prepare`."""
        return self.folder / "ca.pem"

    @property
    def administrator(self) -> KafkaSettings:
        """How to sign in as who may do everything."""
        if self.admin_password is None:
            return KafkaSettings(bootstrap=self.bootstrap)
        return KafkaSettings(
            bootstrap=self.bootstrap,
            security_protocol="SASL_SSL",
            sasl_mechanism="PLAIN",
            user=kafka_security.ADMINISTRATOR,
            password=SecretStr(self.admin_password),
            ca_file=self.ca_file,
        )

    def prepare(self) -> None:
        """Write the settings, and format the data folder if there is none. Data that is there is never touched.

        The certificates are new each time, so that none grows old; who reads `ca_file` reads it after this.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.properties").write_text(LOGGING)
        if self.admin_password is not None:
            certificates = new_certificates(["127.0.0.1", "localhost"], datetime.now(UTC))
            self.ca_file.write_text(certificates.authority)
            write_private(self._key_file, certificates.key + certificates.server)
        write_private(self._properties_file, self._properties(self.data))
        if not self.data.exists():
            self._format()

    def command(self) -> list[str]:
        """What to execute; the process ends in order on SIGTERM."""
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        return [*self._java(logging, *JVM_OPTIONS), "kafka.Kafka", str(self._properties_file)]

    @property
    def _properties_file(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _key_file(self) -> Path:
        return self.folder / "server.pem"

    def _properties(self, data: Path) -> str:
        security = kafka_security.OPEN
        if self.admin_password is not None:
            security = kafka_security.closed(self.admin_password, key=self._key_file, authority=self.ca_file)
        values = (
            SETTINGS
            | security
            | {
                "listeners": f"BROKER://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}",
                "advertised.listeners": f"BROKER://127.0.0.1:{self.port}",
                "controller.quorum.bootstrap.servers": f"127.0.0.1:{self.controller_port}",
                "log.dirs": str(data),
            }
        )
        return "".join(f"{name}={value}\n" for name, value in values.items())

    def _format(self) -> None:
        """Format beside the final place and move it there whole, so that an interruption leaves nothing half-made."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        properties = self.folder / "format.properties"
        write_private(properties, self._properties(fresh))
        command = [*self._java("-XX:TieredStopAtLevel=1"), "kafka.tools.StorageTool", "format", "--standalone"]
        arguments = ["-t", new_cluster_id(), "-c", str(properties)]
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, timeout=FORMAT_LIMIT_SECONDS, check=False
        )
        if done.returncode != 0:
            last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            raise OperatorError(f"Kafka could not format {fresh} ({last}): check that the folder can be written.")
        properties.unlink()
        fresh.rename(self.data)

    def _java(self, *options: str) -> list[str]:
        return [str(java()), *options, "-cp", f"{install_jars()}{os.sep}*"]
