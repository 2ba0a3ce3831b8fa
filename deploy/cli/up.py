"""`connect up`."""

import os
import sys

import click

from deploy.embedded.settings import settings_from
from deploy.supervision.console import Console
from deploy.supervision.run import run


@click.command("up")
@click.option("--no-demo", is_flag=True, help="Start without the demo cases.")
def command(no_demo: bool) -> None:
    """Start Kafka, PostgreSQL and the six services, and stay until Ctrl-C.

    State survives in CONNECT_HOME. What dies is started again. A server that CONNECT_KAFKA_BOOTSTRAP or
    CONNECT_POSTGRES_HOST names is used instead of one of our own.
    """
    sys.exit(run(settings_from(os.environ), os.environ, Console(), demo=not no_demo))
