"""The event log as server-sent events: each entry's own JSON, its seq as `id`, a comment when nothing comes."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse

from threads import database, queries
from threads.api import errors
from threads.generation import runtime
from threads.generation.entries import Entry
from threads.generation.tail import Tail

KEEP_ALIVE = 15.0  # seconds
COMMENT = b": keep-alive\n\n"
PIECE = 32 * 1024  # bytes that are sent at once
SPREAD = 1000  # milliseconds over which those who are sent away come back


def response(generation_id: UUID, after: int = 0) -> StreamingHttpResponse:
    """A response that follows the log from `after` to its end. Whoever hangs up stops nothing."""
    headers = _headers(generation_id)
    return StreamingHttpResponse(_events(generation_id, after), content_type="text/event-stream", headers=headers)


async def attended(generation_id: UUID, frames: AsyncGenerator[bytes, None]) -> StreamingHttpResponse:
    """`frames` as a response, once the first has come: a generator that was begun learns when its reader leaves."""
    return _Attended(await anext(frames), frames, content_type="text/event-stream", headers=_headers(generation_id))


class _Attended(StreamingHttpResponse):
    """Its frames are closed with it, also where its reader left while a frame was on its way, or before it was sent."""

    def __init__(self, first: bytes, frames: AsyncGenerator[bytes, None], **options: Any) -> None:
        super().__init__(_following(first, frames), **options)
        self._frames, self._engine = frames, runtime.current()
        self._loop = asyncio.get_running_loop()
        if (request := asyncio.current_task()) is not None:
            request.add_done_callback(self._dropped)

    def close(self) -> None:
        """Django calls it when all was sent, or nobody was left to send to; on some thread."""
        super().close()
        self._loop.call_soon_threadsafe(self._leave)

    def _dropped(self, request: asyncio.Task[Any]) -> None:
        """What a middleware was still busy with when the reader left is closed by nobody."""
        if request.cancelled():
            self._leave()

    def _leave(self) -> None:
        self._engine.see_to(self._frames.aclose())


async def _following(first: bytes, frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(frames):
        yield first
        async for frame in frames:
            yield frame


def _headers(generation_id: UUID) -> dict[str, str]:
    return {"Cache-Control": "no-cache", "X-Accel-Buffering": "no", "X-Request-Id": str(generation_id)}


async def _events(generation_id: UUID, after: int) -> AsyncIterator[bytes]:
    ended, engine = False, runtime.current()
    tail = Tail(engine.hub, generation_id, after, idle=KEEP_ALIVE)
    leave = engine.readers.enter(tail.stop)
    try:
        async for entries in tail:
            for piece in _pieces(entries):
                yield piece
            ended = bool(entries) and entries[-1].type == "done"
        if not ended and engine.closing:
            yield come_back()
        elif not ended:
            for entry in await database.read(_stored, generation_id, tail.seq):
                yield frame(entry)
    finally:
        leave()


def _pieces(entries: Sequence[Entry]) -> Iterator[bytes]:
    """Their frames, gathered, but no more than a reader that stalls in the middle may hold. A comment for none."""
    gathered = b"" if entries else COMMENT
    for entry in entries:
        gathered += frame(entry)
        if len(gathered) >= PIECE:
            yield gathered
            gathered = b""
    if gathered:
        yield gathered


def come_back() -> bytes:
    """The last words of a process that goes down: an EventSource asks again by itself, from where it was."""
    pause = random.randrange(SPREAD)  # noqa: S311 - no secret
    return f": the server restarts\nretry: {pause}\n\n".encode()


def frame(entry: Entry) -> bytes:
    return f"id: {entry.seq}\nevent: {entry.type}\ndata: {entry.data}\n\n".encode()


def _stored(generation_id: UUID, seq: int) -> list[Entry]:
    """For a log that is pruned, or was at its end already: the whole answer from its message, in place of all."""
    if queries.has_log(generation_id):
        return []
    answer, turn = queries.stored_answer(generation_id, seq), queries.turn_of(generation_id)
    said: list[tuple[str, dict[str, Any]]] = [("reset", {"keep_chars": 0})]
    if answer.reasoning:
        said.append(("reasoning", {"text": answer.reasoning}))
    if answer.text:
        said.append(("delta", {"text": answer.text}))
    said += [("citation", citation) for citation in answer.citations]
    said += [("tool_call", call) for call in answer.tool_calls]
    if turn is not None and turn.generation is not None and turn.generation.error_kind:
        failure = {"type": turn.generation.error_kind, "message": turn.generation.error_message, **errors.NOT_KNOWN}
        said.append(("error", failure))
    done = {
        "state": answer.state,
        "finish_reason": answer.finish_reason or None,
        "message_id": None if turn is None else str(turn.message.pk),
    }
    said.append(("done", done))
    return [Entry.of(seq + number, kind, payload) for number, (kind, payload) in enumerate(said, 1)]
