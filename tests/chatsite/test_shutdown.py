"""How processes end: nothing is lost, whoever reads is sent on, and it takes seconds. Real processes, real signals."""

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.chatsite.servers import PATIENCE, SERVERS, Command, Server, Site, ask, daphne, hear, uvicorn, worker
from tests.simulator import RunningSimulator
from tests.threads.generation.worker_process import database_url
from tests.threads.tab import Shown
from threads.render import render

pytestmark = pytest.mark.slow
STATE = "select state, owner, takeovers from threads_generation order by created_at"
TEXT = "select text from threads_message where role = 'assistant' order by created_at"
UNFINISHED = "select count(*) from threads_generation where state in ('queued', 'running')"


@pytest.fixture
def site(tmp_path: Path, simulator: RunningSimulator) -> Site:
    return Site(tmp_path, simulator)


async def sent_away(line: ClientConnection, shown: Shown | None = None) -> int:
    """Read on until the server closes; its hint, in milliseconds."""
    pause = (await hear(line, "restart", shown))["retry_in_ms"]
    with pytest.raises(ConnectionClosed) as closed:
        await hear(line, "end")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    return int(pause)


@SERVERS
async def test_the_next_process_goes_on(site: Site, server: Command, simulator: RunningSimulator) -> None:
    with site.running(server, MAX_GENERATIONS="1", DRAIN_SECONDS="0.2") as first:
        first.wait()
        async with first.socket(site.cookie) as line, first.socket(site.cookie) as other:
            sent = await ask(line, "steady")
            await hear(line, "patch")
            await ask(other, "quick")  # there is no room for it: it waits in the queue
            first.ask_to_end()
            for one in (line, other):
                assert 0 <= await sent_away(one) <= 1000
        assert await first.ended() == 0
    assert "Traceback" not in site.output
    assert site.row(STATE) == ("running", "", 0)  # handed over, not left to run out
    assert site.row(UNFINISHED) == (2,)
    with site.running(server) as second:
        second.wait()
        async with second.socket(site.cookie) as line:
            await line.send(json.dumps({"type": "watch", "id": "w", "thread": sent["thread"]}))
            assert (await hear(line, "end"))["state"] == "completed"
        site.until(UNFINISHED, lambda row: row == (0,))
    assert site.row(STATE)[2] == 0
    whole = next(call for call in simulator.record() if call["prefix"])  # it went on from where the first was cut
    assert site.row(TEXT)[0] == whole["prefix"] + whole["text"]


@pytest.mark.postgres
@pytest.mark.redis
async def test_two_processes_restart_in_turn(
    transactional_db: None, tmp_path: Path, simulator: RunningSimulator, settings: LazySettings
) -> None:
    """More often than an answer may be taken over from the dead. Its reader goes from one to the other."""
    site = Site(tmp_path, simulator, database_url(), settings.REDIS_URL)
    shown, restarts = Shown(), 3
    async with contextlib.AsyncExitStack() as stack:
        one = stack.enter_context(site.running(uvicorn))
        one.wait()  # it collects the static files
        other = stack.enter_context(site.running(uvicorn))
        other.wait()
        line = await stack.enter_async_context(one.socket(site.cookie))
        sent = await ask(line, "endless")
        await hear(line, "patch", shown)
        for _ in range(restarts):
            one.ask_to_end()
            assert 0 <= await sent_away(line, shown) <= 1000
            line = await stack.enter_async_context(other.socket(site.cookie))
            have = {sent["request_id"]: {"seq": shown.seq, "blocks": shown.stable}}
            await line.send(json.dumps({"type": "watch", "thread": sent["thread"], "have": have}))
            length = len("".join(shown.blocks))
            while len("".join(shown.blocks)) <= length:
                await hear(line, "patch", shown)
            assert await one.ended() == 0
            one, other = other, stack.enter_context(site.running(uvicorn))
            await asyncio.to_thread(other.wait)  # meanwhile the socket's pings are to be answered
        await _stop(line, sent, shown)
    text, last = site.row(TEXT)[0], simulator.record()[-1]
    assert (last["prefix"] + last["text"]).startswith(text)
    assert shown.blocks == render(text)
    assert site.row(STATE)[2] == 0
    assert site.row("select count(*) from threads_event where data like '%taken_over%'") == (restarts,)
    assert len(simulator.record()) == 1 + restarts
    assert "Traceback" not in site.output


class Events:
    """Server-sent events as a client of the log reads them: their ids are in order, without gap or double."""

    def __init__(self, request_id: str, cookie: str) -> None:
        self._path, self._cookie = f"/api/generations/{request_id}/events", cookie
        self.last, self.text, self.done, self.retry = 0, "", False, -1
        self.begun, self._kind = asyncio.Event(), ""

    async def read(self, origin: str) -> None:
        """On from the last event, to the end of the response. `begun` is set with the first text."""
        headers = {"Cookie": self._cookie, "Last-Event-ID": str(self.last)}
        async with (
            httpx.AsyncClient(timeout=PATIENCE) as client,
            client.stream("GET", f"{origin}{self._path}", headers=headers) as response,
        ):
            assert response.status_code == 200
            async for line in response.aiter_lines():
                self._take(*line.partition(": ")[::2])

    def _take(self, name: str, value: str) -> None:
        if name == "id":
            assert int(value) == self.last + 1
            self.last += 1
        elif name == "event":
            self._kind = value
        elif name == "data" and self._kind == "delta":
            self.text += json.loads(value)["text"]
            self.begun.set()
        elif name == "data" and self._kind == "reset":
            self.text = self.text[: json.loads(value)["keep_chars"]]
        elif name == "data" and self._kind == "done":
            self.done = True
        elif name == "retry":
            self.retry = int(value)


