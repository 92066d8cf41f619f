"""What each door says while nothing can be stored: 503, in words, and when to come again; and soon."""

import json
from collections.abc import Callable

import pytest
from django.test import AsyncClient, Client
from django.urls import get_resolver

from accounts.models import User
from chatsite.unavailable import PATIENCE
from tests.fixtures_engine import Ask, ended
from tests.tcp_proxy import TcpProxy
from tests.threads.conftest import OpenTab
from tests.threads.generation.held import database_held
from threads.generation.runtime import Runtime
from threads.models import Generation
from threads.postgresql import patient

pytestmark = pytest.mark.slow
JSON = "application/json"
_ASKED = {"messages": [{"role": "user", "content": "now?"}]}
# path, what is sent (None: a page is read), whether by key
DOORS = {
    "page": ("/", None, False),
    "form": ("/threads/send", {"text": "now?"}, False),
    "sign-in": ("/accounts/login/", {"username": "ada@example.org", "password": "x"}, False),
    "api": ("/api/chat", {"message": "now?"}, True),
    "api-page": ("/api/threads", None, True),
    "gateway": ("/v1/chat/completions", _ASKED, True),
}


@pytest.fixture
def client(user: User, make_key: Callable[[User], str]) -> Callable[[bool], AsyncClient]:
    """`client(True)` comes with a key, `client(False)` with a session."""
    get_resolver().url_patterns  # noqa: B018 - every door is imported now, which takes its time, and not on the event loop
    signed_in, key = Client(), make_key(user)
    signed_in.force_login(user)

    def make(by_key: bool) -> AsyncClient:
        client = AsyncClient()
        client.raise_request_exception = False
        if by_key:
            client.headers = {"Authorization": f"Bearer {key}"}  # type: ignore[attr-defined]
        else:
            client.cookies = signed_in.cookies
        return client

    return make


@pytest.mark.postgres
@pytest.mark.parametrize("fault", ["away", "stall"])
@pytest.mark.parametrize("door", DOORS)
async def test_every_door_says_503_while_the_database_is_away(
    client: Callable[[bool], AsyncClient], line: TcpProxy, engine: Runtime, door: str, fault: str
) -> None:
    usual, _, content = await _once(client, door)
    assert usual in {200, 302, 404, 422}, content  # the last two: there is no model to ask
    getattr(line, fault)()
    try:
        status, headers, content = await _once(client, door)
    finally:
        line.reset()
        line.flow()
    assert (status, headers.get("Retry-After")) == (503, "5"), content
    assert b"Try again in a few seconds" in content or b"try again in a few seconds" in content
    if DOORS[door][2]:
        assert json.loads(content)["error"]["type"] == "unavailable"


async def _once(client: Callable[[bool], AsyncClient], door: str) -> tuple[int, dict[str, str], bytes]:
    path, body, by_key = DOORS[door]
    kind = {"content_type": JSON} if by_key else {}
    headers = getattr(client(by_key), "headers", {})  # its own are left out: Django keeps them for WSGI's requests
    with patient(PATIENCE):  # as `chatsite.unavailable.impatient` has it
        caller = client(by_key)
        response = await (
            caller.get(path, headers=headers) if body is None else caller.post(path, body, headers=headers, **kind)
        )
    return response.status_code, dict(response.headers), response.content


async def test_a_tab_is_told_and_stays_open_and_goes_on(
    engine: Runtime, open_tab: OpenTab, ask: Ask, user: User
) -> None:
    await ended(await ask())
    tab = await open_tab(user)
    async with database_held():
        await tab.say("send", id="1", text="now?", model="sim:tokens=5")
        frame = await tab.hear("error", id="1")
        assert (frame["error"]["type"], frame["error"]["retry_after"]) == ("unavailable", 5)
    await tab.say("send", id="2", text="and now?", model="sim:tokens=5")
    sent = await tab.hear("sent", id="2")
    await tab.end_of(sent["request_id"])
    assert await Generation.objects.acount() == 2
