"""A `ChatRequest` as the body of `POST /messages`. Knows the wire format and what the API refuses; knows no model."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from providers.types import ChatRequest, Image, Message

_MAX_TOKENS = 32_000  # the API wants a bound; no model on sale allows less, and what is not used costs nothing
_WARMEST = 1.0  # its temperatures end where others' go on to 2
# The version that every model on sale takes; the bound is on a person's bill, for each search is charged.
_SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}
_NOT_IN_AN_ID = re.compile(r"[^a-zA-Z0-9_-]")  # a call from another vendor's model may have one


def body_of(request: ChatRequest) -> bytes:
    """JSON in UTF-8. What the request leaves to the provider is not mentioned, but for the bound on the answer."""
    limit = request.max_output_tokens
    body: dict[str, Any] = {"model": request.model, "max_tokens": _MAX_TOKENS if limit is None else limit}
    if system := "\n\n".join(_texts(request.messages, "system")):
        body["system"] = system
    body["messages"] = _turns(request.messages)
    body["stream"] = request.stream
    if request.temperature is not None:
        body["temperature"] = min(request.temperature, _WARMEST)
    if tools := [_tool(tool) for tool in request.tools] + [_SEARCH] * request.search:
        body["tools"] = tools
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def cut_from_prefix(request: ChatRequest) -> str:
    """The blanks at the end of an answer that is to be continued, which `body_of` leaves out: the API refuses them."""
    last = request.messages[-1] if request.messages else None
    if last is None or last.role != "assistant" or last.tool_calls:
        return ""
    return last.content[len(last.content.rstrip()) :]


def _texts(messages: Iterable[Message], role: str) -> list[str]:
    return [message.content for message in messages if message.role == role and message.content.strip()]


def _turns(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Person and model in turn: neighbours of one role are one message, and empty ones, which are refused, are none."""
    turns: list[tuple[str, list[dict[str, Any]]]] = []
    for message in messages:
        blocks = _blocks(message)
        role = "assistant" if message.role == "assistant" else "user"
        if blocks and turns and turns[-1][0] == role:
            turns[-1][1].extend(blocks)
        elif blocks:
            turns.append((role, blocks))
    if turns and turns[-1][0] == "assistant" and "text" in (last := turns[-1][1][-1]):
        last["text"] = last["text"].rstrip()
    return [{"role": role, "content": _content(blocks)} for role, blocks in turns]


def _content(blocks: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    if len(blocks) == 1 and blocks[0]["type"] == "text":
        text: str = blocks[0]["text"]
        return text
    return sorted(blocks, key=lambda block: block["type"] != "tool_result")  # results must come first


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role == "system":
        return []
    if message.role == "tool":
        result = {"type": "tool_result", "tool_use_id": _id(message.tool_call_id)}
        return [{**result, "content": message.content} if message.content.strip() else result]
    blocks = [_image(image) for image in message.images]
    if message.content.strip():
        blocks.append({"type": "text", "text": message.content})
    blocks += [
        {"type": "tool_use", "id": _id(call.id), "name": call.name, "input": _input(call.arguments)}
        for call in message.tool_calls
    ]
    return blocks


def _image(image: Image) -> dict[str, Any]:
    data = b64encode(image.data).decode("ascii")
    return {"type": "image", "source": {"type": "base64", "media_type": image.media_type, "data": data}}


def _id(told: str) -> str:
    return _NOT_IN_AN_ID.sub("_", told) or "call"


def _input(arguments: str) -> dict[str, Any]:
    """Nothing but an object is taken. What a model wrote wrongly is handed back to it under a name."""
    try:
        value = json.loads(arguments, parse_constant=_no_number)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    return {"arguments": arguments} if arguments.strip() else {}


def _no_number(word: str) -> None:
    raise ValueError(word)  # Python reads NaN and Infinity, which are no JSON


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    """What is no function goes out as it is: the API judges it."""
    function = tool.get("function")
    if not isinstance(function, dict):
        return tool
    wire = {"name": function.get("name"), "description": function.get("description")}
    schema = {"type": "object", **(function.get("parameters") or {})}
    return {**{key: value for key, value in wire.items() if value}, "input_schema": schema}
