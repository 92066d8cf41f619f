"""The gateway as the official OpenAI client sees it, over HTTP: answers, streams, models."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel

from accounts.models import Organization, User
from providers.models import Deployment, Model, Provider, Route
from tests.fixtures_engine import until
from tests.simulator import RunningSimulator
from tests.threads.api.asking import HELLO, generation_row
from tests.threads.api.live import remembering
from threads import database
from threads.generation import log
from threads.generation.fold import fold
from threads.models import Attempt, Generation, StoredPrompt

MakeModel = Callable[[str], Awaitable[str]]
QUICK = "sim:ttft=0ms,rate=1000,tokens=30"
RICH = "sim:ttft=0ms,rate=1000,reasoning=10,citations=2,tokens=40"
TOOLS: Any = [{"type": "function", "function": {"name": "lookup", "parameters": {"type": "object", "properties": {}}}}]


def _strict(told: BaseModel) -> None:
    """It fits the client's types exactly, which the client itself does not insist on."""
    type(told).model_validate(told.model_dump())


async def _chunks(openai: AsyncOpenAI, model: str, **more: Any) -> list[ChatCompletionChunk]:
    stream = await openai.chat.completions.create(model=model, messages=HELLO, stream=True, **more)
    chunks = [chunk async for chunk in stream]
    for chunk in chunks:
        _strict(chunk)
    return chunks


async def test_a_whole_answer(openai: AsyncOpenAI, model: MakeModel, simulator: RunningSimulator) -> None:
    name = await model(QUICK)
    answer = await openai.chat.completions.create(model=name, messages=HELLO)
    _strict(answer)
    assert isinstance(answer, ChatCompletion)
    [choice] = answer.choices
    assert choice.message.content == simulator.record()[0]["text"] != ""
    assert (choice.index, choice.message.role, choice.finish_reason) == (0, "assistant", "stop")
    assert (answer.object, answer.model) == ("chat.completion", name)
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 30
    generation = await generation_row()
    assert answer._request_id == str(generation.pk)
    assert answer.id.endswith(str(generation.pk))
    assert answer.created == int(generation.created_at.timestamp())


async def test_a_stream_says_the_role_first_and_everything_once(
    openai: AsyncOpenAI, model: MakeModel, simulator: RunningSimulator
) -> None:
    chunks = await _chunks(openai, await model(QUICK))
    assert {(chunk.id, chunk.created, chunk.object) for chunk in chunks} == {
        (chunks[0].id, chunks[0].created, "chat.completion.chunk")
    }
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert (deltas[0].role, deltas[0].content) == ("assistant", "")
    assert all(delta.role is None for delta in deltas[1:])
    assert "".join(delta.content or "" for delta in deltas) == simulator.record()[0]["text"]
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert all(chunk.usage is None for chunk in chunks)


async def test_usage_comes_last_where_it_was_asked_for(openai: AsyncOpenAI, model: MakeModel) -> None:
    *chunks, last = await _chunks(openai, await model(QUICK), stream_options={"include_usage": True})
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)
    assert last.choices == []
    assert last.usage is not None
    whole = (await openai.chat.completions.create(model=QUICK, messages=HELLO)).usage
    assert whole is not None
    assert last.usage.completion_tokens == whole.completion_tokens == 30


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_reasoning_and_sources(openai: AsyncOpenAI, model: MakeModel, stream: bool) -> None:
    name = await model(RICH)
    if stream:
        deltas = [chunk.choices[0].delta.model_dump() for chunk in await _chunks(openai, name)]
        reasoning = "".join(delta.get("reasoning_content", "") for delta in deltas)
        sources = [one for delta in deltas for one in delta.get("annotations", [])]
    else:
        answer = await openai.chat.completions.create(model=name, messages=HELLO)
        _strict(answer)
        reasoning = answer.choices[0].message.reasoning_content  # type: ignore[attr-defined]
        sources = [one.model_dump() for one in answer.choices[0].message.annotations or []]
    kept = fold(await database.read(log.entries, (await generation_row()).pk))
    assert reasoning == kept.reasoning != ""
    assert [(one["type"], one["url_citation"]["url"]) for one in sources] == [
        ("url_citation", citation["url"]) for citation in kept.citations
    ]
    assert len(sources) == 2
    places = [(one["url_citation"]["start_index"], one["url_citation"]["end_index"]) for one in sources]
    assert all(0 <= start == end <= len(kept.text) for start, end in places)


