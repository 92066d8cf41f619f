"""Writes one streamed response, event by event. What it has written makes up the whole response as well.

The event of a token is the same but for the text and its number, so its head is built once per item.
"""

from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

from providers.simulator.beats import Call, Cite, End, Finish, Garbage, Open, Reasoning, Said, Text, Trouble, Usage
from providers.simulator.protocols import openai_responses_words as words
from providers.simulator.protocols.base import About
from providers.simulator.protocols.openai_words import HOLE, THINK_BEGINS, THINK_ENDS, to_json

_WHY = {"length": "max_output_tokens", "content_filter": "content_filter"}  # a response is incomplete


class EventWriter:
    content_type = "text/event-stream"

    def __init__(self, about: About) -> None:
        self._about = about
        self._eol = b"\r\n" if about.options.crlf else b"\n"
        self._tagged, self._thinking = about.options.reasoning_key == "think", False
        self._number = 0  # of events written
        self._output: list[words.Said] = []  # finished items
        self._annotations: list[words.Said] = []
        self._kind: words.Kind | None = None  # of the item that is being told
        self._pieces: list[str] = []
        self._head = b""
        self._end: words.Said = {"status": "in_progress"}
        self._writers: dict[type[Said], Callable[[Any], bytes]] = {
            Open: lambda _: self._begin(),
            Text: self._write_text,
            Reasoning: self._write_reasoning,
            Cite: self._write_sources,
            Call: self._write_call,
            Finish: self._write_finish,
            Usage: self._note_usage,
            End: lambda _: self._write_end(),
            Trouble: self._write_trouble,
            Garbage: lambda _: self._framed("response.output_text.delta", b'{"delta":"broken o'),
        }

    def write(self, beat: Said) -> bytes:
        return self._writers[type(beat)](beat)

    def comment(self) -> bytes:
        return b": keep-alive" + self._eol * 2

    def response(self) -> words.Said:
        """The whole of it, as far as it was told."""
        return words.response(self._about, output=self._output, **self._end)

    # --- beats ---------------------------------------------------------------------------------------------------
    def _begin(self) -> bytes:
        told = self._event("created", response=self.response()) + self._event("in_progress", response=self.response())
        if not self._about.sources or self._about.options.citations_key == "annotations":
            return told
        results = words.found(self._about.sources)  # as Perplexity tells them, before it says a word
        item = {"type": "search_results", "queries": ["simulated"], "results": results}
        told += self._event("reasoning.started") + self._event("reasoning.search_queries", queries=item["queries"])
        told += self._event("reasoning.search_results", results=results) + self._event("reasoning.stopped")
        told += self._event("output_item.added", output_index=0, item={**item, "results": []})
        self._output.append(item)
        return told + self._event("output_item.done", output_index=0, item=item)

    def _write_text(self, beat: Text) -> bytes:
        closing = THINK_ENDS if self._thinking else ""
        self._thinking = False
        return self._in_message() + self._piece(closing + beat.text)

    def _write_reasoning(self, beat: Reasoning) -> bytes:
        if self._tagged:
            opening = "" if self._thinking else THINK_BEGINS
            self._thinking = True
            return self._in_message() + self._piece(opening + beat.text)
        if self._kind is not None:
            return self._piece(beat.text)
        make = words.reasoning if self._about.options.reasoning_key == "reasoning" else words.summary
        return self._open(make(self._item_id("rs"))) + self._piece(beat.text)

    def _write_sources(self, beat: Cite) -> bytes:
        if self._about.options.citations_key != "annotations":
            return b""
        told = self._in_message()
        for source in beat.sources:
            annotation, place = words.annotation(source), len(self._annotations)
            self._annotations.append(annotation)
            where = {"output_index": len(self._output), "content_index": 0, "annotation_index": place}
            told += self._event("output_text.annotation.added", **where, annotation=annotation)
        return told

    def _write_call(self, beat: Call) -> bytes:
        told = b""
        if beat.id:
            told = self._close() + self._open(words.function_call(self._item_id("fc"), beat))
        return told + (self._piece(beat.arguments) if beat.arguments else b"")

    def _write_finish(self, beat: Finish) -> bytes:
        told = self._piece(THINK_ENDS) if self._thinking else b""
        why = _WHY.get(beat.reason)
        self._end = {"status": "incomplete", "incomplete_details": {"reason": why}} if why else {"status": "completed"}
        if beat.usage:
            self._end["usage"] = words.usage(beat.usage)
        return told + self._close()

    def _note_usage(self, beat: Usage) -> bytes:
        self._end["usage"] = words.usage(beat.usage)
        return b""

    def _write_end(self) -> bytes:
        if self._end["status"] == "failed":  # the mark that some gateways put under everything
            return b"data: [DONE]" + self._eol * 2
        return self._event(self._end["status"], response=self.response())

    def _write_trouble(self, beat: Trouble) -> bytes:
        error = words.error(beat.failure)
        self._end = {"status": "failed", "error": {"code": error["code"], "message": error["message"]}}
        told = self._numbered("error", {"type": "error", "error": error})
        return told + self._event("failed", response=self.response())

    # --- items ---------------------------------------------------------------------------------------------------
    def _item_id(self, prefix: str) -> str:
        return f"{prefix}_sim_{self._about.id}_{len(self._output)}"

    def _in_message(self) -> bytes:
        if self._kind is not None and self._kind.pieces == "output_text":
            return b""
        return self._close() + self._open(words.message(self._item_id("msg"), self._annotations))

    def _open(self, kind: words.Kind) -> bytes:
        self._kind, self._pieces = kind, []
        item = {**kind.item(""), "status": "in_progress"}
        told = self._event("output_item.added", output_index=len(self._output), item=item)
        if kind.part:
            told += self._event(f"{kind.parts}.added", **self._where(kind), part=kind.part(""))
        name = f"response.{kind.pieces}.delta"
        event = self._framed(name, to_json({"type": name, **self._where(kind), "delta": HOLE}))
        self._head = event.partition(to_json(HOLE))[0]
        return told

    def _piece(self, text: str) -> bytes:
        self._pieces.append(text)
        tail = b',"sequence_number":%d}' % self._number + self._eol * 2
        self._number += 1
        return self._head + encode_basestring(text).encode() + tail

    def _close(self) -> bytes:
        """Ends the item that is being told: it is said up to three times more, and whole."""
        kind, text = self._kind, "".join(self._pieces)
        if kind is None:
            return b""
        self._kind, item = None, {**kind.item(text), "status": "completed"}
        told = self._event(f"{kind.pieces}.done", **self._where(kind), **{kind.whole: text})
        if kind.part:
            told += self._event(f"{kind.parts}.done", **self._where(kind), part=kind.part(text))
        told += self._event("output_item.done", output_index=len(self._output), item=item)
        self._output.append(item)
        return told

    def _where(self, kind: words.Kind) -> words.Said:
        where: words.Said = {"item_id": kind.id, "output_index": len(self._output)}
        return {**where, kind.index: 0} if kind.part else where

    # --- bytes ---------------------------------------------------------------------------------------------------
    def _event(self, name: str, **fields: Any) -> bytes:
        return self._numbered(f"response.{name}", {"type": f"response.{name}", **fields})

    def _numbered(self, name: str, event: words.Said) -> bytes:
        event["sequence_number"] = self._number
        self._number += 1
        return self._framed(name, to_json(event))

    def _framed(self, name: str, data: bytes) -> bytes:
        return b"event: " + name.encode() + self._eol + b"data: " + data + self._eol * 2
