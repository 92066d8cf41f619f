"""How the process logs: one line per event on stderr, for eyes on a terminal and as JSON elsewhere.

Owns structlog's and the standard library's configuration. Knows nothing of what is logged. Use it as
`log = structlog.get_logger(__name__)` and `log.info("generation_claimed", generation=7)`: an event is a fixed word in
the past tense, what varies are its values. Values whose name says that they are secret are not written.
"""

import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET = re.compile(r"(authorization|api_?key|password|passwd|secret|cookie|credential|(^|_)token$)", re.IGNORECASE)
QUIET_LIBRARIES = (
    "aiohttp",
    "asyncio",
    "daphne",
    "hpack",
    "httpcore",
    "httpx",
    "markdown_it",
    "redis",
    "twisted",
    "uvicorn",
)


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A processor: the values of secret names become `***`."""
    return {name: "***" if SECRET.search(name) and value else value for name, value in event.items()}


def add_stdlib_extra(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A processor: Django's `extra=` carries whole request objects; only the status code is worth a line."""
    record = event.get("_record")
    status = getattr(record, "status_code", None)
    return {**event, "status_code": status} if status is not None else event


_shared: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(level: str, *, terminal: bool | None = None) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING. `level`: DEBUG, INFO, WARNING or ERROR, for this project's loggers.

    `terminal` chooses lines for eyes (True) or JSON (False); by default it is whether stderr is a terminal.
    """
    terminal = sys.stderr.isatty() if terminal is None else terminal
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.UnicodeDecoder(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    # The plain traceback: the colourful one prints local variables, and with them keys and people's words.
    ending: list[Processor] = (
        [structlog.dev.ConsoleRenderer(pad_event_to=24, exception_formatter=structlog.dev.plain_traceback)]
        if terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_shared, add_stdlib_extra],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    hide_secrets,
                    *ending,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            "django.db.backends": {"level": "INFO"},  # every statement: ask for it by name, not by LOG_LEVEL
            # It says the same once a second while Redis is away; what matters of it our own relay says once.
            "channels_redis": {"level": "CRITICAL"},
            "opentelemetry.exporter": {"level": "CRITICAL"},  # the same of a collector
            # Its line per request would cost more than many requests; failures are logged by Django itself.
            "django_structlog": {"level": "WARNING"},
            **{name: {"level": "WARNING"} for name in QUIET_LIBRARIES},
        },
    }