async def test_a_tool_is_called_and_its_result_answered(openai: AsyncOpenAI, model: MakeModel) -> None:
    name = await model("sim:ttft=0ms,rate=1000,tools=2,tokens=5")
    first = await openai.chat.completions.create(model=name, messages=HELLO, tools=TOOLS)
    _strict(first)
    [choice] = first.choices
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", None)
    calls = choice.message.tool_calls or []
    assert [call.function.name for call in calls if call.type == "function"] == ["lookup", "lookup"]
    results: Any = [{"role": "tool", "tool_call_id": call.id, "content": "42"} for call in calls]
    messages: Any = [*HELLO, choice.message, *results]
    answer = await openai.chat.completions.create(model=name, messages=messages, tools=TOOLS)
    assert answer.choices[0].message.content


async def test_a_streamed_tool_call_is_put_together_by_the_client(openai: AsyncOpenAI, model: MakeModel) -> None:
    name = await model("sim:ttft=0ms,rate=1000,tools=2")
    async with openai.chat.completions.stream(model=name, messages=HELLO, tools=TOOLS) as stream:
        answer = await stream.get_final_completion()
    kept = fold(await database.read(log.entries, (await generation_row()).pk)).tool_calls
    calls = answer.choices[0].message.tool_calls or []
    assert [(call.id, call.function.name, call.function.arguments) for call in calls] == [
        (call["id"], call["name"], call["arguments"]) for call in kept
    ]
    assert len(calls) == 2
    assert answer.choices[0].finish_reason == "tool_calls"


async def test_what_is_asked_arrives_at_the_provider(openai: AsyncOpenAI, model: MakeModel) -> None:
    """Every role, pictures, tools and limits: word for word, and nothing that was not asked for."""
    picture = "data:image/png;base64,iVBORw0KGgo="
    messages: Any = [
        {"role": "system", "content": "Be short."},
        {"role": "developer", "content": [{"type": "text", "text": "Be kind."}]},
        {"role": "user", "content": [{"type": "text", "text": "What is it?"}, _picture(picture)]},
        {"role": "assistant", "content": None, "tool_calls": [_call("a")]},
        {"role": "tool", "tool_call_id": "a", "content": "a cat"},
        {"role": "user", "content": "And?"},
    ]
    with remembering() as (url, bodies):
        await database.write(_register, url)
        answer = await openai.chat.completions.create(
            model="m", messages=messages, tools=TOOLS, tool_choice="auto", max_tokens=7, temperature=0.5, seed=1
        )
    assert answer.choices[0].message.content == "seen"
    [body] = bodies
    assert body["messages"][0] == {"role": "system", "content": "Be short."}
    assert body["messages"][1] == {"role": "system", "content": "Be kind."}
    assert body["messages"][2]["content"] == messages[2]["content"]
    assert body["messages"][3:] == messages[3:]
    assert (body["max_completion_tokens"], body["temperature"], body["tools"]) == (7, 0.5, TOOLS)
    assert "seed" not in body


