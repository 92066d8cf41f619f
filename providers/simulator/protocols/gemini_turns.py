"""The turns of a request of Gemini's protocol: what is said in them, and what the API refuses in them."""

from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Refuse = Callable[[str, str], Exception]  # the field, what is wrong with it

_ROLES = ("user", "model", "function")


@dataclass(slots=True)
class Turn:
    """`called` and `answered`: how many functions the model called here, and how many calls are answered here."""

    role: str
    text: str = ""
    results: str = ""  # what functions said
    called: int = 0
    answered: int = 0


def read_turns(value: Any, refuse: Refuse) -> list[Turn]:
    """At least one. Raises what `refuse` makes of the reason."""
    if not isinstance(value, list) or not value:
        raise refuse("contents", "contents is not specified")
    turns = [_read(content, f"contents[{place}]", refuse) for place, content in enumerate(value)]
    for place, turn in enumerate(turns):
        before, after = turns[:place][-1:], turns[place + 1 :][:1]
        if turn.called and before and before[0].role == "model":
            raise refuse("contents", "A function call turn must come right after a user turn or a function response.")
        if turn.called and after and turn.called != after[0].answered:
            raise refuse(
                "contents", "The number of function responses must equal that of the calls in the turn before."
            )
        if turn.answered and not any(one.called for one in before):
            raise refuse("contents", "A function response turn must come right after a function call turn.")
    return turns


def text_of(content: Any, where: str, refuse: Refuse) -> str:
    """The text of a content, such as the system instruction, whose parts are all text."""
    return _read({**content, "role": "user"} if isinstance(content, dict) else content, where, refuse).text


def encodable(text: str) -> str:
    """JSON may spell half of a surrogate pair, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _read(content: Any, where: str, refuse: Refuse) -> Turn:
    if not isinstance(content, dict):
        raise refuse(where, f"Invalid value at '{where}'.")
    role = content.get("role", "user")
    if role not in _ROLES:
        raise refuse(f"{where}.role", "Please use a valid role: user, model.")
    parts = content.get("parts")
    if not isinstance(parts, list) or not parts:
        raise refuse(f"{where}.parts", f"{where}.parts must not be empty.")
    turn = Turn(role)
    for place, part in enumerate(parts):
        kinds = [kind for kind in _READERS if isinstance(part, dict) and kind in part]
        if len(kinds) != 1:
            raise refuse(f"{where}.parts[{place}].data", "Required oneof field 'data' must have one initialized field.")
        _READERS[kinds[0]](turn, part[kinds[0]], f"{where}.parts[{place}].{kinds[0]}", refuse)
    return turn


def _text(turn: Turn, value: Any, where: str, refuse: Refuse) -> None:
    if not isinstance(value, str):
        raise refuse(where, f"Invalid value at '{where}' (TYPE_STRING).")
    turn.text += encodable(value)


def _picture(_turn: Turn, value: Any, where: str, refuse: Refuse) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("mimeType"), str):
        raise refuse(f"{where}.mimeType", "mimeType is not specified")
    try:
        b64decode(value["data"], validate=True)
    except (KeyError, TypeError, ValueError, NoBase64):
        raise refuse(
            f"{where}.data", f"Invalid value at '{where}.data' (TYPE_BYTES): base64 decoding failed."
        ) from None


def _call(turn: Turn, value: Any, where: str, refuse: Refuse) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"]:
        raise refuse(f"{where}.name", "Name cannot be empty.")
    if not isinstance(value.get("args", {}), dict):
        raise refuse(f"{where}.args", f"Invalid value at '{where}.args' (google.protobuf.Struct).")
    turn.called += 1


def _result(turn: Turn, value: Any, where: str, refuse: Refuse) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"]:
        raise refuse(f"{where}.name", "Name cannot be empty.")
    if not isinstance(value.get("response"), dict):
        raise refuse(f"{where}.response", f"Invalid value at '{where}.response' (google.protobuf.Struct).")
    turn.answered += 1
    turn.results += encodable(" ".join(map(str, value["response"].values())))


_READERS: dict[str, Callable[[Turn, Any, str, Refuse], None]] = {
    "text": _text,
    "inlineData": _picture,
    "functionCall": _call,
    "functionResponse": _result,
}
