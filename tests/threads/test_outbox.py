"""What waits for a tab: the order of frames, and a page that does not read."""

import asyncio
import json

from threads.outbox import WAITING, Outbox


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
