"""A `ChatRequest` as the body of `generateContent`. Knows the wire format, and by name what generations of models want.

Text and pictures of one side are joined in one turn, because the sides have to take turns and what a tool answers must
follow its call as a whole.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from providers.types import ChatRequest, Image, Message, ToolCall

# Names of models that think and have summaries of it. All others refuse the wish for them with 400: those that do not
# think, those that do so only on request (flash-lite), and what makes pictures or speech. A name not known here goes
# without. https://ai.google.dev/gemini-api/docs/generate-content/thinking
_THINKS = re.compile(
    r"gemini-(2\.5|[3-9]|[3-9]\.\d+)-(pro|flash|argon)(-preview|-exp)?(-\d[\d-]*)?|gemini-(pro|flash)-latest"
)
# Since Gemini 3 a function call of the present turn is refused without the signature it came with, which a `ToolCall`
# has no place for. This one is for calls that the model is not to check: those of other models.
# https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures
_WANTS_SIGNATURE = re.compile(r"gemini-([3-9]|\d\d)|gemini-[a-z-]+-latest")
_UNCHECKED = "skip_thought_signature_validator"


def body_of(request: ChatRequest) -> bytes:
    """JSON in UTF-8. What the request leaves to the provider is not mentioned."""
    body: dict[str, Any] = {"contents": _contents(request)}
    if system := [message.content for message in request.messages if message.role == "system" and message.content]:
        body["systemInstruction"] = {"parts": [{"text": text} for text in system]}
    if config := _config(request):
        body["generationConfig"] = config
    if tools := _tools(request):
        body["tools"] = tools
        if len(tools) > 1:  # Google's tools beside one's own want this consent
            body["toolConfig"] = {"includeServerSideToolInvocations": True}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _config(request: ChatRequest) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if request.max_output_tokens is not None:
        config["maxOutputTokens"] = request.max_output_tokens
    if request.temperature is not None:
        config["temperature"] = request.temperature
    if _THINKS.fullmatch(_family(request.model)):
        config["thinkingConfig"] = {"includeThoughts": True}
    return config


def _tools(request: ChatRequest) -> list[dict[str, Any]]:
    tools: list[dict[str, Any]] = []
    if declared := [_declaration(tool.get("function")) for tool in request.tools]:
        tools.append({"functionDeclarations": declared})
    if request.search:
        tools.append({"google_search": {}})
    return tools


def _declaration(function: Any) -> dict[str, Any]:
    """`parameters` would be a dialect that refuses much of JSON Schema; a function without any is declared without."""
    told: dict[str, Any] = function if isinstance(function, dict) else {}
    declaration = {key: told[key] for key in ("name", "description") if told.get(key)}
    parameters = told.get("parameters")
    if isinstance(parameters, dict) and parameters.get("properties"):
        declaration["parametersJsonSchema"] = parameters
    return declaration


def _contents(request: ChatRequest) -> list[dict[str, Any]]:
    contents: list[dict[str, Any]] = []
    signed = bool(_WANTS_SIGNATURE.match(_family(request.model)))
    unanswered: list[ToolCall] = []
    for message in request.messages:
        match message.role:
            case "system":
                continue
            case "assistant":
                role, parts = "model", list(_said(message, signed=signed))
                unanswered = [*message.tool_calls] or unanswered
            case "tool":
                role, parts = "user", [_result(message, unanswered)]
            case _:
                role, parts = "user", list(_asked(message))
        if contents and contents[-1]["role"] == role:
            contents[-1]["parts"] += parts
        elif parts:
            contents.append({"role": role, "parts": parts})
    return contents


def _asked(message: Message) -> Iterable[dict[str, Any]]:
    yield from map(_picture, message.images)
    if message.content or not message.images:
        yield {"text": message.content}


def _picture(image: Image) -> dict[str, Any]:
    return {"inlineData": {"mimeType": image.media_type, "data": b64encode(image.data).decode("ascii")}}


def _said(message: Message, *, signed: bool) -> Iterable[dict[str, Any]]:
    """An answer that never came to a word has no part, and with it no turn."""
    if message.content:
        yield {"text": message.content}
    for place, call in enumerate(message.tool_calls):
        part: dict[str, Any] = {"functionCall": {"name": call.name, "args": _args(call.arguments), **_id(call.id)}}
        if signed and place == 0:  # of calls that are made at once, only the first has one
            part["thoughtSignature"] = _UNCHECKED
        yield part


def _result(message: Message, unanswered: list[ToolCall]) -> dict[str, Any]:
    """What a tool answered, under the name of its call: the one of its id, else the first that none has answered."""
    found = [call for call in unanswered if call.id == message.tool_call_id] or unanswered
    name = message.tool_call_id or "tool"
    if found:
        name = found[0].name
        unanswered.remove(found[0])
    response = {"name": name, "response": {"output": message.content}, **_id(message.tool_call_id)}
    return {"functionResponse": response}


def _id(told: str) -> dict[str, str]:
    """Models before Gemini 3 give their calls none."""
    return {"id": told} if told else {}


def _args(arguments: str) -> dict[str, Any]:
    """Only an object can be sent; what the model got wrong is left out, and the tool's answer says so."""
    try:
        args = json.loads(arguments, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {}
    return args if isinstance(args, dict) else {}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _family(model: str) -> str:
    return model.removeprefix("models/").lower()
