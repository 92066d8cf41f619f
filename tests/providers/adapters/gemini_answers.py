"""Answers of Gemini's protocol, written for the tests: the values of a stream, and what they mean together."""

import json
from typing import Any

from tests.providers.adapters.reading import Result

Said = dict[str, Any]


def part(*parts: Said, finish: Any = None, **more: Any) -> Said:
    """One value with these parts."""
    candidate: Said = {"content": {"parts": [*parts], "role": "model"}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    return {"candidates": [{**candidate, **more}], "modelVersion": "gemini-3.8-flash"}


def text(said: str, finish: Any = None, **more: Any) -> Said:
    return part({"text": said}, finish=finish, **more)


def thought(said: str) -> Said:
    return part({"text": said, "thought": True})


def call(finish: Any = None, **function: Any) -> Said:
    return part({"functionCall": function, "thoughtSignature": "c2ln"}, finish=finish)


def used(value: Said, prompt: int, said: int | None = None, **more: int) -> Said:
    """`value` with usage in it."""
    counts = {"promptTokenCount": prompt, "totalTokenCount": prompt + (said or 0) + sum(more.values())}
    counts |= {} if said is None else {"candidatesTokenCount": said}
    return {**value, "usageMetadata": {**counts, **more}}


def error(code: int = 503, status: str = "UNAVAILABLE", message: str = 'Overloaded {"}" now.', **more: Any) -> Said:
    return {"error": {"code": code, "message": message, "status": status, **more}}


def web(*sources: Any) -> Said:
    return {"groundingMetadata": {"groundingChunks": [{"web": source} for source in sources]}}


HELLO = [text("Hel"), text("lo")]
END = used(text("", "STOP"), 9, 5)
USED = [9, 5, 14, None, None, None]
BLOCKED: Said = {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "Reasons", "safetyRatings": []}}
DONE = Result("Hello", usage=USED, finish="stop")

