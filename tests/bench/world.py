"""What the parts of the benchmark work with: a folder with people in it, the simulator, the site on its own core."""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.bench import processes
from tests.bench.processes import Process

PEOPLE = 260

Record = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Several:
    """A model with several deployments, the simulator's names for them in order; `more` lines of its table."""

    upstreams: tuple[str, ...]
    more: str = ""


Models = Mapping[str, "str | Several"]


@dataclass(frozen=True, slots=True)
class Site:
    """The server under measure. `origin` is http://127.0.0.1:PORT."""

    origin: str
    process: Process


class World:
    """`folder` is VAR_DIR. `http` has no cookies of its own: requests name the person, see `cookies`."""

    def __init__(self, folder: Path, simulator: str, sim_process: Process, models: Models) -> None:
        self.folder, self.simulator, self.sim_process = folder, simulator, sim_process
        self.models = models
        self._seeded = _seed(folder, simulator, models)

    @property
    def people(self) -> int:
        return len(self._seeded["sessions"])

    def cookies(self, person: int) -> dict[str, str]:
        return {"Cookie": f"{self._seeded['cookie']}={self._seeded['sessions'][person]}"}

    @contextlib.contextmanager
    def site(self, **settings: str) -> Iterator[Site]:
        """The production server as `manage.py serve` runs it, alone on its core, once it answers."""
        port = processes.free_port()
        command = processes.manage("serve", "--no-simulator", "--port", str(port))
        env = processes.environment(VAR_DIR=str(self.folder), **settings)
        output = self.folder / f"site-{port}.log"
        with processes.running(command, output, env, processes.cores()[0]) as process:
            process.wait_for(lambda said: "chatsite is at" in said)
            yield Site(f"http://127.0.0.1:{port}", process)

    async def record(self, http: aiohttp.ClientSession, *, after: int = 0) -> Record:
        """What the simulator was asked since the request `after`, oldest first."""
        async with http.get(f"{self.simulator}/_simulator/record?after={after}") as response:
            response.raise_for_status()
            return list((await response.json())["requests"])

    async def last_id(self, http: aiohttp.ClientSession) -> int:
        requests = await self.record(http)
        return int(requests[-1]["id"]) if requests else 0

    async def until(
        self, http: aiohttp.ClientSession, holds: Callable[[Record], bool], *, after: int, seconds: float = 20.0
    ) -> Record:
        """The record as soon as `holds` of it, or as it is after `seconds`."""
        deadline = time.monotonic() + seconds
        while not holds(requests := await self.record(http, after=after)) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        return requests


def _seed(folder: Path, simulator: str, models: Models) -> dict[str, Any]:
    asked = json.dumps({"people": PEOPLE, "registry": _registry(simulator, models)})
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.seed"],
        input=asked,
        capture_output=True,
        text=True,
        cwd=processes.ROOT,
        env=processes.environment(VAR_DIR=str(folder)),
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The site could not be prepared:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _registry(simulator: str, models: Models) -> str:
    tables = [f'[[provider]]\nname = "bench"\npreset = "openai-compatible"\nbase_url = "{simulator}/v1"']
    for name, model in models.items():
        several = model if isinstance(model, Several) else Several((model,))
        deployments = ", ".join(f'{{ provider = "bench", upstream = "{upstream}" }}' for upstream in several.upstreams)
        tables.append(f'[[model]]\nname = "{name}"\ndeployments = [{deployments}]\n{several.more}')
    return "\n".join(tables)


@contextlib.contextmanager
def world(folder: Path, models: Models) -> Iterator[World]:
    """Start the simulator and prepare the folder. `models`: the site's names and the simulator's."""
    command = processes.manage("simulate_providers", "--port", "0")
    env = processes.environment(VAR_DIR=str(folder))
    with processes.running(command, folder / "simulator.log", env, processes.cores()[1]) as process:
        said = process.wait_for(lambda text: "answer at http" in text)
        yield World(folder, said.split("answer at ")[1].split("/v1")[0], process, models)


@contextlib.asynccontextmanager
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP and WebSocket client without limits, cookies or time limits of its own."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=5)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=60)
    ) as session:
        yield session


async def gather(jobs: Sequence[Any], seconds: float) -> None:
    """Wait for all; after `seconds` the rest is given up, which the figures then show."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, asyncio.CancelledError):
            raise result
