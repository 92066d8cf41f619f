"""A person's tab: asks one question, reads its answer to the end over whatever connections that takes.

Applies patches and connects anew as the page does (`static/js/`), and writes down what a person would have noticed:
pauses, text that goes back, connections lost. Judges nothing.
"""

import asyncio
import contextlib
import json
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.bench.tab import ACKNOWLEDGE_WITHIN
from tests.drills.balancer import Balancer

FIRST_DELAY, LONGEST_DELAY, RESTARTING = 0.5, 15.0, 1012  # seconds, and a close code: as static/js/socket.js
OPEN_WITHIN, PING_EVERY, SILENCE = 6.0, 20.0, 10.0
SAMPLES = 12  # of what stood on the screen
_SEQ = re.compile(r'data-seq="(\d+)"')
_NO_LETTERS = re.compile(r"<[^>]*>|\s+")
_EMPTY = '<div class="blocks prose"></div>'
Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """The final blocks on the screen, which the log up to `seq` must account for."""

    seq: int
    blocks: tuple[str, ...]


class Reader:
    """`start` it, `leave` in the end. `begun`, `speaking` and `ended` tell how far it is, `told` that its stop was
    confirmed. Moments are `time.time()`."""

    def __init__(
        self, http: aiohttp.ClientSession, balancer: Balancer, headers: dict[str, str], prompt: str, model: str
    ) -> None:
        self._http, self._balancer, self.headers = http, balancer, headers
        self.prompt, self.model = prompt, model
        self.request_id = self.thread = self.state = ""
        self.begun, self.speaking, self.ended, self.told = (asyncio.Event() for _ in range(4))
        self.asked_at = self.ended_at = 0.0
        self.stopped_at: float | None = None
        self.stop_told_at: float | None = None
        self.seq = self.stable = self.letters = 0
        self.blocks: list[str] = []
        self._letters: list[int] = []
        self.changes: list[tuple[float, int]] = []  # when there was more text, and how many letters then
        self.rewinds: list[int] = []  # seqs at which text was taken back
        self.late_patches = self.gaps = self.server_errors = 0
        self.drops: list[int] = []  # close codes
        self.refusals: list[str] = []
        self.statuses: set[str] = set()
        self.samples: list[Sample] = []
        self._tries = 0
        self._come_back = 0.0  # seconds, as a process that goes down has asked for
        self._missed = False
        self._acknowledging = False
        self._pong = asyncio.Event()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._errands: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def leave(self) -> None:
        for task in (self._task, *self._errands):
            if task is not None:
                task.cancel()
        await asyncio.gather(*filter(None, [self._task, *self._errands]), return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()

    async def stop(self) -> None:
        self.stopped_at = time.time()
        await self._say({"type": "cancel", "id": "stop", "request_id": self.request_id})

    @property
    def connected(self) -> bool:
        return self._socket is not None and not self._socket.closed

    # --- the line --------------------------------------------------------------------------------------------
    async def _run(self) -> None:
        while True:
            code = await self._follow()
            if self.ended.is_set():
                return
            self.drops.append(code)
            delay = FIRST_DELAY * 2 if code == RESTARTING else min(LONGEST_DELAY, FIRST_DELAY * 2**self._tries)
            self._tries += 1
            await asyncio.sleep(self._come_back or delay * random.uniform(0.5, 1.0))
            self._come_back = 0.0

    async def _follow(self) -> int:
        """One connection, from beginning to end; how it was closed."""
        self._socket = await self._connect()
        if self._socket is None:
            return 0
        pinging = asyncio.create_task(self._pinging(self._socket))
        try:
            async for message in self._socket:
                frame = json.loads(message.data)
                if handler := _HANDLERS.get(frame["type"]):
                    await handler(self, frame)
        except (aiohttp.ClientError, OSError):
            return 1006
        finally:
            pinging.cancel()
            self._sample()
        return self._socket.close_code or 1006

    async def _connect(self) -> aiohttp.ClientWebSocketResponse | None:
        for origin in self._balancer.order():
            url, headers = f"{origin.replace('http', 'ws', 1)}/ws/", self.headers | {"Origin": origin}
            try:
                async with asyncio.timeout(OPEN_WITHIN):
                    return await self._http.ws_connect(url, headers=headers, max_msg_size=0)
            except aiohttp.WSServerHandshakeError as error:
                self.server_errors += error.status >= 500
                return None
            except (aiohttp.ClientError, OSError, TimeoutError):
                self._balancer.refused(origin)
        self.server_errors += 1  # nobody left to ask: a load balancer says 503
        return None

    async def _pinging(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """A socket can be dead without knowing it."""
        while True:
            await asyncio.sleep(PING_EVERY)
            self._pong = asyncio.Event()
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await socket.send_str('{"type":"ping"}')
            try:
                await asyncio.wait_for(self._pong.wait(), SILENCE)
            except TimeoutError:
                await socket.close()

    async def _say(self, frame: Frame) -> None:
        if self._socket is not None:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._socket.send_str(json.dumps(frame))

    def _errand(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # --- what the server says --------------------------------------------------------------------------------
    async def _hello(self, _: Frame) -> None:
        self._tries = 0
        if self.thread:
            await self._watch()
            self._errand(self._read_page())
        else:
            await self._ask()

    async def _ask(self) -> None:
        self.asked_at = self.asked_at or time.time()
        ask = {"type": "send", "id": "ask", "text": self.prompt, "model": self.model, "key": self.prompt[:200]}
        await self._say(ask)

    async def _watch(self) -> None:
        place = {"seq": 0, "blocks": 0} if self._missed else {"seq": self.seq, "blocks": self.stable}
        await self._say({"type": "watch", "id": "watch", "thread": self.thread, "have": {self.request_id: place}})

    async def _read_page(self) -> None:
        """The page reads itself again when it is back: here, for the errors that a person would meet."""
        for origin in self._balancer.order():
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with self._http.get(f"{origin}/threads/{self.thread}/", headers=self.headers) as response:
                    self.server_errors += response.status >= 500
                    await response.read()
                    return
            self._balancer.refused(origin)

    async def _turn(self, frame: Frame) -> None:
        """The answer's place in the page, which may come before `sent`. Only empty ones are known by heart."""
        if not self.changes and _EMPTY in frame["html"]:
            self.seq = max(self.seq, int(_SEQ.findall(frame["html"])[-1]))

    async def _sent(self, frame: Frame) -> None:
        self.request_id, self.thread = frame["request_id"], frame["thread"]
        self.begun.set()
        if frame["repeated"]:  # sent by a connection that broke before it was told
            await self._watch()

    async def _patch(self, frame: Frame) -> None:
        if frame["request_id"] != self.request_id:
            return
        if self.ended.is_set():
            self.late_patches += 1
        if status := frame.get("status"):
            self.statuses.add(status["state"])
        if frame["seq"] <= self.seq:
            self._acknowledge()
        elif frame["after"] > self.seq or frame["from"] > len(self.blocks):
            self.gaps += 1
            await self._watch()
            self._missed = True
        else:
            self._missed = False
            self._apply(frame)
            self._acknowledge()

    def _apply(self, frame: Frame) -> None:
        start = frame["from"]
        self.blocks[start:] = frame["blocks"]
        self._letters[start:] = [len(_NO_LETTERS.sub("", block)) for block in frame["blocks"]]
        self.seq, self.stable = frame["seq"], frame["stable"]
        letters = sum(self._letters)
        if letters < self.letters:
            self.rewinds.append(self.seq)
        if letters != self.letters:
            self.changes.append((time.time(), letters))
            self.speaking.set()
        self.letters = letters

    def _sample(self) -> None:
        if self.blocks and len(self.samples) < SAMPLES:
            self.samples.append(Sample(self.seq, tuple(self.blocks[: self.stable])))

    def _acknowledge(self) -> None:
        if not self._acknowledging:
            self._acknowledging = True
            asyncio.get_running_loop().call_later(ACKNOWLEDGE_WITHIN, self._acknowledge_now)

    def _acknowledge_now(self) -> None:
        self._acknowledging = False
        self._errand(self._say({"type": "ack", "request_id": self.request_id, "seq": self.seq}))

    async def _end(self, frame: Frame) -> None:
        if frame["request_id"] == self.request_id and not self.ended.is_set():
            self.state, self.ended_at = frame["state"], time.time()
            self.seq = max(self.seq, frame["seq"])
            self.ended.set()

    async def _restart(self, frame: Frame) -> None:
        self._come_back = frame["retry_in_ms"] / 1000

    async def _cancelled(self, frame: Frame) -> None:
        if frame["state"] != "running":  # else the worker could not be reached in time, and will stop later
            self.stop_told_at = time.time()
        self.told.set()

    async def _ponged(self, _: Frame) -> None:
        self._pong.set()

    async def _error(self, frame: Frame) -> None:
        error = frame["error"]
        self.refusals.append(error["type"])
        if frame.get("id") == "ask":
            self._errand(self._ask_again(error.get("retry_after") or 1.0))

    async def _ask_again(self, pause: float) -> None:
        await asyncio.sleep(pause)
        if not self.thread:
            await self._ask()


_HANDLERS: dict[str, Callable[[Reader, Frame], Any]] = {
    "hello": Reader._hello,
    "turn": Reader._turn,
    "sent": Reader._sent,
    "patch": Reader._patch,
    "end": Reader._end,
    "restart": Reader._restart,
    "cancelled": Reader._cancelled,
    "pong": Reader._ponged,
    "error": Reader._error,
}
