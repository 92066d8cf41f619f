"""The messages of a request of Anthropic's protocol: what is said in them, and what the API refuses in them."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Refuse = Callable[[str], Exception]

_ID = re.compile(r"[a-zA-Z0-9_-]+")
_MEDIA_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_KINDS = {
    "user": ("text", "image", "document", "search_result", "tool_result"),
    "assistant": (
        *("text", "thinking", "redacted_thinking", "tool_use", "server_tool_use", "web_search_tool_result"),
        *("compaction", "fallback"),
    ),
}


@dataclass(slots=True)
class Turn:
    """Neighbouring messages of one role. `called` and `answered` are the ids of tool calls and of results."""

    role: str
    text: str = ""
    results: str = ""  # what tools said
    called: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)


def read_turns(value: Any, refuse: Refuse) -> list[Turn]:
    """At least one, the first a person's. Raises what `refuse` makes of the reason."""
    if value is None:
        raise refuse("messages: Field required")
    if not isinstance(value, list) or not value:
        raise refuse("messages: at least one message is required")
    turns: list[Turn] = []
    for place, message in enumerate(value):
        role = _role(message, place, refuse)
        if not turns or turns[-1].role != role:
            turns.append(Turn(role))
        _take(turns[-1], message.get("content"), place, refuse, last=place == len(value) - 1)
    if turns[0].role != "user":
        raise refuse('messages: first message must use the "user" role')
    last = turns[-1]
    if last.role == "assistant" and last.text != last.text.rstrip():
        raise refuse("messages: final assistant content cannot end with trailing whitespace")
    _match(turns, refuse)
    return turns


def text_of(content: Any) -> str | None:
    """The text of a string or of a list of text blocks; None for anything else."""
    if isinstance(content, str):
        return encodable(content)
    if not isinstance(content, list):
        return None
    texts = [
        block.get("text") if isinstance(block, dict) and block.get("type") == "text" else None for block in content
    ]
    return encodable("".join(map(str, texts))) if all(isinstance(text, str) for text in texts) else None


def encodable(text: str) -> str:
    """JSON may spell half of a surrogate pair, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _role(message: Any, place: int, refuse: Refuse) -> str:
    role = message.get("role") if isinstance(message, dict) else None
    if role == "system":
        raise refuse('messages: Unexpected role "system". Use the top-level `system` parameter.')
    if role not in ("user", "assistant"):
        raise refuse(f"messages.{place}.role: Input should be 'user' or 'assistant'")
    return str(role)


def _take(turn: Turn, content: Any, place: int, refuse: Refuse, *, last: bool) -> None:
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(blocks, list):
        raise refuse(f"messages.{place}.content: Input should be a valid string or list")
    if not blocks or content == "":
        if last and turn.role == "assistant":
            return
        raise refuse(f"messages.{place}: all messages must have non-empty content except the final assistant message")
    for number, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in _KINDS[turn.role]:
            raise refuse(f"messages.{place}.content.{number}: Input tag '{kind}' is not expected for {turn.role}")
        if read := _READERS.get(str(kind)):
            read(turn, block, f"messages.{place}.content.{number}", refuse)


def _text(turn: Turn, block: dict[str, Any], where: str, refuse: Refuse) -> None:
    text = text_of([block])
    if text is None:
        raise refuse(f"{where}.text: Field required")
    if not text.strip():
        raise refuse("messages: text content blocks must contain non-whitespace text")
    turn.text += text


def _image(_turn: Turn, block: dict[str, Any], where: str, refuse: Refuse) -> None:
    source = block.get("source")
    if not isinstance(source, dict) or source.get("type") not in ("base64", "url", "file"):
        raise refuse(f"{where}.image.source: Field required")
    if source["type"] != "base64":
        return
    if source.get("media_type") not in _MEDIA_TYPES:
        raise refuse(f"{where}.image.source.base64.media_type: Input should be one of {', '.join(_MEDIA_TYPES)}")
    try:
        b64decode(source["data"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise refuse(f"{where}.image.source.base64: invalid base64 data") from None


def _tool_use(turn: Turn, block: dict[str, Any], where: str, refuse: Refuse) -> None:
    told = block.get("id")
    if not isinstance(told, str) or not _ID.fullmatch(told):
        raise refuse(f"{where}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
    if told in turn.called:
        raise refuse("messages: `tool_use` ids must be unique")
    if not isinstance(block.get("name"), str) or not isinstance(block.get("input"), dict):
        raise refuse(f"{where}.tool_use.input: Input should be a valid dictionary")
    turn.called.append(told)


def _tool_result(turn: Turn, block: dict[str, Any], where: str, refuse: Refuse) -> None:
    told = block.get("tool_use_id")
    if not isinstance(told, str):
        raise refuse(f"{where}.tool_result.tool_use_id: Field required")
    if turn.text:
        raise refuse(f"{where}: `tool_result` blocks must come before other content")
    turn.answered.append(told)
    turn.results += text_of(block.get("content", "")) or ""


def _match(turns: list[Turn], refuse: Refuse) -> None:
    """Calls are answered in the very next turn, and nothing is answered that was not called."""
    for place, turn in enumerate(turns):
        before = turns[place - 1].called if place else []
        if stray := sorted(set(turn.answered) - set(before)):
            raise refuse(f"messages.{place}: unexpected `tool_use_id` in `tool_result` blocks: {', '.join(stray)}")
        after = turns[place + 1].answered if place + 1 < len(turns) else []
        if missing := sorted(set(turn.called) - set(after)):
            raise refuse(f"messages.{place}: `tool_use` ids without `tool_result` blocks after: {', '.join(missing)}")


_READERS: dict[str, Callable[[Turn, dict[str, Any], str, Refuse], None]] = {
    "text": _text,
    "image": _image,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
}
