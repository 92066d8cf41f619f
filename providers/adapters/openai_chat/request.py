"""A `ChatRequest` as the body of `POST /chat/completions`. Knows the wire format alone."""

import json
from base64 import b64encode
from typing import Any

from providers.types import ChatRequest, Image, Message


def body_of(request: ChatRequest) -> bytes:
    """JSON in UTF-8. What the request leaves to the provider is not mentioned."""
    body: dict[str, Any] = {"model": request.model, "messages": [_message(message) for message in request.messages]}
    body["stream"] = request.stream
    if request.stream:
        body["stream_options"] = {"include_usage": True}
    if request.max_output_tokens is not None:
        body["max_completion_tokens"] = request.max_output_tokens
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.tools:
        body["tools"] = list(request.tools)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _message(message: Message) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.images:
        wire["content"] = [{"type": "text", "text": message.content}] if message.content else []
        wire["content"] += [{"type": "image_url", "image_url": {"url": _data_url(image)}} for image in message.images]
    if message.tool_calls:
        wire["content"] = message.content or None
        wire["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    if message.role == "tool":
        wire["tool_call_id"] = message.tool_call_id
    return wire


def _data_url(image: Image) -> str:
    return f"data:{image.media_type};base64,{b64encode(image.data).decode('ascii')}"
