"""Log lines: one JSON object a line on standard output, the same for our own loggers and for every library's.

Each line has `time` (UTC, ISO 8601), `level`, `service`, `role`, `event` and `logger`, the ids of the case and of the
trace when there are any, and the fields that the caller gave. Identities are logged, payloads never: a field whose
value is not a plain one is replaced by the name of its type, and exceptions lose the data that libraries quote.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import TracebackType
from typing import cast
from uuid import UUID

import orjson
import structlog
from opentelemetry import trace
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from shared.telemetry.exception_text import describe, without_data

TEXT_LIMIT = 500
LIST_LIMIT = 20
REPEAT_AFTER = 30.0  # seconds

_OUR_LOGGERS = ("services", "shared", "deploy")
# They write a line per request with the whole address, and an address can hold what a person typed.
_QUIET_LOGGERS = ("uvicorn.access", "httpx", "httpcore")
# Libraries that bring handlers of their own; their lines go through ours instead.
_LOGGERS_WITH_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "faust", "mode", "aiokafka", "asyncio")


def configure_logging(service: str, role: str, level: str) -> None:
    """Sends every log line of this process to standard output as JSON; calling it again replaces what was set.

    `level` is a name of the standard library ("debug", "INFO" …) and holds for our own loggers; libraries are heard
    from INFO upwards. Raises ValueError for an unknown level. Start uvicorn with `log_config=None` and a Faust worker
    with `override_logging=False, redirect_stdouts=False`, or they put their own handlers back.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"unknown log level {level!r}: use debug, info, warning, error or critical")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_formatter(service, role))
    handler.addFilter(_NotAgainSoon())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.INFO))
    for name in _LOGGERS_WITH_HANDLERS:
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name in _OUR_LOGGERS:
        logging.getLogger(name).setLevel(number)
    for name in _QUIET_LOGGERS:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    sys.excepthook = _log_uncaught


def get_logger(name: str) -> FilteringBoundLogger:
    """A logger for a module (`get_logger(__name__)`): `log.info("offer indexed", offer_id=…)`.

    May be called at import; it looks the configuration up when the first line is written.
    """
    return cast(FilteringBoundLogger, structlog.stdlib.get_logger(name))


@contextmanager
def bound(*, case_id: str | None = None, **fields: object) -> Iterator[None]:
    """Every line written inside carries these fields, also from functions and tasks started inside.

    A case id of None leaves an outer one in place. The fields of an inner `bound` win over an outer one's.
    """
    named = fields if case_id is None else {"case_id": case_id, **fields}
    with structlog.contextvars.bound_contextvars(**named):
        yield


class _NotAgainSoon(logging.Filter):
    """Lets a Kafka client say the same thing once in 30 seconds: while the broker is away it says it 40 times a second.

    What matters of it (the consumer is not ready, the relay is interrupted) our own loggers tell.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if not record.name.startswith("aiokafka"):
            return True
        what = (record.name, str(record.msg))
        if record.created - self._said.get(what, 0.0) < REPEAT_AFTER:
            return False
        self._said[what] = record.created
        return True


def _formatter(service: str, role: str) -> logging.Formatter:
    def render(_: WrappedLogger, __: str, fields: EventDict) -> str:
        record = cast(logging.LogRecord, fields.pop("_record"))
        fields.pop("_from_structlog")
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": service,
            "role": _plain(fields.pop("role", role)),
            "event": without_data(str(fields.pop("event", ""))),
            "logger": record.name,
        }
        line |= {"case_id": _plain(fields.pop("case_id"))} if "case_id" in fields else {}
        line |= _trace_ids()
        error = _error(fields.pop("exc_info", None))
        fields.pop("stack_info", None)
        line |= {name: _plain(value) for name, value in fields.items() if name not in line}
        if error is not None:
            line["exception"] = describe(error)
        return orjson.dumps(line).decode()

    return structlog.stdlib.ProcessorFormatter(
        processors=[render], foreign_pre_chain=[structlog.contextvars.merge_contextvars]
    )


def _trace_ids() -> dict[str, object]:
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}


def _error(exc_info: object) -> BaseException | None:
    if exc_info is True:
        return sys.exc_info()[1]
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    return exc_info if isinstance(exc_info, BaseException) else None


def _plain(value: object) -> object:
    """What may stand in a line: a plain value or a short list of such; of anything else only the type's name."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return value if len(value) <= TEXT_LIMIT else value[: TEXT_LIMIT - 1] + "…"
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item, _ in zip(value, range(LIST_LIMIT), strict=False)]
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, BaseException):
        return f"{type(value).__qualname__}: {without_data(str(value))}"
    # Numbers beyond 64 bits are not JSON that every reader takes.
    small_number = isinstance(value, int) and -(2**63) <= value < 2**63
    is_plain = value is None or small_number or isinstance(value, float | date | UUID)
    return value if is_plain else f"<{type(value).__qualname__}>"


def _log_uncaught(kind: type[BaseException], error: BaseException, trace_back: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace_back)
        return
    logging.getLogger("shared.telemetry").critical("uncaught exception", exc_info=(kind, error, trace_back))
