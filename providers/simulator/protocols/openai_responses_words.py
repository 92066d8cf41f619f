"""The vocabulary of Responses that events and whole answers share: items, how each is told, usage, errors."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from providers.simulator.beats import Call, Counts, Failure, Source
from providers.simulator.protocols import openai_words
from providers.simulator.protocols.base import About

Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """How an item is told: as `item`, in a `part` of it where it has parts, in pieces under the name `pieces`, and once
    more whole under `whole`. `index` is what its parts are counted by."""

    id: str
    pieces: str
    whole: str
    item: Callable[[str], Said]
    part: Callable[[str], Said] | None = None
    parts: str = "content_part"
    index: str = "content_index"


def message(item_id: str, annotations: Sequence[Said]) -> Kind:
    def part(text: str) -> Said:
        return {"type": "output_text", "annotations": list(annotations), "logprobs": [], "text": text}

    def item(text: str) -> Said:
        return {"id": item_id, "type": "message", "role": "assistant", "content": [part(text)] if text else []}

    return Kind(item_id, "output_text", "text", item, part)


def summary(item_id: str) -> Kind:
    """Reasoning as OpenAI tells it: only in summary."""

    def part(text: str) -> Said:
        return {"type": "summary_text", "text": text}

    def item(text: str) -> Said:
        return {"id": item_id, "type": "reasoning", "summary": [part(text)] if text else []}

    return Kind(item_id, "reasoning_summary_text", "text", item, part, "reasoning_summary_part", "summary_index")


def reasoning(item_id: str) -> Kind:
    """Reasoning as open models tell it: itself."""

    def part(text: str) -> Said:
        return {"type": "reasoning_text", "text": text}

    def item(text: str) -> Said:
        return {"id": item_id, "type": "reasoning", "summary": [], "content": [part(text)] if text else []}

    return Kind(item_id, "reasoning_text", "text", item, part)


def function_call(item_id: str, call: Call) -> Kind:
    def item(arguments: str) -> Said:
        told = {"id": item_id, "type": "function_call", "call_id": call.id, "name": call.name}
        return {**told, "arguments": arguments}

    return Kind(item_id, "function_call_arguments", "arguments", item)


def found(sources: Iterable[Source]) -> list[Said]:
    """Sources as Perplexity tells them."""
    return [
        {"id": place, "url": source.url, "title": source.title, "snippet": "", "source": "web"}
        for place, source in enumerate(sources, 1)
    ]


def annotation(source: Source) -> Said:
    return {"type": "url_citation", "url": source.url, "title": source.title, "start_index": 0, "end_index": 0}


def usage(counts: Counts) -> Said:
    return {
        "input_tokens": counts.prompt,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": counts.completion,
        "output_tokens_details": {"reasoning_tokens": counts.reasoning},
        "total_tokens": counts.prompt + counts.completion,
    }


def response(about: About, status: str, output: Sequence[Said], **more: Any) -> Said:
    told = {"id": f"resp_sim_{about.id}", "object": "response", "created_at": about.created, "status": status}
    told |= {"error": None, "incomplete_details": None, "model": about.model, "output": list(output)}
    return {**told, "store": False, "usage": None, **more}


def error(failure: Failure) -> Said:
    """As an event tells it; inside a response it has `code` and `message` alone, and never no code."""
    told: Said = openai_words.error(failure)["error"]
    return {"type": told["type"], "code": told["code"] or told["type"], "message": told["message"], "param": None}
