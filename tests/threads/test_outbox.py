"""What waits for a tab: the order of frames, and a page that does not read."""

import asyncio
import json

import pytest

from threads.outbox import MOST, WAITING, Outbox, Overrun


class Connection:
    """Takes frames while it is `open`."""

    def __init__(self) -> None:
        self.said: list[dict[str, object]] = []
        self.open = asyncio.Event()

    async def send(self, text: str) -> None:
        await self.open.wait()
        self.said.append(json.loads(text))


async def test_frames_keep_their_order_and_characters() -> None:
    connection = Connection()
    outbox = Outbox(connection.send, lambda _: None)
    task = asyncio.create_task(outbox.run())
    frames = [{"type": "x", "text": f"Grüße 🌍 {number}"} for number in range(20)]
    for frame in frames[:10]:
        outbox.say(frame)
    connection.open.set()
    for frame in frames[10:]:
        outbox.say(frame)
        await asyncio.sleep(0)
    while len(connection.said) < 20:
        await asyncio.sleep(0)
    task.cancel()
    assert connection.said == frames


async def test_a_page_that_asks_without_reading_fills_it() -> None:
    connection = Connection()
    outbox = Outbox(connection.send, lambda _: None)
    task = asyncio.create_task(outbox.run())
    while not outbox.full:
        outbox.say({"type": "pong"})
        await asyncio.sleep(0)
    connection.open.set()
    while outbox.full:
        await asyncio.sleep(0)
    task.cancel()
    assert 0 < len(connection.said) <= WAITING + 1  # one was on its way


async def test_no_more_waits_for_a_page_that_does_not_read_than_is_bounded() -> None:
    connection = Connection()
    outbox = Outbox(connection.send, lambda _: None)
    task = asyncio.create_task(outbox.run())
    for _ in range(100):
        outbox.say({"type": "turn", "html": "x" * 100_000})
        await asyncio.sleep(0)
        assert outbox._size <= 2 * MOST + 1000
    assert outbox.full
    assert (outbox._size, len(outbox._frames)) == (0, 0)  # once it is too much, nothing is kept at all
    connection.open.set()
    with pytest.raises(Overrun):  # it is told to come back as soon as it reads
        await asyncio.wait_for(task, 10)


async def test_many_small_frames_are_too_much_as_well() -> None:
    outbox = Outbox(Connection().send, lambda _: None)
    for _ in range(2 * WAITING):
        outbox.say({"type": "entry"})
    assert len(outbox._frames) == 2 * WAITING
    outbox.say({"type": "entry"})
    assert len(outbox._frames) == 0


async def test_one_frame_is_told_however_large_it_is() -> None:
    connection = Connection()
    connection.open.set()
    outbox = Outbox(connection.send, lambda _: None)
    task = asyncio.create_task(outbox.run())
    outbox.say({"type": "turn", "html": "x" * 4 * MOST})
    while not connection.said:
        await asyncio.sleep(0)
    task.cancel()


async def test_who_has_much_to_say_waits_for_room() -> None:
    """A slow page gets all that it missed, not as much as is bounded."""
    connection = Connection()
    outbox = Outbox(connection.send, lambda _: None)

    async def tell() -> None:
        for number in range(60):
            await outbox.room()
            outbox.say({"type": "turn", "number": number, "html": "x" * 100_000})

    sending, telling = asyncio.create_task(outbox.run()), asyncio.create_task(tell())
    for _ in range(200):
        await asyncio.sleep(0)
    assert not telling.done()
    connection.open.set()
    await asyncio.wait_for(telling, 10)
    while len(connection.said) < 60:
        await asyncio.sleep(0)
    assert [frame["number"] for frame in connection.said] == list(range(60))
    sending.cancel()
