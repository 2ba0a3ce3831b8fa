"""What monitor's own environment variables say."""

import os
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.hosting.settings import SettingsError


class ConsoleSettings(BaseModel):
    """How the console behaves.

    `open_pages` shows its pages without sign-in: only for an address that nobody else reaches, such as loopback.
    `quiet_days` is how long a case may be quiet before it counts as stuck.
    """

    model_config = ConfigDict(frozen=True)

    open_pages: bool = Field(default=False, alias="CONNECT_MONITOR_OPEN_PAGES")
    quiet_days: int = Field(default=14, ge=1, le=3650, alias="CONNECT_MONITOR_QUIET_DAYS")

    @property
    def patience(self) -> timedelta:
        """`quiet_days` as a span of time."""
        return timedelta(days=self.quiet_days)


@cache
def console_settings() -> ConsoleSettings:
    """The settings of this process. Raises `SettingsError` that names the variable."""
    return read_console_settings(os.environ)


def patience() -> timedelta:
    """How long a case may be quiet."""
    return console_settings().patience


def is_open() -> bool:
    """Whether the pages are shown without sign-in."""
    return console_settings().open_pages


def read_console_settings(environment: Mapping[str, str]) -> ConsoleSettings:
    """The settings in an environment; an empty value is none. Raises `SettingsError` that names the variable."""
    try:
        return ConsoleSettings.model_validate({name: value for name, value in environment.items() if value})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise SettingsError(f"{first['loc'][0]} can't be used: {first['msg'].lower()}") from error