# Name -> what is sent, and what it means.
ANSWERS: dict[str, tuple[list[Said], Result]] = {
    "plain": ([*HELLO, END], DONE),
    "the end with the text": ([HELLO[0], used(text("lo", "STOP"), 9, 5)], DONE),
    "no usage": ([*HELLO, text("", "STOP")], Result("Hello", finish="stop")),
    "STOP with every piece": ([text("Hel", "STOP"), used(text("lo", "STOP"), 9, 5)], DONE),
    "STOP, then something more exact": (
        [text("Hel", "STOP"), text("lo", "MAX_TOKENS")],
        Result("Hello", finish="length"),
    ),
    "something exact, then STOP": (
        [text("Hel", "SAFETY"), text("lo", "STOP")],
        Result("Hello", finish="content_filter"),
    ),
    "no end": ([*HELLO, used(text("!"), 9, 5)], Result("Hello!", usage=USED, failure="stream_cut")),
    "an unset reason is none": ([text("Hello", "FINISH_REASON_UNSPECIFIED")], Result("Hello", failure="stream_cut")),
    "null for a reason": ([text("Hello") | {"usageMetadata": None}, END], DONE),
    "nothing but thoughts for the tokens": (
        [used(part(finish="MAX_TOKENS"), 9, thoughtsTokenCount=5)],
        Result(usage=[9, 5, 14, 5, None, None], finish="length"),
    ),
    "a candidate without content": (
        [*HELLO, {"candidates": [{"finishReason": "STOP"}]}],
        Result("Hello", finish="stop"),
    ),
    "parts that are no text": (
        [
            part({"executableCode": {"code": "1"}}, {"codeExecutionResult": {"output": "1"}}, {"inlineData": {}}, {}),
            part({"text": "Hel"}, {"text": ""}, {"text": "lo", "thoughtSignature": "c2ln"}),
            END,
        ],
        DONE,
    ),
    "several candidates": (
        [{"candidates": [{"index": 1, "content": {"parts": [{"text": "No"}]}}, text("Hello")["candidates"][0]]}, END],
        DONE,
    ),
    "half a character": (
        [text("a\ud83d"), thought("b\ud83d"), text("\ude80\x00"), thought("\ude80"), text("\ud83d"), END],
        Result("a🚀\ufffd\ufffd", "b🚀", usage=USED, finish="stop"),
    ),
    "thoughts": (
        [
            used(thought("Hm"), 9, thoughtsTokenCount=3),
            used(
                part({"text": "m.", "thought": True}, {"text": "Hello", "thought": False}), 9, 1, thoughtsTokenCount=4
            ),
            used(text("", "STOP"), 9, 5, thoughtsTokenCount=4),
        ],
        Result("Hello", "Hmm.", usage=[9, 9, 18, 4, None, None], finish="stop"),
    ),
    "usage of every kind": (
        [
            {"usageMetadata": {"trafficType": "ON_DEMAND"}},
            *HELLO,
            used(text("", "STOP"), 9, 5, thoughtsTokenCount=40, toolUsePromptTokenCount=300),
            used(part(), 9, 6, thoughtsTokenCount=40, toolUsePromptTokenCount=300),
        ],
        Result("Hello", usage=[309, 46, 355, 40, None, None], finish="stop"),
    ),
    "usage without a sum, and from a cache": (
        [text("Hello", "STOP") | {"usageMetadata": {"promptTokenCount": 9, "cachedContentTokenCount": 4}}],
        Result("Hello", usage=[9, 0, 9, None, 4, None], finish="stop"),
    ),
    "a call": (
        [call(name="f", args={"q": "ü", "n": [1, 2.5]}, id="c1"), END],
        Result(tools=[["c1", "f", '{"q": "ü", "n": [1, 2.5]}']], usage=USED, finish="stop"),
    ),
    "calls without ids and arguments": (
        [part({"functionCall": {"name": "f"}}, {"functionCall": {"name": "f", "args": {}}}), call("STOP", name="g")],
        Result(tools=[["", "f", "{}"], ["", "f", "{}"], ["", "g", "{}"]], finish="stop"),
    ),
    "a call in pieces": (
        [
            call(name="f", willContinue=True),
            call(partialArgs=[{"jsonPath": "$.city", "stringValue": "San ", "willContinue": True}], willContinue=True),
            call(partialArgs=[{"jsonPath": "$.city", "stringValue": "José"}], willContinue=True),
            call(willContinue=True, partialArgs=[{"jsonPath": "$.none", "stringValue": "said again, not gone on"}]),
            call(partialArgs=[{"jsonPath": "$.rows[0]['a b']", "numberValue": 1}], willContinue=True),
            call(partialArgs=[{"jsonPath": "$.rows[1].on", "boolValue": False}], willContinue=True),
            call(partialArgs=[{"jsonPath": "$.rows[7].on", "boolValue": True}], willContinue=True),  # after a gap
            call(partialArgs=[{"jsonPath": "$.none", "stringValue": "None."}]),
            call(name="g", willContinue=True),
            call("STOP"),
        ],
        Result(
            tools=[
                ["", "f", '{"city": "San José", "none": "None.", "rows": [{"a b": 1}, {"on": false}]}'],
                ["", "g", "{}"],
            ],
            finish="stop",
        ),
    ),
    "a call in pieces whose end is not told": (
        [
            call(name="f", willContinue=True),
            call(partialArgs=[{"jsonPath": "$.q", "stringValue": "x"}], willContinue=True),
            call(
                name="g", args={"q": 1}, partialArgs=[{"jsonPath": "$.r", "nullValue": "NULL_VALUE"}], willContinue=True
            ),
            END,
        ],
        Result(tools=[["", "f", '{"q": "x"}'], ["", "g", '{"q": 1, "r": null}']], usage=USED, finish="stop"),
    ),
    "grounding": (
        [
            text("Hel", groundingMetadata={}),
            text("lo", **web({"uri": "u:1", "title": "One"}, {"uri": "u:2"}, {"uri": "u:1"}, {"uri": ""}, None)),
            text("", "STOP", **web({"uri": "u:2"}, {"uri": "u:3"})),
        ],
        Result("Hello", citations=["u:1", "u:2", "u:3"], finish="stop"),
    ),
    "citations": (
        [
            text("Hel", citationMetadata={"citationSources": [{"uri": "u:1", "startIndex": 1}, {"startIndex": 3}]}),
            text("lo", "STOP", citationMetadata={"citations": [{"uri": "u:1"}, {"uri": "u:2", "title": "Two"}]}),
        ],
        Result("Hello", citations=["u:1", "u:2"], finish="stop"),
    ),
    "a blocked question": ([BLOCKED], Result(failure="content_filter")),
    "a blocked question that counts": (
        [used({"promptFeedback": {"blockReason": "OTHER"}}, 9)],
        Result(usage=[9, 0, 9, None, None, None], failure="content_filter"),
    ),
    "ratings are no refusal": ([{**HELLO[0], "promptFeedback": {"safetyRatings": [{}]}}, HELLO[1], END], DONE),
    "an answer that is taken back": (
        [
            *HELLO,
            {"candidates": [{"finishReason": "RECITATION", "citationMetadata": {"citationSources": [{"uri": "u:1"}]}}]},
        ],
        Result("Hello", citations=["u:1"], finish="content_filter"),
    ),
    "an error": ([*HELLO, error()], Result("Hello", failure="overloaded")),
    "an error after STOP": ([text("Hello", "STOP"), error(500, "INTERNAL")], Result("Hello", failure="upstream")),
    "an error without a wrapper": ([*HELLO, error(429, "X")["error"]], Result("Hello", failure="rate_limit")),
    "an error alone": ([error(400, "INVALID_ARGUMENT")], Result(failure="invalid_request")),
    "nothing that is an answer": ([{"choices": []}], Result(failure="malformed")),
}


def events(*said: Said, eol: str = "\r\n") -> bytes:
    return "".join(f"data: {json.dumps(value)}{eol * 2}" for value in said).encode()


def array(*said: Said, indent: int | None = 2) -> bytes:
    return b"[" + b"\n,\r\n".join(json.dumps(value, indent=indent).encode() for value in said) + b"\n]\n"
