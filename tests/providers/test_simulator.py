"""The simulator over real HTTP: the protocol, the words and parts that a model's name asks for, streamed and whole."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.providers.simulator_client import QUESTION, Client
from tests.simulator import RunningSimulator


@pytest.fixture
async def client(simulator: RunningSimulator) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10) as http:
        yield Client(http)


# --- the protocol --------------------------------------------------------------------------------------------------
async def test_lists_its_presets(client: Client) -> None:
    answer = (await client.http.get("models")).json()
    assert answer["object"] == "list"
    assert {"sim", "sim-fast", "sim-slow"} <= {row["id"] for row in answer["data"]}


async def test_a_stream_has_the_shape_of_openai(client: Client) -> None:
    streamed = await client.stream("sim-instant:tokens=5")
    first, *rest = streamed.chunks
    assert first["object"] == "chat.completion.chunk"
    assert first["choices"][0]["delta"]["role"] == "assistant"
    assert all(chunk["id"] == first["id"] and chunk["model"] == "sim-instant:tokens=5" for chunk in rest)
    assert len(streamed.pieces) == 5
    assert streamed.finishes == ["stop"]
    assert streamed.events[-1] == "[DONE]"
    assert not any("usage" in chunk for chunk in streamed.chunks)


async def test_a_whole_answer_says_what_a_stream_says(client: Client) -> None:
    model = "sim-instant:tokens=40,reasoning=6,citations=2"
    streamed, answer = await client.stream(model), await client.whole(model)
    message = answer["choices"][0]["message"]
    assert answer["object"] == "chat.completion"
    assert message["content"] == streamed.text
    assert message["reasoning_content"] == "".join(delta.get("reasoning_content", "") for delta in streamed.deltas)
    assert [delta["annotations"] for delta in streamed.deltas if "annotations" in delta] == [message["annotations"]]
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"]["completion_tokens"] == 46


async def test_parameters_of_sampling_change_nothing(client: Client) -> None:
    plain = await client.stream("sim-instant:text=lorem")
    assert (await client.stream("sim-instant:text=lorem", temperature=2, top_p=0.1, seed=4)).text == plain.text


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_a_limit_on_tokens_is_obeyed(client: Client, name: str) -> None:
    streamed = await client.stream("sim-instant", **{name: 7})
    assert (len(streamed.pieces), streamed.finishes) == (7, ["length"])


# --- the words -----------------------------------------------------------------------------------------------------
async def test_the_default_answer_repeats_the_question_and_explains(client: Client) -> None:
    text = (await client.stream("sim-instant", "How do I\nstart?")).text
    assert text.startswith("> You asked: How do I start?\n\n# Welcome")
    keys = ("OPENAI_API_KEY", "PERPLEXITY_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY", "ANTHROPIC_API_KEY")
    for word in (*keys, "OLLAMA_HOST", "/admin/", "load_registry", "```toml", "```python", "|---|", "\n  - "):
        assert word in text


@pytest.mark.parametrize(
    ("kind", "inside"),
    [("readme", "OLLAMA_HOST"), ("code", "```sql"), ("unicode", "👩‍💻"), ("echo", QUESTION), ("lorem", ". ")],
)
async def test_text(client: Client, kind: str, inside: str) -> None:
    assert inside in (await client.stream(f"sim-instant:text={kind}")).text


async def test_presets_with_a_text_of_their_own(client: Client) -> None:
    for preset, kind in (("sim-code", "code"), ("sim-unicode", "unicode")):
        fast = f"{preset}:ttft=0ms,rate=max"
        assert (await client.stream(fast)).text == (await client.stream(f"sim-instant:text={kind}")).text


@pytest.mark.parametrize("kind", ["readme", "code", "unicode", "echo", "lorem"])
async def test_tokens_gives_exactly_that_many_of_one_and_the_same_text(client: Client, kind: str) -> None:
    short, long = [await client.stream(f"sim-instant:text={kind},tokens={number}") for number in (30, 2500)]
    assert (len(short.pieces), len(long.pieces)) == (30, 2500)
    assert long.text.startswith(short.text)


async def test_the_same_question_and_seed_give_the_same_text(client: Client) -> None:
    texts = [
        (await client.stream(model, prompt)).text
        for model, prompt in (
            ("sim-instant:text=lorem,seed=1", "a"),
            ("sim-fast:text=lorem,seed=1,rate=max,reasoning=3", "a"),
            ("sim-instant:text=lorem,seed=2", "a"),
            ("sim-instant:text=lorem,seed=1", "b"),
        )
    ]
    assert texts[0] == texts[1]
    assert len(set(texts)) == 3


async def test_a_prefix_is_continued(client: Client) -> None:
    whole = (await client.stream("sim-instant:text=lorem,tokens=60")).text
    prefix = whole[:101]
    messages = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": prefix}]
    assert prefix + (await client.stream("sim-instant:text=lorem,tokens=60", messages=messages)).text == whole
    messages[-1]["content"] = "Something else"
    assert (await client.stream("sim-instant:text=lorem,tokens=60", messages=messages)).text == whole


async def test_content_in_parts_is_read(client: Client, simulator: RunningSimulator) -> None:
    parts = [
        {"type": "text", "text": "one "},
        {"type": "image_url", "image_url": {"url": "data:,"}},
        {"type": "text", "text": "two"},
    ]
    assert (
        await client.stream("sim-instant:text=echo", messages=[{"role": "user", "content": parts}])
    ).text == "one two"


async def test_half_a_surrogate_pair_is_no_obstacle(client: Client) -> None:
    body = b'{"model": "sim-instant:text=echo", "messages": [{"role": "user", "content": "a\\ud83db"}]}'
    assert (await client.http.post("chat/completions", content=body)).json()["choices"][0]["message"][
        "content"
    ] == "a?b"


# --- the parts -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("reasoning_content", lambda delta: delta.get("reasoning_content")),
        ("reasoning", lambda delta: delta.get("reasoning")),
        ("reasoning_details", lambda delta: delta.get("reasoning_details", [{}])[0].get("text")),
        ("openrouter", lambda delta: delta.get("reasoning_details", [{}])[0].get("text")),
        ("openrouter", lambda delta: delta.get("reasoning")),
        (
            "parts",
            lambda delta: (
                delta["content"][0]["thinking"][0]["text"] if isinstance(delta.get("content"), list) else None
            ),
        ),
    ],
)
async def test_reasoning_under_every_key(client: Client, key: str, told: Any) -> None:
    model = f"sim-instant:reasoning=9,reasoning-key={key},tokens=3"
    streamed = await client.stream(model)
    thoughts = [told(delta) for delta in streamed.deltas if told(delta)]
    assert len(thoughts) == 9
    assert "".join(thoughts).startswith("First, what is being asked?")
    assert len(streamed.pieces) == 3
    message = (await client.whole(model))["choices"][0]["message"]
    assert told(message) == "".join(thoughts)
    assert streamed.text in json.dumps(message["content"])


async def test_reasoning_between_tags(client: Client) -> None:
    model = "sim-instant:reasoning=9,reasoning-key=think,tokens=3"
    text = (await client.stream(model)).text
    assert text.startswith("<think>\nFirst, ")
    assert text.endswith("\n</think>\n\n> You asked")
    assert (await client.whole(model))["choices"][0]["message"]["content"] == text


async def test_the_thinking_preset_reasons(client: Client) -> None:
    streamed = await client.stream("sim-thinking:ttft=0ms,rate=max,tokens=1")
    assert sum("reasoning_content" in delta for delta in streamed.deltas) == 120


async def test_citations_after_the_text(client: Client) -> None:
    streamed = await client.stream("sim-sources:ttft=0ms,rate=max,tokens=2")
    cited = [delta["annotations"] for delta in streamed.deltas if "annotations" in delta]
    assert [source["url_citation"]["url"] for source in cited[0]] == [
        f"https://example.org/source/{n}" for n in (1, 2, 3)
    ]
    assert len(cited) == 1


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("citations", "https://example.org/source/1"),
        ("search_results", {"url": "https://example.org/source/1", "title": "Simulated source 1"}),
    ],
)
async def test_citations_beside_the_choices(client: Client, key: str, first: Any) -> None:
    model = f"sim-instant:citations=2,citations-key={key},tokens=4"
    streamed = await client.stream(model)
    assert all(chunk[key][0] == first and len(chunk[key]) == 2 for chunk in streamed.chunks)
    assert not any("annotations" in delta for delta in streamed.deltas)
    assert (await client.whole(model))[key][0] == first


async def test_tool_calls(client: Client) -> None:
    offered = [{"type": "function", "function": {"name": name, "parameters": {}}} for name in ("weather", "clock")]
    streamed = await client.stream("sim-instant:tools=3", tools=offered)
    pieces = [piece for delta in streamed.deltas for piece in delta.get("tool_calls", [])]
    named = [piece for piece in pieces if "id" in piece]
    assert [(piece["index"], piece["function"]["name"]) for piece in named] == [
        (0, "weather"),
        (1, "clock"),
        (2, "weather"),
    ]
    for index in range(3):
        arguments = "".join(piece["function"]["arguments"] for piece in pieces if piece["index"] == index)
        assert json.loads(arguments) == {"query": QUESTION}
    assert (streamed.text, streamed.finishes) == ("", ["tool_calls"])

    choice = (await client.whole("sim-instant:tools=3", tools=offered))["choices"][0]
    assert [call["function"]["name"] for call in choice["message"]["tool_calls"]] == ["weather", "clock", "weather"]
    assert json.loads(choice["message"]["tool_calls"][2]["function"]["arguments"]) == {"query": QUESTION}
    assert (choice["message"]["content"], choice["finish_reason"]) == (None, "tool_calls")


async def test_a_tools_result_is_answered_with_text(client: Client) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "lookup", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "42"},
    ]
    streamed = await client.stream("sim-instant:tools=1,tokens=5", messages=messages)
    assert (len(streamed.pieces), streamed.finishes) == (5, ["stop"])


@pytest.mark.parametrize("reason", ["stop", "length", "tool_calls", "content_filter"])
async def test_finish(client: Client, reason: str) -> None:
    assert (await client.stream(f"sim-instant:tokens=1,finish={reason}")).finishes == [reason]
    assert (await client.whole(f"sim-instant:tokens=1,finish={reason}"))["choices"][0]["finish_reason"] == reason


@pytest.mark.parametrize(
    ("usage", "asked", "where"),
    [
        ("asked", False, None),
        ("asked", True, "alone"),
        ("on", False, "finish"),
        ("late", False, "alone"),
        ("off", True, None),
    ],
)
async def test_usage(client: Client, usage: str, asked: bool, where: str | None) -> None:
    model = f"sim-instant:tokens=4,reasoning=2,usage={usage}"
    streamed = await client.stream(model, stream_options={"include_usage": asked})
    telling = [chunk for chunk in streamed.chunks if "usage" in chunk]
    assert ("usage" in await client.whole(model)) == (usage != "off")
    if where is None:
        assert telling == []
        return
    (chunk,) = telling
    counts = chunk["usage"]
    assert (counts["completion_tokens"], counts["completion_tokens_details"]["reasoning_tokens"]) == (6, 2)
    assert counts["total_tokens"] == counts["prompt_tokens"] + 6 > 6
    assert (chunk["choices"] == []) == (where == "alone")
