"""`connect dead-letters`: what a service could not use, for operators to look at, try again or give up."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID, uuid4

import click
import httpx
from pydantic import SecretStr

from deploy.cli.copy import Copy, OperatorClient, copy_from, operator_client
from deploy.embedded.layout import SERVICES
from deploy.errors import OperatorError
from shared.http.client import Credentials, Refused, TokenSource, send
from shared.primitives.errors import TryAgain
from shared.primitives.terms import Role

T = TypeVar("T")
NOT_DONE = 1
ANSWER_WITHIN = 120.0  # a replay works off everything that waited before it answers
STATES = ("dead", "waiting", "replayed", "discarded")
as_json_option = click.option("--json", "as_json", is_flag=True, help="The same as JSON.")


class Desk:
    """The dead letters of every service, asked for as an operator."""

    def __init__(self, copy: Copy, client: OperatorClient, http: httpx.AsyncClient) -> None:
        self._copy, self._client, self._http = copy, client, http
        wish = Credentials(client.client_id, SecretStr(client.secret), roles=(Role.OPERATOR,))
        self._tokens = TokenSource(copy.addresses["portal"], wish, http)

    async def ask(self, service: str, path: str = "", *, method: str = "GET", body: object | None = None) -> Any:
        """What a service answers. Raises Refused, TryAgain if it is away, OperatorError if we may not ask."""
        token = await self._token()
        url = f"{self._copy.addresses[service]}/v1/dead-letters{path}"
        headers = {"Idempotency-Key": str(uuid4())} if method == "POST" else None
        try:
            return await send(self._http, method, url, token=token, json=body, headers=headers)
        except Refused as refused:
            if refused.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
                raise OperatorError(
                    f"{service} refuses the client {self._client.client_id}: {refused.detail}"
                ) from refused
            raise

    async def find(self, letter_id: UUID) -> dict[str, Any]:
        """The letter with its service's name. Raises OperatorError if no service that answers knows it."""
        away = []
        for service in SERVICES:
            try:
                return {"service": service, **await self.ask(service, f"/{letter_id}")}
            except Refused as refused:
                if refused.status != httpx.codes.NOT_FOUND:
                    raise OperatorError(f"{service} says: {refused.detail}") from refused
            except TryAgain:
                away.append(service)
        if away:
            raise OperatorError(
                f"No service that answers knows the dead letter {letter_id}, and {', '.join(away)} can't be reached: "
                "see `connect status`, or start CONNECT with `connect up`."
            )
        raise OperatorError(
            f"No service has a dead letter {letter_id}: `connect dead-letters list` shows which there are."
        )

    async def _token(self) -> str:
        name, portal = self._client.client_id, self._copy.addresses["portal"]
        try:
            return await self._tokens.token()
        except TryAgain as away:
            raise OperatorError(
                f"Nothing answers for portal at {portal}: start CONNECT with `connect up`, or set CONNECT_HOME or "
                "CONNECT_URL_PORTAL to where it runs."
            ) from away
        except Refused as refused:
            raise OperatorError(
                f"The portal at {portal} gives the client {name} no token as an operator: set CONNECT_CLIENT_ID and "
                "CONNECT_CLIENT_SECRET to a client that has that role."
            ) from refused


@click.group("dead-letters")
def command() -> None:
    """Events that a service could not use: list them, look at one, replay or discard it.

    Exit code 0 if all was done, 1 if a service did not answer or a letter was not settled, 2 if the request can't be
    carried out; one sentence says why.
    """


