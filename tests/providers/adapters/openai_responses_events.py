"""Events of the Responses protocol as the tests write them, and streams made of them."""

import json
from typing import Any

Said = dict[str, Any]
ERROR: Said = {"type": "server_error", "code": "server_error", "message": "Boom.", "param": None}


def event(kind: str, **more: Any) -> Said:
    return {"type": f"response.{kind}", **more}


def response(status: str = "in_progress", **more: Any) -> Said:
    told = {"id": "resp_1", "object": "response", "model": "m", "output": [], "error": None, "usage": None}
    return {**told, "status": status, "incomplete_details": None, **more}


def used(prompt: int = 9, completion: int = 5, **more: Any) -> Said:
    return {"input_tokens": prompt, "output_tokens": completion, "total_tokens": prompt + completion, **more}


USED = used()
COUNTED = [9, 5, 14, None, None, None]  # what USED means
CREATED = event("created", response=response())


def start() -> list[Said]:
    return [CREATED, event("in_progress", response=response())]


def ended(status: str = "completed", **more: Any) -> Said:
    return event(status, response=response(status, **{"usage": USED, **more}))


def incomplete(reason: Any, **more: Any) -> Said:
    return ended("incomplete", incomplete_details=reason if reason is None else {"reason": reason}, **more)


def message(*texts: str, annotations: tuple[Said, ...] = ()) -> Said:
    parts = [{"type": "output_text", "text": text, "annotations": list(annotations)} for text in texts]
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": parts}


def refused(text: str) -> Said:
    return {"type": "message", "id": "msg_1", "content": [{"type": "refusal", "refusal": text}]}


def thought(*, content: tuple[str, ...] = (), summary: tuple[str, ...] = ()) -> Said:
    return {
        "type": "reasoning",
        "id": "rs_1",
        "content": [{"type": "reasoning_text", "text": text} for text in content],
        "summary": [{"type": "summary_text", "text": text} for text in summary],
        "encrypted_content": "gAAAA",
    }


def delta(text: Any, kind: str = "output_text", place: int = 0) -> Said:
    return event(f"{kind}.delta", item_id="i_1", output_index=place, content_index=0, delta=text, obfuscation="xY")


def done(item: Said, place: int = 0) -> Said:
    return event("output_item.done", output_index=place, item=item)


def added(item: Said, place: int = 0) -> Said:
    return event("output_item.added", output_index=place, item=item)


def said(*pieces: str, place: int = 0) -> list[Said]:
    """A whole message as OpenAI tells it: its text comes three times."""
    text = "".join(pieces)
    part = {"type": "output_text", "text": text, "annotations": []}
    return [
        added({**message(), "status": "in_progress"}, place),
        event("content_part.added", output_index=place, content_index=0, part={**part, "text": ""}),
        *(delta(piece, place=place) for piece in pieces),
        event("output_text.done", output_index=place, content_index=0, text=text),
        event("content_part.done", output_index=place, content_index=0, part=part),
        done(message(text), place),
    ]


def cited(url: Any, title: Any = "A page", kind: str = "url_citation") -> Said:
    return {"type": kind, "url": url, "title": title, "start_index": 0, "end_index": 3}


def annotated(annotation: Any) -> Said:
    return event("output_text.annotation.added", output_index=0, annotation_index=0, annotation=annotation)


def call(call_id: str, name: str = "now", arguments: str = "", item_id: str = "fc_1") -> Said:
    return {"type": "function_call", "id": item_id, "call_id": call_id, "name": name, "arguments": arguments}


def argued(text: Any, place: Any = 0, item_id: str = "fc_1") -> Said:
    return event("function_call_arguments.delta", output_index=place, item_id=item_id, delta=text)


def argued_all(text: Any, place: Any = 0) -> Said:
    return event("function_call_arguments.done", output_index=place, item_id="fc_9", arguments=text)


def without_places(*events: Said) -> list[Said]:
    return [{key: value for key, value in told.items() if key != "output_index"} for told in events]


def found(*urls: str) -> list[Said]:
    return [{"id": place, "url": url, "title": f"Page {place}", "snippet": "…"} for place, url in enumerate(urls, 1)]


def stream(*events: Said, named: bool = True, eol: str = "\n") -> bytes:
    """The bytes of a response; `named` as OpenAI sends it, else as gateways do."""
    lines = []
    for number, told in enumerate(events):
        name = f"event: {told['type']}{eol}" if named and "type" in told else ""
        lines.append(f"{name}data: {json.dumps({**told, 'sequence_number': number})}{eol}{eol}")
    return "".join(lines).encode()
