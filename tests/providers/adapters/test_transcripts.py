"""What real providers really sent, where the recordings are present: over HTTP, and cut at every byte.

Over HTTP each recording is sent in one piece and in random pieces, the short ones byte by byte as well. In the process,
each is cut in two at every byte of its first 20 KB and at 500 seeded places beyond.
"""

import asyncio
import json
import pickle
import random
import re
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.adapters.decoding import Decoder
from providers.errors import ProviderError
from providers.events import Event, KeepAlive, Opened
from providers.types import ChatRequest, Endpoint, Message
from tests.providers.adapters.protocols import PROTOCOLS, Protocol, protocol_of_error
from tests.providers.adapters.reading import (
    ENDPOINT,
    RECORDINGS,
    REPLAY,
    Result,
    decode,
    folded,
    gathered,
    without_keep_alives,
)

SIDECAR = ".expected.json"
pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings not present (../shared/transcripts)")

FIRST, BEYOND = 20_000, 500
SHORT = 8_000  # bytes: sent one by one over HTTP up to here
AT_ONCE = 8  # the server waits within each answer; of more at once, no connection would serve twice
KIND_BY_STATUS = {
    400: "invalid_request",
    401: "authentication",
    402: "quota",
    403: "permission",
    404: "model_not_found",
    429: "rate_limit",
    503: "overloaded",
}
KIND_BY_CODE = {
    "context_length_exceeded": "context_length",
    "model_not_found": "model_not_found",
    "API_KEY_INVALID": "authentication",
    "FAILED_PRECONDITION": "permission",
}
CAME_WHOLE = {"compat:litellm:messages-json-despite-stream"}  # sidecars tell of streams alone
TOO_LONG_BY_WORDS = {"openrouter-400-1"}


