"""Readers that stop reading, beside others who read on: each costs bounded memory, and none slows the others.

They are hostile besides: they acknowledge all that they have not read, so that only the connection can hold the server.
"""

import asyncio
import contextlib
import json
import socket
from typing import Any

import aiohttp

from metrics.percentiles import nearest_rank
from tests.drills import judge
from tests.drills.drill import Bar, Drill, Outcome, Size
from tests.drills.reader import Reader
from tests.drills.scene import Scene, continues

# Long paragraphs, told anew with each patch: soon more than the kernel keeps for a connection (3 MB on loopback).
FLOOD, ANSWERS, PARAGRAPH = "flood", 8, "flood " * 1500
ACKNOWLEDGE_EVERY = 0.5  # seconds


def models(size: Size) -> dict[str, str]:
    """The flood goes on while normal readers read one answer before and one beside the stalled."""
    seconds = 2 * size.tokens / size.rate + size.seconds + 60
    return {**continues(size), FLOOD: f"sim:ttft=50ms,rate=100,tokens={int(100 * seconds)},text=echo"}


async def run(scene: Scene, size: Size) -> Outcome:
    person = scene.next_person()
    flood = [scene.reader(person, f"flood {n} {PARAGRAPH}", FLOOD) for n in range(ANSWERS)]
    for reader in flood:
        reader.start()
        await reader.begun.wait()
    before = await scene.ask("before", [*continues(size)], size.streams)
    await scene.all_of(before, "ended", size.tokens / size.rate + 60)
    memory = _memory(scene)
    async with _narrow() as http:
        stalled = [await _stall(http, scene, person, flood) for _ in range(size.times)]
        acknowledging = asyncio.create_task(_acknowledge(stalled, flood))
        beside = await scene.ask("beside", [*continues(size)], size.streams)
        await scene.all_of(beside, "ended", size.tokens / size.rate + 60)
        await asyncio.sleep(size.seconds)
        each = (_memory(scene) - memory) / size.times
        acknowledging.cancel()
        await asyncio.gather(acknowledging, return_exceptions=True)
        await asyncio.gather(*(reader.stop() for reader in flood))
        for one in stalled:
            one._response.close()
    cases = [await scene.evidence(readers) for readers in (before, beside)]
    verdict = judge.judge([case for some in cases for case in some])
    p99 = [_p99([delay for case in some for _, delay in case.delays()]) for some in cases]
    return Outcome(
        verdict,
        {"p99 to before": [100 * (p99[1] / p99[0] - 1)], "memory of each": [each]},
        [f"p99 from the provider to the screen: {p99[0] * 1e3:.0f} ms before, {p99[1] * 1e3:.0f} ms beside them"],
    )


def _p99(values: list[float]) -> float:
    return nearest_rank(sorted(values), 99)


def _narrow() -> aiohttp.ClientSession:
    """A client whose connections take next to nothing that is not read."""

    def make(address: Any) -> socket.socket:
        family, kind, protocol, _, _ = address
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        return made

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, socket_factory=make), cookie_jar=aiohttp.DummyCookieJar()
    )


async def _stall(
    http: aiohttp.ClientSession, scene: Scene, headers: dict[str, str], flood: list[Reader]
) -> aiohttp.ClientWebSocketResponse:
    """A tab that follows the flood from its beginning and reads nothing of it."""
    origin = scene.balancer.order()[0]
    url = f"{origin.replace('http', 'ws', 1)}/ws/"
    tab = await http.ws_connect(url, headers=headers | {"Origin": origin}, max_msg_size=0)
    assert tab._response.connection is not None
    tab._response.connection.transport.pause_reading()  # type: ignore[union-attr]
    for reader in flood:
        have = {reader.request_id: {"seq": 0, "blocks": 0}}
        await tab.send_str(json.dumps({"type": "watch", "id": "watch", "thread": reader.thread, "have": have}))
    return tab


async def _acknowledge(stalled: list[aiohttp.ClientWebSocketResponse], flood: list[Reader]) -> None:
    while True:
        await asyncio.sleep(ACKNOWLEDGE_EVERY)
        for tab in stalled:
            for reader in flood:
                ack = {"type": "ack", "request_id": reader.request_id, "seq": reader.seq}
                with contextlib.suppress(aiohttp.ClientError, OSError):  # sent away for not reading
                    await tab.send_str(json.dumps(ack))


def _memory(scene: Scene) -> float:
    """MB of all web processes."""
    return sum(node.process.memory() for node in scene.cluster.of("web"))


DRILL = Drill(
    name="readers",
    fault="20 stalled readers beside 30 normal ones",
    run=run,
    size=Size(streams=30, rate=10, tokens=300, times=20, seconds=10.0),
    short=Size(streams=10, rate=10, tokens=100, times=10, seconds=20.0),
    bars=(Bar("p99 to before", 100, 10.0, "%"), Bar("memory of each", 100, 1.05, "MB")),
    models=models,
    sabotage=("flow",),
)
