"""A tab of the page as the server sees it: it speaks `threads.frames`, and takes what it is told at its word."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from accounts.models import User
from chatsite.asgi import application
from threads import database

PATIENCE = 10.0
Frame = dict[str, Any]


class Closed(Exception):
    """The server has closed the socket; `code` is the reason."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Shown:
    """An answer as this tab shows it."""

    seq: int = 0
    stable: int = 0
    blocks: list[str] = field(default_factory=list)
    reasoning: str = ""
    status: dict[str, str] | None = None
    sources: str = ""
    patches: int = 0
    doubles: int = 0  # patches that brought nothing new
    end: Frame | None = None

    def apply(self, patch: Frame) -> None:
        assert patch["after"] <= self.seq, f"between {self.seq} and {patch['after']} something is missing"
        if patch["seq"] <= self.seq:
            self.doubles += 1
            return
        assert patch["from"] <= self.stable, f"{patch['from']} blocks are said to be final, {self.stable} are"
        self.blocks[patch["from"] :] = patch["blocks"]
        if "reasoning" in patch:
            units = self.reasoning.encode("utf-16-le")[: patch["reasoning"]["from"] * 2]
            assert len(units) == patch["reasoning"]["from"] * 2
            self.reasoning = units.decode("utf-16-le") + patch["reasoning"]["text"]
        if "status" in patch:
            self.status = patch["status"]
        if "sources" in patch:
            self.sources = patch["sources"]
        self.seq, self.stable = patch["seq"], patch["stable"]
        self.patches += 1


class Tab:
    """`say` frames, wait for frames by `hear`. All that comes meanwhile is applied to `shown` and acknowledged."""

    def __init__(self, cookie: str, origin: str) -> None:
        headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
        if cookie:
            headers.append((b"cookie", cookie.encode()))
        self._socket = WebsocketCommunicator(application, "/ws/", headers=[(k, v) for k, v in headers if v])
        self.acknowledges = True
        self.shown: dict[str, Shown] = {}
        self.frames: list[Frame] = []

    async def connect(self) -> bool:
        return (await self._socket.connect(timeout=PATIENCE))[0]

    async def leave(self) -> None:
        await self._socket.disconnect(timeout=PATIENCE)

    # --- to the server ---------------------------------------------------------------------------------------
    async def say(self, type: str, **fields: Any) -> None:
        await self.say_text(json.dumps({"type": type, **fields}))

    async def say_text(self, text: str) -> None:
        await self._socket.send_to(text_data=text)

    async def say_bytes(self, data: bytes) -> None:
        await self._socket.send_to(bytes_data=data)

    async def watch(self, thread: Any, **have: Shown) -> Frame:
        """Follow a thread, of whose answers the page shows these, by request id. Returns `watching`."""
        places = {name: {"seq": shown.seq, "blocks": shown.stable} for name, shown in have.items()}
        self.shown.update(have)
        await self.say("watch", id="watch", thread=str(thread), have=places)
        return await self.hear("watching", id="watch")

    # --- from the server -------------------------------------------------------------------------------------
    async def next(self) -> Frame:
        """The next frame, already applied. Raises `Closed`."""
        message = await self._socket.receive_output(PATIENCE)
        if message["type"] == "websocket.close":
            raise Closed(message.get("code", 1000))
        frame: Frame = json.loads(message["text"])
        self.frames.append(frame)
        if frame["type"] == "patch":
            self.shown.setdefault(frame["request_id"], Shown()).apply(frame)
            if self.acknowledges:
                await self.say("ack", request_id=frame["request_id"], seq=frame["seq"])
        if frame["type"] == "end":
            shown = self.shown.setdefault(frame["request_id"], Shown())
            assert shown.end is None, "the end was told twice"
            shown.end = frame
        return frame

    async def hear(self, type: str, **fields: Any) -> Frame:
        """Read on until a frame of this type with these fields comes."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self.next()
                if frame["type"] == type and all(frame.get(name) == value for name, value in fields.items()):
                    return frame

    async def end_of(self, request_id: Any) -> Shown:
        """Read on until this answer has ended."""
        await self.hear("end", request_id=str(request_id))
        return self.shown[str(request_id)]

    async def is_usable(self) -> bool:
        await self.say("ping", id="still-there")
        return bool(await self.hear("pong", id="still-there"))

    async def all_so_far(self) -> list[Frame]:
        """What came until the server had nothing more to say. Twice: what waits for a reader goes after the frames."""
        before = len(self.frames)
        for _ in range(2):
            assert await self.is_usable()
        return [frame for frame in self.frames[before:] if frame["type"] != "pong"]


async def session_of(user: User) -> str:
    """The Cookie header of a session of this user's."""

    def sign_in() -> str:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        return f"{name}={client.cookies[name].value}"

    return await database.write(sign_in)
