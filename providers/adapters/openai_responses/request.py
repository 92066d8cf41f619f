"""A `ChatRequest` as the body of `POST /responses`. Knows the wire format alone.

Every item names its type, which OpenAI lets one leave out and Perplexity does not.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from providers.types import ChatRequest, Image, Message

_NO_PARAMETERS = {"type": "object", "properties": {}}


def body_of(request: ChatRequest) -> bytes:
    """JSON in UTF-8. What the request leaves to the provider is not mentioned, but that it should store nothing is."""
    body: dict[str, Any] = {"model": request.model, "input": [i for m in request.messages for i in _items(m)]}
    body["stream"] = request.stream
    body["store"] = False
    if request.max_output_tokens is not None:
        body["max_output_tokens"] = request.max_output_tokens
    if request.temperature is not None:
        body["temperature"] = request.temperature
    tools = [_tool(tool) for tool in request.tools]
    if request.search:
        tools.append({"type": "web_search"})
    if tools:
        body["tools"] = tools
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _items(message: Message) -> Iterator[dict[str, Any]]:
    """Calls and their results are items of their own, beside the messages."""
    if message.role == "tool":
        yield {"type": "function_call_output", "call_id": message.tool_call_id, "output": message.content}
        return
    if message.content or message.images or not message.tool_calls:
        yield {"type": "message", "role": message.role, "content": _content(message)}
    for call in message.tool_calls:
        yield {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments or "{}"}


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not message.images:
        return message.content
    parts = [{"type": "input_text", "text": message.content}] if message.content else []
    return parts + [{"type": "input_image", "image_url": _data_url(image)} for image in message.images]


def _data_url(image: Image) -> str:
    return f"data:{image.media_type};base64,{b64encode(image.data).decode('ascii')}"


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    """From the shape of chat completions, where a function is not strict unless it says so; here it would be."""
    function = tool.get("function")
    if not isinstance(function, dict):
        return tool
    return {"type": "function", "parameters": _NO_PARAMETERS, "strict": False, **function}
