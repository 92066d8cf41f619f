"""Starting: from the command to the page, everything being installed, and the memory of a server that waits."""

import asyncio
import contextlib
import time

import aiohttp

from tests.bench import processes
from tests.bench.table import Measure, at_most
from tests.bench.world import World, client

TIMES = 3
SECONDS, MEGABYTES = 5.0, 150.0


async def measure(world: World) -> list[Measure]:
    took, memory = [], 0.0
    async with client() as http:
        for _ in range(TIMES):
            seconds, memory = await _start(world, http)
            took.append(seconds)
    worst = max(took)
    return [
        at_most("from the command to the page (slowest)", worst, SECONDS, "s", digits=1),
        at_most("memory of the waiting server", memory, MEGABYTES, "MB"),
    ]


async def _start(world: World, http: aiohttp.ClientSession) -> tuple[float, float]:
    port, simulator_port = processes.free_port(), processes.free_port()
    command = processes.manage("serve", "--port", str(port), "--simulator-port", str(simulator_port))
    env = processes.environment(VAR_DIR=str(world.folder))
    began = time.monotonic()
    with processes.running(command, world.folder / "start.log", env, processes.cores()[0]) as process:
        while not await _served(http, f"http://127.0.0.1:{port}/", world.cookies(0)):
            if process.popen.poll() is not None or time.monotonic() - began > 60:
                raise RuntimeError(f"The site did not start:\n{process.output.read_text('utf-8', 'replace')}")
            await asyncio.sleep(0.01)
        took = time.monotonic() - began
        await asyncio.sleep(2)
        return took, process.memory()


async def _served(http: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> bool:
    with contextlib.suppress(aiohttp.ClientError):
        async with http.get(url, headers=headers) as response:
            return response.status == 200 and b"<textarea" in await response.read()
    return False
