"""Who may call the gateway, and what it refuses, in the form that OpenAI's clients read."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import openai as client
import pytest
from django.utils import timezone
from openai import AsyncOpenAI

from accounts.models import Budget, User
from tests.metrics import made
from tests.threads.api.asking import HELLO
from tests.threads.api.conftest import Caller
from tests.threads.api.test_door import call, sign_in
from threads import database
from threads.generation.runtime import Runtime
from threads.models import Generation

MakeModel = Callable[[str], Awaitable[str]]
QUICK = "sim:ttft=0ms,rate=max,tokens=5"
PATH = "/v1/chat/completions"


def refusal_of(response: Any, status: int, kind: str, code: str, param: str | None = None) -> dict[str, Any]:
    """The error of a response, which has to be of this status and kind, and complete."""
    assert response.status_code == status, response.content
    error: dict[str, Any] = json.loads(response.content)["error"]
    assert (error["type"], error["code"], error["param"]) == (kind, code, param)
    assert " " in error["message"]
    assert str(UUID(error["request_id"])) == response.headers["X-Request-Id"]
    return error


# --- who -------------------------------------------------------------------------------------------------------
async def test_without_a_key_nothing_is_told(openai: AsyncOpenAI) -> None:
    for ask in (openai.with_options(api_key="sk-wrong"), openai.with_options(api_key="cs_wrong")):
        with pytest.raises(client.AuthenticationError) as raised:
            await ask.models.list()
        assert (raised.value.type, raised.value.code) == ("unauthenticated", "invalid_api_key")
        with pytest.raises(client.AuthenticationError):
            await ask.chat.completions.create(model="auto", messages=HELLO)


async def test_a_session_asks_with_its_token_alone(engine: Runtime, user: User, model: MakeModel) -> None:
    cookies, token = await sign_in(user)
    more = {"data": {"model": await model(QUICK), "messages": HELLO}, "content_type": "application/json"}
    refusal_of(await call("post", PATH, cookies=cookies, **more), 403, "forbidden", "forbidden")
    assert await database.read(Generation.objects.count) == 0
    answer = await call("post", PATH, cookies=cookies, headers={"X-CSRFToken": token}, **more)
    assert answer.json()["choices"][0]["message"]["content"]
    assert (await call("get", "/v1/models", cookies=cookies)).json()["data"]


async def test_an_organization_one_is_no_member_of(caller: Caller, model: MakeModel) -> None:
    body = {"model": await model(QUICK), "messages": HELLO}
    response = await caller.post(PATH, body, headers={"X-Org-Id": "theirs"})
    refusal_of(response, 404, "not_found", "not_found")


async def test_while_shutting_down_nothing_is_begun(caller: Caller, model: MakeModel, engine: Runtime) -> None:
    body = {"model": await model(QUICK), "messages": HELLO}
    await engine.close()
    response = await caller.post(PATH, body)
    refusal_of(response, 503, "draining", "draining")
    assert response["Retry-After"]


# --- what ------------------------------------------------------------------------------------------------------
def _user(*parts: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(parts)}]}


def _picture(url: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


TEXT = {"type": "text", "text": "What is it?"}
REFUSED: list[tuple[Any, str, str]] = [
    ({}, "messages", "required"),
    ({"messages": []}, "messages", "at least 1"),
    ({"messages": "hello"}, "messages", "list"),
    ({"messages": [{"role": "judge", "content": "x"}]}, "messages.0", "role is"),
    ({"messages": ["x"]}, "messages.0", "role is"),
    ({"messages": [{"role": "user"}]}, "messages.0.content", "required"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content", "string"),
    ({"messages": [*HELLO, {"role": "tool", "content": "42"}]}, "messages.1.tool_call_id", "required"),
    (_user(TEXT, _picture("https://example.org/cat.png")), "messages.0.content.1.image_url.url", "nothing is fetched"),
    (_user(_picture("file:///etc/passwd")), "messages.0.content.0.image_url.url", "nothing is fetched"),
    (_user(_picture("data:image/svg+xml;base64,AAAA")), "messages.0.content.0.image_url.url", "png"),
    (_user(_picture("data:image/png;base64,no")), "messages.0.content.0.image_url.url", "base64"),
    (_user(_picture(5)), "messages.0.content.0.image_url.url", "Image"),
    (_user({"type": "input_audio", "input_audio": {}}), "messages.0.content.0", "not available"),
    (_user({"type": "image_url", "image_url": 5}), "messages.0.content.0.image_url", "object"),
    ({"messages": HELLO, "n": 2}, "n", "One answer"),
    ({"messages": HELLO, "tool_choice": "required"}, "tool_choice", "forcing"),
    ({"messages": HELLO, "tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice", "forcing"),
    ({"messages": HELLO, "tools": [{"type": "custom", "custom": {"name": "f"}}]}, "tools.0", "other types"),
    ({"messages": HELLO, "tools": [{"type": "function", "function": {}}]}, "tools.0", "name"),
    ({"messages": HELLO, "max_tokens": 0}, "max_tokens", "greater"),
    ({"messages": HELLO, "temperature": 3}, "temperature", "less"),
    ({"messages": HELLO, "stream": "perhaps"}, "stream", "boolean"),
    ({"messages": HELLO, "model": "m" * 201}, "model", "200"),
    ([], "", "JSON object"),
]


@pytest.mark.parametrize(("body", "param", "words"), REFUSED, ids=[f"{p}-{w}" for _, p, w in REFUSED])
async def test_what_cannot_be_asked_is_told(
    caller: Caller, model: MakeModel, body: Any, param: str, words: str
) -> None:
    body = {"model": await model(QUICK), **body} if isinstance(body, dict) else body
    error = refusal_of(await caller.post(PATH, body), 422, "invalid", "invalid", param)
    assert words in error["message"], error["message"]
    assert error["problems"][0]["field"] == param
    assert len(error["message"]) < 300
    assert await database.read(Generation.objects.count) == 0


@pytest.mark.parametrize("raw", [b"{", b"", b'{"messages": "\xff"}', b"[" * 100_000], ids=["{", "empty", "utf-8", "["])
async def test_what_is_no_json_is_told(caller: Caller, raw: bytes) -> None:
    refusal_of(await caller.post(PATH, raw), 400, "bad_json", "bad_json")


async def test_a_model_that_is_not_there(openai: AsyncOpenAI, model: MakeModel) -> None:
    name = await model(QUICK)
    for ask in (
        openai.models.retrieve("sim:tokens=9"),
        openai.chat.completions.create(model=f"{name}0", messages=HELLO),
        openai.chat.completions.create(model=f"{name}0", messages=HELLO, stream=True),
    ):
        with pytest.raises(client.NotFoundError) as raised:
            await ask
        assert (raised.value.code, raised.value.param) == ("model_not_found", "model")


async def test_a_budget_that_is_used_up(openai: AsyncOpenAI, model: MakeModel, engine: Runtime, user: User) -> None:
    """The client raises what it raises for any status it has no name for; programs go by the code."""
    name = await model(QUICK)
    await database.write(lambda: Budget.objects.create(user=user, amount_usd=4, hard=True))
    await database.write(lambda: made.answer(user, timezone.now(), [made.call(sent=2, cost_usd=Decimal("4.5"))]))
    await engine.purse._look()
    for stream in (False, True):
        with pytest.raises(client.APIStatusError) as raised:
            await openai.with_options(max_retries=2).chat.completions.create(model=name, messages=HELLO, stream=stream)
        error = raised.value
        assert (error.status_code, error.type, error.code) == (402, "insufficient_quota", "insufficient_quota")
        assert "Your budget for this month is used up" in error.message
    assert await database.read(Generation.objects.count) == 1


async def test_what_is_not_known_is_no_matter(caller: Caller, model: MakeModel) -> None:
    more = {"seed": 1, "user": "ada", "metadata": {"a": "b"}, "n": 1, "tool_choice": "none", "stream": None}
    limits = {"max_tokens": None, "temperature": None, "stop": ["x"], "stream_options": None, "colour": "red"}
    body = {"model": await model(QUICK), "messages": HELLO, **more, **limits}
    assert (await caller.post(PATH, body)).status_code == 200


async def test_half_characters_are_mended(caller: Caller, model: MakeModel) -> None:
    tool = '{"type": "function", "function": {"name": "f", "description": "half \\ud83d, nul \\u0000"}}'
    words = '[{"role": "user", "content": "half \\ud83d, nul \\u0000"}]'
    body = f'{{"model": "{await model(QUICK)}", "messages": {words}, "tools": [{tool}]}}'
    assert (await caller.post(PATH, body.encode())).status_code == 200


# --- how large -------------------------------------------------------------------------------------------------
async def test_a_large_picture_is_taken_and_one_beyond_the_bound_is_not(
    origin: str, caller: Caller, model: MakeModel, settings: Any
) -> None:
    """Larger than other calls may be, which Django keeps on disk; also where its length is not told before."""
    settings.MAX_REQUEST_BYTES = 6_000_000
    name = await model(QUICK)

    def body(size: int) -> bytes:
        return json.dumps({"model": name, **_user(_picture("data:image/png;base64," + "A" * size))}).encode()

    async def pieces(size: int) -> Any:
        yield body(size)

    headers = {"Authorization": f"Bearer {caller.key}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(headers=headers) as http:
        for content in (body(5_000_000), pieces(5_000_000)):
            assert (await http.post(origin + PATH, content=content)).status_code == 200
        for content in (body(7_000_000), pieces(7_000_000)):
            error = refusal_of(await http.post(origin + PATH, content=content), 413, "too_large", "too_large")
            assert "6,000,000" in error["message"]
    assert await database.read(Generation.objects.count) == 2


# --- where nothing answers -------------------------------------------------------------------------------------
async def test_an_unknown_call_is_told_in_the_same_form(caller: Caller) -> None:
    refusal_of(await caller.post("/v1/embeddings", {}), 404, "not_found", "not_found")
    refusal_of(await caller.get(PATH), 405, "method_not_allowed", "method_not_allowed")


async def test_a_fault_of_ours_is_told_without_its_insides(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from threads.api import gateway_models

    def broken() -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr(gateway_models, "listed", broken)
    response = await caller.get("/v1/models")
    refusal_of(response, 500, "internal", "internal")
    assert b"insides" not in response.content
