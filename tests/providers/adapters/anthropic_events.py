"""Events of Anthropic's protocol as the tests write them, and streams made of them."""

import json
from typing import Any

Said = dict[str, Any]
PING: Said = {"type": "ping"}
STOP: Said = {"type": "message_stop"}


def start(**message: Any) -> Said:
    told = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "stop_reason": None}
    return {"type": "message_start", "message": {**told, "usage": {"input_tokens": 9, "output_tokens": 1}, **message}}


def begin(index: Any, kind: str, **block: Any) -> Said:
    return {"type": "content_block_start", "index": index, "content_block": {"type": kind, **block}}


def piece(index: Any, kind: str, **delta: Any) -> Said:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **delta}}


def end(index: Any) -> Said:
    return {"type": "content_block_stop", "index": index}


def text(index: int, *texts: str) -> list[Said]:
    """A whole block."""
    pieces = [piece(index, "text_delta", text=said) for said in texts]
    return [begin(index, "text", text=""), *pieces, end(index)]


def change(reason: str | None = "end_turn", **usage: Any) -> Said:
    return {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage}


def cited(url: Any, **more: Any) -> Said:
    return {"type": "web_search_result_location", "url": url, "title": "A page", "cited_text": "…", **more}


def error(kind: str = "overloaded_error", message: str = "Overloaded") -> Said:
    return {"type": "error", "error": {"details": None, "type": kind, "message": message}, "request_id": "req_1"}


def stream(*events: Said, named: bool = True, eol: str = "\n") -> bytes:
    """The bytes of a response: padded with blanks, as they really come."""
    lines = []
    for number, event in enumerate(events):
        name = f"event: {event['type']}{eol}" if named else ""
        lines.append(f"{name}data: {json.dumps(event, ensure_ascii=False)}{' ' * (number % 5)}{eol}{eol}")
    return "".join(lines).encode("utf-8", "backslashreplace")  # half a character can only be escaped
