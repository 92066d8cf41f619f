"""Reads a request of Ollama's chat protocol. Refuses what the server refuses: it minds types, not unknown names.

A request without messages loads the model, or with `keep_alive` 0 unloads it, and is answered at once.
"""

import binascii
import math
import re
import time
from base64 import b64decode
from typing import Any

from providers.simulator.beats import Ask, Failure
from providers.simulator.protocols.base import Request, UnreadableError
from providers.simulator.protocols.ollama_words import head, to_json
from providers.simulator.tokens import tokenise

ROLES = ("system", "user", "assistant", "tool")
_NUMBERS = ("num_predict", "num_ctx", "temperature")
_THINK = ("low", "medium", "high", "max")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(rf"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)({'|'.join(_SECONDS)})")


def read(request: Request) -> Ask:
    if not request.body:
        raise refused("missing request body")
    body = request.json()
    messages = _messages(body.get("messages"))
    said = [message["content"] for message in messages if message["role"] == "user"]
    last = messages[-1] if messages else {"role": "", "content": ""}
    keep_alive = _keep_alive(body.get("keep_alive"))
    _think(body.get("think"))
    model = model_of(body)
    return Ask(
        model=model,
        stream=_flag(body, "stream", usual=True),
        prompt=said[-1] if said else "",
        prefix=last["content"] if last["role"] == "assistant" else "",
        prompt_tokens=sum(len(tokenise(message["content"])) for message in messages),
        max_tokens=_limit(body.get("options")),
        wants_usage=True,
        tools=_tools(body.get("tools")),
        tool_answered=last["role"] == "tool",
        key=_key(request.headers),
        keep_alive=keep_alive,
        reply=b"" if messages else _reply(model, "unload" if keep_alive == 0 else "load"),
    )


def _reply(model: str, reason: str) -> bytes:
    message = {"role": "assistant", "content": ""}
    return to_json({**head(model, int(time.time()), 0), "message": message, "done_reason": reason, "done": True})


def refused(message: str, status: int = 400) -> UnreadableError:
    return UnreadableError(Failure(status, str(status), message))


def model_of(body: dict[str, Any]) -> str:
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise refused("model is required")
    return _encodable(model)


def _messages(value: Any) -> list[dict[str, Any]]:
    """Each as {role, content}."""
    messages = []
    for message in _listed(value, "messages"):
        role, content = message.get("role"), message.get("content")
        if role not in ROLES:
            raise refused(f"invalid role: {role}, role must be one of {', '.join(ROLES)}")
        if content is not None and not isinstance(content, str):
            raise _mistyped("messages.content", "string")
        _images(message.get("images"))
        for call in _listed(message.get("tool_calls"), "messages.tool_calls"):
            _call(call)
        messages.append({"role": role, "content": _encodable(content or "")})
    return messages


def _images(value: Any) -> None:
    if value is not None and not isinstance(value, list):
        raise _mistyped("messages.images", "list")
    try:
        for image in value or ():
            b64decode(image, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise refused("illegal base64 data in messages.images") from None


def _call(call: dict[str, Any]) -> None:
    function = call.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise _mistyped("messages.tool_calls.function", "object with a name")
    if not isinstance(function.get("arguments"), dict):
        raise _mistyped("messages.tool_calls.function.arguments", "object")


def _limit(options: Any) -> int | None:
    """`num_predict`: what is not above 0 is no limit."""
    if options is not None and not isinstance(options, dict):
        raise _mistyped("options", "object")
    for name, value in (options or {}).items():
        if name in _NUMBERS and value is not None and not _is_number(value):
            raise refused(f'option "{name}" must be a number')
    limit = int((options or {}).get("num_predict") or 0)
    return limit if limit > 0 else None


def _tools(value: Any) -> tuple[str, ...]:
    names = []
    for tool in _listed(value, "tools"):
        function = tool.get("function")
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise _mistyped("tools.function", "object with a name")
        names.append(_encodable(function["name"]))
    return tuple(names)


def _keep_alive(value: Any) -> float | None:
    """Seconds; infinite for anything below 0. A text has a unit after every number."""
    if value is None:
        return None
    if isinstance(value, str):
        body = value.lstrip("+-")
        parts = _PART.findall(body)
        if value != "0" and (not parts or "".join(map("".join, parts)) != body):
            raise refused(f'time: missing unit in duration or invalid duration "{value}"')
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
        return math.inf if value.startswith("-") else seconds
    if not _is_number(value):
        raise refused("invalid duration for keep_alive")
    return math.inf if value < 0 else float(value)


def _think(value: Any) -> None:
    if value is not None and not isinstance(value, bool) and value not in _THINK:
        raise refused(f"invalid think value: {value!r} (must be {', '.join(_THINK)}, true, or false)")


def _flag(body: dict[str, Any], name: str, *, usual: bool) -> bool:
    value = body.get(name)
    if value is None:
        return usual
    if not isinstance(value, bool):
        raise _mistyped(name, "bool")
    return value


def _listed(value: Any, name: str) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _mistyped(name, "list of objects")
    return value


def _mistyped(field: str, kind: str) -> UnreadableError:
    return refused(f"json: cannot unmarshal into field ChatRequest.{field} of type {kind}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _encodable(text: str) -> str:
    """JSON may spell half of a surrogate pair, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _key(headers: dict[str, str]) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