def _picture(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def _call(name: str) -> dict[str, Any]:
    return {"id": name, "type": "function", "function": {"name": "lookup", "arguments": "{}"}}


def _register(url: str) -> None:
    provider = Provider.objects.create(name="recorder", preset="openai-compatible", base_url=url)
    model = Model.objects.create(name="m", capabilities=["tools", "vision"])
    Deployment.objects.create(model=model, provider=provider, upstream="m")


async def test_auto_goes_where_the_routes_lead(openai: AsyncOpenAI, model: MakeModel) -> None:
    def prepare(name: str) -> None:
        Route.objects.create(name="news", model=Model.objects.get(name=name), keywords=["news"], priority=10)

    other = await model("sim:ttft=0ms,rate=max,tokens=4")
    await database.write(prepare, await model(QUICK))
    news = await openai.chat.completions.create(model="auto", messages=[{"role": "user", "content": "the news?"}])
    assert news.model == QUICK
    assert (await openai.chat.completions.create(model="auto", messages=HELLO)).model == other


async def test_a_picture_goes_to_a_model_that_sees(openai: AsyncOpenAI, model: MakeModel) -> None:
    await model(QUICK)
    seeing = await model("sim:ttft=0ms,rate=max,tokens=3")
    await database.write(Model.objects.filter(name=seeing).update, capabilities=["vision"])
    messages: Any = [{"role": "user", "content": [_picture("data:image/gif;base64,R0lGODlh")]}]
    assert (await openai.chat.completions.create(model="auto", messages=messages)).model == seeing


# --- the ledger ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_a_call_is_accounted_for_and_forgets_what_it_was_asked(
    openai: AsyncOpenAI, model: MakeModel, user: User, organization: Organization, stream: bool
) -> None:
    name = await model(QUICK)
    if stream:
        await _chunks(openai, name)
    else:
        await openai.chat.completions.create(model=name, messages=HELLO)
    await until(lambda: Generation.objects.get().ended)
    generation = await generation_row()
    assert (generation.user_id, generation.organization_id) == (user.pk, organization.pk)
    assert (generation.thread_id, generation.message_id, generation.requested_model) == (None, None, name)
    assert (generation.state, generation.finish_reason, generation.model) == ("completed", "stop", name)
    assert generation.total_tokens
    attempt = await database.read(Attempt.objects.get)
    assert (attempt.generation_id, attempt.state, attempt.completion_tokens) == (generation.pk, "completed", 30)
    assert not await database.read(StoredPrompt.objects.exists)


async def test_a_call_acts_for_the_organization_it_names(openai: AsyncOpenAI, model: MakeModel, user: User) -> None:
    def second() -> None:
        Organization.objects.create(name="Second", slug="second").memberships.create(user=user)

    await database.write(second)
    create = openai.chat.completions.create
    await create(model=await model(QUICK), messages=HELLO, extra_headers={"X-Org-Id": "second"})
    organization = await database.read(lambda: Generation.objects.select_related("organization").get().organization)
    assert organization.slug == "second"


# --- models ----------------------------------------------------------------------------------------------------
async def test_models_are_listed(openai: AsyncOpenAI, model: MakeModel) -> None:
    assert [one.id async for one in openai.models.list()] == []
    name, off = await model(QUICK), await model("sim:tokens=1")
    await database.write(Model.objects.filter(name=off).update, enabled=False)
    listed = [one async for one in openai.models.list()]
    for one in listed:
        _strict(one)
    assert [(one.id, one.object, one.owned_by) for one in listed] == [
        ("auto", "model", "chatsite"),
        (name, "model", "simulator"),
    ]
    assert listed[1].created == int((await database.read(Model.objects.get, name=name)).created.timestamp())
    assert (await openai.models.retrieve("auto")).id == "auto"


async def test_a_model_whose_name_has_a_slash(openai: AsyncOpenAI, registry: Callable[[str], Model]) -> None:
    def rename() -> None:
        Model.objects.filter(pk=registry(QUICK).pk).update(name="maker/model:free")

    await database.write(rename)
    assert (await openai.models.retrieve("maker/model:free")).id == "maker/model:free"
    answer = await openai.chat.completions.create(model="maker/model:free", messages=HELLO)
    assert answer.model == "maker/model:free"
    UUID(answer._request_id)
