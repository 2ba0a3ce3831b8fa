"""Where Kafka is."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class KafkaSettings(BaseModel):
    """Address of the cluster, and the sign-in where it asks for one."""

    model_config = ConfigDict(frozen=True)

    bootstrap: str = Field(description="host:port[,host:port]")
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    user: str | None = None
    password: SecretStr | None = None

    def client_options(self) -> dict[str, str]:
        """What every aiokafka client is given."""
        options = {"bootstrap_servers": self.bootstrap, "security_protocol": self.security_protocol}
        if self.sasl_mechanism and self.user and self.password:
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password.get_secret_value(),
            }
        return options
