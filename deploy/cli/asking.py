"""Asking the services of a running copy on the command line: signed in, bounded, and a failure in one sentence."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

from deploy.cli.copy import copy_from, operator_client
from deploy.errors import OperatorError
from deploy.journeys.desk import Desk, Who, open_desk
from shared.primitives.errors import TryAgain

T = TypeVar("T")

WITHIN = 60.0  # seconds for one command


def at_the_desk(who: Who, work: Callable[[Desk], Awaitable[T]]) -> T:
    """What the work gives, done as somebody. Raises OperatorError with the remedy if the system does not answer."""

    async def run() -> T:
        async with open_desk(copy_from(os.environ).addresses, operator_client(os.environ)) as desk:
            try:
                async with asyncio.timeout(WITHIN):
                    await desk.sign_in(who)
                    return await work(desk)
            except TimeoutError as error:
                raise OperatorError(f"{desk.trouble or 'No answer'}: see `connect status`.") from error
            except TryAgain as away:
                raise OperatorError(f"{away}: see `connect status`, or set CONNECT_HOME or CONNECT_URL_….") from away

    return asyncio.run(run())
