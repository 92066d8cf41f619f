"""Reads a chat completions request. Refuses what OpenAI refuses where a client's mistake would otherwise go unseen."""

from typing import Any

from providers.simulator.beats import Ask, Failure
from providers.simulator.protocols.base import Request, UnreadableError
from providers.simulator.tokens import tokenise

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")


def read(request: Request) -> Ask:
    body = request.json()
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise _wrong("model", "You must provide a model parameter: a string.")
    messages = _messages(body.get("messages"))
    stream = _flag(body, "stream")
    texts = [_text(message.get("content"), f"messages[{place}].content") for place, message in enumerate(messages)]
    asked = [text for message, text in zip(messages, texts, strict=True) if message["role"] == "user"]
    last = messages[-1]["role"]
    return Ask(
        model=model,
        stream=stream,
        prompt=asked[-1] if asked else "",
        prefix=texts[-1] if last == "assistant" else "",
        prompt_tokens=sum(len(tokenise(text)) for text in texts),
        max_tokens=_limit(body),
        wants_usage=_wants_usage(body, stream),
        tools=_tools(body),
        tool_answered=last == "tool",
        key=_key(request.headers),
    )


def _wrong(param: str, message: str) -> UnreadableError:
    return UnreadableError(Failure(400, "invalid", message, param=param))


def _messages(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value:
        raise _wrong("messages", "'messages' must be a list with at least one message.")
    for place, message in enumerate(value):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise _wrong(f"messages[{place}].role", f"Each message needs a role, one of: {', '.join(_ROLES)}.")
    return value


def _text(content: Any, where: str) -> str:
    """The text of a message: a string, a list of parts of which the text parts count, or null."""
    if content is None:
        return ""
    if isinstance(content, str):
        return _encodable(content)
    if not isinstance(content, list) or not all(isinstance(part, dict) and "type" in part for part in content):
        raise _wrong(where, f"'{where}' must be a string or a list of content parts.")
    parts = [part.get("text") for part in content if part["type"] == "text"]
    if not all(isinstance(part, str) for part in parts):
        raise _wrong(where, f"'{where}': a text part needs 'text', a string.")
    return _encodable("".join(str(part) for part in parts))


def _encodable(text: str) -> str:
    """JSON may spell half of a surrogate pair, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(name, f"'{name}' must be true or false.")
    return bool(value)


def _wants_usage(body: dict[str, Any], stream: bool) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if not stream:
        raise _wrong("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
    if not isinstance(options, dict):
        raise _wrong("stream_options", "'stream_options' must be an object.")
    return _flag(options, "include_usage")


def _limit(body: dict[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise _wrong(name, f"'{name}' must be a whole number of at least 1.")
        return value
    return None


def _tools(body: dict[str, Any]) -> tuple[str, ...]:
    value = body.get("tools")
    if value is None:
        return ()
    try:
        names = tuple(tool["function"]["name"] for tool in value)
    except (KeyError, TypeError):
        names = (None,)
    if not all(isinstance(name, str) and name for name in names):
        raise _wrong("tools", '\'tools\' must be a list of {"type": "function", "function": {"name": …}}.')
    return tuple(_encodable(str(name)) for name in names)


def _key(headers: dict[str, str]) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else headers.get("api-key", "")
