"""`connect dead-letters`."""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any, TypeVar
from uuid import UUID, uuid4

import click

from deploy.cli.asking import at_the_desk
from deploy.embedded.layout import SERVICES
from deploy.errors import OperatorError
from deploy.journeys.desk import Desk, Order, Who
from shared.http.client import Refused
from shared.primitives.errors import TryAgain
from shared.primitives.terms import Role

T = TypeVar("T")
Letter = dict[str, Any]  # as the services' APIs give it, with the service that holds it

OPERATOR = Who(Role.OPERATOR)
STATES = ("dead", "waiting", "replayed", "discarded")
NOT_DONE = 1
SHORTEST_REASON = 3  # characters, as the services demand


def _in_words(_: click.Context, __: click.Parameter, why: str) -> str:
    if len(why.strip()) < SHORTEST_REASON:
        raise click.BadParameter("say in a few words why; it is what others will read later.")
    return why.strip()


as_json_option = click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
ids_argument = click.argument("ids", metavar="ID...", nargs=-1, required=True, type=click.UUID)
why_option = click.option(
    "--why", required=True, callback=_in_words, help="The reason; it is recorded with your client's name and the time."
)


@click.group("dead-letters")
def command() -> None:
    """Messages that a service could not use, and those of the same aggregate that wait behind them.

    Nothing of them is lost: mend the cause, then `replay` them, or `discard` what shall have no effect. What waited
    behind follows by itself, in order. Each act is recorded. CONNECT_CLIENT_ID and CONNECT_CLIENT_SECRET name a client
    with the role operator, CONNECT_URL_PORTAL and its like a system that runs elsewhere.
    """


@command.command("list")
@click.option("--service", type=click.Choice(SERVICES), help="Those of one service only.")
@click.option("--state", type=click.Choice(STATES), help="Those in one state; else those that are dead or wait.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="At most, per service.")
@as_json_option
def list_letters(service: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List them, those of each service in the order in which they came.

    Exit code 1 if a service could not be asked.
    """
    path = f"/v1/dead-letters?limit={limit}" + (f"&state={state}" if state else "")
    letters, trouble = at_the_desk(OPERATOR, lambda desk: _all(desk, [service] if service else SERVICES, path))
    if as_json:
        click.echo(json.dumps(letters, indent=2))
    else:
        click.echo("\n".join(_table(letters)) if letters else "There are none.")
    for problem in trouble:
        click.echo(f"{problem}: what it holds is not in this list.", err=True)
    sys.exit(NOT_DONE if trouble else 0)


@command.command("show")
@click.argument("letter_id", metavar="ID", type=click.UUID)
@as_json_option
def show_letter(letter_id: UUID, as_json: bool) -> None:
    """Show one with its headers, with what was done about it, and with its value."""
    letter = at_the_desk(OPERATOR, lambda desk: _find(desk, letter_id))
    if as_json:
        click.echo(json.dumps(letter, indent=2))
        return
    headers, acts = letter.pop("headers"), letter.pop("acts")
    value, encoded = letter.pop("value"), letter.pop("value_base64")
    for name, content in {**letter, **headers}.items():
        if content is not None:
            click.echo(f"{name.replace('_', ' ') if name in letter else name:<24}{content}")
    for act in acts:
        click.echo(_act(act))
    click.echo()
    click.echo(f"base64: {encoded}" if encoded else "no value" if value is None else value)


@command.command("replay")
@ids_argument
@why_option
@as_json_option
def replay(ids: tuple[UUID, ...], why: str, as_json: bool) -> None:
    """Try dead letters again, each with the id that its event had, then what waits behind it.

    Exit code 1 if one was refused or has failed again; nothing is lost by that.
    """
    _settle(ids, "replay", why, as_json)


@command.command("discard")
@ids_argument
@why_option
@as_json_option
def discard(ids: tuple[UUID, ...], why: str, as_json: bool) -> None:
    """Give dead letters up; what waits behind each follows. They stay on record.

    Exit code 1 if one was refused, or if what waited behind it has failed.
    """
    _settle(ids, "discard", why, as_json)


def _settle(ids: tuple[UUID, ...], act: str, why: str, as_json: bool) -> None:
    results = at_the_desk(OPERATOR, lambda desk: _settle_all(desk, ids, act, why))
    if as_json:
        click.echo(json.dumps(results, indent=2))
    else:
        for result in results:
            click.echo(_sentence(act, result), err=not result["done"])
    sys.exit(0 if all(result["done"] for result in results) else NOT_DONE)


async def _settle_all(desk: Desk, ids: tuple[UUID, ...], act: str, why: str) -> list[Letter]:
    """One after the other, in the order that was given: a later one may wait for an earlier one."""
    results = []
    for letter_id in ids:
        result: Letter = {"id": str(letter_id), "service": None, "handled": 0, "blocked_by": None, "problem": None}
        try:
            result["service"] = (await _find(desk, letter_id))["service"]
            order = Order(result["service"], f"/v1/dead-letters/{letter_id}/{act}", {"why": why})
            result |= await desk.command(OPERATOR, order, key=str(uuid4()))
        except Refused as refused:
            result["problem"] = refused.detail
        except OperatorError as error:
            result["problem"] = str(error)
        result["done"] = result["problem"] is None and result["blocked_by"] is None
        results.append(result)
    return results


def _sentence(act: str, result: Letter) -> str:
    if result["problem"]:
        return f"{result['id']}: {result['problem']}"
    done = f"{result['id']} of {result['service']}: {act} done, {_messages(result['handled'])} handled"
    if result["blocked_by"] is None:
        return f"{done}."
    return f"{done}, then {result['blocked_by']} could not be used: `connect dead-letters show {result['blocked_by']}`."


def _act(act: dict[str, Any]) -> str:
    failure = f" ({act['reason']}: {act['detail']})" if act["reason"] else ""
    return f"{act['at']}  {act['outcome']} by {act['by']}: {act['why']}{failure}"


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"


async def _all(desk: Desk, services: list[str] | tuple[str, ...], path: str) -> tuple[list[Letter], list[str]]:
    """The letters of these services, and what kept a service from telling."""
    answers = await asyncio.gather(*(desk.look(OPERATOR, name, path) for name in services), return_exceptions=True)
    letters, trouble = [], []
    for name, answer in zip(services, answers, strict=True):
        if isinstance(answer, (TryAgain, Refused)):
            trouble.append(f"{name}: {answer}")
        elif isinstance(answer, BaseException):
            raise answer
        else:
            letters += [{"service": name, **letter} for letter in answer]
    return letters, trouble


async def _find(desk: Desk, letter_id: UUID) -> Letter:
    """The letter, wherever it is. Raises OperatorError if no service has it."""
    for name in SERVICES:
        found = await desk.find(OPERATOR, name, f"/v1/dead-letters/{letter_id}")
        if found is not None:
            return {"service": name, **found}
    raise OperatorError(f"No service has a dead letter {letter_id}: `connect dead-letters list` shows which there are.")


def _table(letters: list[Letter]) -> Iterator[str]:
    yield f"{'service':<12}{'id':<38}{'state':<11}{'event':<44}{'from':<34}why"
    for letter in letters:
        place = f"{letter['topic']}/{letter['partition']}/{letter['offset']}"
        settled = f"  ({letter['settled_by']}: {letter['settled_why']})" if letter["settled_by"] else ""
        yield (
            f"{letter['service']:<12}{letter['id']:<38}{letter['state']:<11}{letter['event_type'] or '?':<44}"
            f"{place:<34}{letter['reason']}: {letter['detail']}{settled}"
        )
