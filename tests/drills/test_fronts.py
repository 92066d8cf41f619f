"""Two web processes behind nginx and behind Caddy, as the documentation says, restarted in turn while people read."""

import asyncio
import contextlib
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bench import processes
from tests.bench.world import client
from tests.drills import front, judge
from tests.drills.balancer import Balancer
from tests.drills.cluster import Cluster, Node, Shape
from tests.drills.drill import Size
from tests.drills.reader import Reader
from tests.drills.scene import Scene, continues
from tests.drills.storage import CannotDrillError

READERS = 12
SIZE = Size(streams=READERS, rate=20, tokens=240)  # 12 s: both are restarted while they are read
MODELS = continues(SIZE)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.skipif(sys.platform != "linux", reason="drills look at processes through /proc"),
]


@contextlib.asynccontextmanager
async def behind(name: str, folder: Path) -> AsyncIterator[tuple[Scene, str]]:
    """A scene whose readers come through this proxy, and the proxy's origin."""
    port = processes.free_port()
    settings = {"CSRF_TRUSTED_ORIGINS": f"http://127.0.0.1:{port}", "FORWARDED_ALLOW_IPS": "127.0.0.1"}
    if name == "caddy":
        settings["DRAIN_SECONDS"] = "3"
    shape = Shape(webs=2, workers=1, settings=settings)
    async with Cluster(folder, shape, MODELS) as cluster, client() as http:
        with front.running(name, port, cluster.origins(), folder) as origin:
            scene = Scene(cluster, http, Balancer(http, lambda: [origin]), MODELS)
            try:
                yield scene, origin
            finally:
                await scene.clear()


@pytest.mark.parametrize("name", front.KINDS)
async def test_two_processes_are_restarted_and_nobody_notices(name: str, tmp_path: Path) -> None:
    try:
        async with behind(name, tmp_path) as (scene, origin):
            readers = await scene.ask("behind", [*MODELS], READERS)
            assert await scene.all_of(readers, "speaking")
            assert await _streams(scene, origin, readers[0]), "the proxy kept the words back until the answer's end"
            statuses: Counter[int] = Counter()
            looking = asyncio.create_task(_look_at_pages(scene, origin, statuses))
            for node in scene.cluster.of("web"):
                await _restart_in_place(scene.cluster, node)
            assert await scene.all_of(readers, "ended")
            looking.cancel()
            verdict = judge.judge(await scene.evidence(readers))
            assert verdict.clean, verdict.faults
            assert set(statuses) == {200}, statuses
            assert sum(reader.server_errors for reader in readers) == 0
            assert any(reader.drops for reader in readers), "nobody was connected to what was restarted"
            assert {code for reader in readers for code in reader.drops} == {1012}
    except CannotDrillError as error:
        pytest.skip(str(error))


async def _restart_in_place(cluster: Cluster, node: Node) -> None:
    """As `systemctl restart` does, and then the next."""
    await node.end()
    cluster.drop(node)
    await cluster.start("web", int(node.origin.rpartition(":")[2]))


async def _look_at_pages(scene: Scene, origin: str, statuses: Counter[int]) -> None:
    headers = scene.next_person()
    while True:
        async with scene.http.get(f"{origin}/", headers=headers) as page:
            statuses[page.status] += 1
        await asyncio.sleep(0.05)


async def _streams(scene: Scene, origin: str, reader: Reader) -> bool:
    """Whether words come over a stream of events while more are being written."""
    url = f"{origin}/api/generations/{reader.request_id}/events"
    async with scene.http.get(url, headers=reader.headers) as stream:
        async for line in stream.content:
            if line.startswith(b"data:") and "text" in json.loads(line[5:]):
                return not reader.ended.is_set()
    return False
