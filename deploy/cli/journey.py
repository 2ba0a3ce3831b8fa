"""`connect journey`."""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from typing import Any

import click

from deploy.cli.copy import Copy, copy_from, operator_client
from deploy.journeys.check import Outcome, run_check
from deploy.journeys.timeline import Seen
from shared.primitives.terms import Mode

NOT_CLOSED = 1


@click.command("journey")
@click.option("--mode", type=click.Choice([mode.value for mode in Mode]), required=True, help="How the two sides meet.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=60,
    show_default=True,
    help="Seconds that the whole way may take.",
)
@click.option("--json", "as_json", is_flag=True, help="The whole outcome as one JSON object, at the end.")
def command(mode: str, timeout: float, as_json: bool) -> None:
    """Walk one invented application from nothing to the closed case, through the public APIs only.

    Prints every event of the case as it appears in the portal, with its offset in seconds. Exit code 0 if the case is
    closed and its evaluation stored, 1 if a step did not come about (with the place to look), 2 if the system can't be
    reached or refuses the client. CONNECT_URL_PORTAL and its like, CONNECT_CLIENT_ID and CONNECT_CLIENT_SECRET name a
    system that runs elsewhere.
    """
    copy = copy_from(os.environ)
    outcome = asyncio.run(
        run_check(
            Mode(mode),
            copy.addresses,
            operator_client(os.environ),
            seconds=timeout,
            look_at=lambda service: where_to_look(copy, service),
            tell=_keep_quiet if as_json else _tell,
        )
    )
    if as_json:
        click.echo(json.dumps(_as_json(outcome), indent=2))
    else:
        click.echo(_last_line(outcome))
    if outcome.problem:
        click.echo(outcome.problem, err=True)
        sys.exit(NOT_CLOSED)


def where_to_look(copy: Copy, service: str) -> str:
    """Where the log of a service is, as far as that is known here."""
    log = copy.home.logs / f"{service}.log"
    return f"`connect status` and {log}" if log.exists() else f"`connect status` and the log of {service}"


def _tell(seen: Seen) -> None:
    click.echo(f"{seen.offset:8.3f} s  {seen.type:<24}{seen.subject}  {seen.sequence}")


def _keep_quiet(_: Seen) -> None:
    """In JSON everything comes at the end."""


def _last_line(outcome: Outcome) -> str:
    end = "not closed" if outcome.problem else "closed, and its evaluation is stored"
    return (
        f"The case {outcome.reference or outcome.case_id or 'that was begun'} is {end}: {outcome.seconds:.1f} s, "
        f"{outcome.busy_share:.0%} of them not our own waiting."
    )


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "mode": outcome.mode,
        "closed": outcome.problem is None,
        "problem": outcome.problem,
        "case_id": outcome.case_id or None,
        "reference": outcome.reference,
        "exchange_id": outcome.exchange_id or None,
        "seconds": outcome.seconds,
        "waited_seconds": outcome.waited,
        "busy_share": round(outcome.busy_share, 3),
        "events": [asdict(seen) for seen in outcome.events],
    }