@SERVERS
async def test_an_event_stream_ends_and_is_resumed(site: Site, server: Command) -> None:
    with site.running(server) as first:
        first.wait()
        async with first.socket(site.cookie) as line:
            sent = await ask(line, "steady")
        events = Events(sent["request_id"], site.cookie)
        reading = asyncio.create_task(events.read(first.origin))
        async with asyncio.timeout(PATIENCE):
            await events.begun.wait()
        first.ask_to_end(signal.SIGINT)
        await reading  # to a proper end: a cut chunk would raise
        assert not events.done
        assert 0 <= events.retry <= 1000
        assert await first.ended() == 0
    with site.running(server) as second:
        second.wait()
        await events.read(second.origin)
    assert events.done
    assert events.text == site.row(TEXT)[0]


async def _chunks(server: Server, cookie: str, model: str) -> AsyncIterator[Any]:
    """A program's stream; it signs in as the page does."""
    token = {"X-CSRFToken": "x" * 32, "Cookie": f"{cookie}; csrftoken={'x' * 32}"}
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "hello"}]}
    async with (
        httpx.AsyncClient(timeout=PATIENCE, headers=token) as client,
        client.stream("POST", f"{server.origin}/v1/chat/completions", json=body) as response,
    ):
        assert response.status_code == 200, await response.aread()
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                yield line[6:]


async def test_what_programs_wait_for_may_end(site: Site, simulator: RunningSimulator) -> None:
    """They cannot come back for it. What takes too long ends in words, and goes on all the same."""
    told: dict[str, list[str]] = {"brief": [], "endless": []}

    async def read(server: Server, model: str) -> None:
        async for chunk in _chunks(server, site.cookie, model):
            told[model].append(chunk)

    with site.running(uvicorn) as server:
        server.wait()
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as reading:
            for model in told:
                reading.create_task(read(server, model))
            while not all(told.values()):
                await asyncio.sleep(0.02)
            server.ask_to_end()
        assert await server.ended() == 0
    assert told["brief"][-1] == "[DONE]"
    error = json.loads(told["endless"][-1])["error"]
    assert (error["type"], error["retryable"]) == ("draining", True)
    assert "restarts" in error["message"]
    assert site.row(UNFINISHED) == (1,)


@pytest.mark.parametrize(("server", "number"), [(uvicorn, signal.SIGINT), (daphne, signal.SIGTERM)])
async def test_a_proxy_has_time_to_notice(site: Site, server: Command, number: signal.Signals) -> None:
    """All but /readyz is as before. Who asks again does not wait for that time to be over."""
    with site.running(server, DRAIN_SECONDS="600") as running:
        running.wait()
        running.ask_to_end()
        noticed = running.until(lambda response: response.status_code == 503)
        assert list(noticed.json()["missing"]) == ["draining"]
        assert noticed.headers["Retry-After"]
        assert running.get("/healthz").status_code == 200
        async with running.socket(site.cookie) as line:  # of somebody whom the proxy still sent here
            await ask(line, "quick")
            assert (await hear(line, "end"))["state"] == "completed"
        running.ask_to_end(number)
        assert await running.ended() == 1


async def _stop(line: ClientConnection, sent: dict[str, Any], shown: Shown | None = None) -> None:
    await line.send(json.dumps({"type": "cancel", "id": "stop", "request_id": sent["request_id"]}))
    assert (await hear(line, "end", shown))["state"] == "cancelled"


async def _call(simulator: RunningSimulator, number: int) -> None:
    """Return when so many calls were made, and the last has said something."""
    async with asyncio.timeout(PATIENCE):
        while len(requests := simulator.record()) < number or not requests[-1]["text"]:
            await asyncio.sleep(0.02)


async def test_a_worker_hands_over_as_often_as_it_takes(site: Site, simulator: RunningSimulator) -> None:
    """More often than an answer may be taken over from owners that died."""
    with site.running(uvicorn, GENERATION_WORKER="external") as web:
        web.wait()
        async with web.socket(site.cookie) as line:
            sent = await ask(line, "endless")
            for calls in range(1, 4):
                with site.running(worker) as running:
                    await _call(simulator, calls)
                    running.ask_to_end()
                    assert await running.ended() == 0
            with site.running(worker):
                await _call(simulator, 4)
                await _stop(line, sent)
    assert site.row(STATE)[2] == 0
    last = simulator.record()[-1]
    assert last["prefix"]
    assert (last["prefix"] + last["text"]).startswith(site.row(TEXT)[0])
    assert site.output.count(" is draining") == site.output.count(" has ended") == 3
