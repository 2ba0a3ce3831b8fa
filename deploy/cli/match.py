"""`connect match`."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import click
from rich import box
from rich.console import Console
from rich.table import Table

from deploy.cli.asking import at_the_desk
from deploy.errors import OperatorError
from deploy.journeys.desk import Desk, Who
from shared.http.client import Refused
from shared.primitives.terms import Role
from shared.wording.reasons import factor_name, filter_name, reason
from shared.wording.speech import LANGUAGES, Speech, speech

Answer = dict[str, Any]  # as matching's API gives it

COORDINATOR = Who(Role.COORDINATOR)
MOST_RELAXATIONS = 5
WIDE = 160  # columns, where the output goes into a file and not to a terminal


@click.command("match")
@click.argument("application")
@click.option("--top", type=click.IntRange(1, 100), default=10, show_default=True, help="How many offers at most.")
@click.option("--why", "offer", type=click.UUID, metavar="OFFER", help="Why this offer, or why not, in words.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the reasons.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def command(application: str, top: int, offer: UUID | None, language: str, as_json: bool) -> None:
    """Who suits an application best as things are now, and why.

    APPLICATION is its id, or its reference such as CN-2026-0007. Nothing is proposed by this. Where no offer passes, it
    tells which filters remove how many, and what could be relaxed. Exit code 2 if there is no such application.
    CONNECT_CLIENT_ID and CONNECT_CLIENT_SECRET name a client with the role coordinator, CONNECT_URL_PORTAL and its like
    a system that runs elsewhere.
    """
    try:
        found = at_the_desk(COORDINATOR, lambda desk: _look(desk, application, top, offer, language))
    except Refused as refused:
        raise OperatorError(f"{refused.detail}") from refused
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif offer is not None:
        click.echo("\n".join(_verdict(found)))
    else:
        _print(found, speech(language))


async def _look(desk: Desk, application: str, top: int, offer: UUID | None, language: str) -> Answer:
    path = f"/v1/applications/{await _application_id(desk, application)}"
    if offer is not None:
        return dict(await desk.look(COORDINATOR, "matching", f"{path}/ranking/{offer}?language={language}"))
    found = dict(await desk.look(COORDINATOR, "matching", f"{path}/ranking?top={top}"))
    if not found["offers"]:
        found["relaxations"] = await desk.look(COORDINATOR, "matching", f"{path}/relaxations?language={language}")
    return found


async def _application_id(desk: Desk, application: str) -> str:
    try:
        return str(UUID(application))
    except ValueError:
        found = await desk.look(COORDINATOR, "matching", f"/v1/searches?reference={application}")
    if not found:
        raise OperatorError(
            f"No peers were searched for an application {application}: give its id or its reference, such as "
            "CN-2026-0007, once it is validated."
        )
    return str(found[0]["application_id"])


def _print(found: Answer, spoken: Speech) -> None:
    console = Console(width=None if Console().is_terminal else WIDE)
    passed, considered = spoken.number(found["passed"]), spoken.number(found["considered"])
    click.echo(f"{passed} of {considered} offers pass; the search is {found['state']}, policy {found['policy']}.")
    if found["offers"]:
        console.print(_table(found["offers"], spoken))
    for line in _removed(found, spoken):
        click.echo(line)
    if not found["offers"]:
        click.echo("\n".join(_remedies(found["relaxations"])))


def _table(offers: list[Answer], spoken: Speech) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("#", "points"):
        table.add_column(name, justify="right")
    for name in ("offer", "days", "state", "why"):
        table.add_column(name, overflow="fold")
    for one in offers:
        place = spoken.country(one["country"])
        table.add_row(
            str(one["rank"]),
            spoken.number(one["score"]),
            f"{one['title']} ({place})\n{one['offer_id']}",
            f"{one['first']}\n{one['last']}",
            one["state"] or "–",
            "\n".join(_reasons(one["contributions"], spoken)),
        )
    return table


def _reasons(contributions: list[Answer], spoken: Speech) -> Iterator[str]:
    for one in contributions:
        said, points, most = factor_name(spoken, one["factor"]), one["points"], one["out_of"]
        if points or most:
            said += f" {spoken.number(points)}" + (f"/{spoken.number(most)}" if most else "")
        why = [reason(spoken, code) for code in one["because"]]
        yield f"{said}: {spoken.listing(why)}" if why else said


def _removed(found: Answer, spoken: Speech) -> Iterator[str]:
    if found["filtered"]:
        yield "Ruled out, each filter counted alone:"
    for one in found["filtered"]:
        yield f"{spoken.number(one['offers']):>9}  {filter_name(spoken, one['filter'])}"


def _remedies(effects: list[Answer]) -> list[str]:
    helpful = [one["words"] for one in effects if one["passed"]]
    return helpful[:MOST_RELAXATIONS] or ["Nothing that could be relaxed lets an offer pass: call for offers."]


def _verdict(found: Answer) -> Iterator[str]:
    words, pair = found["words"], found["words"]["pair"]
    yield from words["against"]
    yield from words["lets_in"]
    if pair:
        yield words["standing"]
        yield pair["summary"]
        for one in pair["factors"]:
            yield f"{one['factor']} {one['points']:g}/{one['out_of']:g}: {one['because']}"
        yield from pair["raises"]
    yield from words["places"]
    for one in found["phrases"]:
        yield f"{one['theme']}: {', '.join(one['requester']) or '–'} | {', '.join(one['offerer']) or '–'}"
