"""`connect events`: what the services tell each other, for people, for programs and as AsyncAPI."""

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from deploy.embedded.provision import database_of
from deploy.errors import OperatorError
from shared.events.asyncapi import document
from shared.events.catalogue import ANY_SERVICE, CATALOGUE, Entry, entry_of_type, topics
from shared.events.permissions import all_permissions
from shared.events.schemas.generated import schema_of
from shared.events.schemas.golden import Incompatible, rendered, write


@click.command("events")
@click.option("--json", "as_json", is_flag=True, help="The catalogue as JSON.")
@click.option("--asyncapi", is_flag=True, help="The catalogue as an AsyncAPI 3 document, in JSON.")
@click.option(
    "--permissions", is_flag=True, help="What each service may do on Kafka; --json for programs. The rest is refused."
)
@click.option("--schema", metavar="TYPE", help="The JSON Schema of one event, such as connect.intake.OfferClosed.v1.")
@click.option("--write-schemas", is_flag=True, help="Bring the golden schemas in line with the code.")
@click.option(
    "--unreleased", is_flag=True, help="With --write-schemas: nobody has seen these versions yet, so break them."
)
def command(
    as_json: bool, asyncapi: bool, permissions: bool, schema: str | None, write_schemas: bool, unreleased: bool
) -> None:
    """List every event: its type, topic, key, who announces it and who hears it."""
    if sum((as_json and not permissions, asyncapi, permissions, schema is not None, write_schemas)) > 1:
        raise click.UsageError("Choose one of --json, --asyncapi, --permissions, --schema and --write-schemas.")
    if unreleased and not write_schemas:
        raise click.UsageError("--unreleased belongs to --write-schemas.")
    if write_schemas:
        _write(unreleased)
    elif asyncapi:
        click.echo(rendered(document(version("connect-exchanges"))), nl=False)
    elif schema is not None:
        click.echo(rendered(schema_of(_entry(schema))), nl=False)
    elif permissions:
        _show_permissions(as_json=as_json)
    elif as_json:
        click.echo(json.dumps([_row(entry) for entry in CATALOGUE], indent=2))
    else:
        _show()


def _entry(event_type: str) -> Entry:
    entry = entry_of_type(event_type) or next((e for e in CATALOGUE if e.event.__name__ == event_type), None)
    if entry is None:
        raise OperatorError(f"There is no event {event_type}: `connect events` lists them all.")
    return entry


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "type": entry.type,
        "event": entry.event.__name__,
        "version": entry.version,
        "topic": entry.topic,
        "key": entry.key,
        "producer": "any service" if entry.producer == ANY_SERVICE else entry.producer,
        "consumers": list(entry.consumers),
    }


def _show() -> None:
    """A table that fits 80 columns: under each topic with its key and owner, its events and who hears them."""
    table = Table(box=box.SIMPLE_HEAD, caption="The monitor hears every event.", caption_justify="left")
    table.add_column("Topic, and its events with their version", no_wrap=True)
    table.add_column("Key and owner, and who hears the event")
    for topic in topics():
        rows = [_row(entry) for entry in CATALOGUE if entry.topic == topic]
        table.add_section()
        table.add_row(topic, f"{rows[0]['key']}, {rows[0]['producer']}", style="bold")
        for row in rows:
            heard = [service for service in row["consumers"] if service != "monitor"]
            table.add_row(f"  {row['type']}", ", ".join(heard) or "-")
    Console().print(table)


def _show_permissions(*, as_json: bool) -> None:
    """Under each service with its user, what it may do to what: exactly the entries that `connect prepare` makes."""
    every = all_permissions()
    if as_json:
        click.echo(json.dumps([{"user": database_of(of.service), **asdict(of)} for of in every], indent=2))
        return
    for of in every:
        click.echo(f"{of.service}, as the user {database_of(of.service)}")
        for what, names in (
            ("writes the topics", of.writes),
            ("reads the topics", of.reads),
            ("joins the groups", of.joins),
            ("looks at the groups", of.watches),
        ):
            for number, name in enumerate(names):
                click.echo(f"  {what if number == 0 else '':<20}{name}")


def _write(unreleased: bool) -> None:
    try:
        changed = write(unreleased=unreleased)
    except Incompatible as broken:
        raise OperatorError(str(broken)) from broken
    click.echo("\n".join(file.name for file in changed) or "Every golden schema is as the code is.")
