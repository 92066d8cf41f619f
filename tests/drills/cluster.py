"""The processes of a drill: web processes, workers, the simulator, Redis; started, frozen, killed, healed.

Knows how they are started and how they die, nothing of what they are asked.
"""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg

from tests.bench import processes
from tests.bench.processes import Process
from tests.drills import process, storage
from tests.drills.proxy import Proxy

PEOPLE = 300
ANEW = "drill/anew"  # the provider's key, which some models' names demand: see `scene.begins_anew`
READY = {"web": "chatsite is at", "worker": "is ready"}
SETTINGS = {"ENV_FILE": "/dev/null", "LOG_LEVEL": "info"}  # nobody's own configuration


@dataclass(frozen=True, slots=True)
class Shape:
    """`webs` 0: one process serves and works alone on SQLite, as `serve` does by itself. `proxied`: of postgres, redis
    and simulator, what a proxy stands before."""

    webs: int = 2
    workers: int = 3
    proxied: frozenset[str] = frozenset()
    sabotage: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Node:
    """A web process or a worker. `origin` is a web process's own address."""

    kind: str
    process: Process
    origin: str = ""
    frozen: bool = False

    @property
    def pid(self) -> int:
        return self.process.popen.pid

    @property
    def alive(self) -> bool:
        return self.process.popen.poll() is None

    def send(self, number: signal.Signals) -> None:
        self.process.popen.send_signal(number)

    def freeze(self) -> None:
        self.frozen = True
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.frozen = False
        self.send(signal.SIGCONT)

    async def tasks(self) -> int:
        """How many its event loop holds now."""
        told = self.process.output.with_suffix(".tasks")
        told.unlink(missing_ok=True)
        self.send(process.TELL)
        async with asyncio.timeout(10):
            while not told.exists():
                await asyncio.sleep(0.01)
        return int(told.read_text("ascii"))

    async def end(self) -> float:
        """Ask it to end, as a supervisor does; seconds until it has."""
        began = time.monotonic()
        self.send(signal.SIGTERM)
        await asyncio.to_thread(self.process.popen.wait, 60)
        return time.monotonic() - began


