"""A plain client of the simulator: reads streams its own way, sharing nothing with the adapters."""

import json
from dataclasses import dataclass
from typing import Any

import httpx

from tests.simulator import Requests

QUESTION = "What is a stream?"


def hung_up(requests: Requests) -> bool:
    """Whether the client of the first request has gone: a condition for `RunningSimulator.until`."""
    return bool(requests) and requests[0]["disconnected"]


@dataclass
class Streamed:
    """A streamed answer as a plain reader sees it."""

    response: httpx.Response
    body: bytes

    @property
    def events(self) -> list[Any]:
        blocks = self.body.decode().replace("\r\n", "\n").split("\n\n")
        data = [block.removeprefix("data: ") for block in blocks if block.startswith("data: ")]
        return [text if text == "[DONE]" else json.loads(text) for text in data]

    @property
    def chunks(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event != "[DONE]"]

    @property
    def deltas(self) -> list[dict[str, Any]]:
        return [chunk["choices"][0]["delta"] for chunk in self.chunks if chunk.get("choices")]

    @property
    def pieces(self) -> list[str]:
        return [delta["content"] for delta in self.deltas if isinstance(delta.get("content"), str) and delta["content"]]

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def finishes(self) -> list[str]:
        reasons = [chunk["choices"][0]["finish_reason"] for chunk in self.chunks if chunk.get("choices")]
        return [reason for reason in reasons if reason]


class Client:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, model: str, prompt: str = QUESTION, **more: Any) -> httpx.Response:
        body = {"model": model, "messages": [{"role": "user", "content": prompt}], **more}
        return await self.http.post("chat/completions", json=body)

    async def stream(self, model: str, prompt: str = QUESTION, **more: Any) -> Streamed:
        response = await self.post(model, prompt, stream=True, **more)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/event-stream"
        return Streamed(response, response.content)

    async def whole(self, model: str, prompt: str = QUESTION, **more: Any) -> dict[str, Any]:
        response = await self.post(model, prompt, **more)
        assert response.status_code == 200, response.text
        return response.json()
