"""`connect down`."""

import os
import signal
import time

import click
import psutil

from deploy.cli.copy import copy_from
from deploy.errors import OperatorError
from deploy.supervision.leftovers import end, processes_of
from deploy.supervision.lock import holder_of
from deploy.supervision.supervisor import Supervisor

LIMIT_SECONDS = 120
POLL_SECONDS = 0.1


@click.command("down")
def command() -> None:
    """Stop what `connect up` started from CONNECT_HOME, in order: services, then Kafka and PostgreSQL."""
    home = copy_from(os.environ).home
    holder = holder_of(home)
    if holder is None and not processes_of(home):
        click.echo(f"Nothing runs from {home.root}.")
        return
    if holder is not None:
        psutil.Process(holder).send_signal(signal.SIGTERM)
    else:
        Supervisor(home).shut_down()
    until = time.monotonic() + LIMIT_SECONDS
    while holder_of(home) is not None or Supervisor(home).is_up():
        if time.monotonic() > until:
            raise OperatorError(f"CONNECT did not stop in {LIMIT_SECONDS} s: see the logs in {home.logs}.")
        time.sleep(POLL_SECONDS)
    end(processes_of(home))
    click.echo(f"Everything that ran from {home.root} is stopped; the data stays.")