@command.command("list")
@click.option("--service", type=click.Choice(SERVICES), help="Only those of this service.")
@click.option("--state", type=click.Choice(STATES), help="Only those; without it, all that are dead or waiting.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="At most so many.")
@as_json_option
def list_(service: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """The dead letters of all services, oldest first, and who settled them, when and why."""

    async def look(desk: Desk) -> tuple[list[dict[str, Any]], list[str]]:
        found, away = [], []
        query = f"?limit={limit}" + (f"&state={state}" if state else "")
        for name in (service,) if service else SERVICES:
            try:
                found += [{"service": name, **row} for row in await desk.ask(name, query)]
            except TryAgain:
                away.append(name)
        return sorted(found, key=lambda row: str(row["received_at"]))[:limit], away

    letters, away = _at_the_desk(look)
    if as_json:
        click.echo(json.dumps({"letters": letters, "away": away}, indent=2))
    else:
        click.echo("\n".join(map(line_of, letters)) or "There are none.")
    if away:
        click.echo(f"{', '.join(away)} can't be reached, so this list is not complete: see `connect status`.", err=True)
        sys.exit(NOT_DONE)


@command.command("show")
@click.argument("letter_id", metavar="ID", type=click.UUID)
@as_json_option
def show(letter_id: UUID, as_json: bool) -> None:
    """One letter: why it was set aside, what became of it, its headers and its value as far as it can be read."""
    letter = _at_the_desk(lambda desk: desk.find(letter_id))
    click.echo(json.dumps(letter, indent=2) if as_json else text_of(letter))


def _why(_: click.Context, __: click.Parameter, value: str) -> str:
    if len(value.strip()) < 3:
        raise click.BadParameter("say in a few words why: it is recorded.")
    return value.strip()


def _settling(name: str, explanation: str) -> None:
    @command.command(name, help=explanation)
    @click.argument("letter_ids", metavar="ID...", type=click.UUID, nargs=-1, required=True)
    @click.option("--why", required=True, callback=_why, help="The reason, recorded with the client's id and the time.")
    @as_json_option
    def settle(letter_ids: tuple[UUID, ...], why: str, as_json: bool) -> None:
        outcomes = _at_the_desk(lambda desk: _settle_all(desk, name, letter_ids, why))
        if as_json:
            click.echo(json.dumps(outcomes, indent=2))
        for outcome in outcomes:
            if not as_json:
                click.echo(outcome["says"], err=not outcome["done"])
        if not all(outcome["done"] for outcome in outcomes):
            sys.exit(NOT_DONE)


_settling("replay", "Try letters again, then what waits behind each, in order. One that is settled stays as it is.")
_settling("discard", "Give letters up and handle what waits behind each, in order.")


async def _settle_all(desk: Desk, act: str, letter_ids: tuple[UUID, ...], why: str) -> list[dict[str, Any]]:
    # All are looked up first: a wrong id is told before anything is done.
    letters = [await desk.find(letter_id) for letter_id in dict.fromkeys(letter_ids)]
    return [await _settle(desk, act, letter, why) for letter in letters]


async def _settle(desk: Desk, act: str, letter: dict[str, Any], why: str) -> dict[str, Any]:
    told = {"id": letter["id"], "service": letter["service"]}
    try:
        answer = await desk.ask(letter["service"], f"/{letter['id']}/{act}", method="POST", body={"why": why})
    except Refused as refused:
        return told | {"done": False, "says": f"{letter['id']}: {refused.detail}"}
    except TryAgain as away:
        return told | {"done": False, "says": f"{letter['id']}: {away}; see `connect status`, then ask again."}
    settled: dict[str, Any] = told | answer | outcome_of(act, letter["id"], answer)
    return settled


def outcome_of(act: str, letter_id: str, answer: dict[str, Any]) -> dict[str, Any]:
    """What a settlement came to, in one sentence."""
    handled, blocked_by = answer["handled"], answer["blocked_by"]
    if act == "replay" and blocked_by == letter_id:
        says = f"{letter_id}: it failed again ({plain(answer.get('because') or 'see `show`')}); mend the cause first."
        return {"done": False, "says": says}
    followed = handled - 1 if act == "replay" else handled
    says = f"{letter_id}: {act}ed, and {followed} that waited behind it {'was' if followed == 1 else 'were'} handled."
    if blocked_by:
        says += f" Now {blocked_by} is dead and stops the rest ({plain(answer.get('because') or 'see `show`')})."
    return {"done": True, "says": says}


def line_of(letter: dict[str, Any]) -> str:
    """A letter as one line, with who settled it where somebody did."""
    place = f"{letter['topic']}/{letter['partition']}/{letter['offset']}"
    what = letter["event_type"] or "unreadable message"
    line = f"{letter['id']}  {letter['service']:<10}  {letter['state']:<9}  {place}  {what}  {letter['reason']}"
    return plain(line + (f"  {_settled(letter)}" if letter["settled_at"] else ""))


def text_of(letter: dict[str, Any]) -> str:
    """A letter in full. What a stranger wrote can't steer the terminal."""
    lines = [line_of(letter), f"reason    {letter['reason']}: {letter['detail']}", f"received  {letter['received_at']}"]
    lines += [f"key       {letter['key']}", f"event id  {letter['event_id']}", "headers"]
    lines += [f"  {name}: {value}" for name, value in letter["headers"].items()] + ["value"]
    return "\n".join(plain(line) for line in [*lines, *_value(letter)])


def _value(letter: dict[str, Any]) -> list[str]:
    if letter["value_base64"] is not None:
        return [f"  no text; in base64: {letter['value_base64']}"]
    if letter["value"] is None:
        return ["  none"]
    try:
        text = json.dumps(json.loads(letter["value"]), indent=2, ensure_ascii=False)
    except ValueError:
        text = str(letter["value"])
    return [f"  {line}" for line in text.split("\n")]


def _settled(letter: dict[str, Any]) -> str:
    return f"{letter['state']} by {letter['settled_by']} at {letter['settled_at']}: {letter['settled_why']}"


def plain(text: str) -> str:
    """The text with every character that is not printable written as an escape."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def _at_the_desk(work: Callable[[Desk], Awaitable[T]]) -> T:
    async def run() -> T:
        async with httpx.AsyncClient(timeout=ANSWER_WITHIN, trust_env=False) as http:
            return await work(Desk(copy_from(os.environ), operator_client(os.environ), http))

    try:
        return asyncio.run(run())
    except Refused as refused:
        raise OperatorError(refused.detail) from refused