class Cluster:
    """`models`: the site's names and the simulator's. Enter it; `heal` brings it back to its shape after a fault."""

    def __init__(self, folder: Path, shape: Shape, models: Mapping[str, str]) -> None:
        self.folder, self.shape, self._models = folder, shape, models
        self.nodes: list[Node] = []
        self.proxies: dict[str, Proxy] = {}
        self._stack = contextlib.ExitStack()
        self._started = 0
        self.simulator = self.database = self.cookie = ""
        self.sessions: list[str] = []

    async def __aenter__(self) -> Self:
        try:
            await self._begin()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for node in self.nodes:
            if node.frozen:
                node.thaw()
            if node.alive:
                node.send(signal.SIGTERM)
        for proxy in self.proxies.values():
            await proxy.resume()
        await asyncio.to_thread(self._stack.close)
        for proxy in self.proxies.values():
            proxy.close()

    async def _begin(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = self._stack.enter_context(storage.database())
        self.redis = storage.Redis(self.folder)
        self._stack.callback(self.redis.close)
        self.redis.start()
        command = processes.manage("simulate_providers", "--port", "0")
        self.sim_process = self._stack.enter_context(
            processes.running(command, self.folder / "simulator.log", self._environment(), on_cores=None)
        )
        said = await asyncio.to_thread(self.sim_process.wait_for, lambda text: "answer at http" in text)
        self.simulator = said.split("answer at ")[1].split("/v1")[0]
        ports = {
            "postgres": storage.port_of(self.database),
            "redis": self.redis.port,
            "simulator": int(self.simulator.rpartition(":")[2]),
        }
        for name in self.shape.proxied:
            self.proxies[name] = await Proxy(ports[name]).start()
        seeded = await asyncio.to_thread(self._seed)
        self.cookie, self.sessions = seeded["cookie"], seeded["sessions"]
        await self.heal()

    # --- nodes -----------------------------------------------------------------------------------------------
    def of(self, kind: str) -> list[Node]:
        return [node for node in self.nodes if node.kind == kind]

    def origins(self) -> list[str]:
        return [node.origin for node in self.of("web")]

    async def start(self, kind: str, port: int = 0) -> Node:
        """A new process of this kind, once it is ready; on a port of its own if none is named."""
        node = self._spawn(kind, port)
        await asyncio.to_thread(node.process.wait_for, lambda said: READY[kind] in said)
        return node

    def _spawn(self, kind: str, port: int = 0) -> Node:
        self._started += 1
        arguments, origin = ["run_worker"], ""
        if kind == "web":
            port = port or processes.free_port()
            arguments, origin = ["serve", "--no-simulator", "--port", str(port)], f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "tests.drills.process", self.shape.sabotage or process.NONE, "--", *arguments]
        output = self.folder / f"{kind}-{self._started}.log"
        environment = self._environment() | {process.FILE: str(output.with_suffix(".tasks"))}
        running = self._stack.enter_context(processes.running(command, output, environment, on_cores=None))
        node = Node(kind, running, origin)
        self.nodes.append(node)
        return node

    def drop(self, node: Node) -> None:
        """No part of the cluster any more; readers are led elsewhere."""
        self.nodes.remove(node)

    def kill(self, node: Node) -> None:
        node.send(signal.SIGKILL)
        node.process.popen.wait()
        self.drop(node)

    async def rest(self) -> None:
        """Nothing of the site runs, until `heal`."""
        await asyncio.gather(*(node.end() for node in self.nodes))
        self.nodes.clear()

    def cpu(self) -> dict[str, float]:
        """Seconds that the present processes have used, by kind; `drill`: this one, with its readers and proxies."""
        spent = {"drill": time.process_time(), "simulator": self.sim_process.cpu()}
        for node in self.nodes:
            spent[f"{node.kind} {node.pid}"] = node.process.cpu()
        return spent

    async def heal(self) -> None:
        """Whatever was broken works again, and as many processes run as there should be."""
        self.redis.start()
        for proxy in self.proxies.values():
            await proxy.resume()
        for node in tuple(self.nodes):
            if node.frozen:
                node.thaw()
            if not node.alive:
                self.drop(node)
        wanted = {"web": self.shape.webs or 1, "worker": self.shape.workers if self.shape.webs else 0}
        missing = [kind for kind, number in wanted.items() for _ in range(number - len(self.of(kind)))]
        spawned = [self._spawn(kind) for kind in missing]
        for node in spawned:
            await asyncio.to_thread(node.process.wait_for, lambda said, kind=node.kind: READY[kind] in said)

    # --- what is around them ---------------------------------------------------------------------------------
    def _environment(self) -> dict[str, str]:
        if not self.simulator:
            return processes.environment(VAR_DIR=str(self.folder / "var"), **SETTINGS)
        settings = {"VAR_DIR": str(self.folder / "var"), **SETTINGS, **self.shape.settings}
        if self.shape.webs:
            redis, database = self.redis.port, self.database
            if "redis" in self.proxies:
                redis = self.proxies["redis"].port
            if "postgres" in self.proxies:
                database = storage.at_port(database, self.proxies["postgres"].port)
            settings |= {"DATABASE_URL": database, "REDIS_URL": f"redis://127.0.0.1:{redis}/0"}
            settings["GENERATION_WORKER"] = "external"
        return processes.environment(**settings)

    def _seed(self) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.seed"],
            input=json.dumps({"people": PEOPLE, "registry": self._registry()}),
            capture_output=True,
            text=True,
            cwd=processes.ROOT,
            env=self._environment(),
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"The site could not be prepared:\n{done.stderr}")
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def _registry(self) -> str:
        port = self.proxies["simulator"].port if "simulator" in self.proxies else self.simulator.rpartition(":")[2]
        url = f"http://127.0.0.1:{port}/v1"
        tables = [
            f'[[provider]]\nname = "drill"\npreset = "openai-compatible"\nbase_url = "{url}"\napi_key = "{ANEW}"',
            *(
                f'[[model]]\nname = "{name}"\ndeployments = [{{ provider = "drill", upstream = "{upstream}" }}]'
                for name, upstream in self._models.items()
            ),
        ]
        return "\n".join(tables)

    def cookies(self, person: int) -> dict[str, str]:
        return {"Cookie": f"{self.cookie}={self.sessions[person % len(self.sessions)]}"}

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """A connection past any proxy: the judge's own."""
        return await psycopg.AsyncConnection.connect(self.database, autocommit=True)
