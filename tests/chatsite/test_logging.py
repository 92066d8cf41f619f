import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings

from chatsite.logging import configuration, hide_secrets


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    yield
    logging.config.dictConfig(configuration(settings.LOG_LEVEL))


@pytest.fixture
def configured(capsys: pytest.CaptureFixture[str]) -> Any:
    """Configures logging to the captured stderr and returns what was written there, by line."""

    def configure(level: str, *, terminal: bool) -> Any:
        logging.config.dictConfig(configuration(level, terminal=terminal))

        def written() -> list[str]:
            return capsys.readouterr().err.splitlines()

        return written

    return configure


def test_json_lines_carry_event_level_logger_and_values(configured: Any) -> None:
    written = configured("INFO", terminal=False)
    structlog.get_logger("threads.one").info("generation_claimed", generation=7, output_tokens=5)
    logging.getLogger("threads.two").warning("plain %s", "words")
    logging.getLogger("threads.two").debug("not asked for")
    first, second = (json.loads(line) for line in written())
    assert first["timestamp"]
    assert (first["event"], first["level"], first["logger"]) == ("generation_claimed", "info", "threads.one")
    assert (first["generation"], first["output_tokens"]) == (7, 5)
    assert (second["event"], second["level"], second["logger"]) == ("plain words", "warning", "threads.two")


@pytest.mark.parametrize("terminal", [True, False])
def test_secrets_are_not_written(configured: Any, terminal: bool) -> None:
    written = configured("INFO", terminal=terminal)
    secret = "sk-do-not-show"
    try:
        raise ValueError("broken")
    except ValueError:  # `secret` is a local variable of this frame
        structlog.get_logger("threads.one").exception("failed", api_key=secret, Authorization=secret, token=secret)
    text = "\n".join(written())
    assert "ValueError: broken" in text
    assert secret not in text


def test_only_secrets_are_hidden() -> None:
    event = {"event": "x", "prompt_tokens": 3, "password": "p", "secret_key": "s", "cookie": "", "user": 4}
    assert hide_secrets(None, "info", event) == {
        "event": "x", "prompt_tokens": 3, "password": "***", "secret_key": "***", "cookie": "", "user": 4,
    }  # fmt: skip


def test_statements_are_not_logged_at_debug(configured: Any) -> None:
    written = configured("DEBUG", terminal=False)
    logging.getLogger("django.db.backends").debug("SELECT 1")
    logging.getLogger("httpx").info("a request")
    structlog.get_logger("threads.one").debug("asked for")
    assert [json.loads(line)["event"] for line in written()] == ["asked for"]


def test_django_extras_shrink_to_the_status(configured: Any) -> None:
    written = configured("INFO", terminal=False)
    logging.getLogger("django.request").warning("Not Found: %s", "/x", extra={"status_code": 404, "request": object()})
    (line,) = (json.loads(line) for line in written())
    assert line["status_code"] == 404
    assert "request" not in line
