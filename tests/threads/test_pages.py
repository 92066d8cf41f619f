"""The pages of the chat as a browser without a script meets them, and the JSON that its script asks for."""

import re
import uuid
from collections.abc import Callable
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import AsyncClient
from django.urls import reverse

from accounts.models import User
from providers.models import Model
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from threads import database, queries
from threads.generation.runtime import Runtime
from threads.models import Event, Generation, Message, Thread

SCRIPT = {"Accept": "application/json"}
QUICK = "sim:tokens=30,ttft=0ms,rate=max"
ENDLESS = "sim:ttft=0ms,rate=50,tokens=5000"


@pytest.fixture
async def tab(transactional_db: None, user: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(user)
    return client


def words(response: HttpResponse) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", response.content.decode()))


async def page(client: AsyncClient, thread_id: uuid.UUID) -> str:
    response = await client.get(reverse("threads:thread", args=[thread_id]))
    assert response.status_code == 200
    return response.content.decode()


async def test_strangers_are_led_to_sign_in(transactional_db: None, user: User) -> None:
    response = await AsyncClient().get("/?q=x")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/%3Fq%3Dx")
    response = await AsyncClient().post("/threads/send", {"text": "hi"}, headers=SCRIPT)
    assert (response.status_code, response.json()["error"]["type"]) == (401, "not_signed_in")


async def test_a_new_chat(tab: AsyncClient, registry: Callable[[str], Model]) -> None:
    await database.write(registry, QUICK)
    response = await tab.get("/")
    html = response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert 'action="/threads/send"' in html
    assert f'<option value="{QUICK}"' in html
    assert "data-suggest" in html
    assert '<main id="content"' in html
    assert 'href="#content"' in html
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", html)


async def test_without_a_model_the_page_says_what_to_do(tab: AsyncClient) -> None:
    assert "No model is set up yet. Ask an administrator" in " ".join(words(await tab.get("/")).split())


async def test_asking_by_a_plain_form(
    tab: AsyncClient, engine: Runtime, registry: Callable[[str], Model], user: User
) -> None:
    await database.write(registry, QUICK)
    fields = {"text": "What is <b>bold</b>?\r\nAnd this?", "model": QUICK, "key": "k1"}
    response = await tab.post("/threads/send", fields)
    again = await tab.post("/threads/send", fields)
    assert response.status_code == 303
    assert again["Location"] == response["Location"], "the same key begins nothing new"
    generation = await database.read(Generation.objects.get)
    assert response["Location"] == f"/threads/{generation.thread_id}/#latest"
    await until(lambda: Generation.objects.get().ended)
    html = await page(tab, generation.thread_id)
    assert "What is &lt;b&gt;bold&lt;/b&gt;?\nAnd this?</div>" in html
    [_, answer] = await database.read(lambda: queries.transcript(Thread.objects.get()))
    assert "".join(answer.blocks) in html
    assert 'aria-busy="false"' in html
    assert "30 tokens" in html
    assert 'http-equiv="refresh"' not in html


async def test_asking_by_the_script(tab: AsyncClient, engine: Runtime, registry: Callable[[str], Model]) -> None:
    await database.write(registry, QUICK)
    response = await tab.post("/threads/send", {"text": "Hello", "model": QUICK, "key": "k"}, headers=SCRIPT)
    body = response.json()
    assert body["repeated"] is False
    assert f'data-request="{body["request_id"]}"' in body["html"]
    assert f'id="m-{body["message_id"]}"' in body["html"]
    assert "Hello" in body["html"]
    assert "csrf" not in body["html"]
    again = (await tab.post("/threads/send", {"text": "Hello", "model": QUICK, "key": "k"}, headers=SCRIPT)).json()
    assert (again["repeated"], again["request_id"]) == (True, body["request_id"])
    assert await database.read(Message.objects.count) == 2


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"text": " \n"}, 400, "The message is empty"),
        ({}, 400, "The message is empty"),
        ({"text": "x" * 100_001}, 413, "at most 100,000"),
        ({"text": "Kept text", "model": "no-such"}, 422, "no-such"),
    ],
)
async def test_what_is_refused_stays_in_the_composer(
    tab: AsyncClient,
    engine: Runtime,
    registry: Callable[[str], Model],
    fields: dict[str, str],
    status: int,
    said: str,
) -> None:
    await database.write(registry, QUICK)
    response = await tab.post("/threads/send", fields)
    html = response.content.decode()
    assert response.status_code == status
    assert said in html
    assert f">\n{fields.get('text', '').strip()}</textarea>" in html
    told = await tab.post("/threads/send", fields, headers=SCRIPT)
    assert told.status_code == status
    assert said in told.json()["error"]["message"]
    assert await database.read(Thread.objects.count) == 0