def sidecar(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def told_whole(raw: bytes) -> dict[str, Any]:
    """What a message of Anthropic's means that is all text."""
    answer = json.loads(raw)
    prompt, completion = answer["usage"]["input_tokens"], answer["usage"]["output_tokens"]
    return {
        "expected_text": "".join(block["text"] for block in answer["content"]),
        "expected_finish_normalized": "stop",
        "expected_usage": {"prompt": prompt, "completion": completion, "total": prompt + completion},
    }


def recordings() -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Of all the formats that some protocol names."""
    formats = {known for protocol in PROTOCOLS.values() for known in protocol.formats}
    found = {}
    for path in sorted(RECORDINGS.rglob(f"*{SIDECAR}")):
        meta = sidecar(path)
        if meta.get("format") in formats:
            answer = path.with_name(path.name.removesuffix(SIDECAR))
            raw = answer.read_bytes()
            name = ":".join(answer.relative_to(RECORDINGS).with_suffix("").parts)
            found[name] = (raw, {**meta, **told_whole(raw)} if name in CAME_WHOLE else meta)
    return found


RECORDED = recordings()
ERRORS = {path.stem: sidecar(path) for path in sorted(RECORDINGS.glob("errors/*.json"))}
WHOLE = {
    path.stem: answer
    for path in sorted(RECORDINGS.glob("nonstream/*.json"))
    if "choices" in (answer := sidecar(path)["response"])
}


def protocol_of(name: str) -> Protocol:
    _, meta = RECORDED[name]
    return next(protocol for protocol in PROTOCOLS.values() if meta["format"] in protocol.formats)


def expected_end(raw: bytes, meta: dict[str, Any]) -> tuple[str | None, bool]:
    """The finish, and whether it must fail. Where a sidecar knows no finish, the rules say what its absence means."""
    finish = meta.get("expected_finish_normalized")
    if meta.get("expected_error") or finish == "error" or b'"object": "error"' in raw:
        return None, True
    if finish is None and b"[DONE]" in raw and meta.get("expected_usage"):
        return ("tool_calls" if meta["tool_calls"] else "stop"), False
    return finish, finish is None


def check(result: Result, raw: bytes, meta: dict[str, Any]) -> None:
    tags = meta.get("think_tags") or {}
    assert result.text == tags.get("text", meta["expected_text"])
    assert result.reasoning == meta["expected_reasoning"] + tags.get("reasoning", "")
    assert result.refusal == meta["expected_refusal"]
    assert result.citations == meta["citations"]
    assert [call[1:] for call in result.tools] == [[call["name"], call["arguments"]] for call in meta["tool_calls"]]
    ids = [call["id"] for call in meta["tool_calls"]]  # some adapters make one where the provider gives none
    assert [told and call[0] for call, told in zip(result.tools, ids, strict=True)] == ids
    assert (result.finish, result.failure is not None) == expected_end(raw, meta)
    usage = meta.get("expected_usage")
    assert (result.usage is None) == (usage is None)
    if usage and result.usage:
        prompt, completion, total, reasoning, *_ = result.usage
        assert (prompt, total) == (usage["prompt"], usage["total"])
        apart = usage["prompt"] + usage["completion"] + (reasoning or 0) == usage["total"]
        assert completion == usage["completion"] + ((reasoning or 0) if apart else 0)


@pytest.fixture(
    scope="module", params=["random", *(pytest.param(chunk, marks=pytest.mark.slow) for chunk in ("whole", "byte"))]
)
def replayed(request: pytest.FixtureRequest) -> Iterator[tuple[str, Endpoint]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(REPLAY), str(RECORDINGS), "--port", str(port), "--chunk", request.param]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line.startswith("replay: "), line
        yield request.param, Endpoint("Acme", f"http://127.0.0.1:{port}/v1", api_key="k")
        server.kill()


async def answers_to(
    names: Iterable[str], protocol: str, endpoint: Endpoint, client: httpx.AsyncClient
) -> dict[str, tuple[list[Event], ProviderError | None]]:
    """What the adapter makes of the recordings of these names."""
    adapter, room = PROTOCOLS[protocol].adapter, asyncio.Semaphore(AT_ONCE)

    async def answer(name: str) -> tuple[list[Event], ProviderError | None]:
        async with room:
            return await gathered(adapter.stream(ChatRequest(name, (Message("user", "Hi"),)), endpoint, client))

    asked = list(names)
    return dict(zip(asked, await asyncio.gather(*map(answer, asked)), strict=True))


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_recordings_over_http(protocol: str, replayed: tuple[str, Endpoint], client: httpx.AsyncClient) -> None:
    chunk, endpoint = replayed
    known = PROTOCOLS[protocol]
    own = {name: raw for name, (raw, meta) in RECORDED.items() if meta["format"] in known.formats}
    served = [name for name, raw in own.items() if chunk != "byte" or len(raw) <= SHORT]
    assert served
    for name, (events, failure) in (await answers_to(served, protocol, endpoint, client)).items():
        assert isinstance(events[0], Opened), name
        check(folded(events, failure), *RECORDED[name])


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_recorded_errors_over_http(
    protocol: str, replayed: tuple[str, Endpoint], client: httpx.AsyncClient
) -> None:
    """Every protocol gets every error, for a proxy may answer in the words of another; its own are told in full."""
    _, endpoint = replayed
    answers = await answers_to([f"errors:{name}" for name in ERRORS], protocol, endpoint, client)
    for name, meta in ERRORS.items():
        events, failure = answers[f"errors:{name}"]
        assert events == []
        assert failure is not None, name
        assert failure.status == meta["status"], name
        assert len(str(failure)) < 500
        if protocol_of_error(name) != protocol:
            continue
        body = json.loads(meta["body"]) if meta.get("json") else {}
        error = body.get("error") if isinstance(body.get("error"), dict) else {}
        details = googles_details(error)
        codes = (str(error.get("code")), details.get("reason"), error.get("status"))
        expected = next((KIND_BY_CODE[code] for code in codes if code in KIND_BY_CODE), KIND_BY_STATUS[meta["status"]])
        assert failure.kind == ("context_length" if name in TOO_LONG_BY_WORDS else expected), name
        assert failure.retryable == (meta["status"] in (429, 503)), name
        told = meta["headers"].get("retry-after") or details.get("retryDelay", "").removesuffix("s")
        assert failure.retry_after == (float(told) if told else None), name


def googles_details(error: dict[str, Any]) -> dict[str, Any]:
    listed = error.get("details")
    return {key: told for detail in listed for key, told in detail.items()} if isinstance(listed, list) else {}


def copy_of(state: bytes) -> Decoder:
    decoder: Decoder = pickle.loads(state)  # noqa: S301 - made here
    return decoder


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_recording_cut_in_two_at_every_byte(name: str) -> None:
    """Up to the end of the event before the cut a decoder's state is kept, so that each cut costs two events."""
    raw, meta = RECORDED[name]
    check(folded(*decode([raw], make=protocol_of(name).decoder)), raw, meta)
    decoder = protocol_of(name).decoder(ENDPOINT, "")
    event_end = rb"\n" if meta["format"].startswith("ollama") else rb"\r\n\r\n|\n\n|\r\r|\n\}\r?\n"
    ends = [match.end() for match in re.finditer(event_end, raw)]
    ends = sorted({0, *ends, len(raw)})
    beyond = range(FIRST, len(raw))
    chosen = set(random.Random(name).sample(beyond, min(BEYOND, len(beyond))))
    for number, start in enumerate(ends[:-1]):
        end, after = ends[number + 1], ends[min(number + 2, len(ends) - 1)]
        state = pickle.dumps(decoder)
        expected = decoder.feed(raw[start:end])
        expected = without_keep_alives(expected + copy_of(pickle.dumps(decoder)).feed(raw[end:after]))
        for cut in range(start, end):
            if cut >= FIRST and cut not in chosen:
                continue
            other = copy_of(state)
            events = other.feed(raw[start:cut]) if cut > start else []
            assert without_keep_alives(events + other.feed(raw[cut:after])) == expected, cut
        if decoder.ended:
            break


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_recording_byte_by_byte(name: str) -> None:
    raw, meta = RECORDED[name]
    make = protocol_of(name).decoder
    events, failure = decode([raw[i : i + 1] for i in range(len(raw))], make=make)
    check(folded(events, failure), raw, meta)
    whole, _ = decode([raw], make=make)
    assert [e for e in events if not isinstance(e, KeepAlive)] == [e for e in whole if not isinstance(e, KeepAlive)]


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_recorded_whole_answer(name: str) -> None:
    answer = WHOLE[name]
    raw = json.dumps(answer).encode()
    message, usage = answer["choices"][0]["message"], answer["usage"]
    for parts in ([raw], [raw[i : i + 100] for i in range(0, len(raw), 100)]):
        result = folded(*decode(parts))
        content = message.get("content") or ""
        if content.startswith("<think>"):
            assert "<think>" + result.reasoning + result.text == content
        else:
            assert result.text == content
            assert result.reasoning == (message.get("reasoning_content") or message.get("reasoning") or "")
        told = answer["choices"][0]["finish_reason"]
        assert result.finish == {"eos": "stop"}.get(told, told)
        assert result.usage is not None
        assert result.usage[:1] + result.usage[2:3] == [usage["prompt_tokens"], usage["total_tokens"]]
        assert result.citations == answer.get("citations", [])
        calls = [[c["id"], c["function"]["name"], c["function"]["arguments"]] for c in message.get("tool_calls") or ()]
        assert result.tools == calls
