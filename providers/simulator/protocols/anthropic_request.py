"""Reads a request of Anthropic's protocol. Refuses what the API refuses: it minds unknown names, blanks and turns.

Messages are `anthropic_turns`.
"""

from typing import Any

from providers.simulator.beats import Ask, Failure
from providers.simulator.protocols.anthropic_turns import Turn, encodable, read_turns, text_of
from providers.simulator.protocols.base import Request, UnreadableError
from providers.simulator.tokens import tokenise

_FIELDS = frozenset(
    {
        *("model", "messages", "max_tokens", "system", "stream", "temperature", "top_p", "top_k", "stop_sequences"),
        *("tools", "tool_choice", "metadata", "thinking", "output_config", "service_tier", "inference_geo", "speed"),
        *("cache_control", "container", "context_management", "mcp_servers", "fallbacks"),
    }
)


def read(request: Request) -> Ask:
    if "anthropic-version" not in request.headers:
        raise _wrong("anthropic-version: header is required")
    body = request.json()
    for name in body:
        if name not in _FIELDS:
            raise _wrong(f"{name}: Extra inputs are not permitted")
    model, stream = _model(body), _flag(body, "stream")
    limit = _limit(body)
    _temperature(body.get("temperature"))
    tools = _tools(body.get("tools"))
    turns = read_turns(body.get("messages"), refuse=_wrong)
    asked = [turn.text for turn in turns if turn.role == "user" and turn.text]
    last = turns[-1]
    texts = [_system(body.get("system")), *(turn.text + turn.results for turn in turns)]
    return Ask(
        model=model,
        stream=stream,
        prompt=asked[-1] if asked else "",
        prefix=last.text if last.role == "assistant" else "",
        prompt_tokens=sum(len(tokenise(text)) for text in texts),
        max_tokens=limit,
        wants_usage=True,
        tools=tools,
        tool_answered=_answers_a_tool(last),
        key=_key(request.headers),
    )


def _wrong(message: str) -> UnreadableError:
    return UnreadableError(Failure(400, "invalid", message))


def _answers_a_tool(last: Turn) -> bool:
    return last.role == "user" and bool(last.answered)


def _model(body: dict[str, Any]) -> str:
    model = body.get("model")
    if not isinstance(model, str):
        raise _wrong("model: Field required" if model is None else "model: Input should be a valid string")
    if not model:
        raise _wrong("model: String should have at least 1 character")
    return encodable(model)


def _limit(body: dict[str, Any]) -> int:
    limit = body.get("max_tokens")
    if limit is None:
        raise _wrong("max_tokens: Field required")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise _wrong("max_tokens: Input should be a whole number greater than or equal to 1")
    return limit


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise _wrong(f"{name}: Input should be a valid boolean")
    return value


def _temperature(value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _wrong("temperature: range: 0..1")


def _system(value: Any) -> str:
    if value is None:
        return ""
    text = text_of(value)
    if text is None:
        raise _wrong("system: Input should be a valid string or a list of text blocks")
    return text


def _tools(value: Any) -> tuple[str, ...]:
    """The names of those that the client calls; the server calls the others itself."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _wrong("tools: Input should be a valid list")
    own, names = [], []
    for place, tool in enumerate(value):
        name = tool.get("name") if isinstance(tool, dict) else None
        if not isinstance(name, str) or not name:
            raise _wrong(f"tools.{place}.name: Field required")
        names.append(encodable(name))
        if tool.get("type", "custom") == "custom":
            schema = tool.get("input_schema")
            if not isinstance(schema, dict) or schema.get("type") != "object":
                raise _wrong(f"tools.{place}.custom.input_schema.type: Field required")
            own.append(names[-1])
    if len(set(names)) < len(names):
        raise _wrong("tools: Tool names must be unique.")
    return tuple(own)


def _key(headers: dict[str, str]) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return headers.get("x-api-key", "") or (key.strip() if scheme.lower() == "bearer" else "")
