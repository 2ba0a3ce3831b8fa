"""`connect` itself: a table of commands, each loaded when it is called, so that `connect --help` is quick."""

import importlib
import sys

import click

from deploy.errors import OperatorError

# Name → (module with an object `command`, what --help says).
COMMANDS = {
    "up": ("deploy.cli.up", "Start everything and stay until Ctrl-C."),
    "down": ("deploy.cli.down", "Stop what `connect up` started, in order."),
    "status": ("deploy.cli.status", "What is up, what is ready, how far behind, and where it listens."),
    "journey": ("deploy.cli.journey", "Walk one invented application from submission to the closed case."),
    "match": ("deploy.cli.match", "Who suits an application best, and why; or why one offer does not."),
    "demo": ("deploy.cli.demo", "Put the demo cases in place."),
    "events": ("deploy.cli.events", "The catalogue of events."),
    "dead-letters": ("deploy.cli.dead_letters", "Messages that could not be used: list, show, replay, discard."),
    "prepare": ("deploy.cli.prepare", "Make topics, permissions and databases on servers of your own."),
}
USAGE_ERROR = 2


class LazyGroup(click.Group):
    """Knows its commands from the table and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the signature is click's
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- as above
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, explanation) for name, (_, explanation) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def connect() -> None:
    """CONNECT: local governments learn from each other.

    Every command takes --help; those that answer something take --json. Settings are environment variables:
    CONNECT_HOME (data folder, ./.connect), CONNECT_PORT_BASE (7400), CONNECT_KAFKA_BOOTSTRAP and CONNECT_POSTGRES_HOST
    (servers of your own).
    """


def main() -> None:
    """Run the command line; an OperatorError is one sentence on stderr and exit code 2."""
    try:
        connect(prog_name="connect")
    except OperatorError as error:
        click.echo(str(error), err=True)
        sys.exit(USAGE_ERROR)
