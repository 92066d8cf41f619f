"""One browser tab without the browser: a socket, its frames, the answers it shows. Applies patches as the page does."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

ACKNOWLEDGE_WITHIN = 0.15  # seconds, as the page
_SEQ = re.compile(r'data-seq="(\d+)"')

Frame = dict[str, Any]


@dataclass(slots=True)
class Shown:
    """An answer as a tab has it. Moments are `time.time()`, comparable with the simulator's."""

    prompt: str = ""
    request_id: str = ""
    thread: str = ""
    asked_at: float = 0.0
    first_text_at: float | None = None
    stopped_at: float | None = None
    stop_confirmed_at: float | None = None
    seq: int = 0
    stable: int = 0
    blocks: list[str] = field(default_factory=list)
    state: str = ""
    patches: int = 0
    gaps: int = 0  # patches that begin behind what is known
    doubles: int = 0  # patches that bring nothing new
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    speaking: asyncio.Event = field(default_factory=asyncio.Event)

    def apply(self, frame: Frame) -> bool:
        """Take a patch over; False when it cannot be applied."""
        if frame["after"] > self.seq or frame["from"] > len(self.blocks):
            self.gaps += 1
            return False
        if frame["seq"] <= self.seq:
            self.doubles += 1
            return True
        self.blocks[frame["from"] :] = frame["blocks"]
        self.seq, self.stable = frame["seq"], frame["stable"]
        self.patches += 1
        if self.first_text_at is None and self.blocks:
            self.first_text_at = time.time()
            self.speaking.set()
        return True


class Tab:
    """`open` it, then `ask` or `watch`; `close` it. Problems the server reports are in `errors`."""

    def __init__(self, http: aiohttp.ClientSession, origin: str, headers: dict[str, str]) -> None:
        self._http, self._url = http, f"{origin.replace('http', 'ws', 1)}/ws/"
        self._headers = headers | {"Origin": origin}
        self.shown: dict[str, Shown] = {}
        self.errors: list[Frame] = []
        self.pongs: dict[str, asyncio.Future[float]] = {}
        self.frames = self.characters = 0
        self._asking: dict[str, Shown] = {}
        self._places: dict[str, int] = {}
        self._applied: dict[str, int] = {}
        self._sends: asyncio.Future[Any] | None = None
        self._greeted = asyncio.Event()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> "Tab":
        self._socket = await self._http.ws_connect(self._url, headers=self._headers, max_msg_size=0, autoping=True)
        self._task = asyncio.create_task(self._read())
        async with asyncio.timeout(20):
            await self._greeted.wait()
        return self

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def cut(self) -> None:
        """Lose the connection without a goodbye, as a person in a tunnel does."""
        if self._socket is not None and (transport := self._socket._response.connection) is not None:
            transport.transport.abort()  # type: ignore[union-attr]
        await self.close()

    async def ask(self, text: str, model: str) -> Shown:
        """Send a question that begins a new conversation, and leave those that are read."""
        for read in [old for old in self.shown.values() if old.ended.is_set()]:
            del self.shown[read.request_id]
            await self._say({"type": "unwatch", "thread": read.thread})
        shown = Shown(prompt=text, asked_at=time.time())
        self._asking[text] = shown
        await self._say({"type": "send", "id": text, "text": text, "model": model, "key": text})
        return shown

    async def stop(self, shown: Shown) -> None:
        shown.stopped_at = time.time()
        await self._say({"type": "cancel", "id": shown.prompt, "request_id": shown.request_id})

    async def watch(self, shown: Shown) -> None:
        """Follow an answer from where `shown` stands."""
        self.shown[shown.request_id] = shown
        have = {shown.request_id: {"seq": shown.seq, "blocks": shown.stable}}
        await self._say({"type": "watch", "id": "watch", "thread": shown.thread, "have": have})

    async def ping(self, name: str) -> float:
        """Seconds until the pong."""
        pong = self.pongs[name] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        await self._say({"type": "ping", "id": name})
        return await pong - began

    async def _say(self, frame: Frame) -> None:
        assert self._socket is not None
        await self._socket.send_str(json.dumps(frame))

    # --- what the server says --------------------------------------------------------------------------------
    async def _read(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            frame = json.loads(message.data)
            self.frames += 1
            self.characters += len(message.data)
            if handler := _HANDLERS.get(frame["type"]):
                await handler(self, frame)

    async def _hello(self, _: Frame) -> None:
        self._greeted.set()

    async def _turn(self, frame: Frame) -> None:
        """The answer's place in the page, which may come before `sent`. Known by heart are only empty ones."""
        empty = '<div class="blocks prose"></div>' in frame["html"]
        place = int(_SEQ.findall(frame["html"])[-1]) if empty else 0
        self._places[frame["request_id"]] = place
        if (shown := self.shown.get(frame["request_id"])) and not shown.patches:
            shown.seq = place

    async def _sent(self, frame: Frame) -> None:
        shown = self._asking.pop(frame["id"])
        shown.request_id, shown.thread = frame["request_id"], frame["thread"]
        shown.seq = self._places.pop(shown.request_id, 0)
        self.shown[shown.request_id] = shown
        shown.begun.set()  # who sends follows the answer without asking

    async def _patch(self, frame: Frame) -> None:
        shown = self.shown.get(frame["request_id"])
        if shown is None:
            return
        if shown.apply(frame):
            self._acknowledge(shown.request_id, frame["seq"])
        else:
            await self.watch(shown)

    def _acknowledge(self, request_id: str, seq: int) -> None:
        if not self._applied:
            asyncio.get_running_loop().call_later(ACKNOWLEDGE_WITHIN, self._acknowledge_now)
        self._applied[request_id] = seq

    def _acknowledge_now(self) -> None:
        applied, self._applied = self._applied, {}
        frames = [{"type": "ack", "request_id": request_id, "seq": seq} for request_id, seq in applied.items()]
        self._sends = asyncio.gather(*map(self._say, frames), return_exceptions=True)

    async def _end(self, frame: Frame) -> None:
        if shown := self.shown.get(frame["request_id"]):
            shown.state = frame["state"]
            shown.ended.set()

    async def _cancelled(self, frame: Frame) -> None:
        if shown := self.shown.get(frame["request_id"]):
            shown.stop_confirmed_at = time.time()

    async def _pong(self, frame: Frame) -> None:
        self.pongs.pop(frame["id"]).set_result(time.perf_counter())

    async def _error(self, frame: Frame) -> None:
        self.errors.append(frame)


_HANDLERS: dict[str, Callable[[Tab, Frame], Any]] = {
    "hello": Tab._hello,
    "turn": Tab._turn,
    "sent": Tab._sent,
    "patch": Tab._patch,
    "end": Tab._end,
    "cancelled": Tab._cancelled,
    "pong": Tab._pong,
    "error": Tab._error,
}
