"""The body of `POST /v1/chat/completions`, as OpenAI's clients send it, read into a `Prompt`.

Pure: bytes in, values out. What cannot be honoured is refused in words; parameters that are not here are ignored.
Source: the types of the official Python client, 3.52 (`openai.types.chat.completion_create_params`).
"""

import binascii
import json
import re
from base64 import b64decode
from typing import Annotated, Any, Literal

from ninja.errors import HttpError
from ninja.errors import ValidationError as Invalid
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic_core import PydanticCustomError

from providers.types import Image, Message, ToolCall
from threads.api.schemas import Name, Words
from threads.generation.prompts import Prompt

_DATA_URL = re.compile(r"data:(image/[a-z]+);base64,", re.IGNORECASE)
_PICTURES = {"image/png": "image/png", "image/jpeg": "image/jpeg", "image/jpg": "image/jpeg"} | {
    "image/webp": "image/webp",
    "image/gif": "image/gif",
}


def _refuse(words: str) -> PydanticCustomError:
    return PydanticCustomError("not_available", words)


def _picture(url: object) -> object:
    if not isinstance(url, str):
        return url
    head = _DATA_URL.match(url)
    if head is None and not url.startswith("data:"):
        raise _refuse("Pictures are sent along as data: URLs; nothing is fetched from other addresses.")
    media_type = _PICTURES.get(head[1].lower()) if head is not None else None
    if head is None or media_type is None:
        raise _refuse("A picture is data:image/png;base64,… (or jpeg, webp, gif).")
    try:
        return Image(media_type, b64decode(url[head.end() :], validate=True))
    except binascii.Error:
        raise _refuse("The picture's data is not valid base64.") from None


def _one(n: int | None) -> int | None:
    if n not in (None, 1):
        raise _refuse("One answer is given for a request; leave n out, or ask several times.")
    return n


def _choice(choice: object) -> object:
    if choice not in (None, "auto", "none"):
        raise _refuse('The model chooses among the tools itself: "auto" and "none" can be had, forcing one cannot.')
    return choice


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    function = tool.get("function")
    if tool.get("type", "function") != "function" or not isinstance(function, dict):
        raise _refuse('A tool is {"type": "function", "function": {"name": …}}; other types are not available.')
    if not isinstance(function.get("name"), str) or not function["name"]:
        raise _refuse("The function has no name.")
    return {"type": "function", "function": function}


# --- messages ----------------------------------------------------------------------------------------------------
class _Text(BaseModel):
    text: Words


class _Refusal(BaseModel):
    refusal: Words

    @property
    def text(self) -> str:
        return self.refusal


class _Address(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    url: Annotated[Image, BeforeValidator(_picture)]


class _ImageUrl(BaseModel):
    image_url: _Address


def _key(name: str) -> Any:
    """A discriminator by the field `name`. Its tags begin with a mark, to be told from fields in a problem's place."""

    def tag(value: Any) -> str:
        return f"~{value.get(name) if isinstance(value, dict) else None}"

    words = {
        "type": "The parts of a content are of type text, a person's also of type image_url; others are not available.",
        "role": "role is system, developer, user, assistant or tool.",
    }
    return Discriminator(tag, custom_error_type="not_available", custom_error_message=words[name])


def _either(value: object) -> str:
    return "~parts" if isinstance(value, list) else "~words"


_Written = Annotated[_Text, Tag("~text")]
_Said = Annotated[_Written | Annotated[_Refusal, Tag("~refusal")], _key("type")]
_Shown = Annotated[_Written | Annotated[_ImageUrl, Tag("~image_url")], _key("type")]
_OnlyWords = Annotated[Words, Tag("~words")]
_Texts = Annotated[_OnlyWords | Annotated[list[_Said], Tag("~parts")], Discriminator(_either)]
_Parts = Annotated[_OnlyWords | Annotated[list[_Shown], Tag("~parts")], Discriminator(_either)]


class _Instruction(BaseModel):
    role: Literal["system", "developer"]
    content: _Texts

    def message(self) -> Message:
        return Message("system", _joined(self.content))


class _Question(BaseModel):
    content: _Parts

    def message(self) -> Message:
        parts = [] if isinstance(self.content, str) else self.content
        images = tuple(part.image_url.url for part in parts if isinstance(part, _ImageUrl))
        return Message("user", _joined(self.content), images)


class _Called(BaseModel):
    name: Words
    arguments: Words


class _Call(BaseModel):
    id: Words
    type: Literal["function"] = "function"
    function: _Called


class _Answer(BaseModel):
    content: _Texts | None = None
    refusal: Words | None = None
    tool_calls: list[_Call] | None = None

    def message(self) -> Message:
        calls = (ToolCall(call.id, call.function.name, call.function.arguments) for call in self.tool_calls or ())
        return Message("assistant", _joined(self.content or self.refusal or ""), tool_calls=tuple(calls))


class _Result(BaseModel):
    content: _Texts
    tool_call_id: Words

    def message(self) -> Message:
        return Message("tool", _joined(self.content), tool_call_id=self.tool_call_id)


def _joined(content: str | list[Any]) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(part.text for part in content if not isinstance(part, _ImageUrl))


_Message = Annotated[
    Annotated[_Instruction, Tag("~system")]
    | Annotated[_Instruction, Tag("~developer")]
    | Annotated[_Question, Tag("~user")]
    | Annotated[_Answer, Tag("~assistant")]
    | Annotated[_Result, Tag("~tool")],
    _key("role"),
]


# --- the whole ---------------------------------------------------------------------------------------------------
class _StreamOptions(BaseModel):
    include_usage: bool | None = None


class Call(BaseModel):
    """A request as it was sent. `model` "" and "auto" leave the choice to the routes."""

    model: Name = ""
    messages: Annotated[list[_Message], Field(min_length=1)]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    tools: list[Annotated[dict[str, Any], AfterValidator(_function)]] | None = None
    tool_choice: Annotated[Any, AfterValidator(_choice)] = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    n: Annotated[int | None, AfterValidator(_one)] = None

    @property
    def include_usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)

    def prompt(self) -> Prompt:
        return Prompt(
            tuple(message.message() for message in self.messages),
            tuple(self.tools or ()) if self.tool_choice != "none" else (),
            self.max_tokens if self.max_completion_tokens is None else self.max_completion_tokens,
            self.temperature,
        )


def read(raw: bytes) -> Call:
    """Raises HttpError (400) for what is no JSON, and Ninja's ValidationError for what cannot be asked."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise HttpError(400, "no JSON") from error
    try:
        return Call.model_validate(body)
    except ValidationError as error:
        raise Invalid([_problem(problem) for problem in error.errors(include_url=False, include_input=False)]) from None


def _problem(problem: Any) -> dict[str, Any]:
    place = [part for part in problem["loc"] if not str(part).startswith("~")]
    words = "This has to be a JSON object." if problem["type"] == "model_type" else problem["msg"]
    return {"type": problem["type"], "loc": ("body", *place), "msg": words}
