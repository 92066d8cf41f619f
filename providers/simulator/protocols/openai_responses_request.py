"""Reads a request for a response. Refuses what OpenAI refuses where a client's mistake would otherwise go unseen."""

from typing import Any

from providers.simulator.beats import Ask, Failure
from providers.simulator.protocols.base import Request, UnreadableError
from providers.simulator.tokens import tokenise

Item = dict[str, Any]

# Which parts a message may consist of, and where each has its text or whatever else it must have.
_ASKED = {"input_text": "text", "input_image": "image_url", "input_file": "file_data"}
_SAID = {"output_text": "text", "refusal": "refusal", "input_text": "text"}
_PARTS = {"system": _ASKED, "developer": _ASKED, "user": _ASKED, "assistant": _SAID}
# What other items must have; what the model said and did itself may be sent back as it came.
_NEEDS: dict[str, tuple[str, ...]] = {
    "function_call": ("call_id", "name", "arguments"),
    "function_call_output": ("call_id", "output"),
    "reasoning": (),
    "web_search_call": (),
}
_TOOLS = ("function", "web_search", "web_search_preview", "fetch_url", "mcp", "code_interpreter", "image_generation")
# Parameters of chat completions, and what became of them.
_MOVED = {
    "messages": "input",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "response_format": "text.format",
    "reasoning_effort": "reasoning.effort",
}


def read(request: Request) -> Ask:
    body = request.json()
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise _wrong("model", "Missing required parameter: 'model'.")
    for old, new in _MOVED.items():
        if old in body:
            raise _wrong(old, f"Unsupported parameter: '{old}'. In the Responses API this is '{new}'.")
    _flag(body, "store")
    items = _input(body.get("input"))
    texts = [_text(item) for item in items]
    asked = [text for item, text in zip(items, texts, strict=True) if item.get("role") == "user"]
    last = items[-1]
    return Ask(
        model=model,
        stream=_flag(body, "stream"),
        prompt=asked[-1] if asked else "",
        prefix=texts[-1] if last.get("role") == "assistant" else "",
        prompt_tokens=sum(len(tokenise(text)) for text in (*texts, _instructions(body))),
        max_tokens=_limit(body),
        wants_usage=True,  # it is always told
        tools=_tools(body),
        tool_answered=last.get("type") == "function_call_output",
        key=_key(request.headers),
    )


def _wrong(param: str, message: str) -> UnreadableError:
    return UnreadableError(Failure(400, "invalid", message, param=param))


def _input(value: Any) -> list[Item]:
    if isinstance(value, str) and value:
        return [{"type": "message", "role": "user", "content": value}]
    if not isinstance(value, list) or not value:
        raise _wrong("input", "Missing required parameter: 'input', a text or a list of items.")
    for place, item in enumerate(value):
        _check(item, f"input[{place}]")
    _check_calls(value)
    return value


def _check(item: Any, where: str) -> None:
    if not isinstance(item, dict):
        raise _wrong(where, f"Invalid type for '{where}': expected an object.")
    kind = item.get("type", "message")
    if kind == "message":
        _check_message(item, where)
    elif kind not in _NEEDS:
        raise _wrong(where, f"Invalid value: '{kind}'. Supported: message, {', '.join(_NEEDS)}.")
    for name in _NEEDS.get(kind, ()):
        if not isinstance(item.get(name), str):
            raise _wrong(f"{where}.{name}", f"Missing required parameter: '{where}.{name}', a string.")


def _check_message(item: Item, where: str) -> None:
    role, content = item.get("role"), item.get("content")
    if role not in _PARTS:
        raise _wrong(f"{where}.role", f"Invalid value: '{role}'. Supported roles: {', '.join(_PARTS)}.")
    if isinstance(content, str):
        return
    if not isinstance(content, list) or not content:
        raise _wrong(f"{where}.content", f"'{where}.content' must be a text or a list of content parts.")
    for place, part in enumerate(content):
        inside = f"{where}.content[{place}]"
        needed = _PARTS[role].get(str(part.get("type"))) if isinstance(part, dict) else None
        if needed is None:
            raise _wrong(inside, f"Invalid '{inside}'. Supported for {role}: {', '.join(_PARTS[role])}.")
        if not isinstance(part.get(needed), str):
            raise _wrong(f"{inside}.{needed}", f"Invalid type for '{inside}.{needed}': expected a string.")


def _check_calls(items: list[Item]) -> None:
    """No call without its result, and no result without its call."""
    called = {item["call_id"] for item in items if item.get("type") == "function_call"}
    answered = {item["call_id"] for item in items if item.get("type") == "function_call_output"}
    for call_id in sorted(called - answered):
        raise _wrong("input", f"No tool output found for function call {call_id}.")
    for call_id in sorted(answered - called):
        raise _wrong("input", f"No tool call found for function call output with call_id {call_id}.")


def _text(item: Item) -> str:
    content = item.get("content", item.get("output", ""))
    if not isinstance(content, str):
        parts = content if isinstance(content, list) else []
        content = "".join(str(part["text"]) for part in parts if isinstance(part, dict) and "text" in part)
    return _encodable(content)


def _instructions(body: Item) -> str:
    value = body.get("instructions")
    if value is not None and not isinstance(value, str):
        raise _wrong("instructions", "Invalid type for 'instructions': expected a string.")
    return _encodable(value or "")


def _encodable(text: str) -> str:
    """JSON may spell half of a surrogate pair, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _flag(body: Item, name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(name, f"Invalid type for '{name}': expected a boolean.")
    return bool(value)


def _limit(body: Item) -> int | None:
    value = body.get("max_output_tokens")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise _wrong("max_output_tokens", "'max_output_tokens' must be a whole number of at least 1.")
    return value


def _tools(body: Item) -> tuple[str, ...]:
    """The names of the functions. The provider's own tools have none."""
    tools = body.get("tools")
    if tools is not None and not isinstance(tools, list):
        raise _wrong("tools", "Invalid type for 'tools': expected a list.")
    names = []
    for place, tool in enumerate(tools or ()):
        kind = tool.get("type") if isinstance(tool, dict) else None
        if kind not in _TOOLS:
            raise _wrong(f"tools[{place}].type", f"Invalid value: '{kind}'. Supported: {', '.join(_TOOLS)}.")
        if kind == "function":
            if not isinstance(tool.get("name"), str) or not tool["name"]:
                raise _wrong(f"tools[{place}].name", f"Missing required parameter: 'tools[{place}].name'.")
            names.append(_encodable(tool["name"]))
    return tuple(names)


def _key(headers: dict[str, str]) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else headers.get("api-key", "")
