"""Asking for lists over real HTTP: page after page, with the right credential, and every trouble told without it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from providers.adapters.http import make_client
from providers.addresses import AddressPolicy
from providers.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    InvalidRequest,
    MalformedAnswer,
    ProviderError,
    RateLimited,
    TimedOut,
)
from providers.listing import fetch
from providers.listing.offer import Offer
from providers.types import Endpoint
from tests.providers.listing.served import ENDLESS, SILENT, Served, serving

KEY = "sk-very-secret-0123456789"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with make_client(AddressPolicy.parse(["127.0.0.0/8"]).check) as client:
        yield client


def at(served: Served, auth: Any = "bearer", path: str = "") -> Endpoint:
    return Endpoint("acme", served.origin + path, KEY, auth, (("x-title", "Ours"),))


async def names(protocol: str, endpoint: Endpoint, client: httpx.AsyncClient) -> list[str]:
    return [offer.upstream for offer in await asyncio.wait_for(fetch.offers(protocol, endpoint, client), 10)]


async def test_one_page_with_the_credential(client: httpx.AsyncClient) -> None:
    with serving({"/v1/models": {"data": [{"id": "b"}, {"id": "a"}, {"id": "b"}]}}) as served:
        assert await names("openai_chat", at(served, path="/v1"), client) == ["b", "a"]
    assert served.headers[0]["authorization"] == f"Bearer {KEY}"
    assert served.headers[0]["x-title"] == "Ours"


async def test_anthropic_is_asked_page_after_page(client: httpx.AsyncClient) -> None:
    pages = {
        "/models?limit=1000": {"data": [{"id": "a"}], "has_more": True, "last_id": "a"},
        "/models?limit=1000&after_id=a": {"data": [{"id": "b"}], "has_more": False, "last_id": "b"},
    }
    with serving(pages) as served:
        assert await names("anthropic", at(served, "x-api-key"), client) == ["a", "b"]
    assert served.headers[1]["x-api-key"] == KEY


async def test_gemini_is_asked_page_after_page(client: httpx.AsyncClient) -> None:
    def model(name: str) -> dict[str, Any]:
        return {"name": f"models/{name}", "supportedGenerationMethods": ["generateContent"]}

    pages = {
        "/models?pageSize=1000": {"models": [model("a")], "nextPageToken": "t+1"},
        "/models?pageSize=1000&pageToken=t%2B1": {"models": [model("b")]},
    }
    with serving(pages) as served:
        assert await names("gemini", at(served, "x-goog-api-key"), client) == ["a", "b"]
    assert served.headers[1]["x-goog-api-key"] == KEY
    assert not any(KEY in path for path in served.paths)


async def test_ollama_is_asked_about_each_model(client: httpx.AsyncClient) -> None:
    shown = {"capabilities": ["completion", "tools"], "model_info": {"qwen3.context_length": 40_960}}
    answers = {
        "/api/tags": {"models": [{"name": "qwen3:8b"}, {"name": "vectors"}, {"name": "old"}]},
        "/api/show qwen3:8b": shown,
        "/api/show vectors": {"capabilities": ["embedding"]},
        "/api/show old": (500, b"out of order"),
    }
    with serving(answers) as served:
        found = await fetch.offers("ollama", at(served, "none"), client)
    assert found == (Offer("qwen3:8b", context_tokens=40_960, capabilities=("tools",)), Offer("old"))
    assert [json.loads(body) for body in sorted(served.bodies)] == [
        {"model": name} for name in ("old", "qwen3:8b", "vectors")
    ]
    assert "authorization" not in served.headers[0]


TROUBLE = [
    ((401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}), AuthenticationFailed, "Check the key"),
    ((429, {"error": {"message": "slow down"}}), RateLimited, "too many requests"),
    ((404, b"<html><title>Not found</title>"), MalformedAnswer, "has no list of models at this address"),
    ((302, b""), InvalidRequest, "moved to"),
    ((200, b"<html>Welcome</html>"), MalformedAnswer, "no list of models. Check its base URL"),
    ((200, b'{"data": ['), MalformedAnswer, "no list of models"),
    ((200, b"[" * 100_000), MalformedAnswer, "no list of models"),
    ((200, b"\xff\xfe\xfa"), MalformedAnswer, "no list of models"),
    ((200, {"error": {"message": f"bad key {KEY}", "code": "invalid_api_key"}}), AuthenticationFailed, "key"),
    ((200, {"hello": "world"}), MalformedAnswer, "no list of models"),
]


@pytest.mark.parametrize(("answer", "kind", "words"), TROUBLE, ids=[words for *_, words in TROUBLE])
async def test_trouble_is_told_without_the_key(
    client: httpx.AsyncClient, answer: Any, kind: type[ProviderError], words: str
) -> None:
    with serving({"/models": answer}) as served, pytest.raises(kind) as told:
        await names("openai_chat", at(served), client)
    assert words in str(told.value)
    assert KEY not in str(told.value)
    assert served.paths == ["/models"]  # a redirect is not followed


async def test_a_list_without_end_is_given_up(client: httpx.AsyncClient) -> None:
    page = {"data": [{"id": "a"}], "has_more": True, "last_id": "a"}
    answers = {"/models?limit=1000": page, "/models?limit=1000&after_id=a": page}
    with serving(answers) as served, pytest.raises(MalformedAnswer, match="does not end"):
        await names("anthropic", at(served), client)


async def test_a_list_that_is_too_large_is_given_up(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 1024**2)
    monkeypatch.setattr(fetch, "TIMEOUT", 5)
    with serving({"/models": ENDLESS}) as served, pytest.raises(MalformedAnswer, match="larger than 1 MB"):
        await names("openai_chat", at(served), client)


async def test_a_silent_server_is_given_up(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", 0.1)
    with serving({"/models": SILENT}) as served, pytest.raises(TimedOut, match="did not send its list"):
        await names("openai_chat", at(served), client)


async def test_an_address_inside_is_refused() -> None:
    async with make_client(AddressPolicy.parse([]).check) as strict:
        with serving({"/models": {"data": []}}) as served, pytest.raises(ConnectionFailed) as told:
            await names("openai_chat", at(served), strict)
    assert "PRIVATE_PROVIDER_HOSTS" in str(told.value)
    assert served.paths == []


async def test_nobody_there(client: httpx.AsyncClient) -> None:
    with pytest.raises(ConnectionFailed, match="No connection to acme"):
        await names("openai_chat", Endpoint("acme", "http://127.0.0.1:1", KEY), client)
