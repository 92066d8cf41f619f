"""Reading what the API sends: server-sent events as a strict client reads them, and the shape of errors."""

import json
from typing import Any
from uuid import UUID

from threads.generation.entries import Entry


async def events_of(response: Any) -> list[Entry]:
    """The events of a streaming response, to its end."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "text/event-stream"
    assert response["Cache-Control"] == "no-cache"
    body = b"".join([piece async for piece in response])
    return parse(body.decode("utf-8"))


def parse(text: str) -> list[Entry]:
    assert text == "" or text.endswith("\n\n")
    events = []
    for block in text.split("\n\n")[:-1]:
        if block.startswith(":"):
            continue
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        assert set(fields) == {"id", "event", "data"}
        events.append(Entry(int(fields["id"]), fields["event"], fields["data"]))
    return events


def error_of(response: Any, status: int, kind: str) -> dict[str, Any]:
    """The error of a response, which has to be of this status and type, and complete."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    body = json.loads(response.content)
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert error["type"] == kind, error
    assert " " in error["message"]
    UUID(error["request_id"])
    assert ("Retry-After" in response.headers) == (error.get("retry_after") is not None)
    return error
