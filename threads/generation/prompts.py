"""What a program asks for outside any thread, as a value, and as the text it is stored as until it is answered.

Knows neither the wire format it came in nor the model that will answer.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from typing import Any, Self

from providers.types import Image, Message, ToolCall


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages go to the model word for word; `tools` have OpenAI's shape. None leaves a limit to the provider."""

    messages: tuple[Message, ...]
    tools: tuple[dict[str, Any], ...] = ()
    max_output_tokens: int | None = None
    temperature: float | None = None

    @property
    def question(self) -> str:
        """A person's last words, by which a model is chosen."""
        return next((message.content for message in reversed(self.messages) if message.role == "user"), "")

    @property
    def needs(self) -> frozenset[str]:
        """What a model has to be able to do, in the words of `providers.profiles.CAPABILITIES`."""
        pictures = any(message.images for message in self.messages)
        return frozenset([*["tools"] * bool(self.tools), *["vision"] * pictures])

    def with_prefix(self, prefix: str) -> tuple[Message, ...]:
        """The messages, ending with the beginning of the answer where there is one already."""
        if not prefix:
            return self.messages
        last = self.messages[-1]
        if last.role == "assistant" and not last.tool_calls:  # a beginning of the program's own
            return (*self.messages[:-1], replace(last, content=last.content + prefix))
        return (*self.messages, Message("assistant", prefix))

    def stored(self) -> str:
        body: dict[str, Any] = {"messages": [_stored(message) for message in self.messages]}
        if self.tools:
            body["tools"] = self.tools
        if self.max_output_tokens is not None:
            body["max_output_tokens"] = self.max_output_tokens
        if self.temperature is not None:
            body["temperature"] = self.temperature
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace").decode("utf-8")  # half characters are no text for a database

    @classmethod
    def read(cls, stored: str) -> Self:
        body = json.loads(stored)
        return cls(
            tuple(map(_read, body["messages"])),
            tuple(body.get("tools", ())),
            body.get("max_output_tokens"),
            body.get("temperature"),
        )


def _stored(message: Message) -> dict[str, Any]:
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.images:
        body["images"] = [[image.media_type, b64encode(image.data).decode("ascii")] for image in message.images]
    if message.tool_calls:
        body["tool_calls"] = [[call.id, call.name, call.arguments] for call in message.tool_calls]
    if message.tool_call_id:
        body["tool_call_id"] = message.tool_call_id
    return body


def _read(body: dict[str, Any]) -> Message:
    return Message(
        body["role"],
        body["content"],
        tuple(Image(media_type, b64decode(data)) for media_type, data in body.get("images", ())),
        tuple(ToolCall(*call) for call in body.get("tool_calls", ())),
        body.get("tool_call_id", ""),
    )
