"""A `ChatRequest` as the body of `POST /api/chat`. Knows the wire format alone.

The protocol has no word for a search of the model's own, so `search` is left out. A last message of the assistant's
needs no mark: the model goes on from it.
"""

import json
import re
from base64 import b64encode
from typing import Any

from providers.types import ChatRequest, Message, ToolCall

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")


def body_of(request: ChatRequest) -> bytes:
    """JSON in UTF-8. What the request leaves to the server is not mentioned, but for `stream`: unsaid, it is true."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": _messages(request.messages),
        "stream": request.stream,
    }
    if options := _options(request):
        body["options"] = options
    if request.tools:
        body["tools"] = list(request.tools)
    if request.keep_alive:
        body["keep_alive"] = _duration(request.keep_alive)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _options(request: ChatRequest) -> dict[str, Any]:
    options = {"num_predict": request.max_output_tokens, "temperature": request.temperature}
    return {name: value for name, value in options.items() if value is not None}


def _duration(keep_alive: str) -> str | int:
    """As text it needs a unit; without one it is a number of seconds (-1: for ever, 0: not at all)."""
    return int(keep_alive) if _NUMBER.fullmatch(keep_alive) else keep_alive


def _messages(messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    """Templates know a tool's result by the tool's name, newer servers by the id of the call as well."""
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    return [_message(message, names) for message in messages]


def _message(message: Message, names: dict[str, str]) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.images:
        wire["images"] = [b64encode(image.data).decode("ascii") for image in message.images]
    if message.tool_calls:
        wire["tool_calls"] = [_call(index, call) for index, call in enumerate(message.tool_calls)]
    if message.role == "tool":
        wire["tool_call_id"] = message.tool_call_id
        if name := names.get(message.tool_call_id):
            wire["tool_name"] = name
    return wire


def _call(index: int, call: ToolCall) -> dict[str, Any]:
    function = {"index": index, "name": call.name, "arguments": _object(call.arguments)}
    return {"id": call.id, "type": "function", "function": function}


def _object(arguments: str) -> dict[str, Any]:
    """The server refuses anything but an object, so what a model got wrong must not spoil the rest of its thread."""
    try:
        value = json.loads(arguments)
        json.dumps(value, allow_nan=False)  # what Python reads and writes, but no other JSON does
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