async def test_a_running_answer_can_be_seen_and_stopped(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    started = await ask(model=ENDLESS)
    await until(lambda: Event.objects.filter(type="delta").exists())
    html = await page(tab, started.thread_id)
    stop = reverse("threads:cancel", args=[started.generation_id])
    assert '<noscript><meta http-equiv="refresh" content="2; url=?at=' in html
    assert 'aria-busy="true"' in html
    assert f'formaction="{stop}"' in html
    busy = await tab.post(reverse("threads:send_to", args=[started.thread_id]), {"text": "Too soon"})
    assert (busy.status_code, ">\nToo soon</textarea>" in busy.content.decode()) == (409, True)
    response = await tab.post(stop)
    assert (response.status_code, response["Location"]) == (303, f"/threads/{started.thread_id}/#latest")
    html = await page(tab, started.thread_id)
    assert "Stopped</p>" in html
    assert 'http-equiv="refresh"' not in html
    assert (await tab.post(stop, headers=SCRIPT)).json() == {"state": "cancelled"}


async def test_a_failed_answer_says_why_and_can_be_asked_again(
    tab: AsyncClient, engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    started = await ask("Once more", model="sim:fault=cut@5,ttft=0ms,rate=max")
    generation = await ended(started)
    html = await page(tab, started.thread_id)
    assert generation.state == "failed"
    assert generation.error_message in unescape(html)
    assert f'name="retry" value="{started.message_id}"' in html
    address = reverse("threads:send_to", args=[started.thread_id])
    assert (await tab.post(address, {"retry": str(started.message_id)})).status_code == 303
    await simulator.until(lambda record: len(record) == 2)
    assert [request["prompt"] for request in simulator.record()] == ["Once more", "Once more"]
    assert (await tab.post(address, {"retry": str(uuid.uuid4())})).status_code == 404
    await until(lambda: not Generation.objects.filter(state__in=["queued", "running"]).exists())


@pytest.mark.parametrize("whose", ["somebody else's", "nobody's"])
async def test_what_is_not_yours_is_not_there(
    transactional_db: None, engine: Runtime, ask: Ask, other_user: User, whose: str
) -> None:
    started = await ask(model=QUICK)
    await ended(started)
    theirs = whose == "somebody else's"
    thread, request, message = (
        [started.thread_id, started.generation_id, started.message_id] if theirs else [uuid.uuid4() for _ in range(3)]
    )
    stranger = AsyncClient()
    await stranger.aforce_login(other_user)
    gets = [
        reverse("threads:thread", args=[thread]),
        reverse("threads:rename", args=[thread]),
        reverse("threads:delete", args=[thread]),
        reverse("threads:text", args=[thread, message]),
        reverse("threads:frames", args=[request]),
        reverse("threads:frames", args=[request]) + "?poll=1",
    ]
    posts = [
        reverse("threads:send_to", args=[thread]),
        reverse("threads:rename", args=[thread]),
        reverse("threads:delete", args=[thread]),
        reverse("threads:cancel", args=[request]),
    ]
    responses = [await stranger.get(address) for address in gets]
    responses += [await stranger.post(address, {"text": "x", "title": "x"}) for address in posts]
    assert {response.status_code for response in responses} == {404}
    assert all("Nothing here" in response.content.decode() for response in responses)
    assert await database.read(lambda: str(Thread.objects.get())) == "hello"


async def listed(client: AsyncClient, query: str = "") -> str:
    response = await client.get("/threads/list", {"q": query})
    assert response.status_code == 200
    return response.content.decode()


async def test_renaming(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    started = await ask(model=QUICK)
    address = reverse("threads:rename", args=[started.thread_id])
    assert 'value="hello"' in (await tab.get(address)).content.decode()
    response = await tab.post(address, {"title": "  A  better\nname "})
    assert response["Location"] == f"/threads/{started.thread_id}/"
    assert '<h1 class="title">A better name</h1>' in await page(tab, started.thread_id)
    refused = await tab.post(address, {"title": " "})
    assert (refused.status_code, "needs a title" in words(refused)) == (400, True)
    told = await tab.post(address, {"title": "Again"}, headers=SCRIPT)
    assert told.json() == {"title": "Again"}
    await ended(started)


async def test_deleting_stops_what_runs(
    tab: AsyncClient, engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    started = await ask(model="sim:fault=no-head")  # silent: only being told makes its worker look up
    await simulator.until(lambda record: len(record) == 1)
    address = reverse("threads:delete", args=[started.thread_id])
    assert "Delete this conversation?" in words(await tab.get(address))
    response = await tab.post(address, follow=True)
    assert "“hello” was deleted." in words(response)
    assert await database.read(Thread.objects.count) == 0
    await simulator.until(lambda record: record[0]["disconnected_at"] is not None)
    assert (await tab.get(reverse("threads:thread", args=[started.thread_id]))).status_code == 404


async def test_the_list_can_be_searched(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    for text in ("About apples", "About pears"):
        await ended(await ask(text, model=QUICK))
    html = await listed(tab)
    assert html.index("About pears") < html.index("About apples")
    assert "About apples" not in await listed(tab, "PEARS")
    assert "Nothing found for “<i>”." in unescape(await listed(tab, "<i>"))
    assert "<i>" not in await listed(tab, "<i>")


async def test_the_list_goes_on(tab: AsyncClient, engine: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threads.views.chat.LINES", 2)
    for number in range(3):
        await ended(await ask(f"Question {number}", model=QUICK))
    html = await listed(tab)
    [more] = re.findall(r'hx-get="([^"]+)"', html)
    older = (await tab.get(unescape(more))).content.decode()
    assert [name in html for name in ("Question 0", "Question 1", "Question 2")] == [False, True, True]
    assert [name in older for name in ("Question 0", "Question 1", "Question 2")] == [True, False, False]


async def test_a_message_as_markdown(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    started = await ask(model="sim-instant")
    generation = await ended(started)
    response = await tab.get(reverse("threads:text", args=[started.thread_id, started.message_id]))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == generation.message.text


async def test_forms_need_their_token(transactional_db: None, user: User) -> None:
    careful = AsyncClient(enforce_csrf_checks=True)
    await careful.aforce_login(user)
    response = await careful.post("/threads/send", {"text": "Forged"})
    assert response.status_code == 403
    assert "go back and reload" in words(response)
    assert await database.read(Thread.objects.count) == 0


@pytest.mark.parametrize(("cookie", "shown"), [("dark", ' data-theme="dark"'), ('"><i>', ""), ("", "")])
async def test_colours_are_in_the_page_from_the_start(tab: AsyncClient, cookie: str, shown: str) -> None:
    tab.cookies["theme"] = cookie
    html = (await tab.get("/")).content.decode()
    assert f'<html lang="en"{shown}>' in html


async def test_while_shutting_down_nothing_is_lost(
    tab: AsyncClient, engine: Runtime, registry: Callable[[str], Model]
) -> None:
    await database.write(registry, "sim:tokens=3")
    await engine.close()
    response = await tab.post("/threads/send", {"text": "For the next process"}, headers=SCRIPT)
    assert response.status_code == 200
    assert await database.read(lambda: Generation.objects.get().state) == Generation.State.QUEUED
    engine.stopped = True
    response = await tab.post("/threads/send", {"text": "Wait for me"}, headers=SCRIPT)
    assert (response.status_code, response["Retry-After"]) == (503, "1")
    page_ = await tab.post("/threads/send", {"text": "Wait for me"})
    assert ">\nWait for me</textarea>" in page_.content.decode()
