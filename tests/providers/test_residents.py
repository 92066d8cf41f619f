"""What local servers have in memory: asked once for all who want to know, and never waited for long."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from providers import residents
from providers.adapters.http import make_client
from providers.listing import loaded
from providers.models import Provider
from providers.residents import KEEP, Residents, Server
from providers.types import Endpoint
from tests.providers.listing.served import ENDLESS, SILENT, serving

BODY = {
    "models": [
        {"name": "gemma4", "size": 6591830464, "expires_at": "2026-11-20T16:47:07.93355-07:00"},
        {"name": "odd", "size": "large", "expires_at": "soon"},
        {"size": 1},
        5,
    ]
}


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with make_client() as one:
        yield one


def _server(origin: str, name: str = "gpu-2") -> Server:
    return Server("ollama", Endpoint(name, origin, api_key="k"))


async def test_what_a_server_tells(client: httpx.AsyncClient) -> None:
    with serving({"/api/ps": BODY}) as served:
        known = await Residents(client).at([_server(served.origin)])
    first, second = known["gpu-2"] or ()
    assert (first.name, first.size_bytes, first.expires_at is not None) == ("gemma4", 6591830464, True)
    assert (second.name, second.size_bytes, second.expires_at) == ("odd", None, None)
    assert served.headers[0]["authorization"] == "Bearer k"


@pytest.mark.parametrize(
    "answer", [(500, BODY), (200, b"<html>"), {"models": "none"}, (302, BODY), ENDLESS, (200, b"null")]
)
async def test_a_server_that_tells_nothing(client: httpx.AsyncClient, answer: object) -> None:
    with serving({"/api/ps": answer}) as served:
        assert await Residents(client).at([_server(served.origin)]) == {"gpu-2": None}


async def test_nobody_waits_long(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "TIMEOUT", 0.05)
    with serving({"/api/ps": SILENT}) as served, serving({"/api/ps": BODY}) as quick:
        asked = [_server(served.origin), _server(quick.origin, "gpu-3"), _server("http://127.0.0.1:1", "gone")]
        known = await Residents(client).at(asked)
    assert (known["gpu-2"], known["gone"]) == (None, None)
    assert known["gpu-3"]


async def test_it_is_asked_once_for_all_and_again_later(client: httpx.AsyncClient) -> None:
    now = 0.0
    kept = Residents(client, clock=lambda: now)
    with serving({"/api/ps": BODY}) as served:
        server = _server(served.origin)
        first, other = await asyncio.gather(kept.at([server]), kept.at([server]))
        assert first == other == await kept.at([server])
        assert len(served.paths) == 1
        now = KEEP
        await kept.at([server])
        assert len(served.paths) == 2


async def test_who_leaves_takes_the_answer_from_nobody(client: httpx.AsyncClient) -> None:
    kept = Residents(client)
    with serving({"/api/ps": BODY}) as served:
        leaving = asyncio.create_task(kept.at([_server(served.origin)]))
        staying = asyncio.create_task(kept.at([_server(served.origin)]))
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await staying)["gpu-2"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "base_url"),
    [
        ({"preset": "ollama"}, "http://127.0.0.1:11434"),
        ({"preset": "ollama", "base_url": "http://gpu:1"}, "http://gpu:1"),
        ({"preset": "ollama", "base_url": "http://gpu:1/v1"}, "http://gpu:1"),
        ({"preset": "ollama", "adapter": "openai_chat", "base_url": "http://gpu:1/v1"}, "http://gpu:1"),
        ({"preset": "openai-compatible", "adapter": "ollama", "base_url": "http://gpu:1"}, "http://gpu:1"),
        ({"preset": "openai"}, None),
        ({"preset": "ollama", "enabled": False}, None),
        ({"preset": "gone"}, None),
    ],
)
def test_which_providers_can_tell(columns: dict[str, object], base_url: str | None) -> None:
    Provider.objects.create(name="p", **columns)
    assert [one.endpoint.base_url for one in residents.servers()] == ([] if base_url is None else [base_url])
