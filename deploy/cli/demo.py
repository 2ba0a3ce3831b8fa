"""`connect demo`."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict

import click

from deploy.cli.copy import copy_from, operator_client
from deploy.cli.journey import where_to_look
from deploy.journeys.demo import Loaded, open_loader
from deploy.journeys.journey import JourneyFailed

NOT_LOADED = 1
TITLE = 44  # characters of a title that are shown


@click.group("demo")
def command() -> None:
    """The demo cases: real exchanges of 2017 to 2019, with invented people."""


@command.command()
@click.option(
    "--timeout", type=click.FloatRange(min=1), default=120, show_default=True, help="Seconds that one case may take."
)
@click.option("--json", "as_json", is_flag=True, help="What was done, as one JSON object, at the end.")
def load(timeout: float, as_json: bool) -> None:
    """Put the demo cases in place through the public APIs. Loading again changes nothing, or goes on where it stopped.

    Exit code 0 if every case is in place, 1 if a step did not come about, 2 if the system can't be reached or refuses
    the client.
    """
    told: list[Loaded] = []

    def tell(loaded: Loaded) -> None:
        told.append(loaded)
        if not as_json:
            click.echo(f"  {loaded.number}  {loaded.title[:TITLE]:<{TITLE}}  {_what_was_done(loaded)}")

    problem = asyncio.run(_load(timeout, tell))
    if as_json:
        click.echo(json.dumps({"problem": problem, "cases": [asdict(one) for one in told]}, indent=2))
    if problem:
        click.echo(problem, err=True)
        sys.exit(NOT_LOADED)


def _what_was_done(loaded: Loaded) -> str:
    if loaded.result == "there already":
        return "there already"
    if loaded.result == "found by its title":
        return "found by its title, left as it is"
    return f"{loaded.shows}, {loaded.result} in {loaded.seconds:.1f} s"


async def _load(limit: float, tell: Callable[[Loaded], None]) -> str | None:
    copy, client = copy_from(os.environ), operator_client(os.environ)

    def look_at(service: str) -> str:
        return where_to_look(copy, service)

    async with open_loader(copy.home.root, copy.addresses, client, seconds=limit, look_at=look_at) as loader:
        try:
            await loader.load(tell)
        except JourneyFailed as failed:
            return str(failed)
    return None
