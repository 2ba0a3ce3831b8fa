"""One run of `connect up`, from the first check to the last process gone."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from deploy.embedded.credentials import load_credentials
from deploy.embedded.jars import install_jars, jar_folder
from deploy.embedded.layout import MARK, SERVICES, Home, port_of
from deploy.embedded.settings import Settings
from deploy.errors import OperatorError
from deploy.supervision.console import Console
from deploy.supervision.leftovers import clear_away, end, processes_of, require_free
from deploy.supervision.lock import only_one
from deploy.supervision.plan import Planned, Runtime, launcher, plan, runtime_of, write_plan
from deploy.supervision.startup import Startup, seconds_since
from deploy.supervision.supervisor import (
    Supervisor,
    SupervisorGone,
    start_supervisor,
    supervisor_command,
    supervisor_log,
    write_supervisor_settings,
)
from deploy.supervision.watch import watch

STOP_LIMIT_SECONDS = 90
POLL_SECONDS = 0.1


def run(settings: Settings, environment: Mapping[str, str], console: Console, *, demo: bool) -> int:
    """Start everything, stay until a signal, stop everything. Returns the exit code; raises OperatorError."""
    if not settings.embeds_postgres:
        settings.administrator()
    home = Home(settings.home)
    first = not home.marker.exists()
    home.open()
    with only_one(home):
        console.say(f"CONNECT starts; its data is in {home.root}{' (new)' if first else ''}.")
        clear_away(home, console)
        runtime = _prepare(settings, home, console)
        processes = plan(runtime, environment)
        write_plan(runtime, [*processes, _supervisor(home)])
        write_supervisor_settings(home, processes, {p.name: launcher(runtime, p.name) for p in processes})
        return asyncio.run(_run(runtime, {process.name: process for process in processes}, console, demo=demo))


def _prepare(settings: Settings, home: Home, console: Console) -> Runtime:
    """Check what can be checked before anything is started."""
    runtime = runtime_of(settings, home, load_credentials(home))
    services = {name: port_of(name, settings) for name in SERVICES}
    require_free(settings.http_host, services)
    if runtime.kafka:
        ports = ("kafka", "kafka-controller")
        require_free("127.0.0.1", {name: port_of(name, settings) for name in ports})
        if not jar_folder().is_dir():
            with console.step("kafka's jars", "fetched and checked"):
                install_jars()
    if runtime.postgres:
        require_free("127.0.0.1", {"postgres": port_of("postgres", settings)})
    return runtime


async def _run(runtime: Runtime, processes: dict[str, Planned], console: Console, *, demo: bool) -> int:
    begun = time.monotonic()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    supervisor = _start_supervisor(runtime)
    stopping = asyncio.create_task(stop.wait())
    try:
        starting = asyncio.create_task(Startup(runtime, processes, console).run(demo=demo))
        if await _first(starting, stopping):
            console.say(f"CONNECT is ready after {seconds_since(begun)}: {runtime.addresses()['portal']}")
            console.say("Ctrl-C stops it. `connect status` tells how each part is.")
            await _first(asyncio.create_task(watch(runtime.home, console)), stopping)
    except (BaseExceptionGroup, SupervisorGone) as failure:
        raise _sentence(failure, runtime.home, supervisor) from failure
    finally:
        _stop(runtime.home, supervisor, console)
    return 0


async def _first(work: asyncio.Task[None], stopping: asyncio.Task[bool]) -> bool:
    """Wait for the work or the wish to stop; True if the work is done. Work that is cut short is over on return."""
    await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()
        return True
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    return False


def _sentence(failure: BaseException, home: Home, supervisor: subprocess.Popen[bytes]) -> BaseException:
    """What to tell of several things that went wrong: the first, since the others are most often its echo."""
    causes = list(_leaves(failure))
    # Whatever else went wrong then (a task that found no Kafka, say) did so because everything ended with it.
    if supervisor.poll() is not None or any(isinstance(cause, SupervisorGone) for cause in causes):
        return OperatorError(f"The supervisor ended, and everything with it: see {supervisor_log(home)}, run again.")
    return next((cause for cause in causes if isinstance(cause, OperatorError)), failure)


def _leaves(failure: BaseException) -> Iterator[BaseException]:
    if isinstance(failure, BaseExceptionGroup):
        for part in failure.exceptions:
            yield from _leaves(part)
    else:
        yield failure


def _supervisor(home: Home) -> Planned:
    return Planned("supervisor", "supervisor", supervisor_command(home), {MARK: str(home.root)})


def _start_supervisor(runtime: Runtime) -> subprocess.Popen[bytes]:
    try:
        return start_supervisor(runtime.home, launcher(runtime, "supervisor"))
    except SupervisorGone as error:
        raise OperatorError(f"The supervisor did not start: {error}") from error


def _stop(home: Home, process: subprocess.Popen[bytes], console: Console) -> None:
    """Services first, then servers, then the supervisor; afterwards nothing is left."""
    begun = time.monotonic()
    console.say("Stopping.")
    supervisor = Supervisor(home)
    with suppress(SupervisorGone):
        supervisor.stop_services()
        while any(child.name in SERVICES and child.has_process for child in supervisor.children()):
            time.sleep(POLL_SECONDS)
        console.done("services", "stopped", begun)
    supervisor.shut_down()
    while process.poll() is None and time.monotonic() - begun < STOP_LIMIT_SECONDS:
        time.sleep(POLL_SECONDS)
    left = processes_of(home)
    if left:
        console.say(f"  {len(left)} processes did not stop by themselves; ending them.")
        end(left)
    console.say(f"Everything is stopped after {seconds_since(begun)}. The data stays in {home.root}.")
