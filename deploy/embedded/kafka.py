"""One Kafka node for this machine: KRaft, loopback only, small."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.cluster_id import new_cluster_id
from deploy.embedded.jars import install_jars, java
from deploy.errors import OperatorError

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
    "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
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
    """A Kafka whose files are all under `folder` and whose listeners are on 127.0.0.1."""

    folder: Path
    port: int
    controller_port: int

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def prepare(self) -> None:
        """Write the settings, and format the data folder if there is none. Data that is there is never touched."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.properties").write_text(LOGGING)
        self._properties_file.write_text(self._properties(self.data))
        if not self.data.exists():
            self._format()

    def command(self) -> list[str]:
        """What to execute; the process ends in order on SIGTERM."""
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        return [*self._java(logging, *JVM_OPTIONS), "kafka.Kafka", str(self._properties_file)]

    @property
    def _properties_file(self) -> Path:
        return self.folder / "server.properties"

    def _properties(self, data: Path) -> str:
        values = SETTINGS | {
            "listeners": f"BROKER://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"BROKER://127.0.0.1:{self.port}",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{self.controller_port}",
            "log.dirs": str(data),
        }
        return "".join(f"{name}={value}\n" for name, value in values.items())

    def _format(self) -> None:
        """Format beside the final place and move it there whole, so that an interruption leaves nothing half-made."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        properties = self.folder / "format.properties"
        properties.write_text(self._properties(fresh))
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
