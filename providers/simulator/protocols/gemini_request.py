"""Reads a request of Gemini's protocol. Refuses what the API refuses: it minds unknown names, empty turns and schemas
that are told twice. Turns are `gemini_turns`.
"""

import re
from typing import Any
from urllib.parse import parse_qs

from providers.simulator.beats import Ask, Failure
from providers.simulator.protocols.base import Request, UnreadableError
from providers.simulator.protocols.gemini_turns import encodable, read_turns, text_of
from providers.simulator.tokens import tokenise

_FIELDS = {
    "": ("contents", "systemInstruction", "generationConfig", "tools", "toolConfig", "safetySettings", "cachedContent"),
    "generationConfig": (
        *("maxOutputTokens", "temperature", "topP", "topK", "stopSequences", "seed", "thinkingConfig"),
        *("candidateCount", "responseMimeType", "responseSchema", "responseJsonSchema", "presencePenalty"),
        *("frequencyPenalty", "responseModalities", "mediaResolution"),
    ),
    "tools": ("functionDeclarations", "googleSearch", "google_search", "codeExecution", "urlContext"),
    "function_declarations": ("name", "description", "parameters", "parametersJsonSchema", "behavior"),
}
_NAME = re.compile(r"[a-zA-Z_][\w.:-]{0,63}", re.ASCII)


def read(request: Request) -> Ask:
    body = request.json()
    _known(body, "")
    turns = read_turns(body.get("contents"), _wrong)
    system = body.get("systemInstruction")
    texts = [text_of(system, "system_instruction", _wrong)] if system is not None else []
    texts += [turn.text + turn.results for turn in turns]
    asked = [turn.text for turn in turns if turn.role == "user" and turn.text]
    last, query = turns[-1], parse_qs(request.query)
    return Ask(
        model=encodable(request.match["model"]),
        stream=request.match["method"] == "streamGenerateContent",
        prompt=asked[-1] if asked else "",
        prefix=last.text if last.role == "model" else "",
        prompt_tokens=sum(len(tokenise(text)) for text in texts),
        max_tokens=_limit(body.get("generationConfig")),
        wants_usage=True,
        tools=_tools(body.get("tools")),
        tool_answered=bool(last.answered),
        key=request.headers.get("x-goog-api-key", "") or query.get("key", [""])[-1],
        form=query.get("alt", [""])[-1],
    )


def _wrong(field: str, message: str) -> UnreadableError:
    return UnreadableError(Failure(400, "invalid", f"* {field}: {message}\n", param=field))


def _known(value: dict[str, Any], where: str) -> None:
    for name in value:
        if name not in _FIELDS[where]:
            raise _wrong(where, f'Invalid JSON payload received. Unknown name "{encodable(name)}": Cannot find field.')


def _limit(config: Any) -> int | None:
    if config is None:
        return None
    if not isinstance(config, dict):
        raise _wrong("generation_config", "Invalid value.")
    _known(config, "generationConfig")
    heat, limit = config.get("temperature"), config.get("maxOutputTokens")
    if heat is not None and (isinstance(heat, bool) or not isinstance(heat, int | float) or not 0 <= heat <= 2):
        raise _wrong("generation_config.temperature", "Must be in the range [0.0, 2.0].")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise _wrong("generation_config.max_output_tokens", "max_output_tokens must be positive.")
    return limit


def _tools(value: Any) -> tuple[str, ...]:
    """The names of the functions that the client calls; the server's own tools have none."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(tool, dict) for tool in value):
        raise _wrong("tools", "Invalid value.")
    names: list[str] = []
    for place, tool in enumerate(value):
        _known(tool, "tools")
        declared = tool.get("functionDeclarations", [])
        if not isinstance(declared, list):
            raise _wrong(f"tools[{place}].function_declarations", "Invalid value.")
        names += [_declared(one, f"tools[{place}].function_declarations[{n}]") for n, one in enumerate(declared)]
    if len(set(names)) < len(names):
        raise _wrong("tools", "Duplicate function declaration found.")
    return tuple(names)


def _declared(function: Any, where: str) -> str:
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _wrong(f"{where}.name", "Invalid function name. Must start with a letter or an underscore.")
    _known(function, "function_declarations")
    if "parameters" in function and "parametersJsonSchema" in function:
        raise _wrong(where, "Only one of parameters and parameters_json_schema can be set.")
    if unknown := sorted({"additionalProperties", "$schema", "$ref"} & {*function.get("parameters", ())}):
        raise _wrong(f"{where}.parameters", f'Invalid JSON payload received. Unknown name "{unknown[0]}".')
    return name
