"""Where a service's database is."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class PostgresSettings(BaseModel):
    """Address and sign-in of one service's own database. The password never appears in a log or an error."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: int = Field(ge=1, le=65535)
    database: str
    user: str
    password: SecretStr
    pool_size: int = Field(default=8, ge=2)
