"""Plays a script on one connection and keeps its time. Knows beats and the connection, no wire format's words.

Moments are counted from the request's arrival, so a late beat does not delay the ones after it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from providers.simulator.beats import (
    Beat,
    Failure,
    Finish,
    Garbage,
    HangUp,
    Mute,
    Page,
    Refuse,
    Said,
    Script,
    Silence,
    Trouble,
)
from providers.simulator.protocols.base import About, HeadsRefusals, NumbersRefusals, WireFormat, Writer
from providers.simulator.record import Entry

Send = Callable[[dict[str, Any]], Awaitable[None]]
HangUpNow = Callable[[bool], None]  # True resets the connection, False only closes it

_BREATH = 32  # beats without a wait after which other requests get their turn
_SPLIT_PAUSE = 0.002  # seconds between the two halves of a character, so that they travel apart


class Player:
    """One response. `begun` is the event loop's time when the request arrived."""

    def __init__(
        self,
        script: Script,
        *,
        speaks: WireFormat,
        about: About,
        send: Send,
        hang_up: HangUpNow,
        entry: Entry,
        begun: float,
    ) -> None:
        self._script, self._speaks, self._about = script, speaks, about
        self._send, self._hang_up, self._entry, self._begun = send, hang_up, entry, begun
        self._now = asyncio.get_running_loop().time

    async def play(self, *, stream: bool) -> None:
        beginning = self._script.beginning
        await self._wait(self._script.head_at)
        if isinstance(beginning, Mute):
            await _for_ever()
        elif isinstance(beginning, Refuse):
            failure = beginning.failure
            own = self._speaks.refusal_status(failure) if isinstance(self._speaks, NumbersRefusals) else failure.status
            headers = _refusal_headers(self._speaks, failure)
            await self._respond(own, self._speaks.refusal(failure), headers=headers)
        elif isinstance(beginning, Page):
            await self._respond(beginning.status, beginning.body, content_type=beginning.content_type)
        elif stream:
            await self._stream()
        else:
            await self._whole()

    async def _stream(self) -> None:
        writer, split, entry = self._speaks.writer(self._about), self._about.options.split, self._entry
        await self._head(200, writer.content_type)
        unpaused = 0
        for due, beat in self._script.beats:
            if self._begun + due > self._now():
                await self._wait(due, writer)
                unpaused = 0
            elif (unpaused := unpaused + 1) % _BREATH == 0:
                await asyncio.sleep(0)
            if isinstance(beat, (Silence, HangUp)):
                await self._break_off(beat, writer)
            elif split is None:
                await self._body(writer.write(beat))
            else:
                await self._in_pieces(writer.write(beat), split)
            entry.sent(beat)
        entry.finished()
        await self._body(b"", more=False)

    async def _whole(self) -> None:
        """Takes as long as the stream would; a script that breaks off gives half a body."""
        said: list[Said] = []
        for due, beat in self._script.beats:
            await self._wait(due)
            if isinstance(beat, (Silence, HangUp)):
                await self._break_off(beat, None)
            else:
                said.append(beat)
        body = self._speaks.whole(self._about, said)
        if any(isinstance(beat, Garbage) for beat in said) or not any(_concludes(beat) for beat in said):
            body = body[: len(body) // 2]
        for beat in said:
            self._entry.sent(beat)
        await self._respond(200, body)

    async def _break_off(self, beat: Silence | HangUp, writer: Writer | None) -> None:
        if isinstance(beat, HangUp):
            self._entry.finished()
            self._hang_up(beat.reset)
        await self._wait(float("inf"), writer)

    async def _wait(self, due: float, writer: Writer | None = None) -> None:
        """Until `due` seconds after the request, with a comment every so often where the model's name asks for it."""
        until, every = self._begun + due, self._about.options.comments
        while (left := until - self._now()) > 0:
            if writer is not None and every is not None and every < left:
                await asyncio.sleep(every)
                await self._body(writer.comment())
            elif left == float("inf"):
                await _for_ever()
            else:
                await asyncio.sleep(left)

    async def _in_pieces(self, data: bytes, size: int) -> None:
        async for piece in _halved_characters(data) if size == 0 else _cut(data, size):
            await self._body(piece)

    async def _respond(
        self,
        status: int,
        body: bytes,
        *,
        content_type: str = "application/json",
        headers: list[tuple[bytes, bytes]] | None = None,
    ) -> None:
        await self._head(status, content_type, headers)
        self._entry.finished()
        await self._body(body, more=False)

    async def _head(self, status: int, content_type: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        own = [
            (b"content-type", content_type.encode()),
            (b"cache-control", b"no-cache"),
            (b"x-request-id", f"sim-{self._about.id}".encode()),
        ]
        self._entry.status = status
        await self._send({"type": "http.response.start", "status": status, "headers": [*own, *(headers or [])]})

    async def _body(self, data: bytes, *, more: bool = True) -> None:
        if data or not more:
            await self._send({"type": "http.response.body", "body": data, "more_body": more})


def _refusal_headers(speaks: WireFormat, failure: Failure) -> list[tuple[bytes, bytes]]:
    if isinstance(speaks, HeadsRefusals):
        told = speaks.refusal_headers(failure)
    else:
        told = [] if failure.retry_after is None else [("retry-after", f"{failure.retry_after:g}")]
    return [(name.encode(), value.encode()) for name, value in told]


def _concludes(beat: Beat) -> bool:
    return isinstance(beat, (Finish, Trouble))


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _cut(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
        await asyncio.sleep(0)


async def _halved_characters(data: bytes) -> AsyncIterator[bytes]:
    """Cuts after the first byte of every character that has several."""
    start = 0
    for place, byte in enumerate(data):
        if byte >= 0xC0:
            yield data[start : place + 1]
            start = place + 1
            await asyncio.sleep(_SPLIT_PAUSE)
    yield data[start:]
