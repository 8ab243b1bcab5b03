"""Logs: one line of JSON an event, event names with fields; what libraries say goes the same way, from INFO on."""

from __future__ import annotations

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger

# Their lines carry numbers and addresses of people in URLs and bodies.
TALKATIVE = ("urllib3", "linebot", "twilio", "twilio.http_client", "httpx", "httpcore", "requests")
# What Alembic sets up is no news to anybody; which migrations it runs is.
UNASKED = ("alembic.runtime.plugins",)


def set_up_logs(level: str) -> None:
    """Call once at the start of a process; level is debug, info, warning or error."""
    number = getattr(logging, level.upper())
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=number)
    for name in (*TALKATIVE, *UNASKED):
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            where_it_failed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def where_it_failed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception's type and the way to it, but never its message: that may hold what somebody wrote."""
    if not event.pop("exc_info", None):
        return event
    kind, error, _ = sys.exc_info()
    if kind and error:
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = kind.__name__
        event["at"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return event
